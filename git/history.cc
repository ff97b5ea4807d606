// Walks over commits, newest first by committer date. Dates may lie, so none of
// the walks ends on a date: they end when every commit that is still waiting is
// known not to matter. A commit named in `shallow` counts as having no parents;
// any other missing parent is an error. Replaced objects and grafts are not
// honoured. Tested by tests/git/history_test.cc, with git as judge.
#include <fcntl.h>

#include <algorithm>
#include <limits>
#include <queue>
#include <unordered_map>
#include <unordered_set>

#include "git/bounds.h"
#include "git/changes.h"
#include "git/file.h"
#include "git/objects.h"

namespace sluice::git {
namespace {

// The commits at which the history was cut off.
std::unordered_set<Oid> ReadShallow(const Repository& repository) {
  std::unordered_set<Oid> cut;
  const Result<std::string> text =
      ReadFileAt(AT_FDCWD, repository.common_dir() + "/shallow", kMaxShallowBytes);
  if (!text) return cut;
  const std::size_t digits = HashBytes(repository.hash()) * 2;
  for (std::size_t at = 0; at + digits <= text->size(); at += digits + 1) {
    if (const Result<Oid> id = Oid::FromHex(std::string_view(*text).substr(at, digits))) cut.insert(*id);
  }
  return cut;
}

enum Mark : unsigned char { kOne = 1, kTwo = 2, kStale = 4, kResult = 8, kQueued = 16, kOut = 32 };

struct Node {
  std::vector<Oid> parents;
  std::int64_t time = 0;
  unsigned char marks = 0;
};

// Commits that are waiting, newest first; among equals the one that came first.
struct Waiting {
  std::int64_t time;
  std::uint64_t number;
  Oid id;
  bool operator<(const Waiting& other) const {
    return time != other.time ? time < other.time : number > other.number;
  }
};

class Walk {
 public:
  Walk(const Repository& repository, std::size_t max)
      : repository_(repository), cut_(ReadShallow(repository)), max_(max) {}

  // The commit with its parents, read once; null past the limit or where it
  // cannot be read, with error() set.
  Node* Visit(const Oid& id) {
    const auto known = nodes_.find(id);
    if (known != nodes_.end()) return &known->second;
    if (nodes_.size() >= max_) {
      error_ = LimitPassed("the history is longer than " + std::to_string(max_) + " commits");
      return nullptr;
    }
    Result<Commit> commit = ReadCommit(repository_, id);
    if (!commit) {
      error_ = commit.error();
      if (error_.kind == ErrorKind::kNotFound) error_.kind = ErrorKind::kFailed;
      return nullptr;
    }
    Node node{std::move(commit->parents), commit->committer_time, 0};
    if (cut_.contains(id)) node.parents.clear();
    return &nodes_.emplace(id, std::move(node)).first->second;
  }

  // Adds marks and puts the commit into the queue.
  bool Push(const Oid& id, unsigned char marks) {
    Node* node = Visit(id);
    if (node == nullptr) return false;
    node->marks |= marks;
    queue_.push({node->time, next_number_++, id});
    return true;
  }

  bool Empty() const { return queue_.empty(); }
  std::int64_t NextTime() const { return queue_.top().time; }
  Oid Pop() {
    const Oid id = queue_.top().id;
    queue_.pop();
    return id;
  }
  Node& At(const Oid& id) { return nodes_.at(id); }
  bool Known(const Oid& id) const { return nodes_.contains(id); }
  const Error& error() const { return error_; }

