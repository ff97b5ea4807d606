// A tree of the files that a list names: those of a work tree that git does not
// ignore, those of git's index, those of the command line.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/file_tree.h"

namespace sluice::cli {

struct ListedFile {
  std::string path;  // raw bytes, parts joined by '/'
  FileKind kind = FileKind::kFile;
  Oid id;  // zero: none

  friend bool operator<(const ListedFile& a, const ListedFile& b) { return a.path < b.path; }
};

// Immutable; shared by threads where `read` may be.
class ListedTree : public FileTree {
 public:
  // Reads a file of the list, at most `limit` bytes.
  using Reader = std::function<Result<std::string>(const ListedFile&, std::size_t limit)>;

  // `files` in any order; the first of equal paths stays.
  ListedTree(std::vector<ListedFile> files, Reader read);
  Result<std::vector<FileEntry>> List(const RepoPath& directory) const override;
  Result<std::string> Read(const RepoPath& file, std::size_t limit) const override;

  const std::vector<ListedFile>& files() const { return files_; }

 private:
  std::vector<ListedFile>::const_iterator From(const std::string& path) const;

  std::vector<ListedFile> files_;  // sorted by path
  Reader read_;
};

}  // namespace sluice::cli
