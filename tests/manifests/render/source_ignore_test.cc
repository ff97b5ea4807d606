#include "manifests/render/source_ignore.h"

#include <map>
#include <string>

#include "base/file_tree.h"
#include "tests/catch.h"

namespace sluice::manifests::render {
namespace {

bool LeavesOut(const std::map<std::string, std::string>& files, std::string_view spec,
               const std::string& path) {
  MemoryTree tree(files);
  const Limits limits;
  Sources sources(tree, limits);
  return SourceIgnore(sources, spec).LeavesOut(*RepoPath::Parse(path));
}

struct Case {
  const char* patterns;
  const char* path;
};

TEST_CASE("patterns leave out what source-controller leaves out") {
  for (const auto& [patterns, path] : {
           Case{"a.yaml", "a.yaml"},
           Case{"a.yaml", "deep/er/a.yaml"},
           Case{"deep", "deep/er/a.yaml"},
           Case{"er/", "deep/er/a.yaml"},
           Case{"/deep", "deep/er/a.yaml"},
           Case{"/deep/er", "deep/er/a.yaml"},
           Case{"deep/er/", "deep/er/a.yaml"},
           Case{"deep/*", "deep/er/a.yaml"},
           Case{"deep/**", "deep/er/a.yaml"},
           Case{"**/a.yaml", "deep/er/a.yaml"},
           Case{"**/a.yaml", "a.yaml"},
           Case{"deep/**/a.yaml", "deep/er/a.yaml"},
           Case{"*.yaml", "deep/er/a.yaml"},
           Case{"[ab].yaml", "a.yaml"},
           Case{"?.yaml", "a.yaml"},
           Case{"a.yaml   ", "a.yaml"},
           Case{"a.yaml\r\n", "a.yaml"},
           Case{"# said\n\n!b.yaml\na.yaml", "a.yaml"},
           Case{"!a.yaml\na.yaml", "a.yaml"},
           Case{"/*\n!/deploy", "other/a.yaml"},
           Case{"x", ".gitignore"},
           Case{"x", "deep/.git/config"},
       }) {
    CAPTURE(patterns, path);
    CHECK(LeavesOut({}, patterns, path));
    CHECK(LeavesOut({{".sourceignore", patterns}}, "", path));
  }
}

TEST_CASE("patterns keep what source-controller keeps") {
  for (const auto& [patterns, path] : {
           Case{"b.yaml", "a.yaml"},
           Case{"a.yaml/", "a.yaml"},
           Case{"/a.yaml", "deep/a.yaml"},
           Case{"er/a.yaml", "deep/er/a.yaml"},
           Case{"deep/a.yaml", "deep/er/a.yaml"},
           Case{"deep/a**", "deep/a.yaml"},
           Case{"deep/er/a.yaml/", "deep/er/a.yaml"},
           Case{"a.yaml\n!a.yaml", "a.yaml"},
           Case{"/*\n!/deploy", "deploy/a.yaml"},
           Case{"*.yaml\n!keep/**/*.yaml", "keep/deep/a.yaml"},
           Case{"#a.yaml", "a.yaml"},
           Case{"   ", "a.yaml"},
           Case{"[", "a.yaml"},
           Case{"x", ".sops.yaml"},      // what holds unless something is said
           Case{"x", ".github/a.yaml"},  //
           Case{"!.gitignore", ".gitignore"},
       }) {
    CAPTURE(patterns, path);
    CHECK_FALSE(LeavesOut({}, patterns, path));
    CHECK_FALSE(LeavesOut({{".sourceignore", patterns}}, "", path));
  }
}

TEST_CASE("where nothing is said, files of CI are left out") {
  for (const char* path : {".sops.yaml", "deep/.sops.yaml", ".github/workflows/a.yaml", "cloudbuild.yaml",
                           "deep/a.png", ".git/config", "a.tar.gz"})
    CHECK(LeavesOut({}, "", path));
  for (const char* path : {"sops.yaml", "github/a.yaml", "a.yaml", ".github"})
    CHECK_FALSE(LeavesOut({}, "", path));
  CHECK(LeavesOut({}, "# nothing\n", ".sops.yaml"));
  CHECK(LeavesOut({{"beside/.sourceignore", "x\n"}}, "", ".sops.yaml"));
}

TEST_CASE("a file holds below its directory, a deeper one wins, spec.ignore before all") {
  const std::map<std::string, std::string> files = {{".sourceignore", "a.yaml\n"},
                                                    {"apps/.sourceignore", "!a.yaml\n/b.yaml\n"},
                                                    {"infra/.sourceignore", "c.yaml\n"}};
  CHECK(LeavesOut(files, "", "a.yaml"));
  CHECK_FALSE(LeavesOut(files, "", "apps/a.yaml"));
  CHECK(LeavesOut(files, "", "apps/b.yaml"));
  CHECK_FALSE(LeavesOut(files, "", "apps/deep/b.yaml"));
  CHECK_FALSE(LeavesOut(files, "", "b.yaml"));
  CHECK(LeavesOut(files, "", "infra/c.yaml"));
  CHECK_FALSE(LeavesOut(files, "", "apps/c.yaml"));
  CHECK(LeavesOut(files, "apps/a.yaml", "apps/a.yaml"));
  CHECK_FALSE(LeavesOut(files, "!b.yaml", "apps/b.yaml"));
}

}  // namespace
}  // namespace sluice::manifests::render
