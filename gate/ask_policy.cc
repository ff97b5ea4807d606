// The change digest is that of the record of policy which follows (docs/ledger.md,
// section 5). No record names what was pushed here, so an approval counts once in
// another way: a change starts from the policy that is recorded, and what was agreed to
// before that record is over. Tested by
// tests/push/policy-review.sh and policy-pair.sh.
#include "gate/ask_policy.h"

#include "gate/policy_change.h"
#include "promotion/moment.h"

namespace sluice::gate {
namespace {

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

// The question that one digest is the name of.
struct Question {
  const Judges& judges;
  const RefMove& move;
  const promotion::Environment& policy;
  const std::optional<promotion::PolicyHead>& head;
  bool is_recorded = false;  // the policy before the push
};

Result<EnvironmentAnswer> AskFor(const Question& question, const std::string& change) {
  EnvironmentAnswer answer;
  answer.environment = question.policy.name;
  answer.move.change = change;
  answer.move.policy = question.head;
  const promotion::Moment now = promotion::Now();
  const promotion::Moment since(
      std::chrono::seconds(question.head ? question.head->record.head.recorded : 0));
  const Judges& judges = question.judges;
  Result<PeopleAnswer> people =
      AskPeople({judges, judges.own, question.policy, answer.move, question.move, now, since});
  if (!people) return people.error();
  answer.people = *std::move(people);
  answer.findings = ApprovalFindings(question.policy.name, question.move.update.new_id, answer.people);
  if (!question.is_recorded) answer.findings.push_back(NotRecorded());
  return answer;
}

std::string AgreedTo(const EnvironmentAnswer& answer) {
  std::string agreed;
  for (const promotion::Requirement& one : answer.people.review.requirements)
    for (const std::string& name : one.agreed) agreed += (agreed.empty() ? "" : ", ") + name;
  return agreed;
}

}  // namespace

Result<std::optional<PolicyAnswer>> AskPolicy(const Judges& judges, const RefMove& move) {
  const promotion::Approvals& asked = judges.own.loaded.configuration.promotion.review.policy;
  const bool moves_policy = move.ref == judges.own.ref && !judges.own.first_push && !judges.push.standing;
  if (!moves_policy || asked.count == 0 || move.Deletes() || move.update.old_id.IsZero())
    return std::optional<PolicyAnswer>();
  const Result<ChangeOfPolicy> change = ReadChangeOfPolicy(judges.push.repository, move.update.old_id,
                                                           move.update.new_id, judges.push.settings.limits);
  if (!change) return change.error();
  if (change->policy.empty()) return std::optional<PolicyAnswer>();
  const Result<std::optional<promotion::PolicyHead>> head = promotion::ReadPolicyHead(judges.push.repository);
  if (!head) return head.error();
  promotion::Environment policy;
  policy.name = "policy";
  policy.approvals = asked;
  const Question question{judges, move, policy, *head, !*head || IsRecorded(**head, change->before)};
  std::string agreed;
  if (!change->pair.empty() && judges.push.settings.policy_commit.empty()) {
    Result<EnvironmentAnswer> pair = AskFor(question, change->pair);
    if (!pair) return pair.error();
    if (pair->findings.empty()) return std::optional(PolicyAnswer{*std::move(pair), true});
    agreed = AgreedTo(*pair);
  }
  Result<EnvironmentAnswer> answer = AskFor(question, change->digest);
  if (!answer) return answer.error();
  if (!agreed.empty() && !answer->findings.empty())
    answer->findings.front().remedy += "; to it together with what comes with it agreed: " + agreed;
  return std::optional(PolicyAnswer{*std::move(answer), false});
}

}  // namespace sluice::gate
