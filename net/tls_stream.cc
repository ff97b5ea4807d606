// OpenSSL works on two buffers in memory; this file carries the bytes between
// them and the stream below. So every wait is one of that stream, with its
// deadlines, and TLS runs inside TLS as well (an https proxy before an https
// server). Tested by tests/net/tls_test.cc.
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <functional>

#include "net/certificate.h"
#include "net/tls.h"
#include "net/url.h"

namespace sluice::net {
namespace {

constexpr std::size_t kRecord = 16u << 10;

struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

class TlsStream : public Stream {
 public:
  TlsStream(const TlsContext& context, std::unique_ptr<Stream> below, std::string wanted)
      : below_(std::move(below)), wanted_(std::move(wanted)), ssl_(SSL_new(context.get())) {
    if (!ssl_) return;
    in_ = BIO_new(BIO_s_mem());
    out_ = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl_.get(), in_, out_);  // owns both
    SSL_set_app_data(ssl_.get(), this);
  }
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;
  // Says goodbye where that takes no waiting; the other side tells an end from a cut by it.
  ~TlsStream() override {
    if (!ssl_ || !ready_) return;
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    (void)Flush(kNoWait);
    ERR_clear_error();
  }

  SSL* ssl() { return ssl_.get(); }
  void Check(const TlsPeer& peer);
  Failure ShakeHands(bool as_client, const Wait& wait);
  Failure Read(std::span<char> into, std::size_t& count, const Wait& wait) override;
  Failure Write(std::string_view bytes, const Wait& wait) override;

 private:
  static int OnCertificate(int ok, X509_STORE_CTX* chain);
  // Runs `step` until it is done, carrying bytes; `ended` where the other side
  // closed TLS in order.
  Failure Drive(const std::function<int()>& step, bool& ended, const Wait& wait);
  Failure Fill(const Wait& wait);
  Failure Flush(const Wait& wait);
  Failure Explain();

