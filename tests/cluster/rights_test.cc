// Which rights are too much for the guard, and which are not.
#include "cluster/rights.h"

#include <algorithm>

#include "tests/catch.h"

namespace sluice::cluster {
namespace {

std::string Review(const std::string& rules, const std::string& rest = R"("incomplete": false)") {
  return R"({"kind": "SelfSubjectRulesReview", "status": {"resourceRules": [)" + rules + "], " + rest + "}}";
}

std::string Rule(const std::string& verbs, const std::string& groups, const std::string& resources) {
  return R"({"verbs": [)" + verbs + R"(], "apiGroups": [)" + groups + R"(], "resources": [)" + resources +
         "]}";
}

// What is too much, the sentences in one text; empty: nothing.
std::string TooMuch(const std::string& rules, const RightsAllowed& allowed = {}) {
  const manifests::ParsedFile file = manifests::Parse("", Review(rules), Limits{});
  std::string all;
  for (const std::string& sentence : ExcessiveRights(RightsOf(*file.documents.at(0).root), allowed)) {
    all += (all.empty() ? "" : "; ") + sentence;
  }
  return all;
}

constexpr const char* kAdmission = R"("admissionregistration.k8s.io")";
constexpr const char* kRbac = R"("rbac.authorization.k8s.io")";

TEST_CASE("what the gate needs is not too much") {
  const std::string passes[] = {
      "",
      Rule(R"("get", "create", "patch", "delete")", R"("")", R"("configmaps", "serviceaccounts", "pods")"),
      Rule(R"("get", "list", "watch")", kAdmission,
           R"("validatingadmissionpolicies", "mutatingadmissionpolicies")"),
      Rule(R"("create", "patch")", kAdmission, R"("validatingwebhookconfigurations")"),
      Rule(R"("create", "update", "patch", "delete", "deletecollection")", R"("apps")", R"("deployments")"),
      Rule(R"("create")", R"("authorization.k8s.io")", R"("selfsubjectrulesreviews")"),
      Rule(R"("get", "list")", R"("*")", R"("*")"),
      Rule(R"("create", "patch")", kRbac, R"("roles", "clusterroles")"),
      Rule(R"("create")", R"("example.org")", R"("validatingadmissionpolicies")"),
      Rule(R"("create")", R"("")", R"("pods/exec")"),
  };
  for (const std::string& rules : passes) CHECK(TooMuch(rules) == "");
}

TEST_CASE("rights that the guard cannot hold are said") {
  struct Case {
    std::string rules, words;
  };
  const std::string policies = "may write admission policies", others = "may impersonate others",
                    rights = "may bind or escalate", tokens = "may ask for tokens", stars = "rights with *";
  const Case cases[] = {
      {Rule(R"("patch")", kAdmission, R"("validatingadmissionpolicies")"), policies},
      {Rule(R"("get", "update")", kAdmission, R"("validatingadmissionpolicybindings")"), policies},
      {Rule(R"("delete")", kAdmission, R"("x", "mutatingadmissionpolicies")"), policies},
      {Rule(R"("create")", kAdmission, R"("mutatingadmissionpolicybindings")"), policies},
      {Rule(R"("deletecollection")", kAdmission, R"("validatingadmissionpolicies")"), policies},
      {R"({"verbs": ["patch"], "apiGroups": [)" + std::string(kAdmission) +
           R"(], "resources": ["validatingadmissionpolicies"], "resourceNames": ["sluice-dry-run-only"]})",
       policies},
      {Rule(R"("*")", kAdmission, R"("validatingadmissionpolicies")"), policies},
      {Rule(R"("*")", kAdmission, R"("validatingadmissionpolicies")"), stars},
      {Rule(R"("patch")", R"("*")", R"("validatingadmissionpolicies")"), policies},
      {Rule(R"("patch")", kAdmission, R"("*")"), policies},
      {Rule(R"("impersonate")", R"("")", R"("users")"), others},
      {Rule(R"("impersonate")", R"("")", R"("serviceaccounts")"), others},
      {Rule(R"("impersonate")", R"("authentication.k8s.io")", R"("userextras/scopes")"), others},
      {Rule(R"("impersonate:user-info")", R"("authentication.k8s.io")", R"("users")"), others},
      {Rule(R"("impersonate-on:user-info:get")", R"("")", R"("pods")"), others},
      {Rule(R"("bind")", kRbac, R"("clusterroles")"), rights},
      {Rule(R"("escalate")", kRbac, R"("roles")"), rights},
      {Rule(R"("create")", R"("")", R"("serviceaccounts/token")"), tokens},
      {Rule(R"("create")", R"("")", R"("*/token")"), tokens},
      {Rule(R"("create")", R"("")", R"("*")"), tokens},
      {Rule(R"("patch")", R"("*")", R"("deployments")"), stars},
      {Rule(R"("create")", R"("apps")", R"("*")"), stars},
      {Rule(R"("update")", R"("apps")", R"("*/scale")"), stars},
      {Rule(R"("*")", R"("apps")", R"("deployments")"), stars},
  };
  for (const Case& row : cases) {
    INFO(row.rules);
    CHECK(TooMuch(row.rules).find(row.words) != std::string::npos);
    CHECK(TooMuch(Rule(R"("get")", R"("")", R"("pods")") + ", " + row.rules) == TooMuch(row.rules));
  }
  const std::string everything = TooMuch(Rule(R"("*")", R"("*")", R"("*")"));
  for (const std::string& words : {policies, others, rights, tokens, stars}) {
    CHECK(everything.find(words) != std::string::npos);
  }
}

TEST_CASE("an operator may have RBAC kinds judged") {
  const std::string rule = Rule(R"("bind", "escalate")", kRbac, R"("roles", "clusterroles")");
  CHECK(TooMuch(rule) != "");
  CHECK(TooMuch(rule, {.rbac_kinds = true}) == "");
}

TEST_CASE("kinds of other API servers may not be written") {
  const RightsAllowed allowed{.aggregated = {"metrics.k8s.io"}};
  CHECK(TooMuch(Rule(R"("get")", R"("metrics.k8s.io")", R"("pods")"), allowed) == "");
  CHECK(TooMuch(Rule(R"("create")", R"("apps", "metrics.k8s.io")", R"("pods")"), allowed) ==
        "the identity may write kinds of metrics.k8s.io, which another API server serves: no policy is asked "
        "there");
}

TEST_CASE("a list that may be incomplete is said to be") {
  struct Case {
    std::string json;
    bool incomplete;
  };
  const Case cases[] = {
      {Review(""), false},
      {Review("", R"("incomplete": true)"), true},
      {Review("", R"("incomplete": true, "evaluationError": "webhook authorizer does not support rules")"),
       true},
      {Review(
           "",
           R"("incomplete": true, "evaluationError": "node authorizer does not support user rule resolution")"),
       false},
      {Review(
           "",
           R"("incomplete": true, "evaluationError": "[node authorizer does not support user rule resolution, x]")"),
       true},
      {R"({"status": {}})", true},
      {R"({"status": {"resourceRules": null, "incomplete": false}})", false},
      {R"({"kind": "Status"})", true},
      {"[]", true},
  };
  for (const Case& row : cases) {
    INFO(row.json);
    const manifests::ParsedFile file = manifests::Parse("", row.json, Limits{});
    CHECK(RightsOf(*file.documents.at(0).root).incomplete == row.incomplete);
  }
}

TEST_CASE("each right that is too much can be asked about by itself") {
  const std::vector<RightsQuestion> questions = RightsQuestions({});
  CHECK(questions.size() == 5 * 4 + 3 + 2 + 2 * 2 + 1 + 5 * 2 + 5 + 1);
  const auto asks = [&](std::string_view verb, std::string_view group, std::string_view resource,
                        std::string_view subresource) {
    return std::any_of(questions.begin(), questions.end(), [&](const RightsQuestion& one) {
      return one.verb == verb && one.group == group && one.resource == resource &&
             one.subresource == subresource;
    });
  };
  CHECK(asks("patch", "admissionregistration.k8s.io", "validatingadmissionpolicybindings", ""));
  CHECK(asks("impersonate", "", "groups", ""));
  CHECK(asks("create", "", "serviceaccounts", "token"));
  CHECK(asks("*", "*", "*", ""));
  CHECK(asks("patch", "*", "*", ""));
  CHECK(asks("impersonate", "authentication.k8s.io", "userextras", ""));
  // A right on the guard's own objects alone is found by their name.
  CHECK(std::count_if(questions.begin(), questions.end(), [](const RightsQuestion& one) {
          return one.name == "sluice-dry-run-only" && one.group == "admissionregistration.k8s.io";
        }) == 10);
  CHECK(RightsQuestions({.aggregated = {"metrics.k8s.io"}}).size() == questions.size() + 5);
  CHECK(RightsQuestions({.rbac_kinds = true}).size() == questions.size() - 4);
}

}  // namespace
}  // namespace sluice::cluster
