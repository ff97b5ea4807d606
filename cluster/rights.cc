// A row of the table is a right that the guard cannot hold. It is matched as RBAC
// matches: `*` in a rule is everything.
#include "cluster/rights.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cluster/guard_policy.h"

namespace sluice::cluster {
namespace {

using manifests::Node;

constexpr std::string_view kWrites[] = {"create", "update", "patch", "delete", "deletecollection"};
constexpr std::string_view kPolicies[] = {"validatingadmissionpolicies", "validatingadmissionpolicybindings",
                                          "mutatingadmissionpolicies", "mutatingadmissionpolicybindings"};
constexpr std::string_view kImpersonate[] = {"impersonate"};
constexpr std::string_view kSubjects[] = {"users", "groups", "serviceaccounts"};
constexpr std::string_view kFacets[] = {"userextras", "uids"};
constexpr std::string_view kGiveRights[] = {"bind", "escalate"};
constexpr std::string_view kRoles[] = {"roles", "clusterroles"};
constexpr std::string_view kCreate[] = {"create"};
constexpr std::string_view kTokens[] = {"serviceaccounts/token"};

constexpr std::string_view kImpersonateWords =
    "the identity may impersonate others, whom the policy does not hold";

struct Excess {
  std::span<const std::string_view> verbs;
  std::string_view group;
  std::span<const std::string_view> resources;
  std::string_view words;
  bool any_resource = false;  // the verb alone is too much, whatever it is for
  bool of_rbac = false;
};

constexpr Excess kExcesses[] = {
    {kWrites, "admissionregistration.k8s.io", kPolicies,
     "the identity may write admission policies, about which no policy is asked: it could take its guard "
     "away"},
    {kImpersonate, "", kSubjects, kImpersonateWords, true},
    {kImpersonate, "authentication.k8s.io", kFacets, kImpersonateWords, true},
    {kGiveRights, "rbac.authorization.k8s.io", kRoles,
     "the identity may bind or escalate: it could be given rights that nobody meant it to have", false, true},
    {kCreate, "", kTokens,
     "the identity may ask for tokens of service accounts, whom the policy does not hold"},
};
constexpr std::string_view kWildcardWords =
    "the identity may do more than what is listed by kind: it has rights with *";

constexpr std::string_view kNodesAlone = "node authorizer does not support user rule resolution";

std::vector<std::string_view> Strings(const Node* list) {
  std::vector<std::string_view> strings;
  if (list == nullptr) return strings;
  for (const Node& element : list->children) strings.push_back(element.String());
  return strings;
}

std::string AggregatedWords(std::string_view group) {
  return fmt::format(
      "the identity may write kinds of {}, which another API server serves: no policy is asked there", group);
}

bool Has(std::span<const std::string_view> list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool HasVerb(const RightsRule& rule, std::string_view verb) {
  return Has(rule.verbs, verb) || Has(rule.verbs, "*");
}

// Newer servers split it into verbs such as impersonate:user-info, for any resource.
bool Impersonates(const RightsRule& rule) {
  return std::any_of(rule.verbs.begin(), rule.verbs.end(),
                     [](std::string_view verb) { return verb.starts_with("impersonate"); });
}

bool HasResource(const RightsRule& rule, std::string_view resource) {
  if (Has(rule.resources, resource) || Has(rule.resources, "*")) return true;
  const std::size_t slash = resource.find('/');
  return slash != std::string_view::npos && Has(rule.resources, fmt::format("*{}", resource.substr(slash)));
}

bool Gives(const RightsRule& rule, const Excess& excess) {
  if (excess.any_resource && Impersonates(rule)) return true;
  const auto verb = [&](std::string_view one) { return HasVerb(rule, one); };
  if (!std::any_of(excess.verbs.begin(), excess.verbs.end(), verb)) return false;
  const auto resource = [&](std::string_view one) { return HasResource(rule, one); };
  return (Has(rule.groups, excess.group) || Has(rule.groups, "*")) &&
         std::any_of(excess.resources.begin(), excess.resources.end(), resource);
}

bool Writes(const RightsRule& rule) {
  return std::any_of(std::begin(kWrites), std::end(kWrites),
                     [&](std::string_view verb) { return HasVerb(rule, verb); });
}

bool HasWildcard(const RightsRule& rule) {
  const auto stars = [](std::string_view resource) { return resource.starts_with('*'); };
  return Has(rule.verbs, "*") ||
         (Writes(rule) &&
          (Has(rule.groups, "*") || std::any_of(rule.resources.begin(), rule.resources.end(), stars)));
}

}  // namespace

Rights RightsOf(const Node& review) {
  Rights rights;
  const Node* status = review.Find("status");
  const Node* rules = status == nullptr ? nullptr : status->Find("resourceRules");
  const Node* incomplete = status == nullptr ? nullptr : status->Find("incomplete");
  const Node* why = status == nullptr ? nullptr : status->Find("evaluationError");
  const bool of_nodes = why != nullptr && why->String() == kNodesAlone;
  // No list is no proof that there is nothing to list.
  rights.incomplete = rules == nullptr || (incomplete != nullptr && incomplete->text == "true" && !of_nodes);
  if (rules == nullptr) return rights;
  for (const Node& rule : rules->children) {
    rights.rules.push_back({Strings(rule.Find("verbs")), Strings(rule.Find("apiGroups")),
                            Strings(rule.Find("resources")), Strings(rule.Find("resourceNames"))});
  }
  return rights;
}

std::vector<std::string> ExcessiveRights(const Rights& rights, const RightsAllowed& allowed) {
  std::vector<std::string> sentences;
  const auto any = [&](auto&& is) { return std::any_of(rights.rules.begin(), rights.rules.end(), is); };
  for (const Excess& excess : kExcesses) {
    if (excess.of_rbac && allowed.rbac_kinds) continue;
    if (!any([&](const RightsRule& rule) { return Gives(rule, excess); })) continue;
    if (sentences.empty() || sentences.back() != excess.words) sentences.emplace_back(excess.words);
  }
  if (any(HasWildcard)) sentences.emplace_back(kWildcardWords);
  for (const std::string& group : allowed.aggregated) {
    if (!any([&](const RightsRule& rule) { return Writes(rule) && Has(rule.groups, group); })) continue;
    sentences.push_back(AggregatedWords(group));
  }
  return sentences;
}

std::vector<RightsQuestion> RightsQuestions(const RightsAllowed& allowed) {
  std::vector<RightsQuestion> questions;
  const auto add = [&](std::string_view verb, std::string_view group, std::string_view resource,
                       std::string_view words, std::string_view name = {}) {
    const std::size_t slash = std::min(resource.find('/'), resource.size());
    questions.push_back({std::string(verb), std::string(group), std::string(resource.substr(0, slash)),
                         std::string(resource.substr(std::min(slash + 1, resource.size()))),
                         std::string(name), std::string(words)});
  };
  for (const Excess& excess : kExcesses) {
    if (excess.of_rbac && allowed.rbac_kinds) continue;
    for (const std::string_view verb : excess.verbs) {
      for (const std::string_view resource : excess.resources)
        add(verb, excess.group, resource, excess.words);
    }
  }
  for (const std::string_view verb : kWrites) {
    for (const std::string_view resource : {kPolicies[0], kPolicies[1]})
      add(verb, kExcesses[0].group, resource, kExcesses[0].words, kGuardName);
    for (const std::string& group : allowed.aggregated) add(verb, group, "*", AggregatedWords(group));
    add(verb, "*", "*", kWildcardWords);
  }
  add("*", "*", "*", kWildcardWords);
  return questions;
}

}  // namespace sluice::cluster
