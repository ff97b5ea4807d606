// `sluice review`, `approve` and `revoke`: a change of an environment as its objects,
// who must agree to it, and a person's signature under it, or a change of the policy likewise. What is shown
// is what the gate judged, the digest the one that it asks for. Tests: tests/push/approve.sh.
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <iostream>
#include <memory>

#include "cli/change_words.h"
#include "cli/commands.h"
#include "cli/give.h"
#include "cli/output.h"
#include "cli/policy_review.h"
#include "cli/subject.h"
#include "gate/environment_move.h"
#include "promotion/given_approvals.h"
#include "promotion/moment.h"
#include "promotion/reconcile.h"

namespace sluice::cli {
namespace {

using promotion::Approval;
using promotion::ApprovalKind;
using promotion::Environment;

constexpr std::string_view kPolicy = "policy";

struct ApproveOptions {
  std::string environment, revision;
  std::string expires = "7d", reason, output = "text";
  bool yes = false;
  bool pair = false;  // of the policy: with what comes with it
  Signer signer;
  PromotionPlaceOptions place;
};

// A change that the gate judged, and the place that it was judged in.
struct Reviewed {
  std::unique_ptr<PromotionPlace> place;
  gate::RefVerdict verdict;
  std::vector<gate::RecordedChange> changes;  // one for each of verdict.turns
};

// Where the branch stands; zero where there is none.
Result<Oid> TipOf(const PromotionPlace& place, const Environment& environment, const Oid& like) {
  const Result<Oid> tip = place.repository()->ResolveRef(environment.Ref());
  if (tip || tip.error().kind != ErrorKind::kNotFound) return tip;
  return promotion::ZeroLike(like);
}

Result<const Environment*> FindNamed(const PromotionPlace& place, const std::string& name) {
  const Environment* const found =
      promotion::FindEnvironment(place.configuration().promotion.environments, name);
  if (found == nullptr) return Usage("there is no environment " + name + "; sluice env lists them");
  return found;
}

// A push may move several folders, of which one was named.
Status KeepFolder(const Environment& environment, gate::RefVerdict& verdict) {
  if (environment.folder.empty()) return Ok{};
  std::erase_if(verdict.turns,
                [&](const gate::EnvironmentTurn& turn) { return turn.environment != environment.name; });
  return verdict.turns.empty() && verdict.verdict.outcome != Outcome::kUnjudged
             ? Status(Usage("it changes nothing of " + environment.name))
             : Status(Ok{});
}

// Of A..B the environment whose branch stands at A.
Result<const Environment*> FindAt(const PromotionPlace& place, const Oid& left, const std::string& words) {
  for (const Environment& environment : place.configuration().promotion.environments) {
    const Result<Oid> tip = place.repository()->ResolveRef(environment.Ref());
    if (environment.folder.empty() && tip && *tip == left) return &environment;
  }
  return Usage("no environment's branch stands at " + words + "; sluice env lists them");
}

Result<gate::RecordedChange> ReadChange(const PromotionPlace& place, const gate::EnvironmentTurn& turn) {
  const gate::EnvironmentMove* const move = turn.move.get();
  if (move == nullptr || move->next == nullptr)
    return Usage("the change of " + turn.environment + " cannot be told" +
                 (move == nullptr || move->behind.empty() ? "" : ": " + move->behind));
  return gate::ChangeOf(place.repository(), move->head ? &*move->head : nullptr, *move->next);
}

Result<Reviewed> Look(const ApproveOptions& options) {
  Reviewed reviewed;
  Result<std::unique_ptr<PromotionPlace>> opened = PromotionPlace::Open(options.place);
  if (!opened) return opened.error();
  reviewed.place = *std::move(opened);
  PromotionPlace& place = *reviewed.place;
  CommitRange range;
  const bool is_range = ParseRange(options.environment, range);
  const Result<Oid> after = place.ResolveCommit(is_range ? range.right : options.revision);
  if (!after) return after.error();
  Result<Oid> before = is_range ? place.ResolveCommit(range.left) : after;
  if (!before) return before.error();
  const Result<const Environment*> environment =
      is_range ? FindAt(place, *before, range.left) : FindNamed(place, options.environment);
  if (!environment) return environment.error();
  if (!is_range) before = TipOf(place, **environment, *after);
  if (!before) return before.error();
  const bool by_request = (*environment)->ByRequest();  // from what is recorded, wherever its branch is
  if (*before == *after && !by_request)
    return Usage((*environment)->name + " stands at " + ShortId(*after) + " already: nothing changes");
  constexpr PromotionPlace::Pusher kNobody = PromotionPlace::Pusher::kNobody;
  gate::PushVerdict verdict = by_request ? place.JudgeRequested(**environment, *after, kNobody)
                                         : place.Judge(*before, *after, (*environment)->Ref(), kNobody);
  reviewed.verdict = std::move(verdict.refs.front());
  if (Status kept = KeepFolder(**environment, reviewed.verdict); !kept) return kept.error();
  if (reviewed.verdict.turns.empty())
    return Failed("the gate could not judge it: " + reviewed.verdict.verdict.reason);
  std::vector<gate::EnvironmentTurn>& turns = reviewed.verdict.turns;
  std::erase_if(turns, [](const gate::EnvironmentTurn& turn) { return turn.environment == kPolicy; });
  for (const gate::EnvironmentTurn& turn : turns) {
    Result<gate::RecordedChange> change = ReadChange(place, turn);
    if (!change) return change.error();
    reviewed.changes.push_back(*std::move(change));
  }
  return reviewed;
}

std::string AsText(const Reviewed& reviewed) {
  std::string text;
  for (std::size_t i = 0; i < reviewed.changes.size(); ++i) {
    const gate::EnvironmentTurn& turn = reviewed.verdict.turns[i];
    text += turn.environment + ", change " + turn.change + "\n" + ChangeAsText(reviewed.changes[i]) +
            SeenAsText(turn) + "who must agree:\n" + PeopleAsText(turn);
  }
  const Verdict& verdict = reviewed.verdict.verdict;
  const auto errors = std::count_if(verdict.findings.begin(), verdict.findings.end(), [](const Finding& one) {
    return one.severity == Severity::kError && !one.rule.starts_with("promotion/");
  });
  if (errors > 0) text += "its content would be rejected; see sluice check\n";
  return text;
}

std::string AsJson(const Reviewed& reviewed) {
  std::string out;
  report::JsonWriter json(out);
  json.BeginObject().Member("schemaVersion", 1).Key("environments").BeginArray();
  for (std::size_t i = 0; i < reviewed.changes.size(); ++i)
    AddReview(json, reviewed.verdict.turns[i], reviewed.changes[i]);
  json.EndArray().EndObject();
  return out += '\n';
}

bool Missing(const promotion::Condition& condition) {
  return condition.kind == promotion::ConditionKind::kApprovals;
}

// Of the policy, and the place that it was looked at in.
struct ReviewedPolicy {
  std::unique_ptr<PromotionPlace> place;
  PolicyReview review;
};

Result<ReviewedPolicy> LookAtPolicy(const ApproveOptions& options) {
  Result<std::unique_ptr<PromotionPlace>> place = PromotionPlace::Open(options.place);
  if (!place) return place.error();
  const Result<Oid> commit = (*place)->ResolveCommit(options.revision);
  if (!commit) return commit.error();
  Result<PolicyReview> review = ReviewPolicy(**place, *commit, options.pair);
  if (!review) return review.error();
  return ReviewedPolicy{*std::move(place), *std::move(review)};
}

int ShowPolicy(const ApproveOptions& options) {
  if (options.output == "json") return Fail(Usage("a review of the policy is text"));
  const Result<ReviewedPolicy> policy = LookAtPolicy(options);
  if (!policy) return Fail(policy.error());
  if (!Print(policy->review.text)) return kUnjudged;
  return policy->review.missing ? kRejected : kAccepted;
}

int RunReview(const ApproveOptions& options) {
  if (options.environment == kPolicy) return ShowPolicy(options);
  if (options.pair) return Fail(Usage("--pair goes with the policy: sluice review policy --pair"));
  const Result<Reviewed> reviewed = Look(options);
  if (!reviewed) return Fail(reviewed.error());
  if (!Print(options.output == "json" ? AsJson(*reviewed) : AsText(*reviewed))) return kUnjudged;
  for (const gate::EnvironmentTurn& turn : reviewed->verdict.turns)
    if (std::any_of(turn.unmet.begin(), turn.unmet.end(), Missing)) return kRejected;
  return kAccepted;
}

// Asked at the terminal; what is not "y" or "yes" is no.
Result<bool> Agrees(const ApproveOptions& options, const std::string& question) {
  if (options.yes) return true;
  if (isatty(STDIN_FILENO) == 0)
    return Usage("standard input is not a terminal: review the change, then pass --yes");
  if (!Print(question + " [y/N] ")) return false;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "yes";
}

// What is signed, after it was shown.
struct Agreeing {
  const PromotionPlace& place;
  std::string environment, change, text;
  const std::vector<promotion::Excluded>& excluded;
  std::optional<promotion::Seen> seen{};
};

int Sign(const ApproveOptions& options, const Agreeing& to, std::int64_t lasts) {
  const Result<Signer> signer = FindSigner(to.place, options.signer);
  if (!signer) return Fail(signer.error());
  if (!Print(to.text)) return kUnjudged;
  for (const promotion::Excluded& one : to.excluded)
    if (one.person == signer->person)
      return Fail(Usage(one.person + " cannot approve this: " + one.person + " " + one.why));
  const Result<bool> agrees =
      Agrees(options, "Sign this as " + signer->person + " for " + to.environment + "?");
  if (!agrees) return Fail(agrees.error());
  if (!*agrees) return Print("nothing was signed\n") ? kRejected : kUnjudged;
  Approval approval;
  approval.kind = ApprovalKind::kApproval;
  approval.environment = to.environment;
  approval.change = to.change;
  approval.expires = std::time(nullptr) + lasts;
  approval.seen = to.seen;
  const Gave gave = Give(to.place, *signer, std::move(approval));
  if (gave.code != kAccepted) return gave.code;
  return Print("approved by " + signer->person + ": " + gave.digest + "\n") ? kAccepted : kUnjudged;
}

int RunApprove(const ApproveOptions& options) {
  const auto lasts = promotion::ParseDuration(options.expires);
  if (!lasts) return Fail(Usage("--expires takes 30m, 24h or 7d, not \"" + options.expires + "\""));
  if (options.environment == kPolicy) {
    const Result<ReviewedPolicy> policy = LookAtPolicy(options);
    if (!policy) return Fail(policy.error());
    const PolicyReview& review = policy->review;
    return Sign(options, {*policy->place, std::string(kPolicy), review.change, review.text, review.excluded},
                lasts->count());
  }
  if (options.pair) return Fail(Usage("--pair goes with the policy: sluice approve policy --pair"));
  const Result<Reviewed> reviewed = Look(options);
  if (!reviewed) return Fail(reviewed.error());
  const gate::EnvironmentTurn& turn = reviewed->verdict.turns.front();
  if (!turn.why_unseen.empty()) return Fail(Usage(turn.why_unseen));
  return Sign(options,
              {*reviewed->place, turn.environment, turn.change, AsText(*reviewed), turn.excluded, turn.seen},
              lasts->count());
}

// One's own approvals of the change, and requests for it, that nothing has ended yet.
Result<std::vector<std::string>> OwnOf(const Agreeing& to, const Signer& signer) {
  const Result<crypto::AllowedSigners> signers = to.place.Signers();
  if (!signers) return signers.error();
  const promotion::Moment now = promotion::Now();
  const Result<promotion::Given> given =
      promotion::ReadGiven({*to.place.repository(), to.environment, to.change, {*signers}, now});
  if (!given) return given.error();
  std::vector<std::string> own;
  std::set<std::string> revoked;
  for (const promotion::VerifiedApproval& one : given->approvals) revoked.insert(one.revokes);
  for (const promotion::VerifiedApproval& one : given->approvals)
    if ((one.kind == ApprovalKind::kApproval || promotion::IsRequest(one.kind)) &&
        one.person == signer.person && !one.spent && !revoked.contains(one.digest))
      own.push_back(one.digest);
  return own;
}

int Revoke(const ApproveOptions& options, const Agreeing& to) {
  const Result<Signer> signer = FindSigner(to.place, options.signer);
  if (!signer) return Fail(signer.error());
  const Result<std::vector<std::string>> own = OwnOf(to, *signer);
  if (!own) return Fail(own.error());
  if (own->empty())
    return Fail(Usage(signer->person +
                      " has approved nothing of this change, or asked for it, that could be revoked"));
  for (const std::string& digest : *own) {
    Approval approval;
    approval.kind = ApprovalKind::kRevocation;
    approval.environment = to.environment;
    approval.reason = options.reason;
    approval.revokes = digest;
    const Gave gave = Give(to.place, *signer, std::move(approval));
    if (gave.code != kAccepted) return gave.code;
    if (!Print("revoked by " + signer->person + ": " + digest + "\n")) return kUnjudged;
  }
  return kAccepted;
}

int RunRevoke(const ApproveOptions& options) {
  if (options.environment == kPolicy) {
    const Result<ReviewedPolicy> policy = LookAtPolicy(options);
    if (!policy) return Fail(policy.error());
    const PolicyReview& review = policy->review;
    return Revoke(options, {*policy->place, std::string(kPolicy), review.change, {}, review.excluded});
  }
  if (options.pair) return Fail(Usage("--pair goes with the policy: sluice revoke policy --pair"));
  const Result<Reviewed> reviewed = Look(options);
  if (!reviewed) return Fail(reviewed.error());
  const gate::EnvironmentTurn& turn = reviewed->verdict.turns.front();
  return Revoke(options, {*reviewed->place, turn.environment, turn.change, {}, turn.excluded});
}

void AddPlace(const Command& command, ApproveOptions& options) {
  command.AddOption("revision", options.revision, "the commit that its branch would get; default: HEAD")
      .Type("REV");
  options.revision = "HEAD";
  command.AddOption("--remote", options.place.remote, "where envelopes are; default: origin").Type("NAME");
  command.AddFlag("!--no-fetch", options.place.fetch, "take branches and ledgers as they were fetched last");
  command.AddFlag("--pair", options.pair, "of the policy: together with everything else that differs");
}

void AddEnvironment(const Command& command, ApproveOptions& options) {
  command
      .AddOption("environment", options.environment,
                 "which environment, policy, or what its branch would move by")
      .Type("ENV|REV..REV")
      .Required();
  AddPlace(command, options);
}

}  // namespace

void AddReview(const Command& app) {
  const auto options = std::make_shared<ApproveOptions>();
  const Command review = app.AddCommand("review", "show a change of an environment and who must agree to it");
  AddEnvironment(review, *options);
  review.AddOption("-o,--output", options->output, "form of the review")
      .Type("FORMAT")
      .OneOf({"text", "json"});
  review.Runs([options] { return RunReview(*options); });
}

void AddApprove(const Command& app) {
  const auto options = std::make_shared<ApproveOptions>();
  const Command approve = app.AddCommand("approve", "agree to a change of an environment, signed");
  AddEnvironment(approve, *options);
  AddSigner(approve, options->signer);
  approve.AddOption("--expires", options->expires, "how long it holds; default: 7d").Type("TIME");
  approve.AddFlag("-y,--yes", options->yes, "sign without asking");
  approve.AddFlag("!--no-push", options->signer.push, "keep it in this clone, as the ref that it is");
  approve.Runs([options] { return RunApprove(*options); });
}

void AddRevoke(const Command& app) {
  const auto options = std::make_shared<ApproveOptions>();
  const Command revoke = app.AddCommand("revoke", "take back what you agreed to or asked for");
  AddEnvironment(revoke, *options);
  AddSigner(revoke, options->signer);
  revoke.AddOption("--reason", options->reason, "why").Type("TEXT").Required();
  revoke.Runs([options] { return RunRevoke(*options); });
}

}  // namespace sluice::cli
