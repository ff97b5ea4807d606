// The tree of a commit as a FileTree. Directories that were read are kept, so
// that reading the files of one directory reads its trees once.
// Tested by tests/git/reader_test.cc.
#include <algorithm>
#include <mutex>
#include <unordered_map>

#include "git/bounds.h"
#include "git/objects.h"
#include "git/repository.h"
#include "git/tree_check.h"

namespace sluice::git {
namespace {

constexpr std::size_t kKeptTreeBytes = 32u << 20;

// A tree that was read, with views into its bytes.
struct ParsedTree {
  std::string bytes;
  std::vector<TreeItem> items;
  bool in_order = false;

  std::size_t Cost() const { return bytes.size() + items.size() * sizeof(TreeItem); }
};
using Tree = std::shared_ptr<const ParsedTree>;

// The entry of that name, file or directory; null where there is none. By
// halves where the tree is in order, as all that git wrote are.
const TreeItem* FindItem(const ParsedTree& tree, std::string_view name) {
  if (!tree.in_order) {
    const auto found = std::find_if(tree.items.begin(), tree.items.end(),
                                    [&](const TreeItem& item) { return item.name == name; });
    return found == tree.items.end() ? nullptr : &*found;
  }
  for (const std::uint32_t mode : {0100644u, 0040000u}) {
    const TreeItem wanted{mode, false, name, nullptr};
    const auto found = std::lower_bound(tree.items.begin(), tree.items.end(), wanted, Precedes);
    if (found != tree.items.end() && found->name == name && CompareItems(*found, wanted) == 0) return &*found;
  }
  return nullptr;
}

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
    const Result<Tree> tree = Load(found->id);
    if (!tree) return tree.error();
    // Whoever lists must see what every other reader sees.
    if (const std::string trouble = FindTrouble((*tree)->items); !trouble.empty()) {
      return Failed("tree " + found->id.Hex() + " " + trouble + "; rewrite the commit with git");
    }
    std::vector<FileEntry> entries;
    for (const TreeItem& item : (*tree)->items) {
      entries.push_back(
          {std::string(item.name), KindOfMode(item.mode), Oid::FromBytes(root_.kind(), item.id)});
    }
    return entries;
  }

  Result<std::string> Read(const RepoPath& file, std::size_t limit) const override {
    const Result<Found> found = Find(file);
    if (!found) return found.error();
    if (found->kind != FileKind::kFile) return NotFound("no file " + file.text());
    Result<RawObject> object = ReadTyped(*repository_, found->id, ObjectType::kBlob, limit);
    if (object) return std::move(object->bytes);
    Error error = object.error();
    if (error.kind == ErrorKind::kLimit) {
      error.message = file.text() + " is larger than " + std::to_string(limit) + " bytes";
    }
    return Damage(std::move(error));
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

  Result<Found> FindIn(const Oid& id, std::string_view name) const {
    const Result<Tree> tree = Load(id);
    if (!tree) return tree.error();
    const TreeItem* item = FindItem(**tree, name);
    if (item == nullptr) return NotFound("no such entry");
    return Found{KindOfMode(item->mode), Oid::FromBytes(root_.kind(), item->id)};
  }

  Result<Tree> Load(const Oid& id) const {
    if (id.IsZero()) return std::make_shared<const ParsedTree>();
    {
      const std::lock_guard lock(mutex_);
      if (const auto kept = kept_.find(id); kept != kept_.end()) return kept->second;
    }
    Result<Tree> tree = Parse(id);
    if (!tree) return tree;
    const std::lock_guard lock(mutex_);
    if (kept_bytes_ + (*tree)->Cost() > kKeptTreeBytes) {
      kept_.clear();
      kept_bytes_ = 0;
    }
    if (kept_.emplace(id, *tree).second) kept_bytes_ += (*tree)->Cost();
    return tree;
  }

  Result<Tree> Parse(const Oid& id) const {
    Result<RawObject> object = ReadTyped(*repository_, id, ObjectType::kTree, kMaxTreeBytes);
    if (!object) return Damage(object.error());
    const auto tree = std::make_shared<ParsedTree>();
    tree->bytes = std::move(object->bytes);
    TreeReader reader(id.kind(), tree->bytes);
    for (TreeItem item; reader.Next(&item);) tree->items.push_back(item);
    if (reader.malformed()) return Failed("tree " + id.Hex() + " is malformed");
    tree->in_order = std::is_sorted(tree->items.begin(), tree->items.end(), Precedes);
    return Tree(tree);
  }

  // What a tree or a commit names is missing: that is damage and not absence.
  static Error Damage(Error error) {
    if (error.kind == ErrorKind::kNotFound) error.kind = ErrorKind::kFailed;
    return error;
  }

  const std::shared_ptr<const Repository> repository_;
  const Oid root_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<Oid, Tree> kept_;
  mutable std::size_t kept_bytes_ = 0;
};

}  // namespace

std::unique_ptr<FileTree> OpenTree(std::shared_ptr<const Repository> repository, const Oid& tree) {
  return std::make_unique<GitFileTree>(std::move(repository), tree);
}

}  // namespace sluice::git
