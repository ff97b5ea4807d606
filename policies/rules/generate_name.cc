// native/generate-name.
#include <array>
#include <string_view>

#include "policies/rules/rules.h"
#include "policies/rules/words.h"

namespace sluice::policies {

constexpr Rule kGenerateNameRule{
    .id = "native/generate-name",
    .title = "generateName in place of a name",
    .why =
        "The API server makes a new object at each apply, so kubectl apply and Flux refuse it, and "
        "nothing could tell which of the objects is this one. Argo CD and Helm create hooks, and Argo "
        "Workflows its workflows, so there it stands.",
    .remedy = "set metadata.name; for a Job that must run again, let the name change with its content",
    .fails = R"(apiVersion: v1
kind: ConfigMap
metadata:
  generateName: web-settings-
  namespace: shop
data:
  colour: blue
)",
    .passes = R"(apiVersion: batch/v1
kind: Job
metadata:
  generateName: migrate-
  namespace: shop
  annotations:
    argocd.argoproj.io/hook: PreSync
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: migrate
          image: registry.example/migrate:1.0.0
)",
};

namespace {

constexpr std::array kHookAnnotations = {std::string_view("argocd.argoproj.io/hook"),
                                         std::string_view("helm.sh/hook")};
constexpr std::string_view kWorkflowGroup = "argoproj.io";

bool IsCreatedAnew(const manifests::Object& object, const manifests::Node& metadata) {
  if (object.group == kWorkflowGroup) return true;
  const manifests::Node* annotations = metadata.Find("annotations");
  if (annotations == nullptr) return false;
  for (const std::string_view hook : kHookAnnotations) {
    if (annotations->Find(hook) != nullptr) return true;
  }
  return false;
}

}  // namespace

void CheckGenerateName(const manifests::Object& object, Findings& findings) {
  const manifests::Node* metadata = object.root->Find("metadata");
  const manifests::Node* prefix = metadata == nullptr ? nullptr : metadata->Find("generateName");
  // Beside a name the API server ignores it.
  if (prefix == nullptr || prefix->String().empty() || !object.name.empty()) return;
  if (IsCreatedAnew(object, *metadata)) return;
  findings.push_back(
      FindingIn(kGenerateNameRule, object, prefix->key_range, "metadata.generateName",
                std::string(object.kind) + " has generateName and no name, so it cannot be applied"));
}

}  // namespace sluice::policies
