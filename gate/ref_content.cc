// In order: the repository's own policy, the operator's floor, the policy that
// the push would bring (told, not applied), the new commits. Each stage adds to
// one verdict. Only blobs that the first one really read are left out by the
// last; where the last does not come to its end, the ref is `unsearched`.
// Tested by tests/gate/push_test.cc and, with real pushes, by tests/push/.
#include "gate/ref_content.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "gate/clusters.h"
#include "gate/history.h"
#include "gate/rules.h"
#include "gate/settle.h"
#include "git/index.h"
#include "promotion/folder_paths.h"

namespace sluice::gate {
namespace {

constexpr std::size_t kMaxBehindIndex = 4'000;  // changed files past which facts are read anew

// Two trees and what lies between them.
struct Trees {
  Oid base, tree;
  std::unique_ptr<FileTree> before, after;
  std::vector<git::FileChange> changes, since_index;
  std::shared_ptr<const git::Index> index;
};

bool IsUsable(const PolicySide* side) {
  return side != nullptr &&
         std::none_of(side->loaded.findings.begin(), side->loaded.findings.end(),
                      [](const Finding& finding) { return finding.severity == Severity::kError; });
}

// A policy that means nothing safe judges nothing.
void TellBroken(const PolicySide& side, Verdict& verdict) {
  const Findings& findings = side.loaded.findings;
  const auto broken = std::find_if(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.severity == Severity::kError;
  });
  if (side.first_push || side.agreed)
    verdict.findings.insert(verdict.findings.end(), findings.begin(), findings.end());
  verdict.outcome = Outcome::kUnjudged;
  verdict.reason =
      "the configuration of " + side.loaded.configuration.source + " is broken: " +
      Error{ErrorKind::kConfiguration, broken->message, broken->file, broken->range.begin}.Text();
}

// Protected refs are held against their old tip, others against the point
// where they left the policy branch. A new environment has nothing yet: all that
// its first record holds has to be judged. Any other new protected ref is held against what
// the policy branch holds now: of the commits on the way there, no tree was ever judged.
Oid FindBase(const Judges& judges, const RefMove& move, std::string& name) {
  if (move.kind == RefKind::kProtected && !move.update.old_id.IsZero()) {
    name = ShortName(move.ref);
    return move.update.old_id;
  }
  if (move.kind == RefKind::kProtected && EnvironmentAt(judges.push.settings, move.ref) != nullptr) return {};
  const git::Repository& repository = *judges.push.repository;
  const Result<Oid> policy = repository.ResolveRef(judges.own.ref);
  if (!policy) return {};
  name = ShortName(judges.own.ref);
  if (move.kind == RefKind::kProtected) return *policy;
  const Result<Oid> base = git::MergeBase(repository, *policy, move.update.new_id);
  return base ? *base : Oid();
}

void OpenFacts(const Push& push, Trees& trees) {
  Result<std::shared_ptr<const git::Index>> index =
      git::OpenIndex(push.repository->git_dir() + "/sluice/index", EngineVersion());
  if (!index) return;
  if ((*index)->tree() == trees.base) {
    trees.since_index = trees.changes;
  } else {
    Limits limits = push.settings.limits;
    limits.push_files = kMaxBehindIndex;
    Result<std::vector<git::FileChange>> since =
        git::Changes(*push.repository, (*index)->tree(), trees.tree, limits);
    if (!since) return;
    trees.since_index = *std::move(since);
  }
  trees.index = *std::move(index);
}

// `base` is a commit; zero: nothing was there.
Result<Trees> OpenTrees(const Judges& judges, const RefMove& move, const Oid& base) {
  const Push& push = judges.push;
  Trees trees;
  const Result<Oid> tree = git::TreeOf(*push.repository, move.update.new_id);
  if (!tree) return tree.error();
  trees.tree = *tree;
  if (!base.IsZero()) {
    if (const Result<Oid> base_tree = git::TreeOf(*push.repository, base)) trees.base = *base_tree;
  }
  Result<std::vector<git::FileChange>> changes =
      git::Changes(*push.repository, trees.base, trees.tree, push.settings.limits);
  if (!changes) return changes.error();
  trees.changes = *std::move(changes);
  trees.before = git::OpenTree(push.repository, trees.base);
  trees.after = git::OpenTree(push.repository, trees.tree);
  OpenFacts(push, trees);
  return trees;
}

// A branch that nothing protects is on its way to the policy branch.
std::vector<std::string> BranchesOf(const Judges& judges, const RefMove& move) {
  std::vector<std::string> branches{ShortName(move.ref)};
  if (move.kind != RefKind::kProtected) branches.push_back(ShortName(judges.own.ref));
  return branches;
}

CheckInput InputOf(const Judges& judges, const RefMove& move, const Trees& trees,
                   const Configuration& configuration) {
  const Push& push = judges.push;
  CheckInput input;
  input.subject = ShortName(move.update.ref);
  input.before = trees.before.get();
  input.after = trees.after.get();
  input.changes = trees.changes;
  input.configuration = &configuration;
  input.index = trees.index;
  input.since_index = trees.since_index;
  input.digests = move.kind == RefKind::kProtected;
  input.jobs = push.jobs;
  input.build = {push.helm, push.settings.chart_cache, BranchesOf(judges, move)};
  input.deadline = push.deadline;
  input.ask = push.ask;
  for (const Cluster& cluster : configuration.clusters) input.asked.push_back(cluster.name);
  input.read_blob = [&push](const Oid& id, std::size_t limit) -> Result<std::string> {
    Result<git::RawObject> blob = push.repository->Read(id, limit);
    if (!blob) return blob.error();
    return std::move(blob->bytes);
  };
  return input;
}

void WithOwnPolicy(const Judges& judges, const RefMove& move, const Trees& trees,
                   std::vector<LookedAt>& looked_at, Content& content) {
  if (!IsUsable(&judges.own)) return TellBroken(judges.own, content.verdict);
  CheckInput input = InputOf(judges, move, trees, judges.own.loaded.configuration);
  if (move.kind == RefKind::kProtected) {
    input.canonical = &content.canonical;
    if (EnvironmentAt(judges.push.settings, move.ref) != nullptr) input.removed = &content.removed;
  }
  input.looked_at = &looked_at;
  Verdict verdict = Check(input);
  Verdict& begun = content.verdict;
  verdict.findings.insert(verdict.findings.begin(), std::make_move_iterator(begun.findings.begin()),
                          std::make_move_iterator(begun.findings.end()));
  if (begun.outcome == Outcome::kUnjudged) {
    verdict.outcome = Outcome::kUnjudged;
    verdict.reason = begun.reason;
  }
  begun = std::move(verdict);
  if (move.brings_policy) begun.notes.push_back("first push: judged by the configuration that it brings");
  if (!judges.own.agreed) return;
  Join(judges.own.loaded.findings, begun);
  begun.notes.push_back("judged by the configuration that it brings: people agreed to exactly this pair");
}

// Each cluster is asked once.
void LeaveAsked(const PolicySide& own, CheckInput& floor) {
  std::erase_if(floor.asked, [&](const std::string& name) {
    return IsUsable(&own) && FindCluster(own.loaded.configuration, name) != nullptr;
  });
}

// Both judge and the union rejects. Clusters of the floor that the own policy does
// not name are asked too.
void WithFloor(const Judges& judges, const RefMove& move, const Trees& trees, Verdict& verdict) {
  if (judges.floor == nullptr) return;
  if (!IsUsable(judges.floor)) return TellBroken(*judges.floor, verdict);
  const Configuration& configuration = judges.floor->loaded.configuration;
  CheckInput input = InputOf(judges, move, trees, configuration);
  LeaveAsked(judges.own, input);
  Verdict other = Check(input);
  Join(std::move(other.findings), verdict);
  JoinEvidence(std::move(other.objects), verdict);
  if (other.outcome == Outcome::kUnjudged) {
    verdict.outcome = Outcome::kUnjudged;
    verdict.reason = other.reason;
  }
  verdict.summary.policy += ", floor " + configuration.source;
}

std::string ShadowWords(const Verdict& shadow) {
  const std::uint64_t errors = shadow.summary.errors;
  switch (shadow.outcome) {
    case Outcome::kAccepted:
      return "the new configuration would accept this push";
    case Outcome::kRejected:
      return "the new configuration would reject this push: " + std::to_string(errors) +
             (errors == 1 ? " error" : " errors");
    case Outcome::kUnjudged:
      break;
  }
  return "the new configuration could not judge this push: " + shadow.reason;
}

// A change of the configuration is judged by the old one; what the new one
// would say is told, and a broken one is a finding.
void InShadow(const Judges& judges, const RefMove& move, const Trees& trees, Verdict& verdict) {
  const bool changes_it =
      std::any_of(trees.changes.begin(), trees.changes.end(),
                  [](const git::FileChange& file) { return promotion::IsConfigurationPath(file.path); });
  if (!changes_it || move.ref != judges.own.ref || judges.own.first_push || judges.own.agreed) return;
  Result<LoadedConfiguration> loaded =
      ConfigurationAt(judges.push.repository, move.update.new_id, "this push");
  if (!loaded) return CannotJudge(verdict, loaded.error());
  if (!loaded->findings.empty()) return Join(std::move(loaded->findings), verdict);
  Bound(loaded->configuration, judges.push.settings.limits);
  CheckInput input = InputOf(judges, move, trees, loaded->configuration);
  input.ask = {};
  const Verdict shadow = Check(input);
  verdict.notes.push_back(ShadowWords(shadow));
  if (shadow.outcome == Outcome::kAccepted &&
      judges.own.loaded.configuration.promotion.review.policy.count > 0)
    verdict.notes.back() += "; it judges where people agree to both: sluice approve policy " +
                            move.update.new_id.Hex().substr(0, 12) + " --pair";
}

// What the new commits hold, weighed by the policies that judge the tip; but people agreed
// to no more than the tip, so what lies before it the policy before the push judges.
Status SearchCommits(const Judges& judges, const RefMove& move, const std::vector<LookedAt>& looked_at,
                     Verdict& verdict) {
  std::optional<PolicySide> before;
  if (judges.own.agreed) {
    Result<PolicySide> own = OwnPolicy(judges.push);
    if (!own) return own.error();
    before = *std::move(own);
  }
  std::vector<const Configuration*> policies;
  for (const PolicySide* side : {before ? &*before : &judges.own, judges.floor}) {
    if (IsUsable(side)) policies.push_back(&side->loaded.configuration);
  }
  HistoryInput input;
  input.repository = judges.push.repository.get();
  input.tip = move.update.new_id;
  for (const RefUpdate& update : judges.push.updates) {
    if (!update.old_id.IsZero()) input.known.push_back(update.old_id);
    if (judges.push.standing) input.known.push_back(update.new_id);  // it brings none
  }
  input.looked_at = looked_at;
  input.limits = &judges.push.settings.limits;
  input.ratchet = !policies.empty() && std::all_of(policies.begin(), policies.end(),
                                                   [](const Configuration* c) { return c->ratchet; });
  input.deadline = judges.push.deadline;
  const Result<Findings> findings = CheckHistory(input);
  if (!findings) return findings.error();
  JoinHistory(*findings, policies, std::chrono::system_clock::now(), verdict);
  return Ok{};
}

// A file that a ref names at once: nothing of it is applied, so it is only searched.
Content OfBlob(const RefMove& move, Content content) {
  if (move.kind == RefKind::kProtected)
    CannotJudge(content.verdict, Failed(move.ref + " would name a file and no commit"));
  return content;
}

// A root elsewhere may take in files of the folder: what it builds is not the folder's.
void KeepOfFolder(const std::string& folder, const std::vector<std::vector<std::string>>& places,
                  Content& content) {
  std::vector<JudgedObject> objects;
  std::vector<std::string> canonical;
  for (std::size_t i = 0; i < places.size() && i < content.verdict.objects.size(); ++i) {
    const bool inside = std::any_of(places[i].begin(), places[i].end(), [&](const std::string& path) {
      return promotion::IsInFolder(folder, path);
    });
    if (!inside) continue;
    objects.push_back(std::move(content.verdict.objects[i]));
    canonical.push_back(std::move(content.canonical[i]));
  }
  content.verdict.objects = std::move(objects);
  content.canonical = std::move(canonical);
}

// Against which clusters are asked about a folder; nothing: they are not.
Result<std::optional<RecordedObjects>> FindRecorded(const Push& push, const std::string& folder) {
  std::optional<RecordedObjects> recorded;
  if (!push.ask || push.requested.environment.empty()) return recorded;
  Result<RecordedObjects> read = ReadRecordedObjects(push.repository, push.requested.environment, folder);
  if (!read) return read.error();
  recorded = *std::move(read);
  return recorded;
}

Content Unsearched(const Error& error, Content content) {
  content.unsearched = true;
  CannotJudge(content.verdict, error);
  return content;
}

Content Searched(const Judges& judges, const RefMove& move, const Trees& trees, git::ObjectType type,
                 Content content) {
  std::vector<LookedAt> looked_at;
  content.tree = trees.tree;
  content.base_tree = trees.base;
  content.index_behind = !trees.index || trees.since_index.size() > kIndexMayLag;
  WithOwnPolicy(judges, move, trees, looked_at, content);
  WithFloor(judges, move, trees, content.verdict);
  InShadow(judges, move, trees, content.verdict);
  if (type == git::ObjectType::kTree) {  // no commit tells of its files
    content.unsearched = content.verdict.outcome == Outcome::kUnjudged;
    return content;
  }
  const Status searched = SearchCommits(judges, move, looked_at, content.verdict);
  return searched ? std::move(content) : Unsearched(searched.error(), std::move(content));
}

}  // namespace

