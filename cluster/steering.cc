// Tested by tests/cluster/plan_test.cc.
#include "cluster/steering.h"

#include <algorithm>

#include "cluster/answer.h"
#include "cluster/members.h"
#include "cluster/rule_ids.h"
#include "cluster/served_kind.h"
#include "cluster/server_words.h"

namespace sluice::cluster {
namespace {

using manifests::Node;

// What a key of a ResourceQuota's `hard` counts, by how it begins or ends; all of
// the core group. "count/RESOURCE.GROUP" says itself what it counts.
struct Counted {
  std::string_view begins, ends, resource;
};
constexpr Counted kCounted[] = {
    {"requests.storage", "", "persistentvolumeclaims"},
    {"", ".storageclass.storage.k8s.io/requests.storage", "persistentvolumeclaims"},
    {"", ".storageclass.storage.k8s.io/persistentvolumeclaims", "persistentvolumeclaims"},
    {"persistentvolumeclaims", "", "persistentvolumeclaims"},
    {"services", "", "services"},
    {"configmaps", "", "configmaps"},
    {"secrets", "", "secrets"},
    {"replicationcontrollers", "", "replicationcontrollers"},
    {"resourcequotas", "", "resourcequotas"},
};

std::pair<std::string, std::string> CountedBy(std::string_view key) {
  constexpr std::string_view kCount = "count/";
  if (key.starts_with(kCount)) {
    key.remove_prefix(kCount.size());
    const std::size_t dot = std::min(key.find('.'), key.size());
    return {std::string(key.substr(std::min(dot + 1, key.size()))), std::string(key.substr(0, dot))};
  }
  for (const Counted& each : kCounted) {
    if (key.starts_with(each.begins) && key.ends_with(each.ends)) return {"", std::string(each.resource)};
  }
  return {"", "pods"};  // cpu, memory, devices, pods
}

Matches MatchesOfQuota(const DryRunObject& quota) {
  // What it counted before the change is not known here.
  Matches matches{{"", "pods"}, {"", "persistentvolumeclaims"}, {"", "services"}};
  const JsonObject json = ReadJsonObject(quota.json);
  const Node* const hard = MemberAt(json.root, {"spec", "hard"});
  if (hard == nullptr) return {{"*", "*"}};
  for (const Node& limit : hard->children) matches.push_back(CountedBy(limit.key));
  return matches;
}

std::string Itself(const std::string& what) { return "the change itself changes " + what; }

}  // namespace

Steering::Steering(const DryRunRequest& request, AdmissionFacts facts,
                   const std::set<std::string>& relabelled)
    : facts_(std::move(facts)) {
  AddPolicies(request);
  for (const DryRunObject& object : request.objects) {
    const AdmissionKind* const kind = AdmissionKindOf(object.name);
    if (kind != nullptr && kind->is == AdmissionKind::Is::kWebhooks) AddWebhooks(object, *kind);
    if (object.name.api_version == "v1") AddLimits(object);
  }
  for (const std::string& ns : relabelled) {
    steers_.push_back({nullptr,
                       ns,
                       {{"*", "*"}},
                       {"the change itself sets labels of namespace " + ns + ", by which admission goes",
                        true, true, true}});
  }
  may_steer_ = static_cast<std::size_t>(
      std::count_if(request.objects.begin(), request.objects.end(),
                    [](const DryRunObject& object) { return MaySteerPolicies(object.name); }));
}

void Steering::AddPolicies(const DryRunRequest& request) {
  for (const PolicyName& policy : TouchedPolicies(request, facts_)) {
    const std::string why = Itself("admission policy " + NameWords(policy.name) + ", or what it goes by");
    steers_.push_back({nullptr, {}, MatchesOf(facts_, policy), {why, true, false, policy.mutates}});
  }
}

// Those that it has, and those that it had.
void Steering::AddWebhooks(const DryRunObject& object, const AdmissionKind& kind) {
  Matches matches;
  for (const WebhookFact& fact : facts_.webhooks) {
    if (fact.mutates == kind.mutates && fact.name == object.name.name)
      matches.insert(matches.end(), fact.matches.begin(), fact.matches.end());
  }
  const std::string why = Itself("the webhooks of " + object.name.kind + " " + NameWords(object.name.name));
  steers_.push_back({&object, {}, std::move(matches), {why, true, false, kind.mutates}});
}

void Steering::AddLimits(const DryRunObject& object) {
  const std::string why = Itself(object.name.kind + " " + NameWords(object.name.name));
  if (object.name.kind == "ResourceQuota")
    steers_.push_back({&object, object.name.ns, MatchesOfQuota(object), {why, false, true, false}});
  if (object.name.kind == "LimitRange")
    steers_.push_back(
        {&object, object.name.ns, {{"", "pods"}, {"", "persistentvolumeclaims"}}, {why, false, true, false}});
}

Dependence Steering::Of(const DryRunObject& object, std::string_view resource) const {
  Dependence dependence;
  const std::string_view group = GroupOf(object.name.api_version);
  for (const Steer& steer : steers_) {
    const bool elsewhere = !steer.ns.empty() && steer.ns != object.name.ns;
    const bool past = object.removal && !steer.dependence.denials;  // quotas do not count what goes
    if (steer.by == &object || elsewhere || past || !Matched(steer.matches, group, resource)) continue;
    if (!dependence) dependence.why = steer.dependence.why;
    dependence.denials |= steer.dependence.denials;
    dependence.bans |= steer.dependence.bans;
    dependence.all |= steer.dependence.all;
  }
  // An object is judged by its own state before the change, so it does not count.
  const std::size_t others = may_steer_ - (MaySteerPolicies(object.name) ? 1 : 0);
  if (others > 0 && !facts_.trouble.empty()) {
    if (!dependence) dependence.why = facts_.trouble;
    dependence.denials = true;
  }
  return dependence;
}

DryRunAnswer Weighed(DryRunAnswer answer, const Dependence& dependence) {
  if (!dependence || answer.known == Known::kOffline || answer.known == Known::kUnverified) return answer;
  const bool falls = !answer.causes.empty() &&
                     std::all_of(answer.causes.begin(), answer.causes.end(), [&](const DryRunCause& cause) {
                       return cause.rule == kWarning || (cause.rule == kDenied && dependence.denials) ||
                              (cause.rule == kForbidden && dependence.bans);
                     });
  if (answer.known == Known::kRefused && !falls && !dependence.all) return answer;
  DryRunAnswer weighed = UnverifiedFor(dependence.why);
  weighed.effect = answer.effect;
  return weighed;
}

}  // namespace sluice::cluster
