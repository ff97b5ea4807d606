// The guard's objects as a real API server (1.34) returned them, and each way in
// which they can be weakened.
#include "cluster/guard_policy.h"

#include "tests/catch.h"

namespace sluice::cluster {
namespace {

constexpr std::string_view kUser = "system:serviceaccount:sluice-system:gate";

const std::string kPolicy = R"({
  "kind": "ValidatingAdmissionPolicy", "apiVersion": "admissionregistration.k8s.io/v1",
  "metadata": {"name": "sluice-dry-run-only", "uid": "393b92d5", "resourceVersion": "224", "generation": 1},
  "spec": {
    "matchConstraints": {
      "namespaceSelector": {}, "objectSelector": {},
      "resourceRules": [{
        "operations": ["CREATE", "UPDATE", "DELETE", "CONNECT"],
        "apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*/*"], "scope": "*"
      }],
      "matchPolicy": "Equivalent"
    },
    "validations": [
      {"expression": "request.dryRun == true", "message": "this identity may only dry-run", "reason": "Forbidden"},
      {"expression": "!has(request.subResource) || request.subResource != 'token'",
       "message": "a dry run of a token request gives a real token", "reason": "Forbidden"}
    ],
    "failurePolicy": "Fail",
    "matchConditions": [
      {"name": "gate", "expression": "request.userInfo.username == 'system:serviceaccount:sluice-system:gate'"}
    ]
  },
  "status": {"observedGeneration": 1, "typeChecking": {}}
})";

const std::string kBinding = R"({
  "kind": "ValidatingAdmissionPolicyBinding", "apiVersion": "admissionregistration.k8s.io/v1",
  "metadata": {"name": "sluice-dry-run-only", "resourceVersion": "209"},
  "spec": {"policyName": "sluice-dry-run-only", "validationActions": ["Deny"]}
})";

struct Edit {
  std::string from, to;  // the first `from` becomes `to`
  std::string fault;     // the beginning, after "… was edited: "
};

std::string Edited(std::string text, const Edit& edit) {
  const std::size_t at = text.find(edit.from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, edit.from.size(), edit.to);
}

std::string OnlyFault(const std::vector<std::string>& faults) {
  REQUIRE(faults.size() == 1);
  return faults[0];
}

std::vector<std::string> Policy(const std::string& json, std::string_view user = kUser) {
  const manifests::ParsedFile file = manifests::Parse("", json, Limits{});
  return PolicyFaults(*file.documents.at(0).root, user);
}

std::vector<std::string> Binding(const std::string& json) {
  const manifests::ParsedFile file = manifests::Parse("", json, Limits{});
  return BindingFaults(*file.documents.at(0).root);
}

TEST_CASE("the objects of deploy/gate are as they must be") {
  CHECK(Policy(kPolicy).empty());
  CHECK(Binding(kBinding).empty());
  // An absent field may be there as null.
  CHECK(Policy(Edited(kPolicy, {"\"spec\": {", "\"spec\": {\"paramKind\": null, ", ""})).empty());
}

TEST_CASE("another identity needs a policy of its own") {
  CHECK(OnlyFault(Policy(kPolicy, "ana")) ==
        "the policy sluice-dry-run-only was edited: spec.matchConditions[0].expression is "
        "\"request.userInfo.username == 'system:serviceaccount:sluice-system:gate'\" and must be "
        "\"request.userInfo.username == 'ana'\", so requests of this identity can be left out");
  const std::string quoted =
      Edited(kPolicy, {"system:serviceaccount:sluice-system:gate'", "o\\\\'neill'", ""});
  CHECK(Policy(quoted, "o'neill").empty());
  CHECK_FALSE(Policy(quoted, "o\\'neill").empty());
}

