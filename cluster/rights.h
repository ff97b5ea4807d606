// What an identity may do, as the API server itself lists it
// (SelfSubjectRulesReview), and which of that is more than the guard can hold:
// rights that admission policies are not asked about, or that lead around them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/document.h"

namespace sluice::cluster {

// Views of the review's nodes.
struct RightsRule {
  std::vector<std::string_view> verbs, groups, resources, names;  // no names: all
};

struct Rights {
  std::vector<RightsRule> rules;
  bool incomplete = false;  // an authorizer (a webhook, often) does not list what it allows
};

// Of a SelfSubjectRulesReview. That the authorizer of nodes lists nothing is no gap
// for whoever is no node (servers before 1.33 say so to everybody).
Rights RightsOf(const manifests::Node& review);

struct RightsAllowed {
  bool rbac_kinds = false;                // the operator grants bind and escalate, to have RBAC kinds judged
  std::vector<std::string> aggregated{};  // API groups that other API servers serve
};

// One sentence, without a full stop, for each right that is too much. Empty: the
// guard holds all of it.
std::vector<std::string> ExcessiveRights(const Rights& rights, const RightsAllowed& allowed);

// Where the list is incomplete each right is asked about by itself: a yes to one
// of these questions (SelfSubjectAccessReview) is too much, for `words`. They reach
// no right that is for objects of one name, but those of the guard itself.
struct RightsQuestion {
  std::string verb, group, resource, subresource, name;
  std::string words;  // a sentence
};
std::vector<RightsQuestion> RightsQuestions(const RightsAllowed& allowed);

}  // namespace sluice::cluster
