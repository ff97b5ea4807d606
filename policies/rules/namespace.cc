// native/namespace and native/namespace-on-cluster-scoped.
#include <string>

#include "policies/placeholder.h"
#include "policies/rules/name_syntax.h"
#include "policies/rules/rules.h"
#include "policies/rules/words.h"

namespace sluice::policies {

constexpr Rule kNamespaceRule{
    .id = "native/namespace",
    .title = "a namespace that cannot exist",
    .why = "The name of a namespace is a DNS-1123 label; the API server refuses an object in any other.",
    .remedy = "use at most 63 lower-case letters, digits and '-'",
    .fails = R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: web-settings
  namespace: Shop
data:
  colour: blue
)",
    .passes = R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: web-settings
  namespace: shop
data:
  colour: blue
)",
};

// A warning: the API server takes the object and drops the field
// (apiserver/pkg/registry/rest/meta.go, EnsureObjectNamespaceMatchesRequestNamespace).
constexpr Rule kNamespaceOnClusterScopedRule{
    .id = "native/namespace-on-cluster-scoped",
    .severity = Severity::kWarning,
    .title = "a namespace on a cluster-scoped kind",
    .why =
        "The API server drops it without a word: the object holds for the whole cluster, which is seldom "
        "what the author of the line meant.",
    .remedy = "remove metadata.namespace, or use the namespaced kind",
    .fails = R"(apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: read-orders
  namespace: shop
rules:
  - apiGroups: [""]
    resources: [configmaps]
    verbs: [get]
)",
    .passes = R"(apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: read-orders
  namespace: shop
rules:
  - apiGroups: [""]
    resources: [configmaps]
    verbs: [get]
)",
};

void CheckNamespace(const NativeContext& context, const manifests::Object& object, Findings& findings) {
  const manifests::Node* metadata = object.root->Find("metadata");
  const manifests::Node* ns = metadata == nullptr ? nullptr : metadata->Find("namespace");
  if (ns == nullptr || ns->String().empty() || HoldsPlaceholder(ns->text) || IsSopsValue(ns->text)) return;
  const schemas::KindInfo kind = context.catalog->Find(object.group, object.version, object.kind);
  if (kind.scope == schemas::Scope::kCluster) {
    findings.push_back(FindingIn(
        kNamespaceOnClusterScopedRule, object, ns->key_range, "metadata.namespace",
        std::string(object.kind) + " is cluster-scoped, its namespace " + Quoted(ns->text) + " is dropped"));
    return;
  }
  const std::string_view problem = DnsLabelProblem(ns->text);
  if (problem.empty()) return;
  findings.push_back(FindingIn(kNamespaceRule, object, ns->range, "metadata.namespace",
                               "namespace " + Quoted(ns->text) + ' ' + std::string(problem)));
}

}  // namespace sluice::policies
