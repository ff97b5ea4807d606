// The change digest is that of the record of policy which follows (docs/ledger.md,
// section 5), so that one approval serves both. Tested by tests/push/policy-review.sh.
#include "gate/ask_policy.h"

#include "promotion/policy_files.h"

namespace sluice::gate {
namespace {

// Empty: no file of the policy differs.
Result<std::string> PolicyChange(const Judges& judges, const RefMove& move) {
  const promotion::RepositoryPointer& repository = judges.push.repository;
  const auto before = promotion::ReadPolicyFiles(repository, move.update.old_id);
  if (!before) return before.error();
  const auto after = promotion::ReadPolicyFiles(repository, move.update.new_id);
  if (!after) return after.error();
  const promotion::DigestList old_list = promotion::ListOf(*before), new_list = promotion::ListOf(*after);
  if (old_list == new_list) return std::string();
  return promotion::ChangeDigest(old_list, new_list, {});
}

}  // namespace

Result<std::optional<EnvironmentAnswer>> AskPolicy(const Judges& judges, const RefMove& move) {
  const promotion::Approvals& asked = judges.own.loaded.configuration.promotion.review.policy;
  const bool moves_policy = move.ref == judges.own.ref && !judges.own.first_push;
  if (!moves_policy || asked.count == 0 || move.Deletes() || move.update.old_id.IsZero())
    return std::optional<EnvironmentAnswer>();
  const Result<std::string> change = PolicyChange(judges, move);
  if (!change) return change.error();
  if (change->empty()) return std::optional<EnvironmentAnswer>();
  promotion::Environment policy;
  policy.name = "policy";
  policy.approvals = asked;
  EnvironmentAnswer answer;
  answer.environment = policy.name;
  answer.move.change = *change;
  Result<std::optional<promotion::PolicyHead>> head = promotion::ReadPolicyHead(judges.push.repository);
  if (!head) return head.error();
  answer.move.policy = *std::move(head);
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  Result<PeopleAnswer> people = AskPeople({judges, judges.own, policy, answer.move, move, now});
  if (!people) return people.error();
  answer.people = *std::move(people);
  answer.findings = ApprovalFindings(policy.name, move.update.new_id, answer.people);
  return std::optional<EnvironmentAnswer>(std::move(answer));
}

}  // namespace sluice::gate