 private:
  const Repository& repository_;
  const std::unordered_set<Oid> cut_;
  const std::size_t max_;
  std::unordered_map<Oid, Node> nodes_;  // its nodes keep their addresses
  std::priority_queue<Waiting> queue_;
  std::uint64_t next_number_ = 0;
  Error error_;
};

// Paints the ancestors of `one` and of `two`. Commits with both colours are
// common; what lies behind a common one is stale. Ends when all that wait are
// stale. `common` gets the common commits that are not stale, newest first.
Status Paint(Walk* walk, const Oid& one, const Oid& two, std::vector<Oid>* common) {
  std::size_t fresh = 2;  // waiting entries whose commit is not stale
  if (!walk->Push(one, kOne) || !walk->Push(two, kTwo)) return walk->error();
  std::unordered_map<Oid, std::size_t> waiting{{one, 1}};
  ++waiting[two];
  while (fresh > 0) {
    const Oid id = walk->Pop();
    Node& node = walk->At(id);
    --waiting[id];
    if ((node.marks & kStale) == 0) --fresh;
    unsigned char marks = node.marks & (kOne | kTwo | kStale);
    if (marks == (kOne | kTwo)) {
      if ((node.marks & kResult) == 0) common->push_back(id);
      node.marks |= kResult;
      marks |= kStale;
    }
    for (const Oid& parent : node.parents) {
      Node* next = walk->Visit(parent);
      if (next == nullptr) return walk->error();
      if ((next->marks & marks) == marks) continue;
      const bool turns_stale = (marks & kStale) != 0 && (next->marks & kStale) == 0;
      if (turns_stale) fresh -= waiting[parent];
      if (!walk->Push(parent, marks)) return walk->error();
      ++waiting[parent];
      if ((walk->At(parent).marks & kStale) == 0) ++fresh;
    }
  }
  std::erase_if(*common, [&](const Oid& id) { return (walk->At(id).marks & kStale) != 0; });
  return Ok{};
}

Error TooMany(std::size_t max) {
  return LimitPassed("there are more than " + std::to_string(max) + " new commits");
}

// New commits of a push: from `tip` as far as commits lie in quarantine. Objects
// come into a repository whole (git checks what a push is connected to), so
// nothing new lies behind one that was there.
Status WalkQuarantine(const Repository& repository, const Oid& tip, std::size_t max, Walk* walk,
                      std::vector<Oid>* found) {
  if (!repository.InQuarantine(tip)) return Ok{};
  if (!walk->Push(tip, 0)) return walk->error();
  while (!walk->Empty()) {
    found->push_back(walk->Pop());
    if (found->size() > max) return TooMany(max);
    for (const Oid& parent : walk->At(found->back()).parents) {
      if (walk->Known(parent) || !repository.InQuarantine(parent)) continue;
      if (!walk->Push(parent, 0)) return walk->error();
    }
  }
  return Ok{};
}

// Commits reachable from one tip and from no other: those that are out are
// marked as they come, also behind commits that were taken for new before
// (dates may lie).
class Difference {
 public:
  Difference(Walk* walk, std::size_t max) : walk_(*walk), max_(max) {}

  Status Run(const Oid& tip, const std::vector<Oid>& known, std::vector<Oid>* found) {
    if (!Add(tip, 0)) return walk_.error();
    for (const Oid& id : known) {
      if (!Add(id, kOut)) return walk_.error();
    }
    for (int more = kSlop; !walk_.Empty() && (fresh_ > 0 || walk_.NextTime() >= oldest_ || more-- > 0);) {
      const Oid id = walk_.Pop();
      Node& node = walk_.At(id);
      node.marks &= static_cast<unsigned char>(~kQueued);
      if ((node.marks & kOut) == 0) {
        --fresh_;
        oldest_ = std::min(oldest_, node.time);
        found->push_back(id);
        if (found->size() > max_) return TooMany(max_);
      }
      for (const Oid& parent : node.parents) {
        if (!Add(parent, node.marks & kOut)) return walk_.error();
      }
    }
    std::erase_if(*found, [&](const Oid& id) { return (walk_.At(id).marks & kOut) != 0; });
    return Ok{};
  }

 private:
  static constexpr int kSlop = 5;  // as git: commits looked at beyond the oldest new one

  bool Add(const Oid& id, unsigned char out) {
    if (!walk_.Known(id)) {
      if (out == 0) ++fresh_;
      return walk_.Push(id, out | kQueued);
    }
    if (out != 0) MarkOut(id);
    return true;
  }

  // Marks a commit and all that is known behind it.
  void MarkOut(const Oid& from) {
    std::vector<Oid> left = {from};
    while (!left.empty()) {
      const Oid id = left.back();
      left.pop_back();
      if (!walk_.Known(id) || (walk_.At(id).marks & kOut) != 0) continue;
      Node& node = walk_.At(id);
      node.marks |= kOut;
      if ((node.marks & kQueued) != 0) --fresh_;
      left.insert(left.end(), node.parents.begin(), node.parents.end());
    }
  }

