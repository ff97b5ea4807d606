// The settings of TLS, from PEM texts.
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "net/tls.h"

namespace sluice::net {
namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

// An encrypted key is refused, never asked for at a terminal.
int NoPassword(char*, int, int, void*) { return -1; }

Bio Reader(const std::string& pem) { return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); }

Certificate NextCertificate(BIO* from) {
  return Certificate(PEM_read_bio_X509(from, nullptr, NoPassword, nullptr));
}

// Whether the last reading ended because nothing was left, not at broken text.
bool AtEnd() {
  const unsigned long error = ERR_peek_last_error();
  ERR_clear_error();
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

Status Trust(SSL_CTX* context, const std::string& pem) {
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  const Bio from = Reader(pem);
  int count = 0;
  for (; Certificate one = NextCertificate(from.get()); ++count)
    if (X509_STORE_add_cert(store, one.get()) != 1) return Usage("a trusted certificate cannot be used");
  if (!AtEnd()) return Usage("a broken certificate among the trusted ones");
  if (count == 0) return Usage("no certificate among the trusted ones (expected PEM)");
  return Ok{};
}

Status UseCertificate(SSL_CTX* context, const std::string& pem) {
  const Bio from = Reader(pem);
  const Certificate own = NextCertificate(from.get());
  if (!own) return Usage("no certificate can be read (expected PEM)");
  if (SSL_CTX_use_certificate(context, own.get()) != 1) return Usage("the certificate cannot be used");
  while (Certificate next = NextCertificate(from.get()))
    if (SSL_CTX_add1_chain_cert(context, next.get()) != 1)
      return Usage("the certificate's chain cannot be used");
  return AtEnd() ? Status(Ok{}) : Usage("the certificate's chain is broken");
}

Status UsePair(SSL_CTX* context, const std::string& certificate_pem, const std::string& key_pem) {
  if (Status used = UseCertificate(context, certificate_pem); !used) return used;
  const Bio from = Reader(key_pem);
  const Key key(PEM_read_bio_PrivateKey(from.get(), nullptr, NoPassword, nullptr));
  if (!key) return Usage("no private key can be read (expected PEM, not encrypted)");
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1)
    return Usage("certificate and private key do not belong together");
  return Ok{};
}

Result<TlsContext> MakeContext(const SSL_METHOD* method) {
  TlsContext context(SSL_CTX_new(method), [](SSL_CTX* one) { SSL_CTX_free(one); });
  if (!context) return Failed("OpenSSL gives no context for TLS");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_default_passwd_cb(context.get(), NoPassword);
  return context;
}

Status Configure(SSL_CTX* context, const TlsOptions& options) {
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  SSL_CTX_set_alpn_protos(context, kHttp11, sizeof kHttp11 - 1);
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
  if (!options.ca_pem.empty()) {
    if (Status trusted = Trust(context, options.ca_pem); !trusted) return trusted;
  } else if (SSL_CTX_set_default_verify_paths(context) != 1) {
    return Failed("the system's trusted certificates cannot be read");
  }
  if (options.certificate_pem.empty() != options.key_pem.empty())
    return Usage("a client certificate needs its private key, and the other way round");
  return options.certificate_pem.empty() ? Status(Ok{})
                                         : UsePair(context, options.certificate_pem, options.key_pem);
}

}  // namespace

Result<TlsContext> MakeClientTls(const TlsOptions& options) {
  Result<TlsContext> context = MakeContext(TLS_client_method());
  if (!context) return context;
  const Status done = Configure(context->get(), options);
  ERR_clear_error();
  return done ? context : Result<TlsContext>(done.error());
}

Result<TlsContext> MakeServerTls(const std::string& certificate_pem, const std::string& key_pem) {
  Result<TlsContext> context = MakeContext(TLS_server_method());
  if (!context) return context;
  const Status done = UsePair(context->get(), certificate_pem, key_pem);
  ERR_clear_error();
  return done ? context : Result<TlsContext>(done.error());
}

}  // namespace sluice::net
