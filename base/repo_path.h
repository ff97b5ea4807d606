// A path inside a repository. Once made it holds these invariants:
//   - relative, parts separated by one '/', no leading or trailing '/';
//   - no part is empty, "." or "..", no part holds a NUL;
//   - at most 4,096 bytes; the empty path is the root.
// It may hold bytes that are odd (control characters, not UTF-8, ".git"): Git
// allows them, and rules of git/ speak of them as findings.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice {

class RepoPath {
 public:
  RepoPath() = default;  // the root

  static Result<RepoPath> Parse(std::string_view text);
  // Resolves "." and ".." of `relative` against this directory; fails where it
  // would leave the repository or is absolute.
  Result<RepoPath> Resolve(std::string_view relative) const;

  // `name` must be one part as above, else the result is an error.
  Result<RepoPath> Child(std::string_view name) const;

  const std::string& text() const { return text_; }
  bool IsRoot() const { return text_.empty(); }
  std::string_view Name() const;                   // last part; empty for the root
  RepoPath Parent() const;                         // the root's parent is the root
  bool IsInside(const RepoPath& directory) const;  // true for equal paths

  friend bool operator==(const RepoPath&, const RepoPath&) = default;
  friend auto operator<=>(const RepoPath&, const RepoPath&) = default;

 private:
  std::string text_;
};

}  // namespace sluice

template <>
struct std::hash<sluice::RepoPath> {
  std::size_t operator()(const sluice::RepoPath& path) const noexcept {
    return std::hash<std::string>{}(path.text());
  }
};
