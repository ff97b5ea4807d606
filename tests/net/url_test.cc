#include "net/url.h"

#include "tests/catch.h"

namespace sluice::net {
namespace {

TEST_CASE("URLs that are read, and as what") {
  struct Case {
    const char* text;
    const char* origin;
    const char* target;
    const char* host;
    int port;
  };
  const Case cases[] = {
      {"https://api.example", "https://api.example", "/", "api.example", 443},
      {"http://api.example/", "http://api.example", "/", "api.example", 80},
      {"HTTPS://API.Example:443/a/B?c=D&e", "https://api.example", "/a/B?c=D&e", "api.example", 443},
      {"https://10.0.0.1:6443/version", "https://10.0.0.1:6443", "/version", "10.0.0.1", 6443},
      {"https://[::1]:6443", "https://[::1]:6443", "/", "::1", 6443},
      {"https://[FE80::1]", "https://[fe80::1]", "/", "fe80::1", 443},
      {"https://h?watch=1", "https://h", "/?watch=1", "h", 443},
      {"http://my_service.ns.svc.cluster.local.:8080/x", "http://my_service.ns.svc.cluster.local.:8080", "/x",
       "my_service.ns.svc.cluster.local.", 8080},
      {"http://h:/x", "http://h", "/x", "h", 80},
      {"http://127.0.0.1.nip.io/", "http://127.0.0.1.nip.io", "/", "127.0.0.1.nip.io", 80},
  };
  for (const Case& one : cases) {
    INFO(one.text);
    const Result<Url> url = ParseUrl(one.text);
    REQUIRE(url);
    CHECK(url->Origin() == one.origin);
    CHECK(url->target == one.target);
    CHECK(url->host == one.host);
    CHECK(url->port == one.port);
    CHECK_FALSE(url->has_user);
  }
}

TEST_CASE("URLs that are refused, and why") {
  const std::pair<std::string, const char*> cases[] = {
      {"", "must begin with https://"},
      {"api.example", "must begin with https://"},
      {"//api.example", "must begin with https://"},
      {"ftp://api.example", "not ftp://"},
      {"file:///etc/passwd", "not file://"},
      {"socks5://api.example", "not socks5://"},
      {"https://", "without a host"},
      {"https:///path", "without a host"},
      {"https://:6443", "without a host"},
      {"https://user@api.example", "no user name"},
      {"https://user:hunter2@api.example", "no user name"},
      {"https://good.example@evil.example", "no user name"},
      {"https://api.example#part", "no fragment"},
      {"https://api example", "a space"},
      {"https://api.example/a b", "a space"},
      {"https://api.example/\r\nX: y", "a space"},
      {std::string("https://api.example/\0", 21), "a space"},
      {"https://api.example\\@evil.example", "a backslash"},
      {"https://api.example/\xc3\xa4", "outside of ASCII"},
      {"https://b\xc3\xbc"
       "cher.example",
       "outside of ASCII"},
      {"https://api.example:0", "a port from 1 to 65535"},
      {"https://api.example:65536", "a port from 1 to 65535"},
      {"https://api.example:99999999999999999999", "a port from 1 to 65535"},
      {"https://api.example:+80", "a port from 1 to 65535"},
      {"https://api.example:80x", "a port from 1 to 65535"},
      {"https://a:1:2", "a port from 1 to 65535"},
      {"https://::1", "a host"},
      {"https://[::1", "closing bracket"},
      {"https://[::1]x", "\":\" between host and port"},
      {"https://[fe80::1%25eth0]", "no IPv6 address"},
      {"https://[127.0.0.1]", "no IPv6 address"},
      {"https://[]", "no IPv6 address"},
      {"https://2130706433", "a host name or an IP address"},
      {"https://0x7f.1", "a host name or an IP address"},
      {"https://0x7f000001", "a host name or an IP address"},
      {"https://127.1", "a host name or an IP address"},
      {"https://127.0.0.01", "a host name or an IP address"},
      {"https://256.0.0.1", "a host name or an IP address"},
      {"https://1.2.3.4.5", "a host name or an IP address"},
      {"https://a..b", "a host name or an IP address"},
      {"https://.a", "a host name or an IP address"},
      {"https://-a.example", "a host name or an IP address"},
      {"https://a%2eb", "a host name or an IP address"},
      {"https://a,b", "a host name or an IP address"},
      {"https://*.example", "a host name or an IP address"},
      {"https://" + std::string(64, 'a'), "a host name or an IP address"},
      {"https://h/" + std::string(9000, 'a'), "more than 8 KiB"},
  };
  for (const auto& [text, words] : cases) {
    INFO(text);
    const Result<Url> url = ParseUrl(text);
    REQUIRE_FALSE(url);
    CHECK(url.error().message.find(words) != std::string::npos);
    CHECK(url.error().message.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("a proxy's URL may name a user and no path") {
  const Result<Url> url = ParseUrl("http://us%40er:p%3Aw@proxy.example:3128", UrlUse::kProxy);
  REQUIRE(url);
  CHECK(url->user == "us@er");
  CHECK(url->password == "p:w");
  CHECK(url->HostAndPort() == "proxy.example:3128");
  CHECK(ParseUrl("socks5://proxy.example", UrlUse::kProxy)->port == 1080);
  for (const char* wrong :
       {"http://proxy/path", "http://%zz@proxy", "http://a%4@proxy", "ftp://proxy", "http://u@"})
    CHECK_FALSE(ParseUrl(wrong, UrlUse::kProxy));
}

TEST_CASE("IP addresses, and what is none") {
  for (const char* text : {"0.0.0.0", "255.255.255.255", "::", "::1", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4"})
    CHECK(ParseIp(text));
  const std::string with_nul("127.0.0.1\0x", 11);
  for (const std::string& text :
       {std::string("127.0.0"), std::string("127.0.0.1 "), std::string("01.2.3.4"), std::string("1.2.3.256"),
        std::string(":::"), std::string("1::2::3"), std::string("fe80::1%eth0"), std::string(""),
        std::string("localhost"), with_nul})
    CHECK_FALSE(ParseIp(text));
  CHECK(ParseIp("::ffff:1.2.3.4") == ParseIp("1.2.3.4"));
}

}  // namespace
}  // namespace sluice::net
