// Walks the commits that came with the push; each blob is read once, and only
// if it came with the push too. A commit is held against its first parent.
// Invariant: a look at a text is none at a manifest, so a blob that stood under
// both kinds of names is looked at as a manifest. A file that is too large to be
// read is a finding, never a pass.
#include "gate/history.h"

#include <iterator>
#include <optional>
#include <unordered_set>

#include "gate/examine.h"
#include "gate/rules.h"
#include "gate/settle.h"
#include "git/bounds.h"
#include "git/objects.h"
#include "manifests/text.h"

namespace sluice::gate {
namespace {

constexpr std::size_t kMaxCommits = 20'000;
constexpr std::size_t kShownIdDigits = 7;

Findings OnlyAlways(Examined examined) {
  Findings always;
  for (ExaminedFinding& found : examined.findings) {
    if (found.always && ReachOf(found.finding.rule).everywhere) always.push_back(std::move(found.finding));
  }
  return always;
}

// Where the findings are, in words, since no place in a work tree shows them.
void Tell(Findings some, const std::string& where, const char* remedy, Findings& all) {
  for (Finding& finding : some) {
    finding.message += where;
    finding.source_line.clear();
    finding.remedy = remedy;
    all.push_back(std::move(finding));
  }
}

Findings CheckMessage(std::string_view text) {
  Findings findings = policies::CheckCredentials("", text);
  Findings hidden = manifests::CheckText("", text);
  std::move(hidden.begin(), hidden.end(), std::back_inserter(findings));
  return findings;
}

// Blobs that were looked at, and as what.
class Seen {
 public:
  explicit Seen(std::span<const LookedAt> before) {
    for (const LookedAt& blob : before) Add(blob.blob, blob.as_manifest);
  }
  // False where a look at it would tell nothing new.
  bool Add(const Oid& blob, bool as_manifest) {
    if (manifests_.contains(blob)) return false;
    return (as_manifest ? manifests_ : texts_).insert(blob).second;
  }

 private:
  std::unordered_set<Oid> manifests_, texts_;
};

class History {
 public:
  explicit History(const HistoryInput& input)
      : input_(input), seen_(input.looked_at), pushed_(input.repository->InQuarantine(input.tip)) {}

  Status Walk(const std::vector<git::Commit>& commits) {
    for (const git::Commit& commit : commits) {
      if (std::chrono::steady_clock::now() > input_.deadline) {
        return LimitPassed("the time ran out before every new commit was read");
      }
      Take(commit, CheckMessage(commit.message));
      Take(commit, manifests::CheckText("", commit.author + '\n' + commit.committer));
      Status files = Files(commit);
      if (!files) return files;
    }
    return Ok{};
  }

  Findings findings;

 private:
  Status Files(const git::Commit& commit) {
    Oid parent_tree;
    if (!commit.parents.empty()) {
      const Result<git::Commit> parent = git::ReadCommit(*input_.repository, commit.parents[0]);
      if (parent) parent_tree = parent->tree;  // missing in a shallow history: the whole tree is new
    }
    const Result<std::vector<git::FileChange>> changes =
        git::Changes(*input_.repository, parent_tree, commit.tree, *input_.limits);
    if (!changes) return changes.error();
    for (const git::FileChange& file : *changes) {
      // What stands in the tip is told there.
      const bool added = file.old_id.IsZero() && !file.new_id.IsZero();
      if (added && commit.id != input_.tip) Take(commit, manifests::CheckPath(file.path));
      if (file.new_kind != FileKind::kFile || file.new_id.IsZero()) continue;
      if (!seen_.Add(file.new_id, IsManifestName(file.path))) continue;
      if (pushed_ && !input_.repository->InQuarantine(file.new_id)) continue;
      Status looked_at = File(commit, file);
      if (!looked_at) return looked_at;
    }
    return Ok{};
  }

