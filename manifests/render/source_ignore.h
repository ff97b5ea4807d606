// What source-controller leaves out of a GitRepository's artifact, so that no
// controller sees it: what .sourceignore files and spec.ignore say, in the syntax
// of .gitignore, and files of version control; where they say nothing, files of CI
// and pictures too (github.com/fluxcd/pkg/sourceignore).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/repo_path.h"
#include "manifests/render/sources.h"

namespace sluice::manifests::render {

struct IgnorePattern {
  std::vector<std::string> parts;  // between slashes
  bool includes = false;           // "!x"
  bool directories = false;        // "x/"
};

// The lines of a .sourceignore; comments and blank ones are none.
std::vector<IgnorePattern> ReadIgnorePatterns(std::string_view lines);

// One artifact's. Reads the .sourceignore of a directory when something below it
// is asked about: one in a directory beside the way does not count here as
// something that was said. Not thread-safe; `sources` must outlive it.
class SourceIgnore {
 public:
  // `spec_ignore`: the text of spec.ignore, which goes before all files.
  SourceIgnore(Sources& sources, std::string_view spec_ignore);

  // `file` is a path of a file, never of a directory.
  bool LeavesOut(const RepoPath& file);

  // The .sourceignore files that were looked for, there or not, as Built::read.
  std::vector<std::string> read() const;

 private:
  const std::vector<IgnorePattern>& PatternsOf(const RepoPath& directory);

  Sources& sources_;
  std::vector<IgnorePattern> spec_;
  std::map<std::string, std::vector<IgnorePattern>> files_;  // by directory
};

}  // namespace sluice::manifests::render
