// Tested by tests/push/promote.sh.
#include "gate/promote.h"

#include <algorithm>

#include "git/changes.h"
#include "promotion/ledger_facts.h"
#include "promotion/request.h"
#include "promotion/words.h"

namespace sluice::gate {
namespace {

using promotion::Environment;
using promotion::LedgerFacts;
using promotion::RecordFact;

constexpr std::size_t kMaxAncestry = 200'000;
constexpr std::size_t kMostLines = 100;  // of a message

std::string Short(const Oid& id) { return id.Hex().substr(0, 7); }

Result<const Environment*> Find(const promotion::PromotionSettings& settings, const std::string& name) {
  const Environment* const environment = promotion::FindEnvironment(settings.environments, name);
  if (environment != nullptr) return environment;
  std::string known;
  for (const Environment& one : settings.environments) known += (known.empty() ? "" : ", ") + one.name;
  return Usage("there is no environment " + name + (known.empty() ? "" : "; there are " + known));
}

Result<LedgerFacts> FactsOf(const PromotionAsked& asked, const Environment& environment) {
  const Result<std::optional<promotion::PolicyHead>> policy = promotion::ReadPolicyHead(asked.repository);
  if (!policy) return policy.error();
  if (!*policy) return Usage("there is no ledger here: sluice ledger init begins one, on the server");
  return promotion::ReadLedgerFacts(asked.repository, environment, **policy);
}

// The environment that it comes from: named, or the only one that it follows.
Result<std::string> Predecessor(const PromotionAsked& asked, const Environment& environment) {
  const std::vector<promotion::Named>& after = environment.after;
  const bool follows = std::any_of(after.begin(), after.end(),
                                   [&](const promotion::Named& named) { return named.name == asked.from; });
  if (!asked.from.empty() && follows) return asked.from;
  if (!asked.from.empty()) return Usage(environment.name + " does not follow " + asked.from);
  if (after.size() == 1) return after[0].name;
  std::string names;
  for (const promotion::Named& named : after) names += (names.empty() ? "" : ", ") + named.name;
  return Usage(environment.name + (after.empty()
                                       ? " follows no other environment: name a commit, --from COMMIT"
                                       : " follows " + names + ": name one of them, --from ENV"));
}

Result<Oid> NewestOf(const PromotionAsked& asked, const std::string& name) {
  const Result<const Environment*> environment = Find(asked.configuration.promotion, name);
  if (!environment) return environment.error();
  const Result<LedgerFacts> facts = FactsOf(asked, **environment);
  if (!facts) return facts.error();
  if (facts->records.empty()) return Usage(name + " has run nothing yet: there is nothing to promote");
  return Oid::FromHex(facts->records.back().commit);
}

Status PlanMerge(const PromotionAsked& asked, PromotionPlan& plan) {
  const git::Repository& repository = *asked.repository;
  if (!plan.before.IsZero()) {
    const Result<bool> holds = git::IsAncestor(repository, plan.source, plan.before, kMaxAncestry);
    if (!holds) return holds.error();
    plan.nothing = *holds;
    if (plan.nothing) return Ok{};
    const Result<bool> forward = git::IsAncestor(repository, plan.before, plan.source, kMaxAncestry);
    if (!forward) return forward.error();
    if (!*forward) plan.parents = {plan.before, plan.source};
  }
  Result<git::MergedTree> merged = MergedInto(repository, plan.before, plan.source, asked.merge);
  if (!merged) return merged.error();
  plan.tree = merged->tree;
  plan.conflicts = std::move(merged->conflicts);
  plan.message = "Promote " + Short(plan.source) + (plan.from.empty() ? "" : " of " + plan.from) + " to " +
                 plan.environment + "\n";
  return Ok{};
}

Status PlanRollback(const PromotionAsked& asked, const Environment& environment, PromotionPlan& plan) {
  if (!promotion::IsTextLine(asked.reason)) return Usage("a rollback has a reason, one line: --reason TEXT");
  const Result<LedgerFacts> facts = FactsOf(asked, environment);
  if (!facts) return facts.error();
  const auto record = std::find_if(facts->records.begin(), facts->records.end(),
                                   [&](const RecordFact& fact) { return fact.sequence == *asked.record; });
  const std::string named = "record " + std::to_string(*asked.record) + " of " + environment.name;
  if (record == facts->records.end())
    return Usage(named + " is not among its newest: sluice ledger log " + environment.name);
  const Result<Oid> source = Oid::FromHex(record->commit);
  if (!source) return source.error();
  const Result<Oid> tree = git::TreeOf(*asked.repository, *source);
  if (!tree) return tree.error();
  plan.source = *source;
  plan.tree = *tree;
  plan.parents = {plan.before};
  plan.nothing = facts->records.back().set == record->set;
  plan.restores = *asked.record;
  plan.reason = asked.reason;
  plan.message = "Roll " + environment.name + " back to record " + std::to_string(*asked.record) + "\n\n" +
                 RollbackTrailers(*asked.record, asked.reason);
  return Ok{};
}

Result<CarryAsked> CarryOf(const PromotionAsked& asked, const PromotionPlan& plan) {
  const Result<const Environment*> environment = Find(asked.configuration.promotion, plan.environment);
  if (!environment) return environment.error();
  const Result<const Environment*> from = Find(asked.configuration.promotion, plan.from);
  if (!from) return from.error();
  CarryAsked carry{asked.repository, asked.configuration, **environment, **from,
                   plan.before,      asked.build,         asked.jobs};
  carry.build.branches = {(*environment)->branch};
  return carry;
}

// Names come from what is recorded and pushed: none may begin another line, or a trailer.
std::string ListedLine(std::string line) {
  if (!promotion::IsTextLine(line)) line = "a value whose name is not a line of text";
  return line + "\n";
}

// Subject and list, as a person would write it.
std::string MessageOf(const PromotionPlan& plan) {
  std::string text =
      "Promote " + Short(plan.source) + " of " + plan.from + " to " + plan.environment + "\n\n";
  std::size_t lines = 0;
  for (const CarriedValue& value : plan.carry->values)
    if (lines++ < kMostLines)
      text += ListedLine(value.object + ", " + value.place + ": " + value.before + " -> " + value.after);
  for (const std::string& path : plan.carry->paths)
    if (lines++ < kMostLines) text += ListedLine(path);
  if (lines > kMostLines) text += "and " + std::to_string(lines - kMostLines) + " more\n";
  return text;
}

Status PlanCopy(const PromotionAsked& asked, const Environment& environment, PromotionPlan& plan) {
  const promotion::Carry& carry = environment.carry;
  if (!carry.images && !carry.charts && carry.paths.empty())
    return Usage(environment.name + " has no `carry` in the configuration: nothing is copied to it");
  if (plan.before.IsZero()) return Usage("there is no branch " + environment.branch + " yet");
  const Result<CarryAsked> copy = CarryOf(asked, plan);
  if (!copy) return copy.error();
  Result<CarryPlan> planned = PlanCarry(*copy);
  if (!planned) return planned.error();
  plan.source = planned->source;
  plan.parents = {plan.before};
  plan.nothing = planned->Nothing();
  plan.carry = *std::move(planned);
  plan.message = MessageOf(plan);
  return Ok{};
}

// The commit has to be ahead of what is recorded, on the branch: nothing moves that.
Status CheckAhead(const PromotionAsked& asked, const Environment& environment, PromotionPlan& plan) {
  const Result<std::optional<promotion::PolicyHead>> policy = promotion::ReadPolicyHead(asked.repository);
  if (!policy) return policy.error();
  if (!*policy) return Usage("there is no ledger here: sluice ledger init begins one, on the server");
  const auto ahead =
      promotion::LookAhead(asked.repository, **policy, environment.name, plan.source, plan.before);
  if (!ahead) return ahead.error();
  plan.nothing = ahead->place == promotion::CommitPlace::kRecorded;
  if (plan.nothing || ahead->place == promotion::CommitPlace::kAhead) return Ok{};
  return Usage(promotion::PlaceWords(*ahead, environment, plan.source) +
               (ahead->place == promotion::CommitPlace::kNotOnBranch ? ": push it there first" : ""));
}

// Of an environment that moves by request: the source of the record is asked for, as it was.
Status PlanWayBack(const PromotionAsked& asked, const Environment& environment, PromotionPlan& plan) {
  if (plan.before.IsZero()) return Usage("there is no branch " + environment.branch + " any more");
  if (Status planned = PlanRollback(asked, environment, plan); !planned) return planned;
  plan.parents.clear();
  plan.message.clear();
  if (plan.nothing) return Ok{};
  const Result<bool> held = git::IsAncestor(*asked.repository, plan.source, plan.before, kMaxAncestry);
  if (!held) return held.error();
  if (*held || plan.source == plan.before) return Ok{};
  return Usage(Short(plan.source) + ", of record " + std::to_string(*asked.record) + ", is not on " +
               environment.branch + " any more");
}

// Of an environment that moves by request: what `carry` has to copy goes to the branch by
// its content alone; else the commit is there already.
Status PlanRequest(const PromotionAsked& asked, const Environment& environment, PromotionPlan& plan) {
  if (plan.before.IsZero()) return Usage("there is no branch " + environment.branch + " yet");
  if (!asked.commit && (!asked.from.empty() || !environment.after.empty())) {
    const Result<std::string> from = Predecessor(asked, environment);
    if (!from) return from.error();
    plan.from = *from;
    if (Status copied = PlanCopy(asked, environment, plan); !copied) return copied;
    if (!plan.nothing) return Ok{};
    plan.parents.clear();
    plan.from.clear();
  }
  plan.source = asked.commit.value_or(plan.before);
  return CheckAhead(asked, environment, plan);
}

}  // namespace

Status FinishCarry(const PromotionAsked& asked, const Oid& tree, PromotionPlan& plan) {
  const Result<CarryAsked> copy = CarryOf(asked, plan);
  if (!copy) return copy.error();
  if (Status checked = CheckCarry(*copy, tree, *plan.carry); !checked) return checked;
  if (plan.carry->cannot.empty()) plan.tree = tree;
  return Ok{};
}

Result<PromotionPlan> PlanPromotion(const PromotionAsked& asked) {
  const Result<const Environment*> environment = Find(asked.configuration.promotion, asked.environment);
  if (!environment) return environment.error();
  const bool is_folder = !(*environment)->folder.empty();
  if (is_folder && asked.record && !(*environment)->ByRequest())
    return Usage(asked.environment + " is a folder of " + (*environment)->branch +
                 ": put the older files back in a commit, and name that: --from COMMIT");
  PromotionPlan plan;
  plan.environment = asked.environment;
  plan.ref = (*environment)->Ref();
  const Result<Oid> before = asked.repository->ResolveRef(plan.ref);
  if (!before && before.error().kind != ErrorKind::kNotFound) return before.error();
  if (before) plan.before = *before;
  if (asked.record) {
    const Status planned =
        is_folder ? PlanWayBack(asked, **environment, plan) : PlanRollback(asked, **environment, plan);
    if (!planned) return planned.error();
    return plan;
  }
  if ((*environment)->ByRequest()) {
    if (const Status planned = PlanRequest(asked, **environment, plan); !planned) return planned.error();
    return plan;
  }
  if (asked.commit) {
    plan.source = *asked.commit;
  } else {
    const Result<std::string> from = Predecessor(asked, **environment);
    if (!from) return from.error();
    plan.from = *from;
    if (is_folder) {
      if (const Status planned = PlanCopy(asked, **environment, plan); !planned) return planned.error();
      return plan;
    }
    const Result<Oid> newest = NewestOf(asked, *from);
    if (!newest) return newest.error();
    plan.source = *newest;
  }
  if (const Status planned = PlanMerge(asked, plan); !planned) return planned.error();
  return plan;
}

}  // namespace sluice::gate
