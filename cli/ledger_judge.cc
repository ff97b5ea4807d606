// What `sluice ledger reconcile --judge` does for one branch: the gate judges where
// it stands against what is recorded, by the policies in force, as it would a push.
// Nothing is judged for the sake of the record alone: what the gate rejects stays
// unrecorded.
#include <unistd.h>

#include <chrono>

#include "cli/jobs.h"
#include "cli/ledger.h"
#include "cli/output.h"
#include "gate/gate.h"
#include "gate/policy_side.h"
#include "gate/push.h"
#include "gate/requested_move.h"
#include "git/merge_tree.h"
#include "git/repository.h"
#include "manifests/render/helm_run.h"
#include "promotion/reconcile.h"
#include "report/report.h"

namespace sluice::cli {
namespace {

constexpr std::chrono::minutes kDeadline{10};
constexpr const char* kWhoseMove = "; where people are asked, say whose move it was: --as PERSON";

// Where merges are tried; goes with it.
struct Scratch {
  std::string path;
  ~Scratch() { git::RemoveScratch(path); }
};

Result<gate::Push> PushOf(const LedgerPlace& place, const gate::RefUpdate& update, const std::string& folder,
                          const Judging& judging, const std::string& scratch) {
  gate::Push push;
  auto repository = git::Open({.git_dir = place.places.git_dir});
  if (!repository) return repository.error();
  push.repository = *std::move(repository);
  if (!place.recorder.floor.empty()) {
    auto floor = git::Open({.git_dir = place.recorder.floor});
    if (!floor) return floor.error();
    push.floor = *std::move(floor);
  }
  push.settings = place.settings;
  push.settings.mode = gate::Mode::kEnforce;
  push.updates = {update};
  push.pusher = "uid " + std::to_string(geteuid());
  push.deadline = std::chrono::steady_clock::now() + kDeadline;
  push.jobs = JobsOf(0);
  if (!place.settings.helm.empty()) push.helm = manifests::render::HelmAt(place.settings.helm);
  push.standing = true;
  push.folder = folder;
  push.reason = judging.reason;
  push.merge = [git_dir = place.places.git_dir, objects = place.places.objects, scratch](const Oid& ours,
                                                                                         const Oid& theirs) {
    return git::MergeTree({.git_dir = git_dir, .objects = objects, .scratch = scratch}, ours, theirs);
  };
  if (judging.person.empty()) return push;
  const Result<gate::PolicySide> policy = gate::OwnPolicy(push);
  if (!policy) return policy.error();
  const promotion::People& people = policy->loaded.configuration.promotion.people;
  if (Status as = gate::MoveAs(people, judging.person, push); !as) return as.error();
  return push;
}

}  // namespace

Result<promotion::Recording> JudgeAndRecord(const LedgerPlace& place, const promotion::RecordedBranch& branch,
                                            const promotion::Recording& left_behind, const Judging& judging) {
  const Oid before = left_behind.recorded.value_or(promotion::ZeroLike(*left_behind.tip));
  Result<std::string> directory = git::MakeScratch(place.places.objects);
  if (!directory) return directory.error();
  const Scratch scratch{*std::move(directory)};
  const Result<gate::Push> push =
      PushOf(place, {before, *left_behind.tip, branch.ref}, branch.folder, judging, scratch.path);
  if (!push) return push.error();
  const gate::PushVerdict judged = gate::JudgePush(*push);
  const gate::RefVerdict& ref = judged.refs.front();
  report::Options words;
  words.rule = gate::FindRule;
  const gate::FolderIntent branch_itself{branch.ref, ref.intent_name, ref.intent};
  const gate::FolderIntent& made = ref.folders.empty() ? branch_itself : ref.folders.front();
  if (!ref.rejects && made.intent.empty())
    return Failed(branch.folder.empty()
                      ? branch.ref + " is not protected: what anybody may move is not recorded"
                      : branch.Place() + " builds nothing that is not recorded");
  if (ref.rejects && !Print(report::Write(ref.verdict, report::Format::kText, words)))
    return Failed("the verdict could not be shown");
  if (ref.rejects)
    return Failed(branch.ref + " is not accepted as it stands: push what mends it, and begin again" +
                  (judging.person.empty() ? kWhoseMove : ""));
  return promotion::RecordJudged(place.recorder, branch, made.name, made.intent);
}

}  // namespace sluice::cli