  Walk& walk_;
  const std::size_t max_;
  std::size_t fresh_ = 0;  // waiting, and not out
  std::int64_t oldest_ = std::numeric_limits<std::int64_t>::max();
};

// The commit that an id names, tags peeled; nothing where it is a tree or a blob.
Result<std::optional<Oid>> PeelToCommit(const Repository& repository, Oid id) {
  for (int depth = 0; depth <= kMaxTagDepth; ++depth) {
    const Result<RawObject> object = repository.Read(id, kMaxTreeBytes);
    if (!object) return object.error();
    if (object->type == ObjectType::kCommit) return std::optional(id);
    if (object->type != ObjectType::kTag) return std::optional<Oid>();
    const Result<TagTarget> target = ParseTag(id.kind(), object->bytes);
    if (!target) return Failed("tag " + id.Hex() + ": " + target.error().message);
    id = target->id;
  }
  return LimitPassed("tags lie more than " + std::to_string(kMaxTagDepth) + " deep, one in another");
}

Result<std::vector<Oid>> PeelAll(const Repository& repository, const std::vector<Oid>& ids) {
  std::vector<Oid> commits;
  for (const Oid& id : ids) {
    if (id.IsZero()) continue;
    const Result<std::optional<Oid>> commit = PeelToCommit(repository, id);
    if (!commit) return commit.error();
    if (*commit) commits.push_back(**commit);
  }
  return commits;
}

// Drops those of several common ancestors that lie behind another one.
Status DropOlder(const Repository& repository, std::vector<Oid>* common) {
  for (std::size_t i = 0; common->size() > 1 && i < common->size();) {
    bool behind = false;
    for (std::size_t j = 0; j < common->size() && !behind; ++j) {
      if (i == j) continue;
      const Result<bool> is = IsAncestor(repository, (*common)[i], (*common)[j], kMaxCommitsWalked);
      if (!is) return is.error();
      behind = *is;
    }
    if (behind)
      common->erase(common->begin() + static_cast<std::ptrdiff_t>(i));
    else
      ++i;
  }
  return Ok{};
}

}  // namespace

bool IsShallow(const Repository& repository) { return !ReadShallow(repository).empty(); }

Result<std::vector<Commit>> NewCommits(const Repository& repository, const Oid& tip,
                                       const std::vector<Oid>& known, std::size_t max) {
  std::vector<Oid> found;
  const Result<std::vector<Oid>> tips = PeelAll(repository, {tip});
  if (!tips) return tips.error();
  if (tips->empty()) return std::vector<Commit>();
  Walk walk(repository, kMaxCommitsWalked);
  if (repository.HasQuarantine()) {
    const Status walked = WalkQuarantine(repository, tips->front(), max, &walk, &found);
    if (!walked) return walked.error();
  } else {
    const Result<std::vector<Oid>> others = PeelAll(repository, known);
    if (!others) return others.error();
    const Status walked = Difference(&walk, max).Run(tips->front(), *others, &found);
    if (!walked) return walked.error();
  }
  std::vector<Commit> commits;
  for (const Oid& id : found) {
    Result<Commit> commit = ReadCommit(repository, id);
    if (!commit) return commit.error();
    commits.push_back(*std::move(commit));
  }
  return commits;
}

Result<std::vector<Oid>> CommitsSince(const Repository& repository, const Oid& base, const Oid& tip,
                                      std::size_t max) {
  Walk walk(repository, kMaxCommitsWalked);
  std::vector<Oid> known, found;
  if (!base.IsZero()) known.push_back(base);
  const Status walked = Difference(&walk, max).Run(tip, known, &found);
  return walked ? Result<std::vector<Oid>>(std::move(found)) : walked.error();
}

Result<Oid> MergeBase(const Repository& repository, const Oid& a, const Oid& b) {
  Walk walk(repository, kMaxCommitsWalked);
  std::vector<Oid> common;
  if (const Status painted = Paint(&walk, a, b, &common); !painted) return painted.error();
  if (common.size() > kMaxMergeBases) common.resize(kMaxMergeBases);
  if (const Status dropped = DropOlder(repository, &common); !dropped) return dropped.error();
  if (common.empty()) return NotFound("the two commits have no common ancestor");
  return common.front();
}

Result<bool> IsAncestor(const Repository& repository, const Oid& ancestor, const Oid& tip, std::size_t max) {
  if (ancestor == tip) return true;
  Walk walk(repository, max);
  std::vector<Oid> common;
  if (const Status painted = Paint(&walk, ancestor, tip, &common); !painted) return painted.error();
  return (walk.At(ancestor).marks & kTwo) != 0;
}

}  // namespace sluice::git
