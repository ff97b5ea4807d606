// A real repository in a directory that goes away with it.
#pragma once

#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "hooks/places.h"
#include "process/child.h"
#include "tests/catch.h"

namespace sluice::hooks {

struct TemporaryDirectory {
  TemporaryDirectory() {
    char name[] = "/tmp/sluice-hooks-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    path = name;
  }
  ~TemporaryDirectory() { (void)process::Run({.argv = {"/bin/rm", "-rf", path}}); }
  std::string path;
};

inline void WriteFile(const std::string& path, std::string_view text, unsigned mode = 0644) {
  std::ofstream(path) << text;
  REQUIRE(chmod(path.c_str(), mode) == 0);
}

inline std::string ReadFile(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline bool Exists(const std::string& path) {
  struct stat status;
  return lstat(path.c_str(), &status) == 0;
}

// Standard output without its last line end; fails the test where git does.
inline std::string Git(std::vector<std::string> words, std::string input = {}) {
  words.insert(words.begin(), "/usr/bin/git");
  Result<process::ChildResult> result =
      process::Run({.argv = words,
                    .environment = {"PATH=/usr/bin:/bin", "HOME=/nonexistent", "GIT_CONFIG_NOSYSTEM=1",
                                    "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example", "GIT_COMMITTER_NAME=a",
                                    "GIT_COMMITTER_EMAIL=a@example"},
                    .input = std::move(input)});
  REQUIRE(result);
  INFO(result->error_output);
  REQUIRE(result->exit_code == 0);
  std::string output = result->output;
  if (output.ends_with('\n')) output.pop_back();
  return output;
}

// A bare repository with one commit on main that holds `file` with `text`.
struct BareRepository {
  explicit BareRepository(const std::string& name = "shop.git") : path(directory.path + "/" + name) {
    Git({"init", "--quiet", "--bare", "--initial-branch=main", path});
  }
  std::string Commit(const std::string& file, const std::string& text) {
    const std::string dir = "--git-dir=" + path;
    const std::string blob = Git({dir, "hash-object", "-w", "--stdin"}, text);
    const std::string tree = Git({dir, "mktree"}, "100644 blob " + blob + "\t" + file + "\n");
    const std::string commit = Git({dir, "commit-tree", tree, "-m", "change"});
    Git({dir, "update-ref", "refs/heads/main", commit});
    return commit;
  }
  TemporaryDirectory directory;
  std::string path;
};

}  // namespace sluice::hooks
