// Paths of the command line against the root of what is judged.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/listed_tree.h"

namespace sluice::cli {

// Absolute and without "." and ".."; no link is followed but those of the
// current directory. "/" stays, no other path ends in one.
std::string AbsolutePath(const std::string& path);

// A program by its absolute path, from the user's PATH; empty: there is none.
std::string FindProgram(std::string_view name);

bool Exists(const std::string& path);  // a link counts, wherever it leads

// The path up to the first part with `*` or `?` in it, where no such file is there.
std::string WithoutGlob(const std::string& absolute);

bool IsBelow(std::string_view directory, std::string_view path);  // true for equal paths
// The deepest directory that holds every path (a directory holds itself).
std::string CommonDirectory(const std::vector<std::string>& absolute);
// From `root` down to `path`, with "../" where it is not below; "" for equal ones.
std::string RelativePath(const std::string& root, const std::string& path);

// Which files of a tree were named: by file, directory or glob.
class PathFilter {
 public:
  void Add(std::string path, bool glob);
  bool Matches(std::string_view path) const;  // everything where nothing was named
  // The first entry that no file matched; null where there is none.
  const std::string* Unmatched(const std::vector<ListedFile>& files) const;
  // Whether `path` names or holds one of `files`.
  static bool Holds(const std::vector<ListedFile>& files, std::string_view path);

 private:
  struct Entry {
    std::string path;
    bool glob;
    bool Matches(std::string_view file) const;
  };
  std::vector<Entry> entries_;
};

}  // namespace sluice::cli
