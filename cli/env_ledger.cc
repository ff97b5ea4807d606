// Tests: tests/push/promote.sh.
#include "cli/env_ledger.h"

#include "gate/turn.h"
#include "git/changes.h"
#include "promotion/given_approvals.h"
#include "promotion/ledger_facts.h"

namespace sluice::cli {
namespace {

using promotion::Environment;
using promotion::LedgerFacts;

constexpr std::size_t kMaxAncestry = 200'000;

RunningRecord RunningOf(const promotion::Record& record) {
  return {.sequence = record.head.sequence,
          .commit = record.source.commit,
          .kind = std::string(promotion::NameOf(record.kind)),
          .actor = record.head.actor,
          .since = promotion::Moment(std::chrono::seconds(record.head.recorded))};
}

// Whether the environment holds it, by itself or in a merge.
bool Holds(const git::Repository& repository, const std::string& held, const std::string& commit) {
  const Result<Oid> tip = Oid::FromHex(held), other = Oid::FromHex(commit);
  if (!tip || !other) return false;
  const Result<bool> is = git::IsAncestor(repository, *other, *tip, kMaxAncestry);
  return is && *is;
}

class Teller {
 public:
  Teller(const EnvironmentsAsked& asked, const Environment& environment)
      : asked_(asked), environment_(environment) {}

  EnvironmentState Tell() {
    const Status told = TellAll();
    if (!told) state_.trouble = told.error().Text();
    return std::move(state_);
  }

 private:
  Status TellAll() {
    Result<std::optional<promotion::PolicyHead>> policy = promotion::ReadPolicyHead(asked_.repository);
    if (!policy) return policy.error();
    if (!*policy) return Ok{};
    Result<std::optional<promotion::RecordHeadOf>> head =
        promotion::ReadRecordHead(asked_.repository, environment_.name, **policy);
    if (!head) return head.error();
    if (*head) state_.runs = RunningOf((*head)->record);
    move_.rollback = gate::StandingRollbackOf(*head);
    if (Status told = TellOutcomes(*head, **policy); !told) return told;
    move_.policy = *std::move(policy);
    move_.kind.move = promotion::Move::kPromotion;
    if (Status told = TellStops(); !told) return told;
    if (!environment_.folder.empty()) return Ok{};  // one branch holds what both run
    for (const promotion::Named& before : environment_.after) {
      const Environment* const predecessor =
          promotion::FindEnvironment(asked_.settings.environments, before.name);
      if (predecessor == nullptr) continue;
      Result<LedgerFacts> facts = promotion::ReadLedgerFacts(asked_.repository, *predecessor, *move_.policy);
      if (!facts) return facts.error();
      move_.predecessors.push_back(*std::move(facts));
    }
    for (const LedgerFacts& facts : move_.predecessors) TellWaiting(facts);
    return Ok{};
  }

  Status TellOutcomes(const std::optional<promotion::RecordHeadOf>& head,
                      const promotion::PolicyHead& policy) {
    if (!head || environment_.clusters.empty()) return Ok{};
    Result<LedgerFacts> own = promotion::ReadLedgerFacts(asked_.repository, environment_, policy);
    if (!own) return own.error();
    state_.outcomes = std::move(own->outcomes);
    return Ok{};
  }

  void TellWaiting(const LedgerFacts& facts) {
    if (facts.records.empty()) return;
    const std::string& commit = facts.records.back().commit;
    if (state_.runs && Holds(*asked_.repository, state_.runs->commit, commit)) return;
    const Result<Oid> source = Oid::FromHex(commit);
    if (!source) return;
    move_.kind.source = *source;
    promotion::Turn turn = Ask(environment_);
    state_.waits.push_back({facts.environment, commit, std::move(turn.unmet), turn.earliest});
  }

  promotion::Turn Ask(const Environment& environment) const {
    const std::set<std::string> nobody;
    return gate::AskTurnOf(
        {asked_.settings, environment, move_, given_.approvals, nobody, false, asked_.now});
  }

  // What people signed of the environment alone, and a rollback; what they signed of a change names it.
  Status TellStops() {
    Result<promotion::Given> given = promotion::ReadGiven({.repository = *asked_.repository,
                                                           .environment = environment_.name,
                                                           .change = {},
                                                           .trusted = {asked_.signers},
                                                           .now = asked_.now});
    if (!given) return given.error();
    given_ = *std::move(given);
    Environment bare = environment_;  // of whose conditions only these are left
    bare.after.clear();
    bare.windows.clear();
    bare.freezes.clear();
    state_.stopped = Ask(bare).unmet;
    return Ok{};
  }

  const EnvironmentsAsked& asked_;
  const Environment& environment_;
  gate::EnvironmentMove move_;
  promotion::Given given_;
  EnvironmentState state_;
};

}  // namespace

EnvironmentState StateOf(const EnvironmentsAsked& asked, const Environment& environment) {
  return Teller(asked, environment).Tell();
}

}  // namespace sluice::cli