TEST_CASE("every weakening of the policy is found") {
  const Edit edits[] = {
      {"\"Fail\"", "\"Ignore\"",
       R"(spec.failurePolicy is "Ignore" and must be "Fail", so a request passes where the policy cannot be)"},
      {"\"failurePolicy\": \"Fail\",", "", "spec.failurePolicy is missing"},
      {"\"failurePolicy\": \"Fail\"", "\"failurePolicy\": null", "spec.failurePolicy is missing"},
      {"\"CREATE\", ", "",
       "spec.matchConstraints.resourceRules[0].operations has 3 elements and must have 4"},
      {", \"CONNECT\"", "", "spec.matchConstraints.resourceRules[0].operations has 3 elements"},
      {"\"DELETE\"", "\"CREATE\"", R"(spec.matchConstraints.resourceRules[0].operations[2] is "CREATE" and)"},
      {"\"apiGroups\": [\"*\"]", "\"apiGroups\": [\"apps\"]",
       R"(spec.matchConstraints.resourceRules[0].apiGroups[0] is "apps" and must be "*", so resources or)"},
      {"\"apiVersions\": [\"*\"]", "\"apiVersions\": [\"v1\"]",
       "spec.matchConstraints.resourceRules[0].apiVersions[0]"},
      {"\"*/*\"", "\"*\"", R"(spec.matchConstraints.resourceRules[0].resources[0] is "*" and must be "*/*")"},
      {"\"scope\": \"*\"", "\"scope\": \"Namespaced\"", "spec.matchConstraints.resourceRules[0].scope is"},
      {"\"scope\": \"*\"", "\"scope\": \"*\", \"resourceNames\": [\"a\"]",
       "spec.matchConstraints.resourceRules[0].resourceNames is there and must not be"},
      {"\"namespaceSelector\": {}", "\"namespaceSelector\": {\"matchLabels\": {\"a\": \"b\"}}",
       "spec.matchConstraints.namespaceSelector.matchLabels is there and must not be, so namespaces can be "
       "left out"},
      {"\"objectSelector\": {}", "\"objectSelector\": {\"matchExpressions\": []}",
       "spec.matchConstraints.objectSelector.matchExpressions is there and must not be, so objects can be "
       "left out"},
      {"\"resourceRules\"", "\"excludeResourceRules\": [{}], \"resourceRules\"",
       "spec.matchConstraints.excludeResourceRules is there and must not be, so resources or operations are "
       "left out"},
      {"\"Equivalent\"", "\"Exact\"", R"(spec.matchConstraints.matchPolicy is "Exact")"},
      {"gate'\"", "gate' && request.namespace != 'x'\"", "spec.matchConditions[0].expression is"},
      {"username == 'system", "username == 'x' || 'system", "spec.matchConditions[0].expression is"},
      {"\"name\": \"gate\", ", "\"name\": \"other\", ", "spec.matchConditions[0].name is"},
      {"\"matchConditions\": [", "\"matchConditions\": [{\"name\": \"a\", \"expression\": \"false\"},",
       "spec.matchConditions has 2 elements and must have 1, so requests of this identity can be left out"},
      {"request.dryRun == true", "true", R"(spec.validations[0].expression is "true" and must be)"},
      {"request.dryRun == true", "request.dryRun == true || request.namespace == 'kube-system'",
       "spec.validations[0].expression is"},
      {"!= 'token'", "!= 'exec'", "spec.validations[1].expression is"},
      {"this identity may only dry-run", "no", "spec.validations[0].message is"},
      {"\"reason\": \"Forbidden\"", "\"reason\": \"Invalid\"", "spec.validations[0].reason is"},
      {"\"reason\": \"Forbidden\"", "\"reason\": \"Forbidden\", \"messageExpression\": \"'x'\"",
       "spec.validations[0].messageExpression is there and must not be, so more than dry runs can pass"},
      {"\"validations\": [", "\"validations\": [{\"expression\": \"true\"},",
       "spec.validations has 3 elements"},
      {"\"spec\": {", "\"spec\": {\"paramKind\": {\"kind\": \"ConfigMap\"},",
       "spec.paramKind is there and must not be"},
      {"\"spec\": {", "\"spec\": {\"variables\": [],", "spec.variables is there and must not be"},
      {"\"spec\": {", "\"spec\": {\"auditAnnotations\": [],", "spec.auditAnnotations is there"},
      {"\"spec\": {", "\"spec\": {\"fieldOfTomorrow\": 1,",
       "spec.fieldOfTomorrow is there and must not be, so what it allows is not known"},
      {"\"spec\"", "\"specification\"", "spec is missing"},
      {"\"uid\"", "\"deletionTimestamp\": \"2026-11-26T21:00:00Z\", \"uid\"",
       "metadata.deletionTimestamp is set: it is being deleted"},
      {"\"name\": \"sluice-dry-run-only\"", "\"name\": \"other\"", "metadata.name is another"},
      {"\"metadata\"", "\"meta\"", "metadata.name is another"},
  };
  for (const Edit& edit : edits) {
    INFO(edit.from << " -> " << edit.to);
    CHECK(OnlyFault(Policy(Edited(kPolicy, edit)))
              .starts_with("the policy sluice-dry-run-only was edited: " + edit.fault));
  }
}

TEST_CASE("every weakening of the binding is found") {
  const Edit edits[] = {
      {"[\"Deny\"]", "[\"Warn\"]",
       R"(spec.validationActions[0] is "Warn" and must be "Deny", so what the policy refuses can pass)"},
      {"[\"Deny\"]", "[\"Audit\"]", "spec.validationActions[0] is"},
      {"[\"Deny\"]", "[\"Deny\", \"Audit\"]", "spec.validationActions has 2 elements and must have 1"},
      {"[\"Deny\"]", "[]", "spec.validationActions has 0 elements"},
      {"[\"Deny\"]", "\"Deny\"", "spec.validationActions is \"Deny\" and must be a list"},
      {"\"policyName\": \"sluice-dry-run-only\"", "\"policyName\": \"other\"",
       R"(spec.policyName is "other" and must be "sluice-dry-run-only", so the policy is not bound)"},
      {"\"spec\": {", "\"spec\": {\"matchResources\": {\"namespaceSelector\": {\"matchLabels\": {}}},",
       "spec.matchResources is there and must not be, so resources or namespaces are left out"},
      {"\"spec\": {", "\"spec\": {\"paramRef\": {\"name\": \"x\"},",
       "spec.paramRef is there and must not be"},
      {"\"spec\": {", "\"spec\": {\"mode\": \"x\",", "spec.mode is there and must not be"},
      {"\"resourceVersion\"", "\"deletionTimestamp\": \"2026-11-26T21:00:00Z\", \"resourceVersion\"",
       "metadata.deletionTimestamp is set"},
      {"\"name\": \"sluice-dry-run-only\"", "\"name\": \"other\"", "metadata.name is another"},
      {"\"spec\"", "\"status\"", "spec is missing"},
  };
  for (const Edit& edit : edits) {
    INFO(edit.from << " -> " << edit.to);
    CHECK(OnlyFault(Binding(Edited(kBinding, edit)))
              .starts_with("the binding sluice-dry-run-only was edited: " + edit.fault));
  }
}

TEST_CASE("something else than the object is no policy") {
  for (const char* json : {"{}", "[]", "null", "\"text\"", R"({"kind": "Status", "code": 200})"}) {
    INFO(json);
    CHECK_FALSE(Policy(json).empty());
    CHECK_FALSE(Binding(json).empty());
  }
}

}  // namespace
}  // namespace sluice::cluster
