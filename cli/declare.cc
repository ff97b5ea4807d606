// `sluice freeze`, `hold`, `release`, `break-glass` and `consent`: what one person
// declares of an environment, signed (docs/approvals.md). Tests: tests/push/declared.sh.
#include <algorithm>
#include <ctime>
#include <memory>

#include "cli/commands.h"
#include "cli/give.h"
#include "cli/output.h"
#include "cli/promotion_change.h"
#include "gate/environment_move.h"
#include "gate/turn.h"
#include "promotion/chain_head.h"
#include "promotion/given_approvals.h"
#include "promotion/moment.h"
#include "promotion/words.h"
#include "report/words.h"

namespace sluice::cli {
namespace {

using promotion::Approval;
using promotion::ApprovalKind;
using promotion::Environment;

struct DeclareOptions {
  PromotionWords words;
  std::string until, reason;
  Signer signer;
  PromotionPlaceOptions place;
};

// Everything that a declaration needs, found before anything is signed.
struct Declaring {
  std::unique_ptr<PromotionPlace> place;
  Signer signer;
  const Environment* environment = nullptr;
};

Result<Declaring> Find(const DeclareOptions& options) {
  Declaring declaring;
  Result<std::unique_ptr<PromotionPlace>> place = PromotionPlace::Open(options.place);
  if (!place) return place.error();
  declaring.place = *std::move(place);
  const auto& environments = declaring.place->configuration().promotion.environments;
  declaring.environment = promotion::FindEnvironment(environments, options.words.environment);
  if (declaring.environment == nullptr)
    return Usage("there is no environment " + options.words.environment + "; sluice env lists them");
  Result<Signer> signer = FindSigner(*declaring.place, options.signer);
  if (!signer) return signer.error();
  declaring.signer = *std::move(signer);
  return declaring;
}

// "2026-12-24T18:00:00Z", or "36h" from now.
Result<std::int64_t> TimeOf(const std::string& until) {
  if (const auto duration = promotion::ParseDuration(until)) return std::time(nullptr) + duration->count();
  const std::optional<std::int64_t> time = promotion::ReadTime(until);
  if (!time)
    return Usage("--until takes a time such as 2026-12-24T18:00:00Z, or 36h, 2d; not \"" + until + "\"");
  if (*time <= std::time(nullptr)) return Usage("--until " + until + " has passed");
  return *time;
}

Approval Of(ApprovalKind kind) {
  Approval approval;
  approval.kind = kind;
  return approval;
}

int Declare(const Declaring& declaring, Approval approval, const std::string& said) {
  approval.environment = declaring.environment->name;
  const Gave gave = Give(*declaring.place, declaring.signer, std::move(approval));
  if (gave.code != kAccepted) return gave.code;
  const std::string by = ", " + declaring.signer.person + " (" + gave.digest.substr(0, 12) + ")\n";
  return Print(said + by) ? kAccepted : kUnjudged;
}

int Freeze(const DeclareOptions& options) {
  const Result<std::int64_t> until = TimeOf(options.until);
  if (!until) return Fail(until.error());
  const Result<Declaring> declaring = Find(options);
  if (!declaring) return Fail(declaring.error());
  Approval approval = Of(ApprovalKind::kFreeze);
  approval.expires = *until;
  approval.reason = options.reason;
  return Declare(*declaring, std::move(approval),
                 declaring->environment->name + " is frozen until " + promotion::TimeText(*until));
}

int Hold(const DeclareOptions& options) {
  const Result<Declaring> declaring = Find(options);
  if (!declaring) return Fail(declaring.error());
  Approval approval = Of(ApprovalKind::kHold);
  approval.reason = options.reason;
  const std::string& name = declaring->environment->name;
  const int code = Declare(*declaring, std::move(approval), name + " is held until it is released");
  if (code == kAccepted)
    PrintHint("that stops promotions and bots; what stops a person's own push too is sluice freeze " + name);
  return code;
}

// What a revocation may end.
struct Stop {
  ApprovalKind kind = ApprovalKind::kHold;
  std::string digest;         // of the envelope
  std::string words;          // "the freeze by ana"
  std::set<std::string> may;  // people who may end it
};

// As `people` knows them: a key may have a name of its own.
std::string PersonOf(const Declaring& declaring) {
  const promotion::Principal signer =
      promotion::BySignature(declaring.place->configuration().promotion.people, declaring.signer.person);
  return signer.IsPerson() ? signer.name : declaring.signer.person;
}

// "ana may", "ana, ben may".
std::string MayWords(const std::set<std::string>& people) {
  return report::Joined({people.begin(), people.end()}) + " may";
}

// A rollback that holds, as far as this clone can tell.
Status AddRollback(const Declaring& declaring, const promotion::PolicyHead& policy,
                   const promotion::Asking& asking, std::vector<Stop>& standing) {
  const promotion::RepositoryPointer& repository = declaring.place->repository();
  const auto head = promotion::ReadRecordHead(repository, declaring.environment->name, policy);
  if (!head) return head.error();
  const auto rollback = gate::StandingRollbackOf(*head);
  if (rollback && !promotion::IsReleased(*rollback, *declaring.environment, asking))
    standing.push_back({ApprovalKind::kHold, rollback->digest,
                        "the hold by record " + std::to_string(rollback->sequence) + ", a rollback,",
                        promotion::MayRelease(*declaring.environment, asking)});
  return Ok{};
}

// The freezes and holds that stand, likewise.
Result<std::vector<Stop>> Standing(const Declaring& declaring) {
  const PromotionPlace& place = *declaring.place;
  const Result<std::optional<promotion::PolicyHead>> policy = promotion::ReadPolicyHead(place.repository());
  if (!policy) return policy.error();
  if (!*policy) return std::vector<Stop>();
  const Result<crypto::AllowedSigners> signers = place.Signers();
  if (!signers) return signers.error();
  const promotion::Moment now = promotion::Now();
  Result<promotion::Given> given = promotion::ReadGiven({.repository = *place.repository(),
                                                         .environment = declaring.environment->name,
                                                         .change = {},
                                                         .trusted = {*signers},
                                                         .now = now});
  if (!given) return given.error();
  const std::set<std::string> revokers = gate::RevokersOf(place.configuration().promotion);
  const promotion::Asking asking{(*policy)->trust.repository,
                                 declaring.environment->name,
                                 {},
                                 given->approvals,
                                 now,
                                 place.configuration().promotion.people,
                                 revokers};
  std::vector<Stop> standing;
  for (const promotion::VerifiedApproval& one : given->approvals) {
    const bool stops = one.kind == ApprovalKind::kFreeze || one.kind == ApprovalKind::kHold;
    if (!stops || !promotion::WhyVoid(one, asking).empty()) continue;
    const std::string what = one.kind == ApprovalKind::kFreeze ? "the freeze by " : "the hold by ";
    std::set<std::string> may = revokers;
    may.insert(promotion::SignerOf(one, asking.people).name);
    standing.push_back({one.kind, one.digest, what + one.person, std::move(may)});
  }
  if (Status added = AddRollback(declaring, **policy, asking, standing); !added) return added.error();
  return standing;
}

int Release(const DeclareOptions& options) {
  const Result<Declaring> declaring = Find(options);
  if (!declaring) return Fail(declaring.error());
  const auto standing = Standing(*declaring);
  if (!standing) return Fail(standing.error());
  if (standing->empty())
    return Print(declaring->environment->name + " is neither frozen nor held\n") ? kAccepted : kUnjudged;
  int ended = kAccepted;
  for (const Stop& one : *standing) {
    if (!one.may.contains(PersonOf(*declaring))) {
      PrintError(PersonOf(*declaring) + " may not end " + one.words + ": " + MayWords(one.may));
      ended = kRejected;
      continue;
    }
    Approval approval = Of(ApprovalKind::kRevocation);
    approval.reason = options.reason;
    approval.revokes = one.digest;
    const int code = Declare(*declaring, std::move(approval), one.words + " is over");
    if (code != kAccepted) return code;
  }
  return ended;
}

// Of a change: what it would be is shown before it is signed.
bool ShowChange(const JudgedPromotion& judged) {
  const gate::EnvironmentTurn& turn = judged.turn();
  return Print(judged.plan.environment + " to " + judged.plan.source.Hex() + "\nchange " + turn.change +
               ", removes " + report::Count(turn.move->removed, "object") + "\n");
}

// Why a rollback is made stands in its commit, which is not made here.
PromotionWords WordsOf(const DeclareOptions& options) {
  PromotionWords words = options.words;
  words.reason = "not made";
  return words;
}

// What the glass that was broken does not pass over.
void TellFreezes(const Declaring& declaring) {
  const auto standing = Standing(declaring);
  if (!standing) return;
  for (const Stop& one : *standing)
    if (one.kind == ApprovalKind::kFreeze)
      PrintHint(one.words + " still stops it: " + MayWords(one.may) + " end that, by sluice release " +
                declaring.environment->name + " --reason TEXT");
}

int BreakGlass(const DeclareOptions& options) {
  const Result<Declaring> declaring = Find(options);
  if (!declaring) return Fail(declaring.error());
  const Environment& environment = *declaring->environment;
  if (!environment.break_glass) return Fail(Usage(environment.name + " has no `breakGlass`: nobody may"));
  const std::set<std::string> may =
      promotion::Members(declaring->place->configuration().promotion.people, environment.break_glass->by);
  if (!may.contains(PersonOf(*declaring)))
    return Fail(Usage(PersonOf(*declaring) + " may not break the glass of " + environment.name + ": " +
                      MayWords(may)));
  const Result<JudgedPromotion> judged = JudgePromotion(*declaring->place, WordsOf(options));
  if (!judged) return Fail(judged.error());
  if (!ShowChange(*judged)) return kUnjudged;
  Approval approval = Of(ApprovalKind::kBreakGlass);
  approval.change = judged->turn().change;
  approval.expires = std::time(nullptr) + environment.break_glass->lasts.count();
  approval.reason = options.reason;
  const std::string until = promotion::TimeText(approval.expires);
  const int code =
      Declare(*declaring, std::move(approval),
              "it may move without approvals, predecessors, soak, windows and holds until " + until);
  const std::uint64_t record = options.words.record;
  const std::string how = record == 0 ? "--from " + judged->plan.source.Hex()
                                      : "--to-record " + std::to_string(record) + " --reason TEXT";
  if (code != kAccepted) return code;
  PrintHint("now move it: sluice promote " + environment.name + " " + how);
  TellFreezes(*declaring);
  return code;
}

int Consent(const DeclareOptions& options) {
  const Result<Declaring> declaring = Find(options);
  if (!declaring) return Fail(declaring.error());
  const Result<JudgedPromotion> judged = JudgePromotion(*declaring->place, WordsOf(options));
  if (!judged) return Fail(judged.error());
  if (!ShowChange(*judged)) return kUnjudged;
  constexpr std::int64_t kWeek = 7 * 24 * 60 * 60;
  Approval approval = Of(ApprovalKind::kConsent);
  approval.change = judged->turn().change;
  approval.removes = judged->turn().move->removed;
  approval.expires = std::time(nullptr) + kWeek;
  return Declare(*declaring, std::move(approval), "it may remove these objects");
}

// What is declared of a change names it as `sluice promote` does.
struct Kind {
  const char *name, *description;
  int (*run)(const DeclareOptions&);
  bool until, reason, change;
};
constexpr Kind kKinds[] = {
    {"freeze", "let nothing move to an environment for a while", Freeze, true, true, false},
    {"hold", "let no promotion and no bot move an environment", Hold, false, true, false},
    {"release", "end the freezes and holds of an environment", Release, false, true, false},
    {"break-glass", "let a change move at once, without approvals, soak or windows", BreakGlass, false, true,
     true},
    {"consent", "agree that a change removes as much as it does", Consent, false, false, true},
};

void AddKind(const Command& app, const Kind& kind) {
  const auto options = std::make_shared<DeclareOptions>();
  const Command command = app.AddCommand(kind.name, kind.description);
  command.AddOption("environment", options->words.environment, "which environment").Type("ENV").Required();
  if (kind.until)
    command.AddOption("--until", options->until, "until when: 2026-12-24T18:00:00Z, or from now on 36h, 2d")
        .Type("TIME")
        .Required();
  if (kind.reason) command.AddOption("--reason", options->reason, "why").Type("TEXT").Required();
  if (kind.change) {
    const Option from =
        command.AddOption("--from", options->words.from, "of which change: as sluice promote has it")
            .Type("ENV|COMMIT");
    command.AddOption("--to-record", options->words.record, "of the rollback to a record of its own")
        .Type("N")
        .Positive()
        .Excludes(from);
  }
  AddSigner(command, options->signer);
  command.AddOption("--remote", options->place.remote, "where it is pushed; default: origin").Type("NAME");
  command.AddFlag("!--no-fetch", options->place.fetch, "take branches and ledgers as they were fetched last");
  command.Runs([options, &kind] { return kind.run(*options); });
}

}  // namespace

void AddDeclarations(const Command& app) {
  for (const Kind& kind : kKinds) AddKind(app, kind);
}

}  // namespace sluice::cli
