// Walks the commits that came with the push; each blob is read once, and only
// if it came with the push too. A commit is held against its first parent.
#include "gate/history.h"

#include <iterator>

#include "gate/examine.h"
#include "manifests/text.h"

namespace sluice::gate {
namespace {

constexpr std::size_t kMaxCommits = 20'000;
constexpr std::size_t kShownIdDigits = 7;

class History {
 public:
  explicit History(const HistoryInput& input, const schemas::Catalog& catalog)
      : input_(input),
        options_{&catalog, nullptr, input.limits, false, false},
        seen_(*input.judged),
        pushed_(input.repository->InQuarantine(input.tip)) {}

  Status Walk(const std::vector<git::Commit>& commits) {
    for (const git::Commit& commit : commits) {
      if (std::chrono::steady_clock::now() > input_.deadline) {
        return LimitPassed("the time ran out before every new commit was read");
      }
      Message(commit);
      Status files = Files(commit);
      if (!files) return files;
    }
    return Ok{};
  }

  Findings findings;

 private:
  void Message(const git::Commit& commit) {
    Take(commit, policies::CheckCredentials("", commit.message));
    Take(commit, manifests::CheckText("", commit.message));
  }

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
      if (file.new_kind != FileKind::kFile || file.new_id.IsZero() || !seen_.insert(file.new_id).second)
        continue;
      if (!pushed_ || input_.repository->InQuarantine(file.new_id)) File(commit, file);
    }
    return Ok{};
  }

  void File(const git::Commit& commit, const git::FileChange& file) {
    Result<git::RawObject> blob = input_.repository->Read(file.new_id, input_.limits->file_bytes);
    if (!blob) return;
    Examined examined = IsManifestName(file.path) ? Examine(file.path, std::move(blob->bytes), options_)
                                                  : ExamineOther(file.path, blob->bytes);
    Findings always;
    for (ExaminedFinding& found : examined.findings) {
      if (found.always) always.push_back(std::move(found.finding));
    }
    Take(commit, std::move(always));
  }

  void Take(const git::Commit& commit, Findings some) {
    for (Finding& finding : some) {
      finding.message += ", in commit " + commit.id.Hex().substr(0, kShownIdDigits);
      if (finding.file.empty()) finding.message += "'s message";
      finding.source_line.clear();
      finding.remedy = "take it out of the history too: `git rebase -i`, then push again";
      findings.push_back(std::move(finding));
    }
  }

  const HistoryInput& input_;
  const ExamineOptions options_;
  std::unordered_set<Oid> seen_;
  const bool pushed_;  // a push is under way: what lies outside quarantine was there before
};

}  // namespace

Result<Findings> CheckHistory(const HistoryInput& input) {
  const Result<std::vector<git::Commit>> commits =
      git::NewCommits(*input.repository, input.tip, input.known, kMaxCommits);
  if (!commits) return commits.error();
  if (commits->empty()) return Findings();
  const Result<schemas::Catalog> catalog = schemas::Catalog::BuiltIn(schemas::DefaultMinors());
  if (!catalog) return catalog.error();
  History history(input, *catalog);
  Status walked = history.Walk(*commits);
  if (!walked) return walked.error();
  return std::move(history.findings);
}

}  // namespace sluice::gate
