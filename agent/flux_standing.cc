// Tested by tests/agent/flux_standing_test.cc, and with Flux by tests/agent/flux_test.py.
#include "agent/flux_standing.h"

#include <algorithm>

#include "agent/conditions.h"
#include "cluster/members.h"
#include "cluster/read.h"

namespace sluice::agent {
namespace {

using cluster::MemberAt;
using cluster::StringAt;
using manifests::Node;
using manifests::NodeKind;

// Fields of a Kustomization's spec with which it applies something else than was proven,
// or not here.
constexpr std::string_view kChanging[] = {
    "buildMetadata", "commonMetadata", "components", "ignore",    "images",          "kubeConfig",
    "namePrefix",    "nameSuffix",     "patches",    "postBuild", "targetNamespace",
};

// Reasons of its condition Ready with which the revision that it tried last is refused.
constexpr std::string_view kRefused[] = {"BuildFailed", "ReconciliationFailed", "PruneFailed"};
// With this one it is applied, and does not fare well: which is what we look at ourselves.
constexpr std::string_view kAppliedOnly = "HealthCheckFailed";

bool IsEmpty(const Node& node) {
  return node.kind == NodeKind::kNull || (node.children.empty() && node.text.empty());
}

bool Follows(const Node& kustomization, const ObjectName& artifact) {
  const Node* const source = MemberAt(&kustomization, {"spec", "sourceRef"});
  const std::string_view ns = StringAt(source, {"namespace"});
  return StringAt(source, {"kind"}) == artifact.kind && StringAt(source, {"name"}) == artifact.name &&
         (ns.empty() || ns == artifact.ns);
}

// The field with which it changes what was proven; empty: none.
std::string_view ChangedBy(const Node& kustomization) {
  const Node* const spec = kustomization.Find("spec");
  for (const std::string_view field : kChanging) {
    const Node* const node = MemberAt(spec, {field});
    if (node != nullptr && !IsEmpty(*node)) return field;
  }
  const std::string_view path = StringAt(spec, {"path"});
  const bool whole = path.find_first_not_of("./") == path.npos;
  return whole ? std::string_view() : "path";
}

// Whether what it says is of the spec that it has. Where its health checks failed, Flux says so with the
// condition alone.
bool IsOfItsSpec(const Node& kustomization, const std::optional<Condition>& ready) {
  const auto generation = IntegerAt(kustomization, {"metadata", "generation"});
  if (!generation || IntegerAt(kustomization, {"status", "observedGeneration"}) == generation) return true;
  return ready && ready->reason == kAppliedOnly && ready->observed == generation;
}

FluxStanding JudgeOne(const Node& kustomization, std::string_view revision) {
  const std::string name = "the Kustomization " + std::string(StringAt(&kustomization, {"metadata", "name"}));
  if (const std::string_view field = ChangedBy(kustomization); !field.empty())
    return {false,
            {Health::kFailed, name + " applies something else than was proven: spec." + std::string(field)}};
  const std::optional<Condition> ready = ConditionOf(kustomization, "Ready");
  const std::string_view reason = ready ? ready->reason : std::string_view();
  const bool tried = StringAt(&kustomization, {"status", "lastAttemptedRevision"}) == revision;
  const Node* const suspend = MemberAt(&kustomization, {"spec", "suspend"});
  if (suspend != nullptr && suspend->kind == NodeKind::kBool && suspend->value.boolean)
    return {false, {Health::kInProgress, name + " is suspended"}};
  if (StringAt(&kustomization, {"status", "lastAppliedRevision"}) == revision ||
      (tried && reason == kAppliedOnly)) {
    if (IsOfItsSpec(kustomization, ready)) return {true, {Health::kCurrent, "Flux has applied it"}};
    return {false, {Health::kInProgress, "Flux has not seen yet what " + name + " says now"}};
  }
  const std::string words = name + " has not applied it yet" + (ready ? ": " + WordsOf(*ready) : "");
  const bool refused =
      tried && std::find(std::begin(kRefused), std::end(kRefused), reason) != std::end(kRefused);
  return {false, {refused ? Health::kFailed : Health::kInProgress, words}};
}

}  // namespace

FluxStanding StandingOf(std::span<const Node> kustomizations, const ObjectName& artifact,
                        std::string_view revision) {
  FluxStanding standing{false, {Health::kInProgress, "no Kustomization in " + artifact.ns + " follows it"}};
  bool any = false;
  for (const Node& kustomization : kustomizations) {
    if (!Follows(kustomization, artifact)) continue;
    FluxStanding one = JudgeOne(kustomization, revision);
    // The worst of them.
    const bool worse = !one.applied && (standing.applied || one.health.health == Health::kFailed);
    if (!any || worse) standing = std::move(one);
    any = true;
  }
  return standing;
}

FluxStanding AskFlux(cluster::ApiClient& client, const ObjectName& artifact, std::string_view revision) {
  const std::string path =
      "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/" + artifact.ns + "/kustomizations";
  const cluster::Document listed =
      cluster::ReadDocument(client, path, cluster::Clock::now() + std::chrono::minutes(1));
  if (listed) return StandingOf(cluster::ElementsAt(&listed.root(), {"items"}), artifact, revision);
  return {
      false,
      {Health::kUnknown, "the Kustomizations of " + artifact.ns + " cannot be listed: " + listed.trouble}};
}

}  // namespace sluice::agent
