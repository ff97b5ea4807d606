// The tree of a commit as a FileTree. Directories that were read are kept, so
// that reading the files of one directory reads its trees once.
// Tested by tests/git/tree_files_test.cc.
#include <mutex>
#include <unordered_map>

#include "git/bounds.h"
#include "git/objects.h"
#include "git/repository.h"

namespace sluice::git {
namespace {

constexpr std::size_t kKeptTreeBytes = 32u << 20;

using TreeBytes = std::shared_ptr<const std::string>;

struct Found {
  FileKind kind = FileKind::kDirectory;
  Oid id;
};

class GitFileTree final : public FileTree {
 public:
  GitFileTree(std::shared_ptr<const Repository> repository, const Oid& tree)
      : repository_(std::move(repository)), root_(tree) {}

  Result<std::vector<FileEntry>> List(const RepoPath& directory) const override {
    const Result<Found> found = Find(directory);
    if (!found) return found.error();
    if (found->kind != FileKind::kDirectory) return NotFound("no directory " + directory.text());
    const Result<TreeBytes> bytes = Tree(found->id);
    if (!bytes) return bytes.error();
    std::vector<FileEntry> entries;
    TreeReader reader(root_.kind(), **bytes);
    for (TreeItem item; reader.Next(&item);) {
      entries.push_back(
          {std::string(item.name), KindOfMode(item.mode), Oid::FromBytes(root_.kind(), item.id)});
    }
    if (reader.malformed()) return Failed("tree " + found->id.Hex() + " is malformed");
    return entries;
  }

  Result<std::string> Read(const RepoPath& file, std::size_t limit) const override {
    const Result<Found> found = Find(file);
    if (!found) return found.error();
    if (found->kind != FileKind::kFile) return NotFound("no file " + file.text());
    Result<RawObject> object = ReadTyped(*repository_, found->id, ObjectType::kBlob, limit);
    if (object) return std::move(object->bytes);
    Error error = object.error();
    if (error.kind == ErrorKind::kLimit)
      error.message = file.text() + " is larger than " + std::to_string(limit) + " bytes";
    // The tree names it, so this is damage and not absence.
    if (error.kind == ErrorKind::kNotFound) error.kind = ErrorKind::kFailed;
    return error;
  }

 private:
  Result<Found> Find(const RepoPath& path) const {
    Found found{FileKind::kDirectory, root_};
    std::string_view rest = path.text();
    while (!rest.empty()) {
      const std::size_t slash = std::min(rest.find('/'), rest.size());
      if (found.kind != FileKind::kDirectory) return NotFound("no file " + path.text());
      Result<Found> next = FindIn(found.id, rest.substr(0, slash));
      if (!next && next.error().kind == ErrorKind::kNotFound) return NotFound("no file " + path.text());
      if (!next) return next;
      found = *next;
      rest.remove_prefix(std::min(slash + 1, rest.size()));
    }
    return found;
  }

  Result<Found> FindIn(const Oid& tree, std::string_view name) const {
    const Result<TreeBytes> bytes = Tree(tree);
    if (!bytes) return bytes.error();
    TreeReader reader(root_.kind(), **bytes);
    for (TreeItem item; reader.Next(&item);) {
      if (item.name == name) return Found{KindOfMode(item.mode), Oid::FromBytes(root_.kind(), item.id)};
    }
    if (reader.malformed()) return Failed("tree " + tree.Hex() + " is malformed");
    return NotFound("no such entry");
  }

  Result<TreeBytes> Tree(const Oid& id) const {
    if (id.IsZero()) return TreeBytes(std::make_shared<std::string>());
    {
      const std::lock_guard lock(mutex_);
      if (const auto kept = kept_.find(id); kept != kept_.end()) return kept->second;
    }
    Result<RawObject> object = ReadTyped(*repository_, id, ObjectType::kTree, kMaxTreeBytes);
    if (!object) {
      Error error = object.error();
      if (error.kind == ErrorKind::kNotFound) error.kind = ErrorKind::kFailed;
      return error;
    }
    const auto bytes = std::make_shared<const std::string>(std::move(object->bytes));
    const std::lock_guard lock(mutex_);
    if (kept_bytes_ + bytes->size() > kKeptTreeBytes) {
      kept_.clear();
      kept_bytes_ = 0;
    }
    if (kept_.emplace(id, bytes).second) kept_bytes_ += bytes->size();
    return bytes;
  }

  const std::shared_ptr<const Repository> repository_;
  const Oid root_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<Oid, TreeBytes> kept_;
  mutable std::size_t kept_bytes_ = 0;
};

}  // namespace

std::unique_ptr<FileTree> OpenTree(std::shared_ptr<const Repository> repository, const Oid& tree) {
  return std::make_unique<GitFileTree>(std::move(repository), tree);
}

}  // namespace sluice::git
