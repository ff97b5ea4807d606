// CODEOWNERS as GitHub reads it.
#include "promotion/codeowners.h"

#include "tests/catch.h"

namespace sluice::promotion {
namespace {

bool Owns(const std::string& pattern, const std::string& path) {
  const Codeowners file = ParseCodeowners(pattern + " @a\n");
  REQUIRE(file.rules.size() == 1);
  return OwnersOf(file, path) != nullptr;
}

struct Case {
  const char* pattern;
  const char* path;
};

TEST_CASE("patterns match what they name, and what is below") {
  for (const Case& c : {Case{"*", "a"},
                        {"*", "a/b/c"},
                        {"*.js", "a/b.js"},
                        {"*.js", "lib.js/readme"},
                        {"foo", "foo"},
                        {"foo", "a/b/foo"},
                        {"foo", "a/foo/b/c"},
                        {"/foo", "foo"},
                        {"/foo", "foo/a/b"},
                        {"foo/", "foo/a"},
                        {"foo/", "a/foo/b"},
                        {"/foo/", "foo/a/b"},
                        {"foo/bar", "foo/bar"},
                        {"foo/bar", "foo/bar/baz"},
                        {"foo/bar/", "foo/bar/x"},
                        {"/*", "a"},
                        {"/*/", "a/b"},
                        {"/*/", "a/b/c"},
                        {"docs/*", "docs/a.md"},
                        {"docs/*.md", "docs/a.md"},
                        {"foo/*/baz", "foo/bar/baz"},
                        {"foo/*/baz", "foo/bar/baz/qux"},
                        {"f?o", "a/fxo"},
                        {"f\\*o", "f*o"},
                        {"f\\?o", "f?o"},
                        {"a\\ b", "x/a b"},
                        {"**", "a/b"},
                        {"**/logs", "logs/a"},
                        {"**/logs", "a/b/logs"},
                        {"**/foo/bar", "x/foo/bar/y"},
                        {"foo/**", "foo/a"},
                        {"foo/**", "foo/a/b"},
                        {"foo/**/bar", "foo/bar"},
                        {"foo/**/bar", "foo/a/b/bar/c"},
                        {"foo/**/", "foo/a"},
                        {"a**b", "x/aqb"},
                        {"@types", "node/@types/x"},
                        {"(x|y)", "(x|y)"},
                        {"\xC3\xBC", "a/\xC3\xBC"},
                        {"a*b*c", "axxbyybzzc"}}) {
    CAPTURE(c.pattern, c.path);
    CHECK(Owns(c.pattern, c.path));
  }
}

TEST_CASE("patterns match nothing else") {
  for (const Case& c : {Case{"/", "a"},
                        {"//", "a"},
                        {"/foo", "a/foo"},
                        {"/foo", "foot"},
                        {"foo", "foot"},
                        {"foo", "xfoo"},
                        {"Foo", "foo"},
                        {"foo/", "foo"},
                        {"foo/", "a/foo"},
                        {"/foo/", "a/foo/b"},
                        {"foo/bar", "a/foo/bar"},
                        {"foo/bar", "foo/bart"},
                        {"foo/bar/", "foo/bar"},
                        {"foo/bar/", "a/foo/bar/b"},
                        {"/*", "a/b"},
                        {"/*/", "a"},
                        {"docs/*", "docs/a/b.md"},
                        {"docs/*", "x/docs/a.md"},
                        {"docs/*.md", "docs/a/b.md"},
                        {"*.js", "a.jsx"},
                        {"*.js", "js"},
                        {"foo/*/baz", "foo/baz"},
                        {"foo/*/baz", "foo/a/b/baz"},
                        {"f?o", "fo"},
                        {"f?o", "f/o"},
                        {"f\\*o", "fxo"},
                        {"f\\?o", "fxo"},
                        {"a\\ b", "ab"},
                        {"foo/**", "foo"},
                        {"foo/**", "a/foo/b"},
                        {"foo/**/bar", "foobar"},
                        {"foo/**/bar", "a/foo/bar"},
                        {"**/foo/bar", "foo/x/bar"},
                        {"a**b", "a/b"},
                        {"a.b", "axb"},
                        {"(x|y)", "x"},
                        {"a+", "aa"},
                        {"a*b*c", "axxbyy"}}) {
    CAPTURE(c.pattern, c.path);
    CHECK_FALSE(Owns(c.pattern, c.path));
  }
}

std::string OwnersWords(const Codeowners& file, const char* path) {
  const CodeownersRule* rule = OwnersOf(file, path);
  if (rule == nullptr) return "no line";
  std::string words = std::to_string(rule->line) + ":";
  for (const CodeOwner& owner : rule->owners)
    words += " " +
             std::string(owner.kind == CodeOwner::Kind::kTeam    ? "team "
                         : owner.kind == CodeOwner::Kind::kEmail ? "mail "
                                                                 : "") +
             owner.name;
  return words;
}

TEST_CASE("the last line that matches counts, one without owners too") {
  const Codeowners file = ParseCodeowners(
      "# a comment\n"
      "*  @org/all\n"
      "\n"
      "/apps/\t@ana ana@shop.example  # inline\n"
      "/apps/github\n"
      "  *.md @ben#comment\r\n"
      "/docs/ @a_b @o-1/t_2");
  CHECK(file.skipped.empty());
  CHECK(file.unread.empty());
  CHECK(OwnersWords(file, "x") == "2: team org/all");
  CHECK(OwnersWords(file, "apps/x") == "4: ana mail ana@shop.example");
  CHECK(OwnersWords(file, "apps/github/x") == "5:");
  CHECK(OwnersWords(file, "apps/github/x.md") == "6: ben");
  CHECK(OwnersWords(file, "docs/x.md") == "7: a_b team o-1/t_2");
  CHECK(OwnersWords(ParseCodeowners("/a @b\n"), "c") == "no line");
  CHECK(OwnersWords(ParseCodeowners("\xEF\xBB\xBF* @b\n"), "c") == "1: b");
}

TEST_CASE("a line with a mistake is passed over and told") {
  for (const char* line : {"!foo @a",
                           "[Section]",
                           "[Section] @a",
                           "^[Optional] @a",
                           "[Section][2] @a",
                           "f[ab] @a",
                           "f]o @a",
                           "\\#foo @a",
                           "foo#bar @a",
                           "a/***/b @a",
                           "*** @a",
                           "foo ana",
                           "foo @",
                           "foo @a/",
                           "foo @/b",
                           "foo @a/b/c",
                           "foo @@maintainer",
                           "foo @a @",
                           "foo @a,@b",
                           "foo ana@",
                           "foo @ana@shop.example",
                           "foo ana@shop",
                           "foo ana@.example",
                           "foo ana@shop.",
                           "foo an\xC3\xA1@shop.example",
                           "foo\\ @a b",
                           "foo\\",
                           "a\x01b @a",
                           "foo @a[bot]"}) {
    CAPTURE(line);
    const Codeowners file = ParseCodeowners("* @all\n" + std::string(line) + "\n");
    CHECK(file.rules.size() == 1);
    REQUIRE(file.skipped.size() == 1);
    CHECK(file.skipped[0].line == 2);
    CHECK(OwnersWords(file, "foo") == "1: all");
  }
}

TEST_CASE("a file past its limits is not read, and says so") {
  CHECK_FALSE(ParseCodeowners(std::string(kCodeownersBytes, '#')).unread.empty());
  CHECK(ParseCodeowners(std::string(kCodeownersBytes - 1, '#')).unread.empty());
  std::string many;
  for (std::size_t i = 0; i <= kCodeownersRules; ++i) many += "a @a\n";
  const Codeowners file = ParseCodeowners(many);
  CHECK_FALSE(file.unread.empty());
  CHECK(file.rules.empty());
  CHECK(ParseCodeowners(std::string(kCodeownersPattern + 1, 'a') + " @a").skipped.size() == 1);
}

TEST_CASE("stars cost no more than the product of both lengths") {
  std::string stars, deep = "a";
  for (int i = 0; i < 900; ++i) stars += "*a";
  CHECK_FALSE(Owns("/" + stars + "b", std::string(4000, 'a')));
  std::string any = "/";
  for (int i = 0; i < 900; ++i) any += "**/";
  for (int i = 0; i < 900; ++i) deep += "/a";
  CHECK_FALSE(Owns(any + "b", deep));
}

}  // namespace
}  // namespace sluice::promotion
