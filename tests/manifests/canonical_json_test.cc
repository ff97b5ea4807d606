// Canonical JSON, version 1: vectors, and that it reads back as itself.
#include "crypto/digest.h"
#include "tests/catch.h"
#include "tests/manifests/reading.h"

namespace sluice::manifests {
namespace {

TEST_CASE("canonical JSON has one text for one meaning") {
  const struct {
    std::string yaml;
    std::string_view json;
  } cases[] = {
      {"b: 1\na: 2\nB: 3\n", R"({"B":3,"a":2,"b":1})"},
      {"a10: 1\na9: 1\na: 1\n", R"({"a":1,"a10":1,"a9":1})"},
      {"\xc3\xa9: 1\nz: 1\n\xf0\x9f\x98\x80: 1\n\xef\xbd\x81: 1\n",
       "{\"z\":1,\"\xc3\xa9\":1,\"\xef\xbd\x81\":1,\"\xf0\x9f\x98\x80\":1}"},  // by bytes, not by UTF-16
      {"a: null\nb: []\nc: {}\nd: ''\n", R"({"a":null,"b":[],"c":{},"d":""})"},
      {"- true\n- no\n", "[true,false]"},
      {"- -0.0\n- -0\n- 1.0\n- 1e2\n- 1.50\n", "[0,0,1,100,1.5]"},
      {"- 18446744073709551615\n- -9223372036854775808\n", "[18446744073709551615,-9223372036854775808]"},
      {"- 1e21\n- 1e20\n- 1e-6\n- 1e-7\n- 1.5e300\n", "[1e+21,100000000000000000000,0.000001,1e-7,1.5e+300]"},
      {"- \"\\\"\\\\\\b\\t\\n\\f\\r\"\n", R"(["\"\\\b\t\n\f\r"])"},
      {"- \"\\0\\x01\\x1f\\x20\"\n", R"(["\u0000\u0001\u001f "])"},
      {"- \"\\x7f\\x80\\x9f\\xa0\"\n", "[\"\\u007f\\u0080\\u009f\xc2\xa0\"]"},
      {"- \"\\u2027\\u2028\\u2029\\u2030\"\n", "[\"\xe2\x80\xa7\\u2028\\u2029\xe2\x80\xb0\"]"},
      {"- \"\\ufffd\\ufffe\\uffff\"\n", "[\"\xef\xbf\xbd\\ufffe\\uffff\"]"},
      {"- \"</script> & /\"\n", "[\"</script> & /\"]"},
      {"- \xf0\x9f\x98\x80\n", "[\"\xf0\x9f\x98\x80\"]"},
      {"- 'plain'\n- |\n  block\n", R"(["plain","block\n"])"},
  };
  for (const auto& [yaml, json] : cases) {
    CAPTURE(yaml);
    CHECK(Reading(yaml) == json);
    CHECK(Reading("- " + std::string(json) + "\n") == "[" + std::string(json) + "]");  // read as YAML
    CHECK(Reading("{\"a\":" + std::string(json) + "}") ==
          "{\"a\":" + std::string(json) + "}");  // and as JSON
  }
}

TEST_CASE("the byte order mark and its like never stand raw in canonical JSON") {
  const ParsedFile file = ParseText("a: \"\\ufeff\"\n");
  std::string json;
  CanonicalJson(*file.documents.at(0).root, json);
  CHECK(json == R"({"a":"\ufeff"})");
}

TEST_CASE("the order, style and comments of a file do not change a digest") {
  const auto digest = [](const char* text) {
    const ParsedFile file = ParseText(text);
    return crypto::Hex(Digest(Objects(file, Limits()).objects.at(0)));
  };
  const std::string expected = digest("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: web\n");
  CHECK(expected == crypto::Hex(crypto::DigestSha256(
                        R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"web"}})")));
  CHECK(digest("# c\nkind: 'Namespace'\nmetadata: {name: \"web\"}\napiVersion: v1\n") == expected);
  CHECK(digest("{\"metadata\":{\"name\":\"web\"},\"kind\":\"Namespace\",\"apiVersion\":\"v1\"}") == expected);
  CHECK(digest("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: web2\n") != expected);
}

}  // namespace
}  // namespace sluice::manifests
