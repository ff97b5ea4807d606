// Tested by tests/push/promotion.sh.
#include "gate/environment_move.h"

#include "gate/folder_move.h"
#include "promotion/intent.h"
#include "promotion/ledger_facts.h"
#include "promotion/next_record.h"
#include "promotion/words.h"

namespace sluice::gate {
namespace {

using promotion::Environment;
using promotion::LedgerFacts;
using promotion::RecordFact;

// Whether the records that were read end behind a run of equal ones that is of a
// commit of the push, and stood as long as is asked.
bool ServedLongEnough(std::span<const RecordFact> newest_first, BroughtCommits& brought,
                      const Environment& environment, promotion::Moment now) {
  const std::size_t end = newest_first.size() - 1;  // behind the run
  if (end == 0 || newest_first[end].set == newest_first[end - 1].set) return false;
  std::size_t first = end - 1;
  bool is_brought = brought.Holds(newest_first[first].commit);
  for (; first > 0 && newest_first[first - 1].set == newest_first[end - 1].set; --first)
    is_brought |= brought.Holds(newest_first[first - 1].commit);
  const promotion::Moment until = first == 0 ? now : newest_first[first - 1].recorded;
  return is_brought && until - newest_first[end - 1].recorded >= environment.soak;
}

Status ReadPredecessors(const EnvironmentPush& push, BroughtCommits& brought, EnvironmentMove& move) {
  for (const promotion::Named& before : push.environment.after) {
    const Environment* const environment = promotion::FindEnvironment(push.environments, before.name);
    if (environment == nullptr) continue;  // the configuration was refused for it
    Result<LedgerFacts> facts = ReadLedgerFacts(
        push.repository, *environment, *move.policy, [&](std::span<const RecordFact> records) {
          return ServedLongEnough(records, brought, push.environment, push.now);
        });
    if (!facts) return facts.error();
    move.predecessors.push_back(*std::move(facts));
  }
  return Ok{};
}

// What would be recorded, held against what is. Returns the digest of the set.
Result<std::string> TellChange(const EnvironmentPush& push, EnvironmentMove& move) {
  if (push.intent.empty()) {
    move.behind = "not set up for recording (sluice hook set REPO environments=…)";
    return std::string();
  }
  Result<promotion::Intent> read =
      promotion::ReadIntent(std::string(push.intent_name), std::string(push.intent));
  if (!read) return read.error();
  const auto intent = std::make_shared<const promotion::Intent>(*std::move(read));
  const promotion::RecordHeadOf* const head = move.head ? &*move.head : nullptr;
  Result<promotion::NextObjects> next = promotion::ApplyIntent(head, *intent);
  if (!next && next.error().kind == ErrorKind::kFailed) {
    move.behind = next.error().message;
    move.removed = intent->removed.size();
    return std::string();
  }
  if (!next) return next.error();
  move.change = next->change;
  move.removed = next->gone.size();
  move.objects = head == nullptr ? 0 : head->objects.size();
  move.intent = intent;
  move.next = std::make_shared<const promotion::NextObjects>(*std::move(next));
  return promotion::DigestOf(promotion::DigestListText(move.next->objects));
}

}  // namespace

Result<EnvironmentMove> LookAtMove(const EnvironmentPush& push) {
  EnvironmentMove move;
  move.kind.source = push.after;
  Result<std::optional<promotion::PolicyHead>> policy = promotion::ReadPolicyHead(push.repository);
  if (!policy) return policy.error();
  move.policy = *std::move(policy);
  move.kind.own = !move.policy && !push.environment.folder.empty();  // nothing ran anywhere yet
  if (!move.policy) return move;
  Result<std::optional<promotion::RecordHeadOf>> head =
      promotion::ReadRecordHead(push.repository, push.environment.name, *move.policy);
  if (!head) return head.error();
  move.head = *std::move(head);
  move.rollback = StandingRollbackOf(move.head);
  const Result<std::string> set = TellChange(push, move);
  if (!set) return set.error();
  if (!push.environment.folder.empty()) {
    if (const Status told = TellFolderMove(push, move); !told) return told.error();
    return move;
  }
  BroughtCommits brought(*push.repository, push.before, push.after);
  if (const Status read = ReadPredecessors(push, brought, move); !read) return read.error();
  const std::function<Result<LedgerFacts>()> own = [&] {
    return ReadLedgerFacts(push.repository, push.environment, *move.policy);
  };
  Result<MoveKind> kind = KindOfMove(
      {push.repository, push.before, push.after, move.predecessors, own, *set, push.merge}, brought);
  if (!kind) return kind.error();
  move.kind = *std::move(kind);
  return move;
}

}  // namespace sluice::gate