  std::unique_ptr<Stream> below_;
  std::string wanted_;     // the name that the certificate must be for
  std::string untrusted_;  // what is wrong with it
  std::unique_ptr<SSL, FreeSsl> ssl_;
  BIO* in_ = nullptr;
  BIO* out_ = nullptr;
  bool ready_ = false;  // hands were shaken and nothing failed since
};

// Keeps the first problem; the rest follows from it.
int TlsStream::OnCertificate(int ok, X509_STORE_CTX* chain) {
  const auto* ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* self = static_cast<TlsStream*>(SSL_get_app_data(ssl));
  if (ok == 1 || !self->untrusted_.empty()) return ok;
  self->untrusted_ = CertificateProblem(X509_STORE_CTX_get_error(chain),
                                        X509_STORE_CTX_get_current_cert(chain), self->wanted_);
  return 0;
}

void TlsStream::Check(const TlsPeer& peer) {
  const bool is_address = ParseIp(peer.name).has_value();
  if (!is_address) SSL_set_tlsext_host_name(ssl(), peer.name.c_str());
  if (!peer.offer_certificate) SSL_certs_clear(ssl());
  if (!peer.verify) return SSL_set_verify(ssl(), SSL_VERIFY_NONE, nullptr);
  X509_VERIFY_PARAM* expected = SSL_get0_param(ssl());
  X509_VERIFY_PARAM_set_hostflags(expected,
                                  X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  const int set = is_address ? X509_VERIFY_PARAM_set1_ip_asc(expected, peer.name.c_str())
                             : X509_VERIFY_PARAM_set1_host(expected, peer.name.data(), peer.name.size());
  if (set != 1 || peer.name.empty()) untrusted_ = "no name to check the certificate for";
  SSL_set_verify(ssl(), SSL_VERIFY_PEER, OnCertificate);
}

Failure TlsStream::ShakeHands(bool as_client, const Wait& wait) {
  if (!untrusted_.empty()) return Fail(Why::kUntrusted, untrusted_);
  bool ended = false;
  const auto step = [&] { return as_client ? SSL_connect(ssl()) : SSL_accept(ssl()); };
  if (Failure failed = Drive(step, ended, wait)) return failed;
  if (ended) return Fail(Why::kCut, "the other side closed TLS while " + std::string(wait.doing));
  ready_ = true;
  return {};
}

Failure TlsStream::Read(std::span<char> into, std::size_t& count, const Wait& wait) {
  bool ended = false;
  count = 0;
  return Drive([&] { return SSL_read_ex(ssl(), into.data(), into.size(), &count); }, ended, wait);
}

Failure TlsStream::Write(std::string_view bytes, const Wait& wait) {
  while (!bytes.empty()) {
    std::size_t count = 0;
    bool ended = false;
    const std::size_t piece = std::min(bytes.size(), kRecord);
    if (Failure failed = Drive([&] { return SSL_write_ex(ssl(), bytes.data(), piece, &count); }, ended, wait))
      return failed;
    if (ended) return Fail(Why::kCut, "the other side closed TLS");
    bytes.remove_prefix(count);
  }
  return {};
}

Failure TlsStream::Drive(const std::function<int()>& step, bool& ended, const Wait& wait) {
  for (;;) {
    ERR_clear_error();
    const int done = step();
    const int what = done == 1 ? SSL_ERROR_NONE : SSL_get_error(ssl(), done);
    Failure failed;
    if (what == SSL_ERROR_SSL || what == SSL_ERROR_SYSCALL) failed = Explain();
    if (Failure unsent = Flush(failed ? kNoWait : wait); unsent && !failed) failed = unsent;
    if (failed && failed.why != Why::kTime) ready_ = false;
    if (failed) return failed;
    ended = what == SSL_ERROR_ZERO_RETURN;
    if (what == SSL_ERROR_NONE || ended) return {};
    if (Failure empty = Fill(wait)) return empty;
  }
}

Failure TlsStream::Fill(const Wait& wait) {
  char buffer[kRecord + 512];
  std::size_t count = 0;
  if (Failure failed = below_->Read(buffer, count, wait)) return failed;
  if (count == 0) {
    BIO_set_mem_eof_return(in_, 0);
  } else {
    BIO_write(in_, buffer, static_cast<int>(count));
  }
  return {};
}

Failure TlsStream::Flush(const Wait& wait) {
  char* bytes = nullptr;
  const long count = BIO_get_mem_data(out_, &bytes);
  if (count <= 0) return {};
  Failure failed = below_->Write({bytes, static_cast<std::size_t>(count)}, wait);
  (void)BIO_reset(out_);
  return failed;
}

Failure TlsStream::Explain() {
  const unsigned long error = ERR_peek_error();
  if (!untrusted_.empty()) return Fail(Why::kUntrusted, untrusted_);
  if (ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING || error == 0)
    return Fail(Why::kCut, "the connection ended without the end of TLS");
  const char* reason = ERR_reason_error_string(error);
  return Fail(Why::kUntrusted, std::string("TLS failed (") + (reason ? reason : "unknown") + ")");
}

}  // namespace

Failure ConnectTls(const TlsContext& context, const TlsPeer& peer, std::unique_ptr<Stream> below,
                   const Wait& wait, std::unique_ptr<Stream>& stream) {
  auto tls = std::make_unique<TlsStream>(context, std::move(below), peer.name);
  if (!tls->ssl()) return Fail(Why::kUnreachable, "OpenSSL gives no connection");
  tls->Check(peer);
  if (Failure failed = tls->ShakeHands(true, wait)) return failed;
  stream = std::move(tls);
  return {};
}

Failure AcceptTls(const TlsContext& context, std::unique_ptr<Stream> below, const Wait& wait,
                  std::unique_ptr<Stream>& stream) {
  auto tls = std::make_unique<TlsStream>(context, std::move(below), "");
  if (!tls->ssl()) return Fail(Why::kUnreachable, "OpenSSL gives no connection");
  if (Failure failed = tls->ShakeHands(false, wait)) return failed;
  stream = std::move(tls);
  return {};
}

}  // namespace sluice::net
