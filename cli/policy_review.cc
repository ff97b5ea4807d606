// Tests: tests/push/policy-pair.sh.
#include "cli/policy_review.h"

#include <algorithm>

#include "cli/change_words.h"
#include "cli/subject.h"
#include "gate/policy_change.h"
#include "promotion/codeowners.h"
#include "report/report.h"

namespace sluice::cli {
namespace {

constexpr std::string_view kPolicy = "policy";

Result<Oid> RecordedCommit(const PromotionPlace& place) {
  const Result<std::optional<promotion::PolicyHead>> head = promotion::ReadPolicyHead(place.repository());
  if (!head) return head.error();
  if (!*head || !(*head)->record.source)
    return Usage(
        "there is no record of policy here that this could follow: sluice ledger init, on the server");
  return Oid::FromHex((*head)->record.source->commit);
}

// What Git says of the files, line by line; none of them holds what may not be shown.
Result<std::string> DiffOf(const PromotionPlace& place, const Oid& before, const Oid& after) {
  std::vector<std::string> words = {"diff",      "--no-color", "--no-ext-diff", "--no-textconv", before.Hex(),
                                    after.Hex(), "--",         ".sluice"};
  for (const std::string_view owners : promotion::kAllCodeownersPlaces) words.emplace_back(owners);
  const Result<std::string> diff = RunGit(std::move(words), place.directory());
  if (!diff) return diff.error();
  std::string text;
  for (std::size_t at = 0; at < diff->size();) {
    const std::size_t end = std::min(diff->find('\n', at), diff->size());
    text += report::Printable(diff->substr(at, end - at)) + "\n";
    at = end + 1;
  }
  return text;
}

std::string FilesAsText(const gate::ChangeOfPolicy& change) {
  std::string text = "with\n";
  for (const promotion::ChangedFile& file : change.content) {
    const char* const sign = file.before.empty() ? "+ " : file.after.empty() ? "- " : "~ ";
    text += "  " + (sign + report::Printable(file.path.substr(file.path.find('/') + 1))) + "\n";
  }
  return text;
}

bool Missing(const promotion::Condition& condition) {
  return condition.kind == promotion::ConditionKind::kApprovals;
}

// Who is asked, as the gate says; the branch may stand there already.
void AddPeople(PromotionPlace& place, const Oid& before, const Oid& after, PolicyReview& review) {
  if (before == after) return;
  const gate::PushVerdict verdict =
      place.Judge(before, after, place.policy().ref, PromotionPlace::Pusher::kNobody);
  for (const gate::EnvironmentTurn& turn : verdict.refs.front().turns) {
    if (turn.environment != kPolicy) continue;
    review.text += "who must agree:\n" + PeopleAsText(turn);
    review.excluded = turn.excluded;
    review.missing = std::any_of(turn.unmet.begin(), turn.unmet.end(), Missing);
  }
}

}  // namespace

Result<PolicyReview> ReviewPolicy(PromotionPlace& place, const Oid& commit, bool pair) {
  const Oid tip = place.policy().commit;
  const Result<Oid> before = tip == commit ? RecordedCommit(place) : tip;
  if (!before) return before.error();
  const Result<gate::ChangeOfPolicy> change =
      gate::ReadChangeOfPolicy(place.repository(), *before, commit, place.settings().limits);
  if (!change) return change.error();
  if (change->policy.empty()) return Usage("nothing of the policy changes at " + ShortId(commit));
  if (pair && tip == commit) return Usage("the policy branch stands at " + ShortId(commit) + " already");
  if (pair && change->pair.empty()) return Usage("there is no pair to agree to: " + change->no_pair);
  Result<std::string> diff = DiffOf(place, *before, commit);
  if (!diff) return diff.error();
  PolicyReview review;
  review.change = pair ? change->pair : change->digest;
  review.text = std::string(pair ? "policy and what comes with it, pair " : "policy, change ") +
                review.change + "\n" + *diff + (pair ? FilesAsText(*change) : "");
  AddPeople(place, tip, commit, review);
  return review;
}

}  // namespace sluice::cli