  Status File(const git::Commit& commit, const git::FileChange& file) {
    Result<git::RawObject> blob = input_.repository->Read(file.new_id, input_.limits->file_bytes);
    if (!blob && blob.error().kind != ErrorKind::kLimit) return blob.error();
    if (!blob) {
      Take(commit, {MakeFinding(kTooLargeRule, file.path, {}, blob.error().message)});
      return Ok{};
    }
    if (const Status opened = OpenCatalog(); !opened) return opened;
    Findings always = Always(file.path, std::move(blob->bytes));
    if (input_.ratchet && !always.empty()) LeaveOutOlder(file, always);
    Take(commit, std::move(always));
    return Ok{};
  }

  // Most pushes hold no blob that was not looked at already.
  Status OpenCatalog() {
    if (catalog_) return Ok{};
    Result<schemas::Catalog> catalog = schemas::Catalog::BuiltIn(schemas::DefaultMinors());
    if (!catalog) return catalog.error();
    catalog_ = *std::move(catalog);
    return Ok{};
  }

  Findings Always(const std::string& path, std::string bytes) const {
    const ExamineOptions options{&*catalog_, nullptr, input_.limits, false, false};
    return OnlyAlways(IsManifestName(path) ? Examine(path, std::move(bytes), options)
                                           : ExamineOther(path, bytes));
  }

  void LeaveOutOlder(const git::FileChange& file, Findings& always) const {
    if (file.old_id.IsZero() || file.old_kind != FileKind::kFile) return;
    Result<git::RawObject> blob = input_.repository->Read(file.old_id, input_.limits->file_bytes);
    if (!blob) return;
    Verdict rest;
    rest.findings = std::move(always);
    ApplyRatchet(Always(file.path, std::move(blob->bytes)), rest);
    always = std::move(rest.findings);
  }

  void Take(const git::Commit& commit, Findings some) {
    const std::string name = ", in commit " + commit.id.Hex().substr(0, kShownIdDigits);
    const bool of_message = !some.empty() && some.front().file.empty();
    Tell(std::move(some), of_message ? name + "'s message" : name,
         "take it out of the history too: `git rebase -i`, then push again", findings);
  }

  const HistoryInput& input_;
  std::optional<schemas::Catalog> catalog_;
  Seen seen_;
  const bool pushed_;  // a push is under way: what lies outside quarantine was there before
};

Result<Findings> CheckBlob(std::string bytes, const Limits& limits) {
  const Result<schemas::Catalog> catalog = schemas::Catalog::BuiltIn(schemas::DefaultMinors());
  if (!catalog) return catalog.error();
  return OnlyAlways(Examine("", std::move(bytes), {&*catalog, nullptr, &limits, false, false}));
}

}  // namespace

Result<Findings> CheckHistory(const HistoryInput& input) {
  const Result<std::vector<git::Commit>> commits =
      git::NewCommits(*input.repository, input.tip, input.known, kMaxCommits);
  if (!commits) return commits.error();
  if (commits->empty()) return Findings();
  History history(input);
  Status walked = history.Walk(*commits);
  if (!walked) return walked.error();
  return std::move(history.findings);
}

Result<Target> CheckTarget(const git::Repository& repository, const Oid& id, const Limits& limits) {
  Target target;
  Oid next = id;
  for (int depth = 0; depth <= git::kMaxTagDepth; ++depth) {
    const bool is_new = !repository.HasQuarantine() || repository.InQuarantine(next);
    Result<git::RawObject> object = repository.Read(next, limits.file_bytes);
    if (!object) return object.error();
    target.type = object->type;
    if (object->type == git::ObjectType::kBlob && is_new) {
      Result<Findings> found = CheckBlob(std::move(object->bytes), limits);
      if (!found) return found.error();
      Tell(*std::move(found), ", in the file that this ref names", "name a commit instead", target.findings);
    }
    if (object->type != git::ObjectType::kTag) return target;
    if (is_new) {
      Tell(CheckMessage(object->bytes), ", in the tag's message", "write the tag anew: `git tag -f -a`",
           target.findings);
    }
    const Result<git::TagTarget> tagged = git::ParseTag(next.kind(), object->bytes);
    if (!tagged) return tagged.error();
    next = tagged->id;
  }
  return LimitPassed("tags lie more than " + std::to_string(git::kMaxTagDepth) + " deep, one in another");
}

}  // namespace sluice::gate
