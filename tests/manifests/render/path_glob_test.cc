#include "manifests/render/path_glob.h"

#include <string>

#include "tests/catch.h"

namespace sluice::manifests::render {
namespace {

TEST_CASE("patterns of paths") {
  struct Row {
    const char* pattern;
    const char* path;
    bool crossing;
    bool single;  // "*" stays in one part
  };
  const Row rows[] = {
      {"a/b", "a/b", true, true},
      {"a/*", "a/b", true, true},
      {"a/*", "a/b/c", true, false},
      {"*.yaml", "a/b.yaml", true, false},
      {"**/c", "a/b/c", true, true},
      {"a/**", "a/b/c", true, true},
      {"a?b", "a/b", true, false},
      {"{a,b}/*.yaml", "b/x.yaml", true, true},
      {"*.{yml,yaml}", "x.yaml", true, true},
      {"[ab]/c", "a/c", true, true},
      {"[a-c]x", "bx", true, true},
      {"[!a]x", "bx", true, true},
      {"\\*", "*", true, true},
      {"", "", true, true},
      {"*", "", true, true},
      {"a*b*c", "aXbYc", true, true},
      {"a{,b}{,c}d", "abd", true, true},
      {"{a*,b}/{c,d/*}", "ax/d/e", true, true},
      {"x{a,[bc],?}", "xc", true, true},
      {"{a/*}", "a/b/c", true, false},
      {"{}a", "a", true, true},
      // Not.
      {"a/b", "a/c", false, false},
      {"a", "a/b", false, false},
      {"a/b", "a", false, false},
      {"", "a", false, false},
      {"?", "", false, false},
      {"[ab]", "c", false, false},
      {"[!a]", "a", false, false},
      {"[ab", "a", false, false},
      {"{a,b", "a", false, false},
      {"{a,b}", "c", false, false},
      {"\\", "\\", false, false},
      {"*.yaml", "x.yml", false, false},
      {"a*b*c", "aXbY", false, false},
      {"[^/]", "/", false, false},
      {"a{,b}{,c}d", "acbd", false, false},
      {"{a{b}", "a{b", false, false},
      {"{a{b,c}}", "ab}", false, false},
      {"{[a,b]}", "b", false, false},
      {"{a,b}", "a,b", false, false},
      {"{a,b}", "", false, false},
  };
  for (const Row& row : rows) {
    INFO(row.pattern << " " << row.path);
    CHECK(GlobMatches(row.pattern, row.path) == row.crossing);
    CHECK(GlobMatches(row.pattern, row.path, {.crosses_slashes = false}) == row.single);
  }
}

TEST_CASE("a pattern takes bounded work") {
  std::string stars, braces, path(4000, 'a');
  for (int i = 0; i < 500; ++i) stars += "*a";
  for (int i = 0; i < 340; ++i) braces += "{,}";
  CHECK(GlobMatches(stars, path));
  CHECK_FALSE(GlobMatches(stars + "b", path));
  CHECK(GlobMatches(braces, ""));
  CHECK_FALSE(GlobMatches(braces + "b", path));
}

TEST_CASE("a pattern has a longest length") {
  const std::string longest(kLongestGlob, 'a');
  CHECK(GlobMatches(longest, longest));
  CHECK_FALSE(GlobMatches(longest + "*", longest));
  std::string many;
  for (int i = 0; i < 40'000; ++i) many += "{,}";
  CHECK_FALSE(GlobMatches(many, "a"));
}

}  // namespace
}  // namespace sluice::manifests::render
