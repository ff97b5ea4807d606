// Real repositories, made with git itself in a temporary directory: git is the
// judge of every test of git/.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "git/repository.h"

namespace sluice::git {

// Gone with everything in it at the end of the test.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct GitRun {
  int exit_code = -1;
  std::string output;
  std::string error_output;
};

// `git -C directory arguments…` with fixed names and dates and no configuration
// of this machine.
GitRun TryGit(const std::string& directory, const std::vector<std::string>& arguments,
              const std::string& input = {}, const std::vector<std::string>& environment = {});
// Its output; the test fails where git does. Git1() takes off the last line feed.
std::string Git(const std::string& directory, const std::vector<std::string>& arguments,
                const std::string& input = {});
std::string Git1(const std::string& directory, const std::vector<std::string>& arguments,
                 const std::string& input = {});

std::vector<std::string> Lines(const std::string& text, char separator = '\n');
void WriteTextFile(const std::string& path, const std::string& bytes);
std::string ReadTextFile(const std::string& path);
std::vector<std::string> FilesBelow(const std::string& directory, const std::string& suffix);

// A bare repository `directory`/`name`.
std::string InitBare(const std::string& directory, const std::string& name, HashKind hash = HashKind::kSha1);

// A tree as paths to contents; a mode other than 100644 stands before a '|':
// "100755|text", "120000|target", "160000|<commit id>".
using Files = std::map<std::string, std::string>;

// One commit of a history for ImportHistory(): `parents` are indexes of earlier
// ones, `seconds` the committer's date.
struct PlannedCommit {
  Files files;
  std::vector<std::size_t> parents;
  std::int64_t seconds = 1'700'000'000;
};

// Writes the commits with fast-import (one pack), the last as refs/heads/main,
// each as refs/commits/N. The ids, in order.
std::vector<Oid> ImportHistory(const std::string& repository, const std::vector<PlannedCommit>& commits);

Files RandomFiles(std::mt19937& random, std::size_t count);
void MutateFiles(std::mt19937& random, Files* files);

// Both readers; `libgit2` is empty where this build has none.
using Opener = Result<std::shared_ptr<const Repository>> (*)(OpenOptions);
struct Reader {
  const char* name;
  Opener open;
};
std::vector<Reader> Readers();

std::shared_ptr<const Repository> MustOpen(const std::string& git_dir, Opener open = Open);
Oid MustOid(const std::string& hex);

}  // namespace sluice::git
