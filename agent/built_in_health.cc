// The kinds that count replicas are tables of counters, asked in kstatus' order: the
// first one that falls short says why. What is left is a function a kind. Numbers
// that are missing are those that kstatus takes, not those of the API's defaults.
#include "agent/built_in_health.h"

#include <array>
#include <span>

#include "agent/conditions.h"
#include "cluster/members.h"
#include "cluster/server_time.h"

namespace sluice::agent {
namespace {

using cluster::StringAt;
using manifests::Node;

constexpr auto kScheduleWindow = std::chrono::seconds(15);  // a Pod may wait so long for a node

ObjectHealth Current(std::string reason) { return {Health::kCurrent, std::move(reason)}; }
ObjectHealth InProgress(std::string reason) { return {Health::kInProgress, std::move(reason)}; }
ObjectHealth Failed(std::string reason) { return {Health::kFailed, std::move(reason)}; }

struct Counter {
  std::string_view in, name;  // "status", "readyReplicas"
  std::int64_t missing;
};

std::int64_t Count(const Node& live, const Counter& counter) {
  return IntegerAt(live, {counter.in, counter.name}).value_or(counter.missing);
}

// `have` must reach `want`.
struct Shortfall {
  Counter want, have;
  std::string_view words;  // "2 of 3 " before it
  bool excess = false;     // `want` counts what should no longer be
};

constexpr Counter kSpecReplicas{"spec", "replicas", 1};
constexpr Counter kReplicas{"status", "replicas", 0};
constexpr Counter kUpdated{"status", "updatedReplicas", 0};
constexpr Counter kReady{"status", "readyReplicas", 0};
constexpr Counter kAvailable{"status", "availableReplicas", 0};
constexpr Counter kLabelled{"status", "fullyLabeledReplicas", 0};
constexpr Counter kCurrentReplicas{"status", "currentReplicas", 0};
constexpr Counter kDesired{"status", "desiredNumberScheduled", 0};

constexpr Shortfall kDeployment[] = {{kSpecReplicas, kReplicas, "replicas are there"},
                                     {kSpecReplicas, kUpdated, "replicas are of the new revision"},
                                     {kReplicas, kSpecReplicas, "replicas", true},
                                     {kUpdated, kAvailable, "new replicas are available"},
                                     {kSpecReplicas, kReady, "replicas are ready"}};
constexpr Shortfall kReplicaSet[] = {{kSpecReplicas, kLabelled, "replicas have the labels of the template"},
                                     {kSpecReplicas, kAvailable, "replicas are available"},
                                     {kSpecReplicas, kReady, "replicas are ready"},
                                     {kReplicas, kSpecReplicas, "replicas", true}};
constexpr Shortfall kDaemonSet[] = {
    {kDesired, {"status", "currentNumberScheduled", 0}, "nodes have a Pod"},
    {kDesired, {"status", "updatedNumberScheduled", 0}, "nodes have a Pod of the new revision"},
    {kDesired, {"status", "numberAvailable", 0}, "Pods are available"},
    {kDesired, {"status", "numberReady", 0}, "Pods are ready"}};
constexpr Shortfall kStatefulSet[] = {{kSpecReplicas, kReplicas, "replicas are there"},
                                      {kSpecReplicas, kReady, "replicas are ready"},
                                      {kReplicas, kSpecReplicas, "replicas", true}};

// What falls short first; empty: nothing does.
std::string FirstShortfall(const Node& live, std::span<const Shortfall> table) {
  for (const Shortfall& row : table) {
    const std::int64_t want = Count(live, row.want), have = Count(live, row.have);
    if (want <= have) continue;
    if (row.excess)
      return std::to_string(want) + " " + std::string(row.words) + " where " + std::to_string(have) +
             " are wanted: old ones have not ended yet";
    return std::to_string(have) + " of " + std::to_string(want) + " " + std::string(row.words);
  }
  return {};
}

// Without a deadline the controller says nothing of progress.
bool SaysProgress(const Node& live) {
  constexpr std::int64_t kNoDeadline = 2147483647;
  return Count(live, {"spec", "progressDeadlineSeconds", kNoDeadline}) != kNoDeadline;
}

ObjectHealth Deployment(const Node& live, WallTime) {
  const std::optional<Condition> progressing = ConditionOf(live, "Progressing");
  if (progressing && progressing->reason == "ProgressDeadlineExceeded") return Failed(WordsOf(*progressing));
  if (std::string words = FirstShortfall(live, kDeployment); !words.empty())
    return InProgress(std::move(words));
  const bool done =
      progressing && progressing->status == "True" && progressing->reason == "NewReplicaSetAvailable";
  if (!done && SaysProgress(live)) return InProgress("its new ReplicaSet is not available");
  if (!HasCondition(live, "Available", "True"))
    return InProgress("it does not have the replicas that it needs to be available");
  return Current(std::to_string(Count(live, kReplicas)) + " replicas are available");
}

ObjectHealth ReplicaSet(const Node& live, WallTime) {
  const std::optional<Condition> failure = ConditionOf(live, "ReplicaFailure");
  if (failure && failure->status == "True") return InProgress(WordsOf(*failure));
  if (std::string words = FirstShortfall(live, kReplicaSet); !words.empty())
    return InProgress(std::move(words));
  return Current(std::to_string(Count(live, kReplicas)) + " replicas are available");
}

ObjectHealth DaemonSet(const Node& live, WallTime) {
  if (!IntegerAt(live, {"metadata", "generation"}) || !IntegerAt(live, {"status", "observedGeneration"}))
    return InProgress("its controller has not seen it yet");
  if (!IntegerAt(live, {"status", "desiredNumberScheduled"}))
    return InProgress("its controller has not counted the nodes yet");
  if (std::string words = FirstShortfall(live, kDaemonSet); !words.empty())
    return InProgress(std::move(words));
  return Current(std::to_string(Count(live, kDesired)) + " nodes have a ready Pod");
}

// `partition` replicas keep the old revision.
ObjectHealth Partitioned(const Node& live, std::int64_t partition) {
  const std::int64_t want = Count(live, kSpecReplicas) - partition, have = Count(live, kUpdated);
  const std::string words = std::to_string(have) + " replicas are of the new revision";
  return have < want ? InProgress(words + " where " + std::to_string(want) + " are wanted") : Current(words);
}

ObjectHealth StatefulSet(const Node& live, WallTime) {
  if (StringAt(&live, {"spec", "updateStrategy", "type"}) == "OnDelete")
    return Current("its Pods are replaced by whoever deletes them (OnDelete)");
  if (std::string words = FirstShortfall(live, kStatefulSet); !words.empty())
    return InProgress(std::move(words));
  const auto partition = IntegerAt(live, {"spec", "updateStrategy", "rollingUpdate", "partition"});
  if (partition && *partition != -1) return Partitioned(live, *partition);
  const std::int64_t want = Count(live, kSpecReplicas), current = Count(live, kCurrentReplicas);
  if (want > current)
    return InProgress(std::to_string(current) + " of " + std::to_string(want) + " replicas are current");
  if (StringAt(&live, {"status", "currentRevision"}) != StringAt(&live, {"status", "updateRevision"}))
    return InProgress("its replicas are not all of the new revision");
  return Current(std::to_string(Count(live, kReplicas)) + " replicas are ready");
}

// Names of containers that crash again and again.
std::string CrashLooping(const Node& live) {
  std::string names;
  for (const Node& each : cluster::ElementsAt(&live, {"status", "containerStatuses"})) {
    if (StringAt(&each, {"state", "waiting", "reason"}) != "CrashLoopBackOff") continue;
    names += (names.empty() ? "" : ", ") + Quoted(StringAt(&each, {"name"}));
  }
  return names;
}

ObjectHealth PendingPod(const Node& live, WallTime now) {
  const std::optional<Condition> scheduled = ConditionOf(live, "PodScheduled");
  if (!scheduled || scheduled->status != "False" || scheduled->reason != "Unschedulable")
    return InProgress("its containers have not started yet");
  const std::optional<WallTime> made =
      cluster::ParseServerTime(StringAt(&live, {"metadata", "creationTimestamp"}));
  if (made && now - kScheduleWindow < *made) return InProgress("no node has been found for it yet");
  return Failed(WordsOf(*scheduled));
}

ObjectHealth Pod(const Node& live, WallTime now) {
  const std::string_view phase = StringAt(&live, {"status", "phase"});
  if (phase.empty()) return InProgress("nobody has seen it yet");
  if (phase == "Succeeded") return Current("its containers have ended well");
  if (phase == "Failed") return Current("its containers have ended, not all of them well");
  if (phase == "Pending") return PendingPod(live, now);
  if (phase != "Running") return {Health::kUnknown, "its phase \"" + Quoted(phase) + "\" is not known"};
  if (HasCondition(live, "Ready", "True")) return Current("it is ready");
  if (const std::string names = CrashLooping(live); !names.empty())
    return Failed("containers crash again and again: " + names);
  return InProgress("it runs and is not ready");
}

ObjectHealth Claim(const Node& live, WallTime) {
  const std::string_view phase = StringAt(&live, {"status", "phase"});
  if (phase == "Bound") return Current("it is bound");
  return InProgress("it is not bound" + (phase.empty() ? "" : ": it is " + Quoted(phase)));
}

ObjectHealth Job(const Node& live, WallTime) {
  for (const Condition& each : ConditionsOf(live)) {
    if (each.status != "True") continue;
    if (each.type == "Complete") return Current("it is complete");
    if (each.type == "Failed") return Failed(WordsOf(each));
  }
  if (StringAt(&live, {"status", "startTime"}).empty()) return InProgress("it has not started");
  return Current("it runs: " + std::to_string(Count(live, {"status", "active", 0})) + " Pods active, " +
                 std::to_string(Count(live, {"status", "succeeded", 0})) + " done");
}

ObjectHealth Service(const Node& live, WallTime) {
  const bool waits =
      StringAt(&live, {"spec", "type"}) == "LoadBalancer" && StringAt(&live, {"spec", "clusterIP"}).empty();
  return waits ? InProgress("its load balancer has no cluster IP yet") : Current("it is ready");
}

ObjectHealth Definition(const Node& live, WallTime) {
  for (const Condition& each : ConditionsOf(live)) {
    if (each.type == "NamesAccepted" && each.status == "False") return Failed(WordsOf(each));
    if (each.type != "Established") continue;
    if (each.status == "True") return Current("it is established");
    if (each.status == "False" && each.reason != "Installing") return Failed(WordsOf(each));
  }
  return InProgress("it is not established yet");
}

ObjectHealth Always(const Node&, WallTime) { return Current("it is there"); }
// The generation has been compared before.
ObjectHealth Budget(const Node&, WallTime) { return Current("its disruptions have been counted"); }

struct BuiltIn {
  std::string_view group, kind;
  JudgeKind judge;
};
constexpr BuiltIn kBuiltIns[] = {
    {"", "Service", Service},
    {"", "Pod", Pod},
    {"", "Secret", Always},
    {"", "ConfigMap", Always},
    {"", "PersistentVolumeClaim", Claim},
    {"apps", "Deployment", Deployment},
    {"apps", "ReplicaSet", ReplicaSet},
    {"apps", "StatefulSet", StatefulSet},
    {"apps", "DaemonSet", DaemonSet},
    {"batch", "Job", Job},
    {"batch", "CronJob", Always},
    {"policy", "PodDisruptionBudget", Budget},
    {"apiextensions.k8s.io", "CustomResourceDefinition", Definition},
};

}  // namespace

JudgeKind FindBuiltIn(std::string_view group, std::string_view kind) {
  for (const BuiltIn& each : kBuiltIns) {
    if (each.group == group && each.kind == kind) return each.judge;
  }
  return nullptr;
}

}  // namespace sluice::agent
