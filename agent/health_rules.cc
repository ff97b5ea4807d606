#include "agent/health_rules.h"

#include "agent/conditions.h"
#include "cluster/members.h"

namespace sluice::agent {
namespace {

using manifests::Node;

constexpr Health kGood = Health::kCurrent, kUnderWay = Health::kInProgress, kBad = Health::kFailed,
                 kUnsure = Health::kUnknown;

// Flux says Stalled and Reconciling besides, which count everywhere.
constexpr Clue kReady[] = {{"Ready", "True", "", kGood}, {"Ready", "*", "", kUnderWay}};
// Repositories of OCI charts are asked by nobody before a chart is.
constexpr Clue kHelmRepository[] = {
    {".spec.type", "oci", "", kGood}, {"Ready", "True", "", kGood}, {"Ready", "*", "", kUnderWay}};

// Argo CD's conditions are there or not and have no status.
constexpr Clue kApplication[] = {{"InvalidSpecError", "*", "", kBad},
                                 {"ComparisonError", "*", "", kBad},
                                 {"SyncError", "*", "", kBad},
                                 {"UnknownError", "*", "", kBad},
                                 {".status.operationState.phase", "Running", "", kUnderWay},
                                 {".status.operationState.phase", "Terminating", "", kUnderWay},
                                 {".status.operationState.phase", "Failed", "", kBad},
                                 {".status.operationState.phase", "Error", "", kBad},
                                 {".status.health.status", "Degraded", "", kBad},
                                 {".status.health.status", "Unknown", "", kUnsure},
                                 {".status.sync.status", "OutOfSync", "", kUnderWay},
                                 {".status.sync.status", "Unknown", "", kUnsure},
                                 {".status.health.status", "Healthy", "", kGood},
                                 {".status.health.status", "*", "", kUnderWay}};
constexpr Clue kApplicationSet[] = {{"ErrorOccurred", "True", "", kBad},
                                    {"ResourcesUpToDate", "True", "", kGood},
                                    {"ResourcesUpToDate", "*", "", kUnderWay}};
constexpr Clue kRollout[] = {{"InvalidSpec", "True", "", kBad},
                             {".status.phase", "Healthy", "", kGood},
                             {".status.phase", "Degraded", "", kBad},
                             {".status.phase", "*", "", kUnderWay}};
constexpr Clue kWorkflow[] = {{".status.phase", "Succeeded", "", kGood},
                              {".status.phase", "Failed", "", kBad},
                              {".status.phase", "Error", "", kBad},
                              {".status.phase", "*", "", kUnderWay}};

constexpr Clue kPackage[] = {
    {"Installed", "False", "", kUnderWay}, {"Healthy", "True", "", kGood}, {"Healthy", "*", "", kUnderWay}};
constexpr Clue kPackageRevision[] = {{"Healthy", "True", "", kGood}, {"Healthy", "*", "", kUnderWay}};
constexpr Clue kCompositeDefinition[] = {{"Offered", "False", "", kUnderWay},
                                         {"Established", "True", "", kGood},
                                         {"Established", "*", "", kUnderWay}};
constexpr Clue kManagedResource[] = {{"Synced", "False", "ReconcilePaused", kUnsure},
                                     {"Synced", "False", "", kUnderWay},
                                     {"LastAsyncOperation", "False", "", kUnderWay},
                                     {"Ready", "True", "", kGood},
                                     {"Ready", "*", "", kUnderWay}};

constexpr Clue kCertificate[] = {{"Ready", "True", "", kGood},
                                 {"Issuing", "True", "", kUnderWay},
                                 {"Issuing", "False", "Failed", kBad},
                                 {"Ready", "*", "", kUnderWay}};
constexpr Clue kCertificateRequest[] = {
    {"InvalidRequest", "True", "", kBad}, {"Denied", "True", "", kBad},       {"Ready", "True", "", kGood},
    {"Ready", "False", "Failed", kBad},   {"Ready", "False", "Denied", kBad}, {"Ready", "*", "", kUnderWay}};
constexpr Clue kAcme[] = {{".status.state", "valid", "", kGood},
                          {".status.state", "invalid", "", kBad},
                          {".status.state", "expired", "", kBad},
                          {".status.state", "errored", "", kBad},
                          {".status.state", "*", "", kUnderWay}};

constexpr Clue kApiService[] = {{"Available", "True", "", kGood}, {"Available", "*", "", kUnderWay}};

constexpr std::string_view kSilent = "its controller has said nothing of it yet";
constexpr std::string_view kThere = "it is there";

constexpr KindRule kRules[] = {
    {"source.toolkit.fluxcd.io", "HelmRepository", kHelmRepository, kUnderWay, kSilent, "suspend"},
    {"notification.toolkit.fluxcd.io", "Alert", {}, kGood, kThere},
    {"notification.toolkit.fluxcd.io", "Provider", {}, kGood, kThere},
    {".toolkit.fluxcd.io", "", kReady, kUnderWay, kSilent, "suspend"},
    {"fluxcd.controlplane.io", "", kReady, kUnderWay, kSilent},

    {"argoproj.io", "Application", kApplication, kUnderWay, kSilent},
    {"argoproj.io", "ApplicationSet", kApplicationSet, kUnderWay, kSilent},
    {"argoproj.io", "Rollout", kRollout, kUnderWay, kSilent},
    {"argoproj.io", "Workflow", kWorkflow, kUnderWay, kSilent},

    {"pkg.crossplane.io", "Provider", kPackage, kUnderWay, kSilent},
    {"pkg.crossplane.io", "Configuration", kPackage, kUnderWay, kSilent},
    {"pkg.crossplane.io", "Function", kPackage, kUnderWay, kSilent},
    {"pkg.crossplane.io", "ProviderRevision", kPackageRevision, kUnderWay, kSilent},
    {"pkg.crossplane.io", "ConfigurationRevision", kPackageRevision, kUnderWay, kSilent},
    {"pkg.crossplane.io", "FunctionRevision", kPackageRevision, kUnderWay, kSilent},
    {"pkg.crossplane.io", "", {}, kGood, kThere},
    {"apiextensions.crossplane.io", "CompositeResourceDefinition", kCompositeDefinition, kUnderWay, kSilent},
    {"apiextensions.crossplane.io", "", {}, kGood, kThere},
    {".crossplane.io", "ProviderConfig", {}, kGood, kThere},
    {".crossplane.io", "ClusterProviderConfig", {}, kGood, kThere},
    {".crossplane.io", "ProviderConfigUsage", {}, kGood, kThere},
    {".crossplane.io", "", kManagedResource, kUnderWay, kSilent},
    {".upbound.io", "ProviderConfig", {}, kGood, kThere},
    {".upbound.io", "ClusterProviderConfig", {}, kGood, kThere},
    {".upbound.io", "ProviderConfigUsage", {}, kGood, kThere},
    {".upbound.io", "", kManagedResource, kUnderWay, kSilent},

    {"cert-manager.io", "Certificate", kCertificate, kUnderWay, kSilent, {}, true},
    {"cert-manager.io", "CertificateRequest", kCertificateRequest, kUnderWay, kSilent},
    {"cert-manager.io", "", kReady, kUnderWay, kSilent, {}, true},
    {"acme.cert-manager.io", "", kAcme, kUnderWay, kSilent},

    {"apiregistration.k8s.io", "APIService", kApiService, kUnderWay, kSilent},
};

bool IsGroup(std::string_view pattern, std::string_view group) {
  return pattern.starts_with('.') ? group.ends_with(pattern) : group == pattern;
}

// The text at ".status.phase".
std::string_view FieldAt(const Node& live, std::string_view path) {
  const Node* node = &live;
  while (node != nullptr && !path.empty()) {
    const std::size_t end = std::min(path.find('.', 1), path.size());
    node = node->Find(path.substr(1, end - 1));
    path.remove_prefix(end);
  }
  return node == nullptr ? std::string_view() : node->String();
}

std::optional<ObjectHealth> ByField(const Clue& clue, const Node& live) {
  const std::string_view text = FieldAt(live, clue.at);
  if (text.empty() || (clue.is != "*" && clue.is != text)) return std::nullopt;
  return ObjectHealth{clue.then, std::string(clue.at.substr(1)) + " is " + Quoted(text)};
}

// A condition says of which generation it speaks; an older one says nothing of this.
bool IsOutdated(const Node& live, std::string_view type) {
  const auto generation = IntegerAt(live, {"metadata", "generation"});
  for (const Node& each : cluster::ElementsAt(&live, {"status", "conditions"})) {
    if (cluster::StringAt(&each, {"type"}) != type) continue;
    const auto observed = IntegerAt(each, {"observedGeneration"});
    return generation && observed && *observed < *generation;
  }
  return false;
}

std::optional<ObjectHealth> ByCondition(const Clue& clue, const Node& live, bool dated) {
  const std::optional<Condition> condition = ConditionOf(live, clue.at);
  const bool fits = condition && (clue.is == "*" || clue.is == condition->status) &&
                    (clue.reason.empty() || clue.reason == condition->reason);
  if (!fits || (dated && IsOutdated(live, clue.at))) return std::nullopt;
  if (clue.then == kGood) return ObjectHealth{kGood, "its condition " + std::string(clue.at) + " is met"};
  const std::string words = WordsOf(*condition);
  return ObjectHealth{clue.then, "its condition " + std::string(clue.at) +
                                     (condition->status.empty() ? "" : " is " + Quoted(condition->status)) +
                                     (words.empty() ? "" : ": " + words)};
}

}  // namespace

const KindRule* FindKindRule(std::string_view group, std::string_view kind) {
  for (const KindRule& rule : kRules) {
    if (IsGroup(rule.group, group) && (rule.kind.empty() || rule.kind == kind)) return &rule;
  }
  return nullptr;
}

ObjectHealth HealthBy(const KindRule& rule, const Node& live) {
  for (const Clue& clue : rule.clues) {
    auto said = clue.at.starts_with('.') ? ByField(clue, live) : ByCondition(clue, live, rule.dated);
    if (said) return *said;
  }
  return {rule.otherwise, std::string(rule.words)};
}

}  // namespace sluice::agent
