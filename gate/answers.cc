// Tested by tests/gate/push_test.cc and, with real pushes, by tests/push/approvals.sh.
#include "gate/answers.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "crypto/digest.h"
#include "gate/intent.h"
#include "promotion/moment.h"
#include "schemas/built_in.h"

namespace sluice::gate {
namespace {

// Of the schemas in this program; a few milliseconds.
std::string BundleDigest() {
  crypto::UseProcessor();
  return crypto::Hex(crypto::DigestSha256(schemas::BuiltInBundleBytes()));
}

// Those that may apply what is recorded of an environment; sorted, none twice.
std::vector<std::string> ClustersOf(const Judges& judges, const std::string& name) {
  std::set<std::string> clusters;
  const promotion::PromotionSettings& settings = judges.own.loaded.configuration.promotion;
  if (const promotion::Environment* found = promotion::FindEnvironment(settings.environments, name))
    for (const promotion::Named& cluster : found->clusters) clusters.insert(cluster.name);
  return {clusters.begin(), clusters.end()};
}

}  // namespace

void AddApprovals(const EnvironmentAnswer& answer, Approvals& approvals) {
  std::vector<const promotion::VerifiedApproval*> counted = answer.people.review.counted;
  counted.push_back(answer.turn.break_glass);
  counted.push_back(answer.turn.consent);
  counted.push_back(answer.people.request);
  for (const promotion::VerifiedApproval* one : counted) {
    if (one == nullptr || one->evidence != promotion::VerifiedApproval::Evidence::kSignature) continue;
    const bool there = std::any_of(approvals.begin(), approvals.end(), [&](const auto& listed) {
      return listed.kind == one->kind && listed.person == one->person;
    });
    if (!there)
      approvals.push_back({one->kind, one->person, one->received.time_since_epoch().count(), one->digest});
  }
  std::sort(approvals.begin(), approvals.end(),
            [](const auto& a, const auto& b) { return a.digest < b.digest; });
}

const RecordGround& GroundOf(const std::vector<EnvironmentAnswer>& answers) {
  for (const EnvironmentAnswer& answer : answers)
    if (answer.ground.kind == promotion::RecordKind::kBreakGlass) return answer.ground;
  return answers.front().ground;
}

EnvironmentTurn TurnOf(EnvironmentAnswer& answer) {
  const auto move = std::make_shared<const EnvironmentMove>(std::move(answer.move));
  promotion::Review& review = answer.people.review;
  EnvironmentTurn turn{.environment = answer.environment,
                       .kind = move->kind.move,
                       .source = move->kind.source,
                       .change = move->change,
                       .repository = move->policy ? move->policy->trust.repository : std::string(),
                       .unmet = std::move(answer.turn.unmet),
                       .waived = std::move(answer.turn.waived),
                       .asked = std::move(review.requirements),
                       .not_counted = std::move(review.not_counted),
                       .excluded = std::move(review.excluded),
                       .seen = std::move(answer.people.seen),
                       .why_unseen = std::move(answer.people.why_unseen),
                       .move = move,
                       .earliest = answer.turn.earliest};
  std::move(review.unmet.begin(), review.unmet.end(), std::back_inserter(turn.unmet));
  if (!review.unmet.empty()) turn.earliest = std::nullopt;
  return turn;
}

std::string IntentOf(const Judges& judges, const IntentAsked& asked) {
  const PolicySide& own = judges.own;
  const Content& content = asked.content;
  return IntentText({.update = asked.update,
                     .ref = asked.target,
                     .tree = content.tree,
                     .base = asked.base,
                     .policy = own.commit.IsZero() ? asked.update.new_id : own.commit,
                     .floor = judges.floor == nullptr ? Oid() : judges.floor->commit,
                     .clusters = ClustersOf(judges, asked.environment),
                     .bundle = BundleDigest(),
                     .actor = judges.push.pusher,
                     .reason = asked.ground.reason.empty() ? judges.push.reason : asked.ground.reason,
                     .approvals = asked.approvals,
                     .judged = promotion::Now().time_since_epoch().count(),
                     .kind = asked.ground.kind,
                     .restores = asked.ground.restores,
                     .verdict = content.verdict,
                     .canonical = content.canonical,
                     .removed = content.removed});
}

void CannotAsk(const Error& error, Content& content) {
  const Verdict& verdict = content.verdict;
  const bool said = verdict.outcome == Outcome::kUnjudged ||
                    std::any_of(verdict.findings.begin(), verdict.findings.end(),
                                [](const Finding& finding) { return finding.severity == Severity::kError; });
  if (!said) CannotJudge(content.verdict, error);
}

}  // namespace sluice::gate
