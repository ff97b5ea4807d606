#include "cli/listed_tree.h"

#include <algorithm>

namespace sluice::cli {

ListedTree::ListedTree(std::vector<ListedFile> files, Reader read)
    : files_(std::move(files)), read_(std::move(read)) {
  std::stable_sort(files_.begin(), files_.end());
  const auto equal = [](const ListedFile& a, const ListedFile& b) { return a.path == b.path; };
  files_.erase(std::unique(files_.begin(), files_.end(), equal), files_.end());
}

// The first file whose path is not less.
std::vector<ListedFile>::const_iterator ListedTree::From(const std::string& path) const {
  return std::lower_bound(
      files_.begin(), files_.end(), path,
      [](const ListedFile& file, const std::string& wanted) { return file.path < wanted; });
}

Result<std::vector<FileEntry>> ListedTree::List(const RepoPath& directory) const {
  const std::string prefix = directory.IsRoot() ? "" : directory.text() + "/";
  std::vector<FileEntry> entries;
  for (auto file = From(prefix); file != files_.end() && file->path.starts_with(prefix); ++file) {
    const std::size_t slash = file->path.find('/', prefix.size());
    std::string name = file->path.substr(prefix.size(), slash - prefix.size());
    if (slash == file->path.npos) {
      entries.push_back({std::move(name), file->kind, file->id});
    } else if (entries.empty() || entries.back().name != name) {
      entries.push_back({std::move(name), FileKind::kDirectory, {}});
    }
  }
  if (entries.empty() && !directory.IsRoot()) return NotFound("no directory " + directory.text());
  return entries;
}

Result<std::string> ListedTree::Read(const RepoPath& path, std::size_t limit) const {
  const auto file = From(path.text());
  const bool found = file != files_.end() && file->path == path.text();
  if (!found || file->kind != FileKind::kFile) return NotFound("no plain file " + path.text());
  return read_(*file, limit);
}

}  // namespace sluice::cli
