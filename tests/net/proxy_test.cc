#include "net/proxy.h"

#include <map>
#include <sstream>

#include "tests/catch.h"

namespace sluice::net {
namespace {

using Variables = std::map<std::string, std::string>;

Result<ProxySettings> Read(const Variables& variables) {
  return ReadProxySettings([&](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  });
}

std::string ChoiceFor(const Variables& variables, const char* url) {
  const Result<ProxySettings> settings = Read(variables);
  REQUIRE(settings);
  const Url* proxy = ChooseProxy(*settings, *ParseUrl(url));
  return proxy ? proxy->Origin() : "direct";
}

TEST_CASE("the scheme of the URL names the variable") {
  const Variables both{{"HTTP_PROXY", "http://one:1"}, {"HTTPS_PROXY", "https://two:2"}};
  CHECK(ChoiceFor(both, "http://h/") == "http://one:1");
  CHECK(ChoiceFor(both, "https://h/") == "https://two:2");
  CHECK(ChoiceFor({{"HTTP_PROXY", "http://one:1"}}, "https://h/") == "direct");
  CHECK(ChoiceFor({{"HTTPS_PROXY", "http://two:2"}}, "http://h/") == "direct");
  CHECK(ChoiceFor({{"ALL_PROXY", "http://all:1"}}, "https://h/") == "direct");
  CHECK(ChoiceFor({{"https_proxy", "http://small:1"}}, "https://h/") == "http://small:1");
  CHECK(ChoiceFor({{"HTTPS_PROXY", "http://big:1"}, {"https_proxy", "http://small:1"}}, "https://h/") ==
        "http://big:1");
  CHECK(ChoiceFor({{"HTTPS_PROXY", ""}, {"https_proxy", "http://small:1"}}, "https://h/") ==
        "http://small:1");
  CHECK(ChoiceFor({{"HTTPS_PROXY", "proxy.example:3128"}}, "https://h/") == "http://proxy.example:3128");
  CHECK(ChoiceFor({{"HTTPS_PROXY", "proxy.example"}}, "https://h/") == "http://proxy.example");
  CHECK(ChoiceFor({{"HTTPS_PROXY", "socks5://proxy.example"}}, "https://h/") == "socks5://proxy.example");
}

TEST_CASE("a proxy that cannot be read is an error") {
  for (const char* wrong : {"ftp://proxy", "http://", "http://proxy:0", "http://proxy:port", "http://pro xy",
                            "a b", "http://proxy/path", "://", "http://user:word@"}) {
    INFO(wrong);
    const Result<ProxySettings> settings = Read({{"HTTPS_PROXY", wrong}});
    REQUIRE_FALSE(settings);
    CHECK(settings.error().message.find("HTTPS_PROXY in the environment") == 0);
    CHECK(settings.error().message.find("word") == std::string::npos);
    CHECK_FALSE(Read({{"http_proxy", wrong}}));
  }
}

// https://httpoxy.org: a header "Proxy" becomes the variable HTTP_PROXY.
TEST_CASE("a visitor of a CGI program chooses no proxy") {
  CHECK_FALSE(Read({{"HTTP_PROXY", "http://evil"}, {"REQUEST_METHOD", "GET"}}));
  CHECK(ChoiceFor({{"HTTPS_PROXY", "http://ours"}, {"REQUEST_METHOD", "GET"}}, "https://h/") ==
        "http://ours");
}

// NO_PROXY, a URL, and whether Go (golang.org/x/net/http/httpproxy v0.30.0)
// goes through the proxy; "-" is an empty list.
constexpr const char* kExceptions = R"(
-                          https://api.example/                 proxy
-                          https://localhost/                   direct
-                          https://localhost:6443/              direct
-                          https://127.0.0.1/                   direct
-                          https://127.255.0.9:6443/            direct
-                          https://[::1]:6443/                  direct
-                          https://localhost.example/           proxy
-                          https://128.0.0.1/                   proxy
*                          https://api.example/                 direct
a,*                        https://10.0.0.1/                    direct
*.                         https://api.example/                 proxy
api.example                https://api.example/                 direct
api.example                https://api.example:6443/            direct
API.Example                https://api.example/                 direct
api.example                https://API.EXAMPLE/                 direct
api.example                https://sub.api.example/             direct
api.example                https://xapi.example/                proxy
api.example                https://example/                     proxy
api.example                https://api.example.evil/            proxy
.example                   https://api.example/                 direct
.example                   https://a.b.example/                 direct
.example                   https://example/                     proxy
*.example                  https://api.example/                 direct
*.example                  https://example/                     proxy
*example                   https://api.example/                 proxy
api.example:6443           https://api.example:6443/            direct
api.example:6443           https://api.example/                 proxy
api.example:443            https://api.example/                 direct
api.example:               https://api.example/                 direct
.example:443               https://api.example/                 direct
.example:80                https://api.example/                 proxy
,,a.example,,api.example   https://api.example/                 direct
a.example;api.example      https://api.example/                 proxy
10.0.0.1                   https://10.0.0.1/                    direct
10.0.0.1                   https://10.0.0.10/                   proxy
10.0.0.1:443               https://10.0.0.1/                    direct
10.0.0.1:443               https://10.0.0.1:6443/               proxy
10.0.0.0/8                 https://10.255.0.1:6443/             direct
10.0.0.0/8                 https://11.0.0.1/                    proxy
10.9.9.9/8                 https://10.1.1.1/                    direct
10.0.0.0/31                https://10.0.0.1/                    direct
10.0.0.0/31                https://10.0.0.2/                    proxy
0.0.0.0/0                  https://8.8.8.8/                     direct
0.0.0.0/0                  https://[2001:db8::1]/               proxy
0.0.0.0/0                  https://api.example/                 proxy
::/0                       https://8.8.8.8/                     proxy
::/0                       https://[2001:db8::1]/               direct
10.0.0.0/33                https://10.0.0.1/                    proxy
10.0.0/8                   https://10.0.0.1/                    proxy
2001:db8::/32              https://[2001:db8:1::9]:6443/        direct
2001:db8::/32              https://[2001:db9::9]/               proxy
2001:db8::1                https://[2001:db8::1]/               direct
[2001:db8::1]              https://[2001:db8::1]/               proxy
[2001:db8::1]:6443         https://[2001:db8::1]:6443/          direct
[2001:db8::1]:6443         https://[2001:db8::1]/               proxy
:443                       https://api.example/                 proxy
https://api.example        https://api.example/                 proxy
example                    https://10.0.0.1/                    proxy
0.1                        https://10.0.0.1/                    direct
cluster.local,10.96.0.0/12 https://10.96.0.1/                   direct
cluster.local,10.96.0.0/12 https://kubernetes.default.svc.cluster.local/ direct
)";

TEST_CASE("exceptions are those of Go's programs") {
  std::istringstream rows(kExceptions);
  std::string list, url, wanted;
  int count = 0;
  while (rows >> list >> url >> wanted) {
    INFO(list << " " << url);
    const Variables variables{{"HTTPS_PROXY", "http://proxy:1"}, {"NO_PROXY", list == "-" ? "" : list}};
    CHECK((ChoiceFor(variables, url.c_str()) == "direct" ? "direct" : "proxy") == wanted);
    ++count;
  }
  CHECK(count == 61);
  CHECK(ChoiceFor({{"HTTPS_PROXY", "http://p:1"}, {"no_proxy", " a , api.example "}},
                  "https://api.example/") == "direct");
}

}  // namespace
}  // namespace sluice::net
