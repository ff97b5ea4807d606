// One push: for each ref whether it may move this way at all (ref_move.h), then
// what it would hold (ref_content.h), then what that is worth (weigh.h); last,
// who may pass all the same. Tested by tests/gate/push_test.cc and, with real
// pushes, by tests/push/.
#include "gate/push.h"

#include <algorithm>
#include <optional>

#include "gate/answers.h"
#include "gate/approval_push.h"
#include "gate/ask_environment.h"
#include "gate/ask_folders.h"
#include "gate/ask_policy.h"
#include "gate/intent.h"
#include "gate/outcome_push.h"
#include "gate/ref_content.h"
#include "gate/requested_move.h"
#include "gate/rules.h"
#include "gate/settle.h"

namespace sluice::gate {
namespace {

constexpr std::string_view kBypassOption = "sluice.bypass=";
constexpr std::size_t kMaxBypassReason = 1'000;

using Clock = std::chrono::steady_clock;

Content JudgeMoved(const Judges& judges, const RefMove& move, Findings told) {
  Verdict begun;
  begun.subject = ShortName(move.update.ref);
  begun.summary.policy = judges.own.loaded.configuration.source;
  begun.findings = std::move(told);
  Result<Findings> moved = judges.push.standing ? Findings() : CheckMove(*judges.push.repository, move);
  if (moved && move.kind == RefKind::kApproval) moved = CheckApprovalPush(judges, move);
  if (moved && move.kind == RefKind::kOutcome) moved = CheckOutcomePush(judges, move);
  if (moved) {
    Join(*std::move(moved), begun);
  } else {
    CannotJudge(begun, moved.error());
  }
  const bool holds_content = move.kind == RefKind::kProtected || move.kind == RefKind::kOther;
  if (holds_content && !move.Deletes()) return JudgeContent(judges, move, std::move(begun));
  Content content;
  content.verdict = std::move(begun);
  return content;
}

// What the recorder would get; nothing of a branch that it does not read.
void KeepIntent(const Judges& judges, const RefMove& move, const Content& content, const Approvals& approvals,
                const RecordGround& ground, RefVerdict& out) {
  out.intent_name.clear();
  out.intent.clear();
  const EnvironmentBranch* const environment = EnvironmentAt(judges.push.settings, move.ref);
  if (move.kind != RefKind::kProtected || move.Deletes() || environment == nullptr) return;
  out.intent_name = IntentName(move.update);
  out.intent = IntentOf(
      judges, {move.update, move.ref, environment->name, content, content.base_tree, approvals, ground});
}

// After content, since people agree to what objects become.
void AskTurns(const Judges& judges, const RefMove& move, Content& content, RefVerdict& out) {
  if (move.kind != RefKind::kProtected) return;
  KeepIntent(judges, move, content, {}, {}, out);
  Result<std::vector<EnvironmentAnswer>> answers =
      AskEnvironments(judges, move, {out.intent_name, out.intent});
  if (!answers) return CannotAsk(answers.error(), content);
  if (answers->empty()) return;
  Approvals approvals;
  for (EnvironmentAnswer& answer : *answers) {
    Join(std::move(answer.findings), content.verdict);
    AddApprovals(answer, approvals);
    out.turns.push_back(TurnOf(answer));
  }
  KeepIntent(judges, move, content, approvals, GroundOf(*answers), out);
}

using AskedPolicy = Result<std::optional<PolicyAnswer>>;

// No record of an environment rests on these: a record of policy does.
void TellPolicy(AskedPolicy& policy, Content& content, RefVerdict& out) {
  if (!policy) return CannotAsk(policy.error(), content);
  if (!*policy) return;
  EnvironmentAnswer& answer = (*policy)->answer;
  Join(std::move(answer.findings), content.verdict);
  out.turns.push_back(TurnOf(answer));
}

// The policy that the push brings, where it judges in place of the one before.
Result<std::optional<PolicySide>> FindAgreed(const Judges& judges, const RefMove& move,
                                             const AskedPolicy& policy) {
  std::optional<PolicySide> agreed;
  if (!policy || !*policy || !(*policy)->pair) return agreed;
  Result<PolicySide> side = AgreedPolicy(judges.push, judges.own, move.update.new_id);
  if (!side) return side.error();
  agreed = *std::move(side);
  return agreed;
}

// `told` is said with this ref, and of the push as a whole.
RefVerdict JudgeRef(const Judges& judges, const RefUpdate& update, Findings told) {
  const Clock::time_point begin = Clock::now();
  const RefMove move = MoveOf(judges.push, judges.own, judges.floor, update);
  AskedPolicy policy = AskPolicy(judges, move);
  const Result<std::optional<PolicySide>> agreed = FindAgreed(judges, move, policy);
  const Judges judging{judges.push, agreed && *agreed ? **agreed : judges.own, judges.floor};
  Content content = JudgeMoved(judging, move, std::move(told));
  Verdict& verdict = content.verdict;
  RefVerdict out;
  out.update = update;
  out.is_protected = move.kind == RefKind::kProtected;
  if (!agreed) CannotJudge(verdict, agreed.error());
  AskTurns(judging, move, content, out);
  AskFolders(judging, move, content, out);
  TellPolicy(policy, content, out);
  if (move.kind == RefKind::kOther) Advise(verdict);
  Settle(verdict);
  const Weight weight = Weigh(move.kind, judges.push.settings.mode, FoundIn(verdict, content.unsearched));
  if (weight.refused && !weight.rejects) verdict.notes.push_back("mode observe: reported, not rejected");
  out.rejects = weight.rejects;
  out.base = std::move(content.base);
  out.index_behind = content.index_behind;
  if (weight.refused) {
    out.intent_name.clear();
    out.intent.clear();
    out.folders.clear();
  }
  verdict.summary.milliseconds = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
  out.verdict = std::move(verdict);
  return out;
}

// A policy branch that nobody has made yet protects nothing: the most common
// mistake of an installation, and a silent one.
Findings TellNoBranch(const Push& push, const PolicySide& own) {
  if (!own.first_push || own.brought) return {};
  if (std::all_of(push.updates.begin(), push.updates.end(),
                  [](const RefUpdate& update) { return update.new_id.IsZero(); }))
    return {};
  return {MakeFinding(kNoPolicyBranchRule, {}, {},
                      "the policy branch " + ShortName(own.ref) +
                          " does not exist on this server, so no branch is protected")};
}

// Every ref unjudged, for one reason. In no mode is one of ours written so.
PushVerdict Unjudged(const Push& push, const Error& error) {
  PushVerdict out;
  out.accepted = true;
  for (const RefUpdate& update : push.updates) {
    RefVerdict verdict;
    verdict.update = update;
    verdict.is_protected = true;  // unknown, so taken as protected
    verdict.rejects = push.settings.mode == Mode::kEnforce || update.ref.starts_with(kReservedRefs);
    out.accepted &= !verdict.rejects;
    verdict.verdict.subject = ShortName(update.ref);
    CannotJudge(verdict.verdict, error);
    out.refs.push_back(std::move(verdict));
  }
  return out;
}

std::optional<std::string> BypassReason(const Push& push) {
  for (const std::string& option : push.options) {
    if (option.starts_with(kBypassOption)) return option.substr(kBypassOption.size(), kMaxBypassReason);
  }
  return std::nullopt;
}

// No reason lets anybody write what others take for signed.
bool IsReserved(const RefVerdict& ref) {
  const auto is_rule = [](const Finding& finding) { return finding.rule == kReservedRefRule.id; };
  return ref.update.ref.starts_with(kReservedRefs) ||
         std::any_of(ref.verdict.findings.begin(), ref.verdict.findings.end(), is_rule);
}

void ApplyBypass(const Push& push, PushVerdict& out) {
  const std::optional<std::string> reason = BypassReason(push);
  if (!reason) return;
  const std::vector<std::string>& people = push.settings.bypass_by;
  const bool allowed = !push.pusher.empty() &&
                       std::find(people.begin(), people.end(), push.pusher) != people.end() &&
                       !reason->empty();
  for (RefVerdict& ref : out.refs) {
    if (!ref.rejects) continue;
    if (!allowed) {
      ref.verdict.notes.push_back(reason->empty() ? "a bypass needs a reason"
                                                  : "no bypass: the operator allows it to named people only");
    } else if (!IsReserved(ref)) {
      ref.rejects = false;
      ref.verdict.notes.push_back("bypassed by " + push.pusher + ": " + *reason);
      out.bypass = push.pusher + ": " + *reason;
    }
  }
}

}  // namespace

PushVerdict JudgePush(const Push& push) {
  const Result<PolicySide> own = OwnPolicy(push);
  if (!own) return Unjudged(push, own.error());
  std::optional<PolicySide> floor;
  if (push.floor) {
    Result<PolicySide> side = FloorPolicy(push);
    if (!side) return Unjudged(push, side.error());
    floor = *std::move(side);
  }
  PushVerdict out;
  const Judges judges{push, *own, floor ? &*floor : nullptr};
  if (!push.requested.environment.empty()) {
    out.refs.push_back(JudgeRequested(judges));
    out.accepted = !out.refs.front().rejects;
    return out;
  }
  Findings told = TellNoBranch(push, *own);
  for (const RefUpdate& update : push.updates) {
    const bool here = !update.new_id.IsZero();
    out.refs.push_back(JudgeRef(judges, update, here ? std::exchange(told, {}) : Findings()));
  }
  ApplyBypass(push, out);
  out.accepted =
      std::none_of(out.refs.begin(), out.refs.end(), [](const RefVerdict& ref) { return ref.rejects; });
  return out;
}

}  // namespace sluice::gate
