// What a person wrote stays, byte for byte, but for one scalar; what is not plainly there
// is not touched.
#include "manifests/scalar_edit.h"

#include "tests/catch.h"

namespace sluice::manifests {
namespace {

// The node at a.b of the file is to say what `becomes` says, which is YAML.
Result<std::string> Edited(const std::string& file, const std::string& was, const std::string& becomes) {
  const ParsedFile parsed = Parse("a.yaml", file, Limits());
  const ParsedFile wanted = Parse("b.yaml", "v: " + becomes + "\n", Limits());
  REQUIRE(parsed.Readable());
  REQUIRE(wanted.Readable());
  const Node* const a = parsed.documents[0].root->Find("a");
  REQUIRE(a != nullptr);
  const Node* const node = a->Find("b") == nullptr ? a : a->Find("b");
  const Result<ScalarEdit> edit = EditScalar(file, node->range, was, *wanted.documents[0].root->Find("v"));
  if (!edit) return edit.error();
  return WithEdits(file, {*edit});
}

TEST_CASE("one scalar is replaced where it stands") {
  struct Case {
    std::string file, was, becomes, after;
  };
  const Case cases[] = {
      {"a: x:1 # keep\n", "x:1", "x:2", "a: x:2 # keep\n"},
      {"a: \"x:1\"\n", "x:1", "x:2", "a: \"x:2\"\n"},
      {"a: 'x:1'\r\nb: 2\r\n", "x:1", "x:22", "a: 'x:22'\r\nb: 2\r\n"},
      {"# \xc3\xa4\xc3\xb6\n{\xc3\xa4: 1, a: {b: v1, c: [d]}}\n", "v1", "v2",
       "# \xc3\xa4\xc3\xb6\n{\xc3\xa4: 1, a: {b: v2, c: [d]}}\n"},
      {"{\"a\": {\"b\": \"v1\"}}", "v1", "\"1.10\"", "{\"a\": {\"b\": \"1.10\"}}"},
      // A version that would be a number, a date or a word of YAML gets quotes.
      {"a: v1\n", "v1", "\"1.10\"", "a: \"1.10\"\n"},
      {"a: v1\n", "v1", "\"1e3\"", "a: \"1e3\"\n"},
      {"a: v1\n", "v1", "\"no\"", "a: \"no\"\n"},
      {"a: v1\n", "v1", "\"a: b\"", "a: \"a: b\"\n"},
      {"a: 1.1\n", "1.1", "1.5", "a: 1.5\n"},
      {"a: \"1\"\n", "1", "2", "a: 2\n"},
      {"a: x:1\n", "x:1", std::string(1024, 'x'), "a: " + std::string(1024, 'x') + "\n"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.file);
    const Result<std::string> after = Edited(one.file, one.was, one.becomes);
    INFO((after ? "" : after.error().message));
    REQUIRE(after);
    CHECK(*after == one.after);
  }
}

TEST_CASE("what does not stand there plainly is left alone") {
  struct Case {
    std::string file, was, becomes;
  };
  const Case cases[] = {
      {"a: x:1\n", "x:3", "x:2"},                   // made of something else
      {"a: \"x\\u003a1\"\n", "x:1", "x:2"},         // an escape
      {"a: |\n  x:1\n", "x:1\n", "x:2"},            // a block
      {"a: >-\n  x:1\n", "x:1", "x:2"},             //
      {"a: \"x\n  y\"\n", "x y", "x:2"},            // on two lines
      {"a: x\n  y\n", "x y", "x:2"},                //
      {"a:\n", "", "x:2"},                          // nothing
      {"a: {c: d}\n", "", "x:2"},                   //
      {"a: 'it''s'\n", "it's", "x:2"},              //
      {"a: x:1\n", "x:1", "[x]"},                   // no scalar
      {"a: x:1\n", "x:1", "null"},                  //
      {"a: x:1\n", "x:1", "true"},                  //
      {"a: x:1\n", "x:1", "\"\""},                  //
      {"a: x:1\n", "x:1", "\"x\\ny: 1\""},          // a line end
      {"a: x:1\n", "x:1", "\"x\\\"y\""},            // a quote
      {"a: x:1\n", "x:1", "\"x\\u202ey\""},         // what turns text round
      {"a: x:1\n", "x:1", std::string(1025, 'x')},  // more than 1 KiB
  };
  for (const Case& one : cases) {
    CAPTURE(one.file, one.becomes);
    const Result<std::string> after = Edited(one.file, one.was, one.becomes);
    REQUIRE_FALSE(after);
    CHECK(after.error().kind == ErrorKind::kUsage);
  }
  REQUIRE_FALSE(EditScalar("a: b\n", {{9, 1}, {9, 2}}, "b", Node()));
  REQUIRE_FALSE(EditScalar("a: b\n", {{1, 9}, {1, 10}}, "b", Node()));
}

TEST_CASE("edits that overlap are refused, and the same one twice is one") {
  CHECK(*WithEdits("abcdef", {{4, 1, "E"}, {1, 2, ""}, {4, 1, "E"}}) == "adEf");
  CHECK_FALSE(WithEdits("abcdef", {{1, 2, "x"}, {2, 2, "y"}}));
  CHECK_FALSE(WithEdits("abcdef", {{1, 2, "x"}, {1, 2, "y"}}));
  CHECK_FALSE(WithEdits("abcdef", {{5, 2, "x"}}));
}

}  // namespace
}  // namespace sluice::manifests
