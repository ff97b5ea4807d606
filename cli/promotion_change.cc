#include "cli/promotion_change.h"

#include "cli/jobs.h"
#include "cli/subject.h"

namespace sluice::cli {

Result<gate::PromotionPlan> PlanOf(PromotionPlace& place, const PromotionWords& words) {
  const promotion::PromotionSettings& settings = place.configuration().promotion;
  gate::PromotionAsked asked{.repository = place.repository(),
                             .configuration = place.configuration(),
                             .environment = words.environment,
                             .from = words.from,
                             .reason = words.reason,
                             .merge = place.merge(),
                             .build = place.Builds(),
                             .jobs = JobsOf(0)};
  if (words.record != 0) asked.record = words.record;
  // A branch may have the name of an environment: that is meant then.
  if (!words.from.empty() && promotion::FindEnvironment(settings.environments, words.from) == nullptr) {
    const Result<Oid> commit = place.ResolveCommit(words.from);
    if (!commit) return commit.error();
    asked.commit = *commit;
    asked.from.clear();
  }
  Result<gate::PromotionPlan> plan = gate::PlanPromotion(asked);
  if (!plan || !plan->carry || plan->carry->edits.empty() || !plan->carry->cannot.empty()) return plan;
  const Result<Oid> tree = place.EditTree(plan->before, plan->carry->edits);
  if (!tree) return tree.error();
  asked.repository = place.repository();
  if (Status finished = gate::FinishCarry(asked, *tree, *plan); !finished) return finished.error();
  return plan;
}

bool CanMove(const gate::PromotionPlan& plan) {
  return !plan.nothing && plan.conflicts.empty() && (!plan.carry || plan.carry->cannot.empty());
}

Result<Oid> TipOf(PromotionPlace& place, const gate::PromotionPlan& plan) {
  if (plan.parents.empty()) return plan.source;
  return place.MakeCommit(plan.tree, plan.parents, plan.message);
}

gate::PushVerdict JudgePlan(PromotionPlace& place, const gate::PromotionPlan& plan, const Oid& tip) {
  const promotion::Environment* const environment =
      promotion::FindEnvironment(place.configuration().promotion.environments, plan.environment);
  if (environment != nullptr && environment->ByRequest())
    return place.JudgeRequested(
        *environment, tip, PromotionPlace::Pusher::kThisPerson,
        {.environment = {}, .envelope = {}, .restores = plan.restores, .reason = plan.reason});
  return place.Judge(plan.before, tip, plan.ref);
}

const gate::EnvironmentTurn* TurnOf(const gate::PromotionPlan& plan, const gate::RefVerdict& verdict) {
  for (const gate::EnvironmentTurn& turn : verdict.turns)
    if (turn.environment == plan.environment) return &turn;
  return nullptr;
}

Result<JudgedPromotion> JudgePromotion(PromotionPlace& place, const PromotionWords& words) {
  Result<gate::PromotionPlan> plan = PlanOf(place, words);
  if (!plan) return plan.error();
  if (plan->nothing) return Usage(plan->environment + " holds " + ShortId(plan->source) + " already");
  if (!plan->conflicts.empty())
    return Usage(ShortId(plan->source) + " conflicts with what " + plan->environment +
                 " holds: " + plan->conflicts[0]);
  if (!CanMove(*plan)) return Usage("it cannot be carried: " + plan->carry->cannot[0]);
  const Result<Oid> tip = TipOf(place, *plan);
  if (!tip) return tip.error();
  gate::PushVerdict verdict = JudgePlan(place, *plan, *tip);
  JudgedPromotion judged{*std::move(plan), std::move(verdict.refs.front())};
  const Verdict& said = judged.verdict.verdict;
  if (TurnOf(judged.plan, judged.verdict) == nullptr || judged.turn().change.empty())
    return Usage("what " + judged.plan.environment + " would become cannot be told: " +
                 (said.reason.empty() ? "it changes nothing of it, or its ledger is not where its branch is"
                                      : said.reason));
  return judged;
}

}  // namespace sluice::cli
