// Tests: tests/push/promote.sh.
#include "cli/env_ledger.h"

#include "gate/turn.h"
#include "git/changes.h"
#include "promotion/ledger_facts.h"

namespace sluice::cli {
namespace {

using promotion::Environment;
using promotion::LedgerFacts;

constexpr std::size_t kMaxAncestry = 200'000;
// In the order of promotion::RecordKind.
constexpr std::string_view kKinds[] = {"break-glass", "direct", "promotion", "rollback"};

RunningRecord RunningOf(const promotion::Record& record) {
  return {.sequence = record.head.sequence,
          .commit = record.source.commit,
          .kind = std::string(kKinds[static_cast<std::size_t>(record.kind)]),
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
  Teller(const promotion::RepositoryPointer& repository, const gate::PromotionSettings& settings,
         const Environment& environment, promotion::Moment now)
      : repository_(repository), settings_(settings), environment_(environment), now_(now) {}

  EnvironmentState Tell() {
    const Status told = TellAll();
    if (!told) state_.trouble = told.error().Text();
    return std::move(state_);
  }

 private:
  Status TellAll() {
    Result<std::optional<promotion::PolicyHead>> policy = promotion::ReadPolicyHead(repository_);
    if (!policy) return policy.error();
    if (!*policy) return Ok{};
    Result<std::optional<promotion::RecordHeadOf>> head =
        promotion::ReadRecordHead(repository_, environment_.name, **policy);
    if (!head) return head.error();
    if (*head) state_.runs = RunningOf((*head)->record);
    move_.policy = *std::move(policy);
    move_.kind.move = promotion::Move::kPromotion;
    for (const promotion::Named& before : environment_.after) {
      const Environment* const predecessor = promotion::FindEnvironment(settings_.environments, before.name);
      if (predecessor == nullptr) continue;
      Result<LedgerFacts> facts = promotion::ReadLedgerFacts(repository_, *predecessor, *move_.policy);
      if (!facts) return facts.error();
      move_.predecessors.push_back(*std::move(facts));
    }
    for (const LedgerFacts& facts : move_.predecessors) TellWaiting(facts);
    return Ok{};
  }

  void TellWaiting(const LedgerFacts& facts) {
    if (facts.records.empty()) return;
    const std::string& commit = facts.records.back().commit;
    if (state_.runs && Holds(*repository_, state_.runs->commit, commit)) return;
    const Result<Oid> source = Oid::FromHex(commit);
    if (!source) return;
    move_.kind.source = *source;
    const std::set<std::string> nobody;
    promotion::Turn turn = gate::AskTurnOf({settings_, environment_, move_, {}, nobody, false, now_});
    state_.waits.push_back({facts.environment, commit, std::move(turn.unmet), turn.earliest});
  }

  const promotion::RepositoryPointer& repository_;
  const gate::PromotionSettings& settings_;
  const Environment& environment_;
  const promotion::Moment now_;
  gate::EnvironmentMove move_;
  EnvironmentState state_;
};

}  // namespace

EnvironmentState StateOf(const promotion::RepositoryPointer& repository,
                         const gate::PromotionSettings& settings, const Environment& environment,
                         promotion::Moment now) {
  return Teller(repository, settings, environment, now).Tell();
}

}  // namespace sluice::cli
