// Patterns and texts that make other engines of regular expressions hang, crash
// or run out of memory, as the pattern of a custom resource and of a user's JSON
// Schema: each ends with a verdict or is refused by name. Nothing here is timed:
// RE2 works in time linear in the text, and what is not would hang the test.
#include "manifests/pattern.h"
#include "schemas/json_schema.h"
#include "tests/catch.h"
#include "tests/schemas/checking.h"

namespace sluice::schemas {
namespace {

std::string Repeat(std::string_view text, std::size_t times) {
  std::string all;
  for (; times > 0; --times) all += text;
  return all;
}

constexpr std::size_t kMebibyte = 1 << 20;

TEST_CASE("patterns that make backtracking engines hang end over a mebibyte of text") {
  const struct {
    std::string pattern, text;
    bool found;
  } table[] = {
      {"^[a-z]([-a-z0-9]*[a-z0-9])?$", std::string(kMebibyte, 'a'), true},  // crashes std::regex from 50,000
      {"^[a-z]([-a-z0-9]*[a-z0-9])?$", std::string(kMebibyte, 'a') + "-", false},
      {"^(a+)+b", std::string(kMebibyte, 'a'), false},
      {"^(a+)+$", std::string(kMebibyte, 'a') + "!", false},
      {"^(a|aa)+$", std::string(kMebibyte, 'a') + "!", false},
      {"^(a*)*b$", std::string(kMebibyte, 'a'), false},
      {"^([a-zA-Z]+)*$", std::string(kMebibyte, 'a') + "1", false},
      {"(.*)(.*)(.*)(.*)(.*)x", std::string(kMebibyte, 'y'), false},
      {"^(.|\\n)*z$", Repeat("a\n", kMebibyte / 2), false},
      {"^(\\w+\\s?)*$", Repeat("word ", kMebibyte / 5) + "!", false},
      {"a{0,30}a{30}b", std::string(kMebibyte, 'a'), false},
      {"^(([a-z])+.)+[A-Z]([a-z])+$", std::string(kMebibyte, 'a'), false},
      {"(x+x+)+y", std::string(kMebibyte, 'x'), false},
      {"^(?:[0-9]+,)*[0-9]+$", Repeat("1,", kMebibyte / 2), false},
      {"(?i)^(k|\u212a)+$", Repeat("\u212a", kMebibyte / 3) + "!", false},
  };
  for (const auto& [pattern, text, found] : table) {
    CAPTURE(pattern);
    const Result<manifests::Pattern> compiled = manifests::Pattern::Compile(pattern);
    REQUIRE(compiled);
    CHECK(compiled->Search(text) == found);
  }
}

TEST_CASE("patterns that are large, or say what RE2 does not, are refused by name") {
  std::string alternatives = "^(x";
  for (int i = 0; i < 10'000; ++i) alternatives += "|word" + std::to_string(i);
  alternatives += ")$";
  const Result<manifests::Pattern> large = manifests::Pattern::Compile(alternatives);
  REQUIRE(large);  // large, and no trouble
  CHECK(large->Search("word9999"));
  CHECK_FALSE(large->Search("word10000"));
  const Result<manifests::Pattern> deep =
      manifests::Pattern::Compile(Repeat("(a", 2'000) + Repeat(")*", 2'000));
  REQUIRE(deep);
  CHECK(deep->Search(std::string(10'000, 'a')));
  for (const std::string& bad :
       {std::string("(a)\\1"), std::string("(?<n>a)\\k<n>"), std::string("a++"), std::string("(?>a)"),
        std::string("a(?!b)"), std::string("(?R)"), std::string("\\p{Nonsense}"),
        std::string("[[:nonsense:]]"), std::string("a{1,99999}"), std::string("((a{1000}){1000}){1000}"),
        Repeat("(", 100'000), std::string("[^\\x{10FFFF}-\\x{0}]"), std::string("\xff"),
        std::string("a\\")}) {
    CAPTURE(bad.substr(0, 40));
    const Result<manifests::Pattern> compiled = manifests::Pattern::Compile(bad);
    REQUIRE_FALSE(compiled);
    CHECK(compiled.error().message.find("the pattern is not usable: ") == 0);
    CHECK(compiled.error().message.size() < 300);
  }
}

std::string Definition(const std::string& schema) {
  return "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: "
         "ks.g.example}\n"
         "spec:\n  group: g.example\n  scope: Namespaced\n  names: {kind: K, plural: ks}\n  versions:\n"
         "  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n"
         "        type: object\n        properties: {v: " +
         schema + "}\n---\napiVersion: g.example/v1\nkind: K\nmetadata: {name: a, namespace: b}\n";
}

TEST_CASE("a definition in the push with a hostile pattern judges its objects or is a finding") {
  Catalog catalog = MakeCatalog();
  const std::string text(100'000, 'a');
  const Checked hangs =
      CheckText(catalog, Definition("{type: string, pattern: '^(a+)+$'}") + "v: " + text + "b!\n");
  REQUIRE(hangs.findings.size() == 1);
  CHECK(hangs.findings[0].message.find(text) == std::string::npos);
  Catalog other = MakeCatalog();
  const Checked refused = CheckText(other, Definition("{type: string, pattern: '(a)\\1'}") + "v: aa\n");
  CHECK_FALSE(refused.findings.empty());
}

TEST_CASE("schemas that lead into themselves, or step by the smallest numbers, end") {
  const auto check = [](const std::string& schema, const std::string& value) {
    const Result<JsonSchema> parsed = JsonSchema::Parse(schema);
    if (!parsed) return std::string("refused");
    const manifests::ParsedFile file = manifests::Parse("v.yaml", value, Limits());
    return parsed->Check(file).empty() ? std::string("fits") : std::string("does not fit");
  };
  CHECK(check(R"({"$ref":"#"})", "a: 1\n") == "refused");
  CHECK(check(R"({"properties":{"a":{"$ref":"#"}}})", "a: {a: {a: {}}}\n") == "fits");
  CHECK(
      check(
          R"({"$ref":"#/definitions/a","definitions":{"a":{"$ref":"#/definitions/b"},"b":{"$ref":"#/definitions/a"}}})",
          "a: 1\n") == "refused");
  CHECK(check(R"({"allOf":[{"$ref":"#"}]})", "a: 1\n") == "refused");
  CHECK(check(R"({"$ref":"https://x.example/s.json"})", "a: 1\n") == "refused");
  CHECK(check(R"({"$ref":"file:///etc/passwd"})", "a: 1\n") == "refused");
  // What divides: 36dc141 of valijson.
  for (const char* step :
       {"0", "-1", "-9223372036854775808", "18446744073709551615", "0.0", "-0.5", "\"1\"", "null"}) {
    CAPTURE(step);
    const std::string schema = std::string(R"({"properties":{"a":{"multipleOf":)") + step + "}}}";
    CHECK(check(schema, "a: -9223372036854775808\n") == "refused");
  }
  CHECK(check(R"({"properties":{"a":{"multipleOf":1}}})", "a: -9223372036854775808\n") == "fits");
  CHECK(check(R"({"properties":{"a":{"multipleOf":9223372036854775807}}})", "a: -9223372036854775808\n") ==
        "does not fit");
  CHECK(check(R"({"properties":{"a":{"multipleOf":0.5}}})", "a: 1.5\n") == "fits");
}

}  // namespace
}  // namespace sluice::schemas
