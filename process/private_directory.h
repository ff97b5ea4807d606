// Files for a program that is shut in: a fresh directory that only we can enter,
// in memory where the system has a place for that, gone with its object.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace sluice::process {

// Owns the directory; moves, never copies. What a killed process left behind is
// removed by whoever makes the next one, ten minutes later.
class PrivateDirectory {
 public:
  static Result<PrivateDirectory> Make();
  PrivateDirectory(PrivateDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  PrivateDirectory& operator=(PrivateDirectory&&) = delete;
  ~PrivateDirectory();

  const std::string& path() const { return path_; }  // absolute
  // A new file and the directories on its way; 0600, never executable. `name`
  // holds the invariants of a RepoPath. Nothing that is there is replaced.
  Status Write(const std::string& name, std::string_view bytes) const;
  Status MakeDirectory(const std::string& name) const;

 private:
  explicit PrivateDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace sluice::process
