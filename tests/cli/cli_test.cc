// The parts of the command that need no repository.
#include <array>
#include <string>

#include "cli/listed_tree.h"
#include "cli/paths.h"
#include "cli/subject.h"
#include "cli/suggest.h"
#include "tests/catch.h"

namespace sluice::cli {
namespace {

TEST_CASE("a near word is found and a far one is not") {
  constexpr std::array<std::string_view, 4> kWords = {"check", "explain", "init", "schema/unknown-field"};
  REQUIRE(Nearest("chekc", kWords) == "check");
  REQUIRE(Nearest("explane", kWords) == "explain");
  REQUIRE(Nearest("inti", kWords) == "init");
  REQUIRE(Nearest("schema/unknown-feild", kWords) == "schema/unknown-field");
  for (const std::string& far :
       {std::string(), std::string("x"), std::string("banana"), std::string("ch"),
        std::string("explained-away"), std::string(65, 'c'), std::string(10'000, 'x')}) {
    CAPTURE(far);
    REQUIRE(Nearest(far, kWords).empty());
  }
}

TEST_CASE("a range of commits has two sides, a path has none") {
  struct Case {
    const char *text, *left, *right;
    bool merge_base;
  };
  for (const Case& item :
       {Case{"a..b", "a", "b", false}, Case{"a...b", "a", "b", true}, Case{"a..", "a", "HEAD", false},
        Case{"..b", "HEAD", "b", false}, Case{"...b", "HEAD", "b", true},
        Case{"origin/main...HEAD", "origin/main", "HEAD", true}, Case{"v1.2..v1.3", "v1.2", "v1.3", false}}) {
    CAPTURE(item.text);
    CommitRange range;
    REQUIRE(ParseRange(item.text, range));
    REQUIRE(range.left == item.left);
    REQUIRE(range.right == item.right);
    REQUIRE(range.from_merge_base == item.merge_base);
  }
  for (const char* path : {"", ".", "..", "...", "../x", "a/..", "a/../b", "../..", "../../x", "x/../y..z",
                           "a.b", "a..b..c", "..../x"}) {
    CAPTURE(path);
    CommitRange range;
    REQUIRE_FALSE(ParseRange(path, range));
  }
}

TEST_CASE("paths are below a directory by whole parts") {
  REQUIRE(IsBelow("/a", "/a"));
  REQUIRE(IsBelow("/a", "/a/b"));
  REQUIRE(IsBelow("/", "/a"));
  REQUIRE_FALSE(IsBelow("/a", "/ab"));
  REQUIRE_FALSE(IsBelow("/a/b", "/a"));
}

TEST_CASE("a path is shown from a directory") {
  REQUIRE(RelativePath("/r", "/r") == "");
  REQUIRE(RelativePath("/r", "/r/a/b") == "a/b");
  REQUIRE(RelativePath("/r/x", "/r/a") == "../a");
  REQUIRE(CommonDirectory({"/nothing/a/b.yaml", "/nothing/a/c/d.yaml"}) == "/nothing/a");
  REQUIRE(CommonDirectory({"/nothing/a.yaml", "/other/b.yaml"}) == "/");
  REQUIRE(WithoutGlob("/nothing/a/*/b?.yaml") == "/nothing/a");
  REQUIRE(WithoutGlob("/*") == "/");
  REQUIRE(WithoutGlob("/nothing/a.yaml") == "/nothing/a.yaml");
}

TEST_CASE("a filter takes files, directories and globs, and everything where nothing was named") {
  PathFilter filter;
  REQUIRE(filter.Matches("a/b"));
  filter.Add("apps", false);
  filter.Add("**/x*.yaml", true);
  for (const char* path : {"apps", "apps/a.yaml", "b/c/xy.yaml", "x.yaml"}) {
    CAPTURE(path);
    REQUIRE(filter.Matches(path));
  }
  for (const char* path : {"app", "apps2/a.yaml", "b/y.yaml", "x.yml", "b/x/y.yaml"}) {
    CAPTURE(path);
    REQUIRE_FALSE(filter.Matches(path));
  }
}

TEST_CASE("a listed tree is a tree") {
  const auto read = [](const ListedFile& file, std::size_t limit) -> Result<std::string> {
    if (file.path.size() > limit) return LimitPassed("too long");
    return file.path;
  };
  const ListedTree tree({{"b.yaml", FileKind::kFile, {}},
                         {"a/y/z.yaml", FileKind::kFile, {}},
                         {"a-b", FileKind::kSymlink, {}},
                         {"a/x.yaml", FileKind::kFile, {}},
                         {"b.yaml", FileKind::kOdd, {}}},
                        read);
  const auto top = *tree.List(RepoPath());
  REQUIRE(top.size() == 3);
  REQUIRE((top[0].name == "a-b" && top[0].kind == FileKind::kSymlink));
  REQUIRE((top[1].name == "a" && top[1].kind == FileKind::kDirectory));
  REQUIRE((top[2].name == "b.yaml" && top[2].kind == FileKind::kFile));
  REQUIRE(tree.List(*RepoPath::Parse("a"))->size() == 2);
  REQUIRE(*tree.Read(*RepoPath::Parse("a/y/z.yaml"), 100) == "a/y/z.yaml");
  REQUIRE(tree.Read(*RepoPath::Parse("a/y/z.yaml"), 3).error().kind == ErrorKind::kLimit);
  for (const char* path : {"a", "a-b", "c", "a/y", "a/x.yaml/z"}) {
    CAPTURE(path);
    REQUIRE(tree.Read(*RepoPath::Parse(path), 100).error().kind == ErrorKind::kNotFound);
  }
  for (const char* path : {"c", "b.yaml", "a-b", "a/x.yaml"}) {
    CAPTURE(path);
    REQUIRE(tree.List(*RepoPath::Parse(path)).error().kind == ErrorKind::kNotFound);
  }
}

}  // namespace
}  // namespace sluice::cli
