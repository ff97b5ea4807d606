// Commits against commits: `A..B` compares the two sides, `A...B` what B did
// since it left A. As in a push, the policy is that of A, the side that is there
// already (a branch that left A long ago does not bring A's old one back), and
// every commit that A does not have is looked at.
#include <cstdint>

#include "cli/git_program.h"
#include "cli/subject.h"
#include "git/repository.h"

namespace sluice::cli {
std::string ShortId(const Oid& id) { return id.Hex().substr(0, 7); }

bool ParseRange(std::string_view text, CommitRange& range) {
  const std::size_t dots = text.find("..");
  if (dots == text.npos || text == ".." || text == "...") return false;
  const bool three = text.substr(dots).starts_with("...");
  const std::string_view left = text.substr(0, dots), right = text.substr(dots + (three ? 3 : 2));
  if (left.ends_with('/') || right.starts_with('/') || right.starts_with('.')) return false;
  if (right.find("..") != right.npos) return false;
  range.left = left.empty() ? "HEAD" : left;
  range.right = right.empty() ? "HEAD" : right;
  range.from_merge_base = three;
  return true;
}

Result<Subject> SubjectOfRange(const CommitRange& range, const std::string& text) {
  const GitPlace place = FindGit(".");
  if (place.git_dir.empty()) return Usage("\"" + text + "\" names commits, and this is not a Git repository");
  const Result<std::shared_ptr<const git::Repository>> repository = OpenRepository(place);
  if (!repository) return repository.error();
  const Result<Oid> left = ResolveCommit(place, **repository, range.left);
  if (!left) return left.error();
  const Result<Oid> right = ResolveCommit(place, **repository, range.right);
  if (!right) return right.error();
  const Result<Oid> base = range.from_merge_base ? FindMergeBase(**repository, *left, *right) : left;
  if (!base) return base.error();
  const Result<Oid> left_tree = git::TreeOf(**repository, *left);
  if (!left_tree) return left_tree.error();
  const Result<Oid> base_tree = git::TreeOf(**repository, *base);
  if (!base_tree) return base_tree.error();
  const Result<Oid> right_tree = git::TreeOf(**repository, *right);
  if (!right_tree) return right_tree.error();
  Limits limits;
  limits.push_files = SIZE_MAX;  // too many are the gate's finding
  Result<std::vector<git::FileChange>> changes = git::Changes(**repository, *base_tree, *right_tree, limits);
  if (!changes) return changes.error();

  Subject subject;
  subject.words = text;
  subject.before = git::OpenTree(*repository, *base_tree);
  subject.elsewhere = git::OpenTree(*repository, *left_tree);
  subject.after = git::OpenTree(*repository, *right_tree);
  subject.changes = *std::move(changes);
  subject.read_blob = [repository = *repository](const Oid& id, std::size_t limit) -> Result<std::string> {
    Result<git::RawObject> object = repository->Read(id, limit);
    if (!object) return object.error();
    return std::move(object->bytes);
  };
  subject.policy = subject.elsewhere.get();
  subject.policy_side = range.left + "@" + ShortId(*left);
  subject.repository = *repository;
  subject.tip = *right;
  subject.known = *left;
  return subject;
}

}  // namespace sluice::cli
