// Texts of servers, and what of them is passed on.
#include "cluster/server_words.h"

#include "tests/cluster/nodes.h"

namespace sluice::cluster {
namespace {

TEST_CASE("field errors are told without dumps") {
  struct Row {
    const char* message;
    const char* words;
  };
  const Row rows[] = {
      {"Invalid value: 99999: must be small", "invalid value 99999: must be small"},
      {"Invalid value: \"a: b\": must be plain.", "invalid value \"a: b\": must be plain"},
      {"Invalid value: \"say \\\"x\\\": y\": no", "invalid value \"say \\\"x\\\": y\": no"},
      {"Invalid value: {\"a\":{\"b\":\"}: c\"}}: field is immutable", "invalid value: field is immutable"},
      {"Invalid value: [\"10.0.0.1\"]: may not change once set", "invalid value: may not change once set"},
      {"Invalid value: map[string]string{\"app\":\"y: z\"}: no match", "invalid value: no match"},
      {"Invalid value: v1.LabelSelector{MatchLabels:map[string]string{}}: frozen", "invalid value: frozen"},
      {"Invalid value: (*int64)(0xc000123456): frozen", "invalid value: frozen"},
      {"Invalid value: \"{name}\": no path", "invalid value \"{name}\": no path"},
      {"Invalid value: \"object\": a rule", "invalid value: a rule"},
      {"Invalid value: null: a rule", "invalid value: a rule"},
      {"Invalid value: a host needs \"size\"", "invalid value: a host needs \"size\""},
      {"Invalid value: a host needs: a size", "invalid value: a host needs: a size"},
      {"Invalid value: -5m0s: must not be negative", "invalid value -5m0s: must not be negative"},
      {"Invalid value: \"\": a rule", "invalid value: a rule"},
      {"Invalid value: {\"a\":\"never closed: x", "invalid value"},
      {"Invalid value: \"never closed: x", "invalid value"},
      {"Required value", "a value is required"},
      {"Required value: for it", "a value is required: for it"},
      {"Forbidden: no\n@@ -1 +1 @@\n-  \"password\"", "forbidden: no"},
      {"Duplicate value: \"c\"", "duplicate value \"c\""},
      {"Too many: 4: must have at most 3 items", "too many 4: must have at most 3 items"},
      {"something new", "something new"},
      {"", "the API server finds something wrong, in words that are not shown"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.message);
    CHECK(CauseWords(row.message, {}) == row.words);
  }
  CHECK(CauseWords("Invalid value: \"" + std::string(100, 'x') + "\": long", {}) == "invalid value: long");
}

TEST_CASE("free text is one line of what can be seen") {
  CHECK(FreeWords("  one\ttwo. \nthree", {}) == "one two");
  CHECK(FreeWords("\n\n first", {}) == "first");
  CHECK(FreeWords("", {}).empty());
  CHECK(FreeWords("bell \x07", {}).empty());
  CHECK(FreeWords("escape \x1b[31m", {}).empty());
  CHECK(FreeWords("not UTF-8 \xff", {}).empty());
  CHECK(FreeWords("turned \xe2\x80\xae round", {}).empty());
  const std::string cut = FreeWords(std::string(498, 'x') + "\xc3\xa4\xc3\xa4\xc3\xa4", {});
  CHECK(cut == std::string(498, 'x') + "\xc3\xa4…");
}

TEST_CASE("names are told, and what is no name is not") {
  CHECK(NameWords("shop:web") == "shop:web");
  for (const std::string& name :
       {std::string(), std::string("a\nb"), std::string(301, 'x'), std::string("\xff")})
    CHECK(NameWords(name) == "?");
}

TEST_CASE("values that are masked stay out of words") {
  const Text object("kind: Deployment\nspec: {env: [{name: DB_PASSWORD, value: hunter2}]}");
  Discretion discretion;
  discretion.Add(object.get());
  CHECK(FreeWords("the env is hunter2", discretion).empty());
  CHECK(FreeWords("the env is fine", discretion) == "the env is fine");
  CHECK(CauseWords("Invalid value: \"hunter2\": too plain", discretion) == "invalid value: too plain");
  CHECK(CauseWords("Invalid value: \"x\": not hunter2", discretion) == "invalid value \"x\"");
  const Text secret("apiVersion: v1\nkind: Secret\ndata: {a: eA==}");
  discretion.Add(secret.get());
  CHECK(CauseWords("Required value: fine", discretion) == "a value is required");
  CHECK(FreeWords("anything", discretion).empty());
}

}  // namespace
}  // namespace sluice::cluster
