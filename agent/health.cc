// The order is kstatus': what ends, then what its controller has not seen yet, then
// the conditions that are made for this (Reconciling, Stalled), then the kind.
#include "agent/health.h"

#include <algorithm>
#include <charconv>

#include "agent/built_in_health.h"
#include "agent/conditions.h"
#include "agent/health_rules.h"
#include "cluster/members.h"
#include "cluster/served_kind.h"

namespace sluice::agent {
namespace {

using cluster::MemberAt;
using cluster::StringAt;
using manifests::Node;
using manifests::NodeKind;

constexpr std::string_view kWords[] = {"current",   "in progress", "failed",       "terminating",
                                       "not found", "unknown",     "not looked at"};

ObjectHealth Terminating(const Node& live) {
  std::string words = "it is being deleted", names;
  for (const Node& each : cluster::ElementsAt(&live, {"metadata", "finalizers"}))
    names += (names.empty() ? "" : ", ") + Quoted(each.String());
  if (!names.empty()) words += " and waits for its finalizers: " + Quoted(names);
  return {Health::kTerminating, std::move(words)};
}

// Argo Rollouts writes it as a text, of digits since 1.0.
std::optional<std::int64_t> ObservedGeneration(const Node& live) {
  if (const auto number = IntegerAt(live, {"status", "observedGeneration"})) return number;
  const std::string_view text = StringAt(&live, {"status", "observedGeneration"});
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && !text.empty() ? std::optional(number) : std::nullopt;
}

bool IsPaused(const Node& live, const KindRule* rule) {
  if (rule == nullptr || rule->paused.empty()) return false;
  const Node* const paused = MemberAt(&live, {"spec", rule->paused});
  return paused != nullptr && paused->kind == NodeKind::kBool && paused->value.boolean;
}

std::optional<ObjectHealth> NotSeenYet(const Node& live, const KindRule* rule) {
  const auto generation = IntegerAt(live, {"metadata", "generation"}), observed = ObservedGeneration(live);
  if (!generation || !observed || *generation == *observed) return std::nullopt;
  if (IsPaused(live, rule))
    return ObjectHealth{Health::kUnknown, "its controller is told to leave it alone (spec." +
                                              std::string(rule->paused) + ") and has not seen this state"};
  return ObjectHealth{Health::kInProgress, "its controller has seen generation " + std::to_string(*observed) +
                                               ", it is at " + std::to_string(*generation)};
}

// The conditions that mean the same wherever they stand; the first of both counts.
std::optional<ObjectHealth> ByStandardConditions(const Node& live) {
  for (const Condition& condition : ConditionsOf(live)) {
    if (condition.status != "True") continue;
    if (condition.type == "Reconciling") return ObjectHealth{Health::kInProgress, WordsOf(condition)};
    if (condition.type == "Stalled") return ObjectHealth{Health::kFailed, WordsOf(condition)};
  }
  return std::nullopt;
}

ObjectHealth ByReady(const Node& live) {
  const std::optional<Condition> ready = ConditionOf(live, "Ready");
  if (ready && ready->status == "True") return {Health::kCurrent, "it is ready"};
  if (ready && (ready->status == "False" || ready->status == "Unknown"))
    return {Health::kInProgress, "it is not ready: " + WordsOf(*ready)};
  return {Health::kCurrent, "it is there"};
}

bool HasUnreadableStatus(const Node& live) {
  const Node* const status = live.Find("status");
  const Node* const conditions = MemberAt(status, {"conditions"});
  const auto is = [](const Node* node, NodeKind kind) {
    return node == nullptr || node->kind == NodeKind::kNull || node->kind == kind;
  };
  return !is(status, NodeKind::kMapping) || !is(conditions, NodeKind::kSequence);
}

}  // namespace

std::string_view HealthWords(Health health) { return kWords[static_cast<std::size_t>(health)]; }

ObjectHealth HealthOf(const Node* live, WallTime now) {
  if (live == nullptr) return {Health::kNotFound, "it is not there"};
  const std::string_view kind = StringAt(live, {"kind"});
  const std::string_view group = cluster::GroupOf(StringAt(live, {"apiVersion"}));
  if (kind.empty()) return {Health::kUnknown, "it is no object"};
  if (!StringAt(live, {"metadata", "deletionTimestamp"}).empty()) return Terminating(*live);
  if (HasUnreadableStatus(*live)) return {Health::kUnknown, "its status has another shape than status has"};
  const KindRule* const rule = FindKindRule(group, kind);
  if (auto unseen = NotSeenYet(*live, rule)) return *unseen;
  if (auto said = ByStandardConditions(*live)) return *said;
  if (const JudgeKind judge = FindBuiltIn(group, kind)) return judge(*live, now);
  return rule != nullptr ? HealthBy(*rule, *live) : ByReady(*live);
}

}  // namespace sluice::agent