Result<Content> JudgeFolder(const Judges& judges, const RefMove& move, const std::string& folder) {
  const Result<RepoPath> directory = RepoPath::Parse(folder);
  if (!directory) return directory.error();
  Content content;
  const Result<Trees> trees = OpenTrees(judges, move, FindBase(judges, move, content.base));
  if (!trees) return trees.error();
  Result<std::vector<git::FileChange>> files = WholeTree(*trees->after, *directory);
  if (!files && files.error().kind != ErrorKind::kNotFound) return files.error();
  const Result<std::optional<RecordedObjects>> recorded = FindRecorded(judges.push, folder);
  if (!recorded) return recorded.error();
  const auto input_of = [&](const PolicySide& side) {
    CheckInput input = InputOf(judges, move, *trees, side.loaded.configuration);
    input.before = nullptr;
    input.changes = files ? *files : std::vector<git::FileChange>();
    if (!*recorded) input.ask = {};
    if (*recorded) input.recorded = &**recorded;
    return input;
  };
  CheckInput input = input_of(judges.own);
  std::vector<std::vector<std::string>> places;
  input.places = &places;
  input.canonical = &content.canonical;
  content.tree = trees->tree;
  content.verdict = Check(input);
  if (IsUsable(judges.floor) && content.verdict.outcome != Outcome::kUnjudged) {
    CheckInput floor = input_of(*judges.floor);
    LeaveAsked(judges.own, floor);
    Verdict other = Check(floor);
    Join(std::move(other.findings), content.verdict);
    JoinEvidence(std::move(other.objects), content.verdict);
    if (other.outcome == Outcome::kUnjudged) content.verdict.outcome = Outcome::kUnjudged;
    content.verdict.reason += other.reason;
  }
  if (content.verdict.outcome == Outcome::kUnjudged)
    return Failed("what " + folder + " builds: " + content.verdict.reason);
  KeepOfFolder(folder, places, content);
  return content;
}

