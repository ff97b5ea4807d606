// Comparing two trees. Both are walked side by side in the order of a tree;
// where a directory has one id on both sides nothing beneath it is read.
//
// The new side must be as git writes trees: in order, no name twice, no name
// that is no name. Other readers (a checkout, a controller) could take another
// of two entries than we would, so such a tree is an error. The old side is
// what is there: entries of it that cannot be told apart count as absent, so
// that what replaces them is judged whole and a push may repair the tree.
//
// Invariant: each level of the walk holds two trees; depth, bytes held, trees
// read and changes found are bounded. Tested by tests/git/changes_test.cc, with
// `git diff-tree -r` as judge.
#include "git/changes.h"

#include <algorithm>

#include "git/bounds.h"
#include "git/objects.h"
#include "git/printable.h"
#include "git/tree_check.h"

namespace sluice::git {
namespace {

enum class Age { kOld, kNew };

// One tree of a comparison: its bytes, and views into them in tree order.
struct Side {
  std::string bytes;
  std::vector<TreeItem> items;
};

class Comparison {
 public:
  Comparison(const Repository& repository, std::size_t max_changes)
      : repository_(repository), kind_(repository.hash()), max_changes_(max_changes) {}

  // `depth`: directories above these trees.
  Status Compare(const Oid& old_tree, const Oid& new_tree, std::size_t depth) {
    if (depth > kMaxTreeDepth) {
      return Failed(Place() + " lies more than " + std::to_string(kMaxTreeDepth) + " directories deep");
    }
    Side before, after;
    if (const Status read = Load(old_tree, Age::kOld, &before); !read) return read;
    if (const Status read = Load(new_tree, Age::kNew, &after); !read) return read;
    live_bytes_ += before.bytes.size() + after.bytes.size();
    if (live_bytes_ > kMaxLiveTreeBytes) return Limit("lies in trees that are too large to compare");
    const Status merged = Merge(before, after, depth);
    live_bytes_ -= before.bytes.size() + after.bytes.size();
    return merged;
  }

  std::vector<FileChange> TakeChanges() {
    // Only a directory that is itself reported stands out of order.
    const auto by_path = [](const FileChange& a, const FileChange& b) { return a.path < b.path; };
    if (!std::is_sorted(changes_.begin(), changes_.end(), by_path)) {
      std::stable_sort(changes_.begin(), changes_.end(), by_path);
    }
    return std::move(changes_);
  }

 private:
  Error Limit(const std::string& what) const { return LimitPassed(Place() + " " + what); }
  std::string Place() const {
    return path_.empty() ? "the root of the tree" : "\"" + Printable(path_) + "\"";
  }
  Oid IdOf(const TreeItem* item) const { return item == nullptr ? Oid() : Oid::FromBytes(kind_, item->id); }

  Status Load(const Oid& id, Age age, Side* side) {
    if (id.IsZero()) return Ok{};
    if (++trees_read_ > kMaxTreesRead) {
      return LimitPassed("the change touches more than " + std::to_string(kMaxTreesRead) + " directories");
    }
    Result<RawObject> object = ReadTyped(repository_, id, ObjectType::kTree, kMaxTreeBytes);
    if (!object) return object.error();
    side->bytes = std::move(object->bytes);
    TreeReader reader(kind_, side->bytes);
    side->items.reserve(side->bytes.size() / (HashBytes(kind_) + 16));
    for (TreeItem item; reader.Next(&item);) side->items.push_back(item);
    if (reader.malformed()) return Failed(Place() + " (tree " + id.Hex() + ") is malformed");
    return Check(id, age, side);
  }

  Status Check(const Oid& id, Age age, Side* side) const {
    const std::string trouble = FindTrouble(side->items);
    if (trouble.empty()) return Ok{};
    if (age == Age::kNew)
      return Failed(Place() + " (tree " + id.Hex() + ") " + trouble + "; rewrite the commit with git");
    Repair(&side->items);
    return Ok{};
  }

  Status Merge(const Side& before, const Side& after, std::size_t depth) {
    auto a = before.items.begin();
    auto b = after.items.begin();
    while (a != before.items.end() || b != after.items.end()) {
      const int order = a == before.items.end() ? 1 : b == after.items.end() ? -1 : CompareItems(*a, *b);
      const TreeItem* old_item = order <= 0 ? &*a++ : nullptr;
      const TreeItem* new_item = order >= 0 ? &*b++ : nullptr;
      if (const Status one = CompareEntry(old_item, new_item, depth); !one) return one;
    }
    return Ok{};
  }

  // Either may be null, not both; both are directories or neither is.
  Status CompareEntry(const TreeItem* old_item, const TreeItem* new_item, std::size_t depth) {
    const Oid old_id = IdOf(old_item), new_id = IdOf(new_item);
    const bool same_mode =
        old_item && new_item && old_item->mode == new_item->mode && old_item->padded == new_item->padded;
    if (same_mode && old_id == new_id) return Ok{};
    const std::string_view name = (new_item ? new_item : old_item)->name;
    const std::size_t parent = path_.size();
    if (!path_.empty()) path_ += '/';
    path_ += name;
    if (path_.size() > kMaxPathBytes)
      return Limit("is longer than " + std::to_string(kMaxPathBytes) + " bytes");
    Status done = Ok{};
    if ((new_item ? new_item : old_item)->IsDirectory()) {
      if (new_item && !same_mode && !IsGitMode(*new_item)) done = AddDirectory(old_item, *new_item);
      if (done && old_id != new_id) done = Compare(old_id, new_id, depth + 1);
    } else {
      done = Add(old_item, new_item);
    }
    path_.resize(parent);
    return done;
  }

  Status Add(const TreeItem* old_item, const TreeItem* new_item) {
    FileChange change;
    change.path = path_;
    change.old_id = IdOf(old_item);
    change.new_id = IdOf(new_item);
    if (old_item) change.old_kind = KindOfMode(old_item->mode);
    if (new_item) change.new_kind = KindOfMode(new_item->mode);
    change.odd_mode = new_item && !IsGitMode(*new_item);
    change.was_odd_mode = old_item && !IsGitMode(*old_item);
    return Add(std::move(change));
  }

  // A directory that newly has a mode that git does not write stands for itself,
  // as kOdd; what is beneath it is compared as ever.
  Status AddDirectory(const TreeItem* old_item, const TreeItem& new_item) {
    FileChange change;
    change.path = path_;
    change.old_id = IdOf(old_item);
    change.new_id = IdOf(&new_item);
    change.old_kind = FileKind::kDirectory;
    change.new_kind = FileKind::kOdd;
    change.odd_mode = true;
    change.was_odd_mode = old_item && !IsGitMode(*old_item);
    return Add(std::move(change));
  }

  Status Add(FileChange change) {
    if (changes_.size() >= max_changes_) {
      return LimitPassed("the change touches more than " + std::to_string(max_changes_) + " files");
    }
    changes_.push_back(std::move(change));
    return Ok{};
  }

  const Repository& repository_;
  const HashKind kind_;
  const std::size_t max_changes_;
  std::string path_;
  std::size_t trees_read_ = 0;
  std::size_t live_bytes_ = 0;
  std::vector<FileChange> changes_;
};

}  // namespace

Result<std::vector<FileChange>> Changes(const Repository& repository, const Oid& old_tree,
                                        const Oid& new_tree, const Limits& limits) {
  Comparison comparison(repository, limits.push_files);
  if (old_tree == new_tree) return std::vector<FileChange>();
  if (const Status compared = comparison.Compare(old_tree, new_tree, 0); !compared) return compared.error();
  return comparison.TakeChanges();
}

}  // namespace sluice::git
