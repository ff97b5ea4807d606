// The change digest is that of the record of policy which follows (docs/ledger.md,
// section 5). No record names what was pushed here, so an approval counts once in
// another way: a change starts from the policy that is recorded, and what was agreed to
// before that record is over. Tested by tests/push/policy-review.sh.
#include "gate/ask_policy.h"

#include "promotion/policy_files.h"

namespace sluice::gate {
namespace {

struct PolicyChange {
  promotion::DigestList before;
  std::string digest;  // empty: no file of the policy differs
};

Result<PolicyChange> ChangeOf(const Judges& judges, const RefMove& move) {
  const promotion::RepositoryPointer& repository = judges.push.repository;
  const auto before = promotion::ReadPolicyFiles(repository, move.update.old_id);
  if (!before) return before.error();
  const auto after = promotion::ReadPolicyFiles(repository, move.update.new_id);
  if (!after) return after.error();
  PolicyChange change{promotion::ListOf(*before), {}};
  const promotion::DigestList list = promotion::ListOf(*after);
  if (change.before != list) change.digest = promotion::ChangeDigest(change.before, list, {});
  return change;
}

// The record lists the trust and the operator's files beside those of the branch.
bool IsRecorded(const promotion::PolicyHead& head, const promotion::DigestList& files) {
  promotion::DigestList recorded = head.files;
  std::erase_if(recorded,
                [](const promotion::ListedFile& file) { return !file.path.starts_with("policy/"); });
  return recorded == files;
}

Finding NotRecorded() {
  Finding finding = MakeFinding(kApprovalsRule, {}, {},
                                "the policy of this branch is not the one of the newest record of policy");
  finding.remedy = "on the server: sluice ledger policy";
  return finding;
}

}  // namespace

Result<std::optional<EnvironmentAnswer>> AskPolicy(const Judges& judges, const RefMove& move) {
  const promotion::Approvals& asked = judges.own.loaded.configuration.promotion.review.policy;
  const bool moves_policy = move.ref == judges.own.ref && !judges.own.first_push;
  const bool of_a_folder = !judges.push.folder.empty();  // how its branch stands was asked before
  if (!moves_policy || of_a_folder || asked.count == 0 || move.Deletes() || move.update.old_id.IsZero())
    return std::optional<EnvironmentAnswer>();
  const Result<PolicyChange> change = ChangeOf(judges, move);
  if (!change) return change.error();
  if (change->digest.empty()) return std::optional<EnvironmentAnswer>();
  promotion::Environment policy;
  policy.name = "policy";
  policy.approvals = asked;
  EnvironmentAnswer answer;
  answer.environment = policy.name;
  answer.move.change = change->digest;
  Result<std::optional<promotion::PolicyHead>> head = promotion::ReadPolicyHead(judges.push.repository);
  if (!head) return head.error();
  answer.move.policy = *std::move(head);
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const std::optional<promotion::PolicyHead>& recorded = answer.move.policy;
  const promotion::Moment since(std::chrono::seconds(recorded ? recorded->record.head.recorded : 0));
  Result<PeopleAnswer> people = AskPeople({judges, judges.own, policy, answer.move, move, now, since});
  if (!people) return people.error();
  answer.people = *std::move(people);
  answer.findings = ApprovalFindings(policy.name, move.update.new_id, answer.people);
  if (recorded && !IsRecorded(*recorded, change->before)) answer.findings.push_back(NotRecorded());
  return std::optional<EnvironmentAnswer>(std::move(answer));
}

}  // namespace sluice::gate