Result<Verdict> JudgeWhole(const Judges& judges, const RefMove& move) {
  const Result<Trees> trees = OpenTrees(judges, move, Oid());
  if (!trees) return trees.error();
  Content content;
  content.verdict.subject = ShortName(move.ref);
  content.verdict.summary.policy = judges.own.loaded.configuration.source;
  std::vector<LookedAt> looked_at;
  WithOwnPolicy(judges, move, *trees, looked_at, content);
  WithFloor(judges, move, *trees, content.verdict);
  Settle(content.verdict);
  return std::move(content.verdict);
}

void CannotJudge(Verdict& verdict, const Error& error) {
  verdict.outcome = Outcome::kUnjudged;
  verdict.reason = error.Text();
}

Content JudgeContent(const Judges& judges, const RefMove& move, Verdict begun) {
  Content content;
  content.verdict = std::move(begun);
  Result<Target> target =
      CheckTarget(*judges.push.repository, move.update.new_id, judges.push.settings.limits);
  if (!target) return Unsearched(target.error(), std::move(content));
  Join(std::move(target->findings), content.verdict);
  if (target->type == git::ObjectType::kBlob) return OfBlob(move, std::move(content));
  const Result<Trees> trees = OpenTrees(judges, move, FindBase(judges, move, content.base));
  if (trees) return Searched(judges, move, *trees, target->type, std::move(content));
  if (trees.error().kind != ErrorKind::kLimit) return Unsearched(trees.error(), std::move(content));
  content.verdict.findings.push_back(MakeFinding(kTooLargeRule, {}, {}, trees.error().message));
  return content;
}

}  // namespace sluice::gate
