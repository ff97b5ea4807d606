// How findings speak of values.
#include "schemas/words.h"

#include "manifests/nearest.h"
#include "tests/catch.h"

namespace sluice::schemas {
namespace {

std::string ShownText(const std::string& text, ValuesShown shown = ValuesShown::kShown) {
  manifests::Node node;
  node.kind = manifests::NodeKind::kString;
  node.text = text;
  return Shown(node, shown);
}

std::string Near(std::string_view name, std::vector<std::string_view> names) {
  return std::string(manifests::Nearest(name, names));
}

}  // namespace

TEST_CASE("values are shown short, escaped, and never where they may be secret") {
  CHECK(ShownText("abc") == "\"abc\"");
  CHECK(ShownText("a\x1b[2Jb") == "\"a\\x1b[2Jb\"");
  CHECK(ShownText(std::string(100, 'a')).size() < 66);
  CHECK(ShownText("abc", ValuesShown::kHidden).empty());
  for (const char* secret :
       {"AKIAIOSFODNN7EXAMPLE", "ghp_0123456789abcdefghijABCDEFGHIJ456789", "https://user:pass@host",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE", "c2VjcmV0LXZhbHVlLTEyMzQ="}) {
    CAPTURE(secret);
    CHECK(ShownText(secret).empty());
  }
}

TEST_CASE("the nearest name is found by case, then by distance, and not beyond it") {
  CHECK(Near("Replicas", {"replicas", "replica"}) == "replicas");
  CHECK(Near("replcias", {"replicas", "selector"}) == "replicas");
  CHECK(Near("selectr", {"replicas", "selector"}) == "selector");
  CHECK(Near("containerss", {"containers", "initContainers"}) == "containers");
  CHECK(Near("tcp", {"TCP", "UDP"}) == "TCP");
  CHECK(Near("HTTP", {"SCTP", "TCP", "UDP"}).empty());
  CHECK(Near("x", {"y", "z"}).empty());
  CHECK(Near("foo", {"bar"}).empty());
  CHECK(Near(std::string(200, 'a'), {std::string_view("a")}).empty());
}

TEST_CASE("lists read as people write them") {
  CHECK(ListWords({}).empty());
  CHECK(ListWords(std::vector<std::string>{"a"}) == "a");
  CHECK(ListWords(std::vector<std::string>{"a", "b", "c"}) == "a, b and c");
}

}  // namespace sluice::schemas
