// Tested by tests/push/folders.sh and folders-undone.sh.
#include "promotion/folder_plan.h"

#include <algorithm>

#include "base/file_tree.h"
#include "git/changes.h"
#include "promotion/folder_paths.h"
#include "promotion/record_rules.h"

namespace sluice::promotion {
namespace {

constexpr std::size_t kMostAncestry = 200'000;  // commits walked to see whether a branch holds one

Environment AsEnvironment(const RecordedBranch& branch) {
  constexpr std::string_view kHeads = "refs/heads/";
  Environment environment;
  environment.name = branch.environment;
  environment.branch = branch.ref.substr(branch.ref.starts_with(kHeads) ? kHeads.size() : 0);
  environment.folder = branch.folder;
  return environment;
}

// By the policy, and by what the operator records. Rules that mean nothing judge no push either.
std::vector<Environment> EnvironmentsOf(const FolderStanding& standing) {
  std::vector<Environment> environments;
  if (!standing.policy_tree.IsZero()) {
    Result<PromotionSettings> settings =
        ReadRecordedSettings(*git::OpenTree(standing.repository, standing.policy_tree));
    if (settings) environments = std::move(settings->environments);
  }
  for (const RecordedBranch& branch : standing.branches) environments.push_back(AsEnvironment(branch));
  return environments;
}

// Whether a push from one to the other would leave the folder alone: gate/ask_folders.cc.
Result<bool> Stands(const FolderStanding& standing, const Oid& commit, const Oid& tip) {
  const Result<Oid> before = git::TreeOf(*standing.repository, commit);
  if (!before) return before.error();
  const Result<Oid> after = git::TreeOf(*standing.repository, tip);
  if (!after) return after.error();
  const auto changes = git::Changes(*standing.repository, *before, *after, Limits());
  if (!changes) return changes.error();
  const Environment own = AsEnvironment(standing.branch);
  const std::vector<Environment> environments = EnvironmentsOf(standing);
  return std::none_of(changes->begin(), changes->end(), [&](const git::FileChange& file) {
    return !IsConfigurationPath(file.path) && Concerns(own, environments, file.path);
  });
}

// Whether the branch's tip has the folder at all.
Result<bool> IsThere(const FolderStanding& standing) {
  const Result<Oid> tree = git::TreeOf(*standing.repository, *standing.tip);
  if (!tree) return tree.error();
  const Result<RepoPath> folder = RepoPath::Parse(standing.branch.folder);
  if (!folder) return folder.error();
  const auto files = git::OpenTree(standing.repository, *tree)->List(*folder);
  if (!files && files.error().kind != ErrorKind::kNotFound) return files.error();
  return static_cast<bool>(files);
}

}  // namespace

Result<RecordPlan> PlanNextOfFolder(const FolderStanding& standing) {
  const FolderHistory history{
      [&](const Oid& ancestor, const Oid& tip) {
        return git::IsAncestor(*standing.repository, ancestor, tip, kMostAncestry);
      },
      [&](const Oid& commit, const Oid& tip) { return Stands(standing, commit, tip); }};
  Result<RecordPlan> plan = PlanFolder(standing.recorded, standing.tip, standing.intents, history);
  if (!plan || plan->standing != Standing::kNoIntent || standing.recorded) return plan;
  const Result<bool> there = IsThere(standing);
  if (!there) return there.error();
  if (!*there) plan->standing = Standing::kInStep;
  return plan;
}

}  // namespace sluice::promotion
