// Certificates that are taken and, the longer list, that are not: then there is
// no connection, no request, and the message names what was wrong.
#include "net/tls.h"

#include <atomic>

#include "net/http.h"
#include "net/listener.h"
#include "tests/catch.h"
#include "tests/net/certificates.h"
#include "tests/net/raw_server.h"

namespace sluice::net {
namespace {

const Pair& Ours() {
  static const Pair authority = Authority("our authority");
  return authority;
}
const Pair& Others() {
  static const Pair authority = Authority("their authority");
  return authority;
}

// A server with this certificate, which counts the requests that reach it.
struct Server {
  explicit Server(const Pair& pair) {
    Result<std::unique_ptr<Listener>> started =
        Listener::Start({.certificate_pem = pair.certificate_pem, .key_pem = pair.key_pem},
                        [this](const ServedRequest& request) {
                          ++requests;
                          return ServedAnswer{.body = request.secure ? "secure" : "plain"};
                        });
    if (!started) FAIL(started.error().Text());
    listener = std::move(*started);
  }
  std::string Url(const std::string& host) const {
    return "https://" + host + ":" + std::to_string(listener->port()) + "/";
  }
  std::atomic<int> requests{0};
  std::unique_ptr<Listener> listener;
};

Answer Ask(const std::string& url, const TlsOptions& tls) {
  const Result<std::unique_ptr<Client>> client = Client::Make({.tls = tls});
  if (!client) FAIL(client.error().Text());
  return (*client)->Send({.url = *ParseUrl(url)});
}

Wanted For(std::vector<std::string> names) { return {.alternative_names = std::move(names)}; }

TEST_CASE("certificates that are taken") {
  struct Case {
    Wanted wanted;
    const char* host;
    const char* server_name;
  };
  const Case cases[] = {
      {For({"DNS:localhost"}), "localhost", ""},
      {For({"DNS:LOCALHOST"}), "localhost", ""},
      {For({"IP:127.0.0.1"}), "127.0.0.1", ""},
      {For({"DNS:a.example", "IP:10.0.0.1", "IP:127.0.0.1"}), "127.0.0.1", ""},
      {For({"DNS:kubernetes"}), "127.0.0.1", "kubernetes"},
      {For({"DNS:*.api.example"}), "127.0.0.1", "eu.api.example"},
      {For({"IP:10.0.0.1"}), "127.0.0.1", "10.0.0.1"},
      {For({"IP:::1"}), "127.0.0.1", "::1"},
  };
  for (const Case& one : cases) {
    INFO(one.host << " " << one.server_name);
    Server server(SignedBy(Ours(), one.wanted));
    const Answer answer =
        Ask(server.Url(one.host), {.ca_pem = Ours().certificate_pem, .server_name = one.server_name});
    CHECK(answer.failure.message.empty());
    CHECK(answer.body == "secure");
    CHECK(server.requests == 1);
  }
}

TEST_CASE("certificates that are refused") {
  struct Case {
    Wanted wanted;
    const char* host;
    const char* server_name;
    const char* words;
  };
  const Case cases[] = {
      {For({"DNS:other.example"}), "localhost", "", "is for other.example, not for localhost"},
      {For({"DNS:a.example", "DNS:b.example"}), "127.0.0.1", "",
       "is for a.example, b.example, not for 127.0.0.1"},
      {For({"DNS:127.0.0.1"}), "127.0.0.1", "", "not for 127.0.0.1"},
      {For({"IP:127.0.0.2"}), "127.0.0.1", "", "is for 127.0.0.2, not for 127.0.0.1"},
      {For({"IP:127.0.0.1"}), "localhost", "", "is for 127.0.0.1, not for localhost"},
      {For({"DNS:localhost"}), "localhost", "other.example", "not for other.example"},
      {For({"DNS:*.example"}), "127.0.0.1", "example", "not for example"},
      {For({"DNS:*.example"}), "127.0.0.1", "a.b.example", "not for a.b.example"},
      {For({"DNS:a*.example"}), "127.0.0.1", "ab.example", "not for ab.example"},
      {For({"DNS:*b.example"}), "127.0.0.1", "ab.example", "not for ab.example"},
      {For({"DNS:a.*.example"}), "127.0.0.1", "a.b.example", "not for a.b.example"},
      {For({"DNS:*"}), "localhost", "", "not for localhost"},
      {For({"DNS:example"}), "127.0.0.1", "example.evil", "not for example.evil"},
      {For({"DNS:*.0.0.1"}), "127.0.0.1", "", "not for 127.0.0.1"},
      {{.common_name = "localhost"}, "localhost", "", "names no host (no subjectAltName)"},
      {{.common_name = "localhost", .alternative_names = {"email:a@b.example"}},
       "localhost",
       "",
       "names no host"},
      {{.alternative_names = {"DNS:localhost"}, .from = -7200, .until = -3600},
       "localhost",
       "",
       "expired at 20"},
      {{.alternative_names = {"DNS:localhost"}, .from = 3600, .until = 7200},
       "localhost",
       "",
       "not valid before 20"},
      {{.alternative_names = {"DNS:localhost"}, .usage = "clientAuth"}, "localhost", "", "not for a server"},
  };
  for (const Case& one : cases) {
    INFO(one.words);
    Server server(SignedBy(Ours(), one.wanted));
    const Answer answer =
        Ask(server.Url(one.host), {.ca_pem = Ours().certificate_pem, .server_name = one.server_name});
    CHECK(answer.failure.why == Why::kUntrusted);
    CHECK(answer.failure.message.find(one.words) != std::string::npos);
    CHECK(answer.head.status == 0);
    CHECK(server.requests == 0);
  }
}

TEST_CASE("control bytes of a certificate are not printed") {
  Server server(SignedBy(
      Ours(), {.common_name = "evil\x1b[31m", .alternative_names = {"DNS:localhost"}, .until = -60}));
  const Answer answer = Ask(server.Url("localhost"), {.ca_pem = Ours().certificate_pem});
  CHECK(answer.failure.why == Why::kUntrusted);
  CHECK(answer.failure.message.find('\x1b') == std::string::npos);
}

TEST_CASE("authorities that are not trusted") {
  const Wanted wanted = For({"DNS:localhost"});
  const Pair alone = SelfSigned(wanted);
  const Pair impostor = Authority("our authority");  // the same name, another key
  const Pair leaf = SignedBy(Ours(), wanted);
  const Pair by_leaf = SignedBy(leaf, wanted);
  struct Case {
    Pair server;
    std::string trusted;
    const char* words;
  };
  const Case cases[] = {
      {SignedBy(Others(), wanted), Ours().certificate_pem, "unknown authority (CN=their authority)"},
      {SignedBy(Ours(), wanted), "", "unknown authority (CN=our authority)"},  // the system's do not hold it
      {alone, Ours().certificate_pem, "self-signed and not among the trusted ones"},
      {alone, "", "self-signed"},
      {SignedBy(impostor, wanted), Ours().certificate_pem, ""},
      {{by_leaf.certificate_pem + leaf.certificate_pem, by_leaf.key_pem}, Ours().certificate_pem, ""},
  };
  for (const Case& one : cases) {
    INFO(one.words);
    Server server(one.server);
    const Answer answer = Ask(server.Url("localhost"), {.ca_pem = one.trusted});
    CHECK(answer.failure.why == Why::kUntrusted);
    CHECK(answer.failure.message.find(one.words) != std::string::npos);
    CHECK(server.requests == 0);
  }
}

TEST_CASE("a chain is followed, and a trusted certificate is enough by itself") {
  const Pair middle = SignedBy(Ours(), {.common_name = "middle", .is_authority = true});
  const Pair leaf = SignedBy(middle, For({"DNS:localhost"}));
  const Pair alone = SelfSigned(For({"DNS:localhost"}));
  Server chained({leaf.certificate_pem + middle.certificate_pem, leaf.key_pem});
  CHECK(Ask(chained.Url("localhost"), {.ca_pem = Ours().certificate_pem}).body == "secure");
  Server bare(leaf);
  CHECK(Ask(bare.Url("localhost"), {.ca_pem = Ours().certificate_pem}).failure.why == Why::kUntrusted);
  CHECK(Ask(bare.Url("localhost"), {.ca_pem = middle.certificate_pem}).body == "secure");
  CHECK(Ask(bare.Url("localhost"), {.ca_pem = Others().certificate_pem + middle.certificate_pem}).body ==
        "secure");
  Server single(alone);
  CHECK(Ask(single.Url("localhost"), {.ca_pem = alone.certificate_pem}).body == "secure");
}

TEST_CASE("insecure is what it says, and only then") {
  Server server(SelfSigned({.alternative_names = {"DNS:other.example"}, .from = -7200, .until = -3600}));
  CHECK(Ask(server.Url("localhost"), {.insecure_skip_verify = true}).body == "secure");
  CHECK(Ask(server.Url("localhost"), {}).failure.why == Why::kUntrusted);
}

TEST_CASE("PEM texts that are refused") {
  const Pair good = SignedBy(Ours(), {.usage = "clientAuth"});
  const std::string& ca = Ours().certificate_pem;
  std::string broken = ca;
  broken.replace(100, 4, "!!!!");
  const std::string encrypted =
      "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,"
      "0123456789ABCDEF0123456789ABCDEF\n\nAAAAAAAAAAAAAAAAAAAAAA==\n-----END RSA PRIVATE KEY-----\n";
  const std::pair<TlsOptions, const char*> cases[] = {
      {{.ca_pem = "nonsense"}, "no certificate among the trusted ones"},
      {{.ca_pem = good.key_pem}, "no certificate among the trusted ones"},
      {{.ca_pem = broken}, "a broken certificate among the trusted ones"},
      {{.ca_pem = ca + broken}, "a broken certificate among the trusted ones"},
      {{.ca_pem = ca, .certificate_pem = good.certificate_pem}, "needs its private key"},
      {{.ca_pem = ca, .key_pem = good.key_pem}, "needs its private key"},
      {{.ca_pem = ca, .certificate_pem = "nonsense", .key_pem = good.key_pem}, "no certificate can be read"},
      {{.ca_pem = ca, .certificate_pem = good.certificate_pem + broken, .key_pem = good.key_pem},
       "chain is broken"},
      {{.ca_pem = ca, .certificate_pem = good.certificate_pem, .key_pem = "nonsense"},
       "no private key can be read"},
      {{.ca_pem = ca, .certificate_pem = good.certificate_pem, .key_pem = encrypted},
       "no private key can be read"},
      {{.ca_pem = ca, .certificate_pem = good.certificate_pem, .key_pem = Ours().key_pem},
       "do not belong together"},
  };
  for (const auto& [options, words] : cases) {
    INFO(words);
    const Result<TlsContext> context = MakeClientTls(options);
    REQUIRE_FALSE(context);
    CHECK(context.error().message.find(words) != std::string::npos);
    CHECK(context.error().message.find("PRIVATE") == std::string::npos);
  }
  CHECK(MakeClientTls({.ca_pem = ca, .certificate_pem = good.certificate_pem, .key_pem = good.key_pem}));
  CHECK_FALSE(MakeServerTls(good.certificate_pem, Ours().key_pem));
}

TEST_CASE("servers that speak no TLS, or end it") {
  for (const char* bytes :
       {"HTTP/1.1 400 Bad\r\n\r\n", "\x15\x03\x01\x00\x02\x02\x28", "", "\x16\x03\x03\x00\x05ha"}) {
    INFO(bytes);
    RawServer server([&](RawPeer& peer) {
      peer.Read(5);
      peer.Send(std::string_view(bytes, *bytes == '\x15' ? 7 : std::string_view(bytes).size()));
    });
    const std::string url = "https://127.0.0.1:" + std::to_string(server.port()) + "/";
    const Answer answer = Ask(url, {.ca_pem = Ours().certificate_pem});
    CHECK((answer.failure.why == Why::kUntrusted || answer.failure.why == Why::kCut));
  }
}

TEST_CASE("a handshake that hangs ends with the time to connect") {
  RawServer server([](RawPeer& peer) { peer.ReadToEnd(); });
  const Result<std::unique_ptr<Client>> client = Client::Make({.tls = {.ca_pem = Ours().certificate_pem}});
  Request request{.url = *ParseUrl("https://127.0.0.1:" + std::to_string(server.port()))};
  request.limits.connect = std::chrono::milliseconds(50);
  const Answer answer = (*client)->Send(request);
  CHECK(answer.failure.why == Why::kTime);
  CHECK(answer.failure.message.find("the TLS handshake") != std::string::npos);
}

TEST_CASE("an answer cut inside TLS is a cut, also where no length was said") {
  const Pair pair = SignedBy(Ours(), For({"DNS:localhost"}));
  const Result<TlsContext> context = MakeServerTls(pair.certificate_pem, pair.key_pem);
  REQUIRE(context);
  for (const bool orderly : {true, false}) {
    RawServer server([&](RawPeer& peer) {
      Socket client = peer.Take();
      const int number = client.get();
      std::unique_ptr<Stream> stream;
      if (AcceptTls(*context, MakeSocketStream(std::move(client)), {}, stream)) return;
      char buffer[4096];
      std::size_t count = 0;
      (void)stream->Read(buffer, count, {});
      (void)stream->Write("HTTP/1.1 200 OK\r\n\r\nhalf of it", {});
      if (!orderly) shutdown(number, SHUT_WR);  // the goodbye of TLS cannot be sent any more
    });
    const std::string url = "https://localhost:" + std::to_string(server.port());
    const Answer answer = Ask(url, {.ca_pem = Ours().certificate_pem});
    CHECK(answer.body == "half of it");
    CHECK(answer.failure.why == (orderly ? Why::kNothing : Why::kCut));
  }
}

TEST_CASE("connections with TLS are used again") {
  Server server(SignedBy(Ours(), For({"DNS:localhost"})));
  const Result<std::unique_ptr<Client>> client = Client::Make({.tls = {.ca_pem = Ours().certificate_pem}});
  for (int i = 0; i < 5; ++i)
    CHECK((*client)->Send({.url = *ParseUrl(server.Url("localhost"))}).body == "secure");
  CHECK((*client)->idle_connections() == 1);
  CHECK(server.listener->connections() == 1);
}

}  // namespace
}  // namespace sluice::net
