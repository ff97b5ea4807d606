// `sluice promote`: moves an environment to what runs before it, or back to what it
// ran, and says why it does not. Tests: tests/push/promote.sh.
#include <ctime>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/give.h"
#include "cli/output.h"
#include "cli/promotion_change.h"
#include "cli/promotion_words.h"
#include "gate/gate.h"
#include "git/ref_update.h"
#include "git/refs.h"
#include "hooks/intents.h"
#include "hooks/record.h"
#include "promotion/moment.h"
#include "report/report.h"

namespace sluice::cli {
namespace {

struct PromoteOptions {
  PromotionWords words;
  bool explain = false, dry_run = false, tag = false;
  std::string output = "text";
  std::string branch;          // for the commit, in place of the environment's; empty: it moves
  std::string expires = "7d";  // of a request
  Signer signer;               // likewise
  PromotionPlaceOptions place;
};

// git tag -s, with the user's own signing settings; beside the branch, in the same push.
Result<std::string> Tag(const PromotionPlace& place, const gate::PromotionPlan& plan, const Oid& tip) {
  const promotion::Moment now = promotion::Now();
  std::string time = promotion::Text(now);
  std::erase_if(time, [](char c) { return c == ':' || c == '-'; });
  const std::string name = "promoted/" + plan.environment + "/" + time;
  const Result<std::string> made =
      RunGit({"tag", "-s", "-m", plan.message, name, tip.Hex()}, place.directory());
  return made ? Result<std::string>("refs/tags/" + name) : made.error();
}

// The server judges again, and has the last word.
int PushIt(PromotionPlace& place, const gate::PromotionPlan& plan, const Oid& tip, bool tag) {
  // The remote's branch is remembered here, with all that it holds.
  if (Status kept = place.Keep(); !kept) return Fail(kept.error());
  const std::string before = plan.before.IsZero() ? "" : plan.before.Hex();
  std::vector<std::string> options = {"--atomic", "--force-with-lease=" + plan.ref + ":" + before};
  std::vector<std::string> refs = {tip.Hex() + ":" + plan.ref};
  if (tag) {
    const Result<std::string> name = Tag(place, plan, tip);
    if (!name) return Fail(name.error());
    refs.push_back(*name);
  }
  return place.Push(std::move(options), std::move(refs));
}

// The commit that the environment would get, where people can look at it and agree.
int PushBranch(PromotionPlace& place, const gate::PromotionPlan& plan, const Oid& tip,
               const std::string& branch) {
  const std::string ref = "refs/heads/" + branch;
  const Result<Oid> there = place.repository()->ResolveRef(ref);
  if (!there && there.error().kind != ErrorKind::kNotFound) return Fail(there.error());
  if (Status kept = place.Keep(); !kept) return Fail(kept.error());
  const int code =
      place.Push({"--force-with-lease=" + ref + ":" + (there ? there->Hex() : "")}, {tip.Hex() + ":" + ref});
  if (code != kAccepted) return code;
  const std::string id = tip.Hex().substr(0, 12);
  return Print(branch + " is " + id + "; sluice promote " + plan.environment + " --from " + id +
               " moves it there\n")
             ? kAccepted
             : kUnjudged;
}

bool MovesByRequest(const PromotionPlace& place, const std::string& name) {
  const promotion::Environment* const environment =
      promotion::FindEnvironment(place.configuration().promotion.environments, name);
  return environment != nullptr && environment->ByRequest();
}

// Of the commit, which goes to the branch first where it is to be made. The server records it
// when its conditions hold, at once perhaps.
int AskForIt(PromotionPlace& place, const PromoteOptions& options, const gate::PromotionPlan& plan,
             const Oid& tip, const gate::RefVerdict& verdict) {
  const gate::EnvironmentTurn* const turn = TurnOf(plan, verdict);
  if (turn == nullptr || turn->change.empty())
    return Fail(
        Usage("what " + plan.environment + " would become cannot be told: " + verdict.verdict.reason));
  const auto lasts = promotion::ParseDuration(options.expires);
  if (!lasts) return Fail(Usage("--expires takes 30m, 24h or 7d, not \"" + options.expires + "\""));
  const Result<Signer> signer = FindSigner(place, options.signer);
  if (!signer) return Fail(signer.error());
  if (!plan.parents.empty())
    if (const int code = PushIt(place, plan, tip, false); code != kAccepted) return code;
  promotion::Approval request;
  request.kind = plan.restores == 0 ? promotion::ApprovalKind::kRequest : promotion::ApprovalKind::kRollback;
  request.environment = plan.environment;
  request.change = turn->change;
  request.commit = tip.Hex();
  if (!plan.from.empty()) request.from = plan.from;
  request.restores = plan.restores;
  request.reason = plan.reason;
  request.expires = std::time(nullptr) + lasts->count();
  const Gave gave = Give(place, *signer, std::move(request));
  if (gave.code != kAccepted) return gave.code;
  return Print("asked for by " + signer->person + ": " + gave.digest + "\n") ? kAccepted : kUnjudged;
}

// What people or time have to meet does not keep anybody from asking; content does.
bool IsAcceptedAsContent(const gate::RefVerdict& verdict) {
  const Findings& findings = verdict.verdict.findings;
  return verdict.verdict.outcome != Outcome::kUnjudged &&
         std::none_of(findings.begin(), findings.end(), [](const Finding& finding) {
           return finding.severity == Severity::kError && !finding.rule.starts_with("promotion/");
         });
}

// Objects, then the intent, then the ref, then the record: as a push does it.
int MoveIt(PromotionPlace& place, const gate::PromotionPlan& plan, const Oid& tip,
           const gate::RefVerdict& verdict) {
  if (Status kept = place.Keep(); !kept) return Fail(kept.error());
  std::vector<hooks::Intent> kept;
  if (!verdict.intent.empty()) kept.push_back({verdict.intent_name, verdict.intent});
  for (const gate::FolderIntent& folder : verdict.folders) kept.push_back({folder.name, folder.intent});
  if (Status intents = hooks::KeepIntents(place.places(), kept); !intents) return Fail(intents.error());
  std::vector<git::RefChange> changes = {{plan.ref, plan.before, tip}};
  const gate::PolicySide& policy = place.policy();  // that judged, and has to stand there still
  if (!policy.first_push && policy.ref != plan.ref)
    changes.push_back({policy.ref, policy.commit, policy.commit});
  const Result<git::RefOutcome> outcome = git::UpdateRefs(place.places().git_dir, changes);
  if (!outcome) return Fail(outcome.error());
  if (*outcome == git::RefOutcome::kOvertaken)
    return Fail(Failed(plan.ref + " or " + policy.ref + " was moved meanwhile; nothing was changed"));
  const std::vector<gate::RefUpdate> updates = {{plan.before, tip, plan.ref}};
  const hooks::RecordedPush recorded = hooks::RecordPush(place.places(), place.settings(), updates);
  std::fputs(recorded.words.c_str(), stderr);
  return kAccepted;
}

bool Show(const PromoteOptions& options, const gate::PromotionPlan& plan, const gate::RefVerdict* verdict) {
  if (options.output == "json") return Print(PromotionAsJson(plan, verdict));
  const bool told = verdict == nullptr || options.explain || verdict->verdict.outcome == Outcome::kAccepted;
  if (!Print(PromotionAsText(plan, verdict, told ? Unmet::kListed : Unmet::kAmongFindings))) return false;
  if (told) return true;
  report::Options words;
  words.colour = UseColour(When::kAuto);
  words.rule = gate::FindRule;
  return Print(report::Write(verdict->verdict, report::Format::kText, words));
}

// The branch of no environment: what moves one is judged as that.
Status CheckBranch(const PromotionPlace& place, const std::string& branch) {
  if (branch.empty()) return Ok{};
  if (place.is_server()) return Usage("--branch is for clones: people look at the commit there");
  if (!git::IsRefName("refs/heads/" + branch) || branch.starts_with("refs/"))
    return Usage("\"" + branch + "\" is no name of a branch; write it without refs/heads/");
  for (const promotion::Environment& one : place.configuration().promotion.environments)
    if (one.branch == branch) return Usage(branch + " is the branch of " + one.name + ": name another one");
  return Ok{};
}

int Run(const PromoteOptions& options) {
  Result<std::unique_ptr<PromotionPlace>> opened = PromotionPlace::Open(options.place);
  if (!opened) return Fail(opened.error());
  PromotionPlace& place = **opened;
  if (Status free = CheckBranch(place, options.branch); !free) return Fail(free.error());
  const bool by_request = MovesByRequest(place, options.words.environment);
  if (by_request && options.tag)
    return Fail(
        Usage(options.words.environment + " moves by request: no branch moves that a tag could go with"));
  const Result<gate::PromotionPlan> plan = PlanOf(place, options.words);
  if (!plan) return Fail(plan.error());
  if (!CanMove(*plan)) {
    if (!Show(options, *plan, nullptr)) return kUnjudged;
    return plan->nothing ? kAccepted : kRejected;
  }
  const Result<Oid> tip = TipOf(place, *plan);
  if (!tip) return Fail(tip.error());
  const gate::PushVerdict verdict = JudgePlan(place, *plan, *tip);
  const gate::RefVerdict& ref = verdict.refs.front();
  if (!Show(options, *plan, &ref)) return kUnjudged;
  const bool moves_nothing = options.explain || options.dry_run;
  if (!options.branch.empty() && !moves_nothing) return PushBranch(place, *plan, *tip, options.branch);
  if (by_request && !moves_nothing && IsAcceptedAsContent(ref))
    return AskForIt(place, options, *plan, *tip, ref);
  if (ref.verdict.outcome != Outcome::kAccepted) return ExitCodeOf(ref.verdict.outcome);
  if (moves_nothing) return kAccepted;
  return place.is_server() ? MoveIt(place, *plan, *tip, ref) : PushIt(place, *plan, *tip, options.tag);
}

}  // namespace

void AddPromote(const Command& app) {
  const auto options = std::make_shared<PromoteOptions>();
  const Command promote = app.AddCommand("promote", "move an environment to what runs before it, or back");
  promote.AddOption("environment", options->words.environment, "which environment moves")
      .Type("ENV")
      .Required();
  const Option from =
      promote
          .AddOption("--from", options->words.from,
                     "what it gets: the newest of an environment that it follows, or a commit")
          .Type("ENV|COMMIT");
  const Option reason =
      promote.AddOption("--reason", options->words.reason, "why it is rolled back").Type("TEXT");
  promote.AddOption("--to-record", options->words.record, "roll back to a record of its own")
      .Type("N")
      .Positive()
      .Excludes(from)
      .Needs(reason);
  promote.AddFlag("--explain", options->explain,
                  "move nothing; list what is missing, and what would meet it");
  promote.AddFlag("-n,--dry-run", options->dry_run, "move nothing; judge it all the same");
  const Option branch =
      promote
          .AddOption(
              "--branch", options->branch,
              "put the commit on this branch of its own, for people to agree to; the environment stays")
          .Type("NAME");
  promote.AddFlag("--tag", options->tag, "sign a tag too, promoted/ENV/TIME").Excludes(branch);
  promote
      .AddOption("--expires", options->expires,
                 "of an environment that moves by request: how long the request holds; default: 7d")
      .Type("TIME");
  AddSigner(promote, options->signer);
  promote.AddOption("--remote", options->place.remote, "of a clone: where it pushes; default: origin")
      .Type("NAME");
  promote.AddFlag("!--no-fetch", options->place.fetch, "take branches and ledgers as they were fetched last");
  promote.AddOption("-o,--output", options->output, "form of the answer")
      .Type("FORMAT")
      .OneOf({"text", "json"});
  promote.Runs([options] { return Run(*options); });
}

}  // namespace sluice::cli
