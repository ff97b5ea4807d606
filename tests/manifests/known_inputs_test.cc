// Texts that broke other readers of YAML, or that two of them read differently,
// by the name under which they are known. Each is read as Kubernetes reads it,
// or refused by a rule; hostile_test.cc bounds what the large ones cost.
#include "tests/catch.h"
#include "tests/manifests/reading.h"

namespace sluice::manifests {
namespace {

struct Known {
  const char* name;
  std::string text;
  std::string reading;  // as Reading() tells it
};

void Check(const std::vector<Known>& table) {
  for (const auto& [name, text, reading] : table) {
    CAPTURE(name, text);
    CHECK(Reading(text) == reading);
  }
}

std::string Repeat(std::string_view text, std::size_t times) {
  std::string all;
  for (; times > 0; --times) all += text;
  return all;
}

TEST_CASE("texts that crashed or hung other parsers are refused or read") {
  std::vector<Known> table = {
      {"yaml-cpp: a comma alone", ",\n", "refused: yaml/syntax"},
      {"yaml-cpp #793", "[:", "refused: yaml/syntax"},
      {"yaml-cpp #793, braces", "{:", "refused: yaml/json"},
      {"CVE-2017-11692", "!2", "refused: yaml/tag"},
      {"yaml-cpp #1475", "!\n: |\nb\n>\n|\n  !\n>", "refused: yaml/tag"},
      {"binary cut off", "a: !!binary aGVsbG8\n", "refused: yaml/tag"},
      {"binary of one letter", "a: !!binary a\n", "refused: yaml/tag"},
      {"binary of nothing", "a: !!binary\n", "refused: yaml/tag"},
      {"CVE-2022-28948", "0: [:!00 \xef", "refused: yaml/encoding"},
      {"CVE-2022-28948, as text", "0: [:!00 x", "refused: yaml/syntax"},
      {"CVE-2022-3064", "a: &a [1]\nb: [*a, *a, *a]\n", "{\"a\":[1],\"b\":[[1],[1],[1]]}"},
      {"an alias in itself", "a: &a [*a]\n", "refused: yaml/alias"},
      {"a merge of a list with a list in it", "a: &a {b: 1}\nc: {<<: [*a, [*a]]}\n", "refused: yaml/merge"},
  };
  Check(table);
}

TEST_CASE("nesting of 500, 5,000 and a million is refused, of 90 is read") {
  for (const char* open : {"[", "{a: ", "- ", "? ", "{\"a\":", "[{\"a\":", "!!seq [", "- - "}) {
    for (const std::size_t depth : {500u, 5'000u, 1'000'000u}) {
      CAPTURE(open, depth);
      CHECK(Reading(Repeat(open, depth)).starts_with("refused: yaml/"));
    }
  }
  CHECK(Reading(Repeat("[", 90) + Repeat("]", 90)) == Repeat("[", 90) + Repeat("]", 90));
  CHECK(Reading(Repeat("[", 500) + Repeat("]", 500)) == "refused: yaml/limit");
  CHECK(Reading("{\"a\":" + Repeat("[", 500) + Repeat("]", 500) + "}") == "refused: yaml/limit");
}

TEST_CASE("texts that readers take for different objects are refused, or read as Kubernetes does") {
  Check({
      {"a key twice", "a: 1\na: 2\n", "refused: yaml/duplicate-key"},
      {"a key twice in JSON", "{\"a\": 1, \"a\": 2}", "refused: yaml/duplicate-key"},
      {"a key twice in a list of JSON", "{\"a\": [{\"b\": 1, \"b\": 1}]}", "refused: yaml/duplicate-key"},
      {"keys that are one as text", "1: a\n\"1\": b\n", "refused: yaml/duplicate-key"},
      {"keys that are one as numbers", "1: a\n0x1: b\n", "refused: yaml/duplicate-key"},
      {"keys that are one as fractions", "1: a\n1.0: b\n", "refused: yaml/duplicate-key"},
      {"an empty document between", "a: 1\n---\n---\nb: 2\n", "{\"a\":1} {\"b\":2}"},
      {"a null document first", "null\n---\nb: 2\n", "{\"b\":2}"},
      {"a comment as a document", "# x\n---\nb: 2\n", "{\"b\":2}"},
      {"U+2028 ends a comment", "name: good # c\u2028  labels: {evil: \"1\"}\n", "refused: yaml/line-break"},
      {"U+2029 ends a comment", "name: good # c\u2029evil: 1\n", "refused: yaml/line-break"},
      {"U+0085 ends a comment", "name: good # c\u0085evil: 1\n", "refused: yaml/line-break"},
      {"a lone carriage return", "a: 1\rb: 2\n", "refused: yaml/line-break"},
      {"documents cut by carriage returns", "a: 1\r---\rb: 2\r", "refused: yaml/line-break"},
      {"an end of document", "a: 1\n...\nb: 2\n", "refused: yaml/ambiguous-document"},
      {"an order mark inside", "a: 1\n\ufeffb: 2\n", "refused: yaml/encoding"},
      {"UTF-16",
       std::string("\xff\xfe"
                   "a\0:\0 \0"
                   "1\0",
                   10),
       "refused: yaml/encoding"},
      {"UTF-32", std::string("\0\0\xfe\xff\0\0\0a", 8), "refused: yaml/encoding"},
      {"bytes that are no text", "a: \xff\n", "refused: yaml/encoding"},
      {"an overlong slash", "a: \xc0\xaf\n", "refused: yaml/encoding"},
      {"half of a pair", "a: \xed\xa0\x80\n", "refused: yaml/encoding"},
      {"half of a pair in JSON", "{\"a\": \"\\ud800\"}", "refused: yaml/json"},
      {"a merge key", "a: &a {b: 1}\nc: {<<: *a, d: 2}\n", "{\"a\":{\"b\":1},\"c\":{\"b\":1,\"d\":2}}"},
      {"content behind ---", "a: 1\n--- {b: 2}\n", "refused: yaml/ambiguous-document"},
      {"three dashes and a word", "a: 1\n---foo\n", "refused: yaml/ambiguous-document"},
      {"a directive", "%YAML 1.2\n---\na: 1\n", "refused: yaml/ambiguous-document"},
      {"a tab as indentation", "a:\n\tb: 1\n", "refused: yaml/syntax"},
      {"words of YAML 1.1", "a: no\nb: on\nc: Y\nd: off\n",
       "{\"a\":false,\"b\":true,\"c\":true,\"d\":false}"},
      {"numbers of YAML 1.1", "a: 017\nb: 0b11\nc: 1_000\nd: 0x1F\n",
       "{\"a\":15,\"b\":3,\"c\":1000,\"d\":31}"},
      {"a tag that nobody knows", "a: !evil b\n", "refused: yaml/tag"},
      {"an anchor used again", "a: &x 1\nb: &x 2\nc: *x\n", "{\"a\":1,\"b\":2,\"c\":2}"},
  });
}

TEST_CASE("objects that kubectl unpacks are found, whatever the kind that holds them") {
  const auto names = [](const std::string& text) {
    std::string all;
    const ParsedFile file = ParseText(text);
    for (const Object& object : Objects(file, Limits()).objects) all += std::string(object.kind) + " ";
    return all;
  };
  const std::string map = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}";
  CHECK(names("apiVersion: v1\nkind: List\nitems: [" + map + "]\n").find("ConfigMap ") != std::string::npos);
  CHECK(names("apiVersion: x/v1\nkind: Anything\nitems: [" + map + "]\n").find("ConfigMap ") !=
        std::string::npos);
  // kubectl refuses a list in a list, and so do we.
  const ParsedFile nested =
      ParseText("kind: List\napiVersion: v1\nitems: [{kind: List, apiVersion: v1, items: [" + map + "]}]\n");
  CHECK(Places(Objects(nested, Limits()).findings).starts_with("object/list "));
}

TEST_CASE("letters that only look like others make another word") {
  CHECK(Reading("k\u0456nd: ConfigMap\n") == "{\"k\u0456nd\":\"ConfigMap\"}");  // Cyrillic i
  // One letter and its two parts are two keys, as for the API server.
  CHECK(Reading("\u00e9: 1\ne\u0301: 2\n") == "{\"e\u0301\":2,\"\u00e9\":1}");
  CHECK(Reading("Kind: A\nkind: B\n") == "{\"Kind\":\"A\",\"kind\":\"B\"}");
}

}  // namespace
}  // namespace sluice::manifests
