// A read-only tree of files: a Git tree, a directory on disk, a map in tests.
// Nothing is followed (a symbolic link is an entry, never a way), nothing is
// written. Implementations say whether they may be shared between threads;
// those of git/ and base/ may.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/oid.h"
#include "base/repo_path.h"
#include "base/result.h"

namespace sluice {

enum class FileKind : std::uint8_t { kFile, kDirectory, kSymlink, kSubmodule, kOdd };

struct FileEntry {
  std::string name;  // raw bytes as they stand in the tree; may be no RepoPath part
  FileKind kind = FileKind::kFile;
  Oid id;  // zero where the tree has no ids (a directory on disk)
};

class FileTree {
 public:
  virtual ~FileTree() = default;
  // Entries of a directory, in the tree's order. kNotFound where it is none.
  virtual Result<std::vector<FileEntry>> List(const RepoPath& directory) const = 0;
  // The whole file; kNotFound where there is none or it is not a plain file,
  // kLimit past `limit` bytes.
  virtual Result<std::string> Read(const RepoPath& file, std::size_t limit) const = 0;
};

// A tree in memory, for tests and for `sluice check -`.
class MemoryTree : public FileTree {
 public:
  MemoryTree() = default;
  explicit MemoryTree(std::map<std::string, std::string> files) : files_(std::move(files)) {}
  Result<std::vector<FileEntry>> List(const RepoPath& directory) const override;
  Result<std::string> Read(const RepoPath& file, std::size_t limit) const override;

 private:
  std::map<std::string, std::string> files_;  // path text to content
};

// A directory on disk; `root` is any path of the operating system, opened once.
// A name ".git" is left out at the top. Copies share what is open.
class DirectoryTree : public FileTree {
 public:
  explicit DirectoryTree(std::string root);
  Result<std::vector<FileEntry>> List(const RepoPath& directory) const override;
  Result<std::string> Read(const RepoPath& file, std::size_t limit) const override;

 private:
  std::string root_;
  std::shared_ptr<const int> directory_;  // its descriptor, or minus the error number
};

}  // namespace sluice
