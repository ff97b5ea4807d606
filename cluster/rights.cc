// A row of the table is a right that the guard cannot hold. It is matched as RBAC
// matches: `*` in a rule is everything.
#include "cluster/rights.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sluice::cluster {
namespace {

using manifests::Node;

constexpr std::string_view kWrites[] = {"create", "update", "patch", "delete", "deletecollection"};
constexpr std::string_view kPolicies[] = {"validatingadmissionpolicies", "validatingadmissionpolicybindings",
                                          "mutatingadmissionpolicies", "mutatingadmissionpolicybindings"};
constexpr std::string_view kImpersonate[] = {"impersonate"};
constexpr std::string_view kSubjects[] = {"users", "groups", "serviceaccounts"};
constexpr std::string_view kGiveRights[] = {"bind", "escalate"};
constexpr std::string_view kRoles[] = {"roles", "clusterroles"};
constexpr std::string_view kCreate[] = {"create"};
constexpr std::string_view kTokens[] = {"serviceaccounts/token"};

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
    {kImpersonate, "", kSubjects, "the identity may impersonate others, whom the policy does not hold", true},
    {kGiveRights, "rbac.authorization.k8s.io", kRoles,
     "the identity may bind or escalate: it could be given rights that nobody meant it to have", false, true},
    {kCreate, "", kTokens,
     "the identity may ask for tokens of service accounts, whom the policy does not hold"},
};
constexpr std::string_view kWildcardWords =
    "the identity may do more than what is listed by kind: it has rights with *";

std::vector<std::string_view> Strings(const Node* list) {
  std::vector<std::string_view> strings;
  if (list == nullptr) return strings;
  for (const Node& element : list->children) strings.push_back(element.String());
  return strings;
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
  // No list is no proof that there is nothing to list.
  rights.incomplete = rules == nullptr || (incomplete != nullptr && incomplete->text == "true");
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
    if (any([&](const RightsRule& rule) { return Gives(rule, excess); }))
      sentences.emplace_back(excess.words);
  }
  if (any(HasWildcard)) sentences.emplace_back(kWildcardWords);
  for (const std::string& group : allowed.aggregated) {
    if (!any([&](const RightsRule& rule) { return Writes(rule) && Has(rule.groups, group); })) continue;
    sentences.push_back(fmt::format(
        "the identity may write kinds of {}, which another API server serves: no policy is asked there",
        group));
  }
  return sentences;
}

std::vector<RightsQuestion> RightsQuestions(const RightsAllowed& allowed) {
  std::vector<RightsQuestion> questions;
  for (const Excess& excess : kExcesses) {
    if (excess.of_rbac && allowed.rbac_kinds) continue;
    for (const std::string_view verb : excess.verbs) {
      for (const std::string_view resource : excess.resources) {
        const std::size_t slash = std::min(resource.find('/'), resource.size());
        questions.push_back({verb, excess.group, resource.substr(0, slash),
                             resource.substr(std::min(slash + 1, resource.size())), excess.words});
      }
    }
  }
  questions.push_back({"*", "*", "*", "", kWildcardWords});
  return questions;
}

}  // namespace sluice::cluster
