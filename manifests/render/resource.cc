#include "manifests/render/resource.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "manifests/render/edit.h"

namespace sluice::manifests::render {
namespace {

constexpr std::string_view kNoNamespace = "_non_namespaceable_";

struct ApiKind {
  std::string_view api_version, kind;
  friend constexpr auto operator<=>(const ApiKind&, const ApiKind&) = default;
};

// The cluster-scoped kinds of kustomize's built-in OpenAPI; sorted.
constexpr ApiKind kClusterScoped[] = {
    {"admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"},
    {"admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"},
    {"admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration"},
    {"admissionregistration.k8s.io/v1beta1", "ValidatingWebhookConfiguration"},
    {"apiextensions.k8s.io/v1", "CustomResourceDefinition"},
    {"apiextensions.k8s.io/v1beta1", "CustomResourceDefinition"},
    {"apiregistration.k8s.io/v1", "APIService"},
    {"apiregistration.k8s.io/v1beta1", "APIService"},
    {"certificates.k8s.io/v1", "CertificateSigningRequest"},
    {"certificates.k8s.io/v1beta1", "CertificateSigningRequest"},
    {"flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema"},
    {"flowcontrol.apiserver.k8s.io/v1beta1", "PriorityLevelConfiguration"},
    {"networking.k8s.io/v1", "IngressClass"},
    {"networking.k8s.io/v1beta1", "IngressClass"},
    {"node.k8s.io/v1", "RuntimeClass"},
    {"node.k8s.io/v1beta1", "RuntimeClass"},
    {"policy/v1beta1", "PodSecurityPolicy"},
    {"rbac.authorization.k8s.io/v1", "ClusterRole"},
    {"rbac.authorization.k8s.io/v1", "ClusterRoleBinding"},
    {"rbac.authorization.k8s.io/v1beta1", "ClusterRole"},
    {"rbac.authorization.k8s.io/v1beta1", "ClusterRoleBinding"},
    {"scheduling.k8s.io/v1", "PriorityClass"},
    {"scheduling.k8s.io/v1beta1", "PriorityClass"},
    {"storage.k8s.io/v1", "CSIDriver"},
    {"storage.k8s.io/v1", "CSINode"},
    {"storage.k8s.io/v1", "StorageClass"},
    {"storage.k8s.io/v1", "VolumeAttachment"},
    {"storage.k8s.io/v1beta1", "CSIDriver"},
    {"storage.k8s.io/v1beta1", "CSINode"},
    {"storage.k8s.io/v1beta1", "StorageClass"},
    {"storage.k8s.io/v1beta1", "VolumeAttachment"},
    {"v1", "ComponentStatus"},
    {"v1", "Namespace"},
    {"v1", "Node"},
    {"v1", "NodeProxyOptions"},
    {"v1", "PersistentVolume"},
};
static_assert(std::ranges::is_sorted(kClusterScoped));

std::string_view Effective(std::string_view ns) { return ns.empty() ? "default" : ns; }

std::string_view Or(std::string_view text, std::string_view otherwise) {
  return text.empty() ? otherwise : text;
}

bool IsApiVersion(std::string_view api_version, const Gvk& gvk) {
  if (gvk.group.empty()) return api_version == gvk.version;
  return api_version.size() == gvk.group.size() + 1 + gvk.version.size() &&
         api_version.starts_with(gvk.group) && api_version[gvk.group.size()] == '/' &&
         api_version.ends_with(gvk.version);
}

}  // namespace

std::string_view ScalarText(const Node* node) {
  if (node == nullptr || node->kind == NodeKind::kNull || !node->children.empty()) return {};
  return node->kind == NodeKind::kMapping || node->kind == NodeKind::kSequence ? std::string_view()
                                                                               : node->text;
}

Gvk SplitApiVersion(std::string_view api_version, std::string_view kind) {
  const std::size_t slash = api_version.find('/');
  if (slash == api_version.npos) return {{}, api_version, kind};
  return {api_version.substr(0, slash), api_version.substr(slash + 1), kind};
}

Gvk GvkOf(const Node& root) {
  return SplitApiVersion(ScalarText(root.Find("apiVersion")), ScalarText(root.Find("kind")));
}

bool IsClusterScoped(const Gvk& gvk) {
  return std::ranges::any_of(kClusterScoped, [&](const ApiKind& each) {
    return each.kind == gvk.kind && IsApiVersion(each.api_version, gvk);
  });
}

ResourceId MakeId(const Gvk& gvk, std::string_view name, std::string_view ns) {
  return {gvk, name, ns, Effective(ns)};
}

ResourceId IdOf(const Node& root) {
  ResourceId id = MakeId(GvkOf(root), {}, {});
  if (const Node* metadata = root.Find("metadata")) {
    id.name = ScalarText(metadata->Find("name"));
    id.ns = ScalarText(metadata->Find("namespace"));
  }
  id.effective = IsClusterScoped(id.gvk) ? kNoNamespace : Effective(id.ns);
  return id;
}

ResourceId IdOf(const Resource& resource, const PreviousId& previous) {
  Gvk gvk = GvkOf(resource.root);
  gvk.kind = previous.kind;
  return MakeId(gvk, previous.name, previous.ns);
}

ResourceId OriginalId(const Resource& resource) {
  const PreviousId* first = resource.previous;
  if (first == nullptr) return IdOf(resource.root);
  while (first->before != nullptr) first = first->before;
  return IdOf(resource, *first);
}

bool SameId(const ResourceId& a, const ResourceId& b) {
  return a.name == b.name && a.gvk == b.gvk && a.effective == b.effective;
}

std::string Show(const ResourceId& id) {
  return fmt::format("{}.{}.{}/{}.{}", Or(id.gvk.kind, "[noKind]"), Or(id.gvk.version, "[noVer]"),
                     Or(id.gvk.group, "[noGrp]"), Or(id.name, "[noName]"), Or(id.ns, "[noNs]"));
}

bool Selects(const Gvk& selector, const Gvk& gvk) {
  return (selector.kind.empty() || selector.kind == gvk.kind) &&
         (selector.group.empty() || selector.group == gvk.group) &&
         (selector.version.empty() || selector.version == gvk.version);
}

bool Selects(const ResourceId& selector, const ResourceId& id) {
  return (selector.name.empty() || selector.name == id.name) &&
         (selector.ns.empty() || selector.effective == id.effective) && Selects(selector.gvk, id.gvk);
}

bool AnyId(const Resource& resource, const std::function<bool(const ResourceId&)>& matches) {
  for (const PreviousId* each = resource.previous; each != nullptr; each = each->before) {
    if (matches(IdOf(resource, *each))) return true;
  }
  return matches(IdOf(resource.root));
}

void RememberId(Arena& arena, Resource& resource) {
  const ResourceId id = IdOf(resource.root);
  const PreviousId entry{id.name, id.effective, id.gvk.kind, resource.previous};
  resource.previous = arena.Keep(std::span<const PreviousId>(&entry, 1)).data();
}

const TextList* Add(Arena& arena, const TextList* list, std::string_view text) {
  const TextList entry{text, list};
  return arena.Keep(std::span<const TextList>(&entry, 1)).data();
}

bool SameEnding(const TextList* a, const TextList* b) {
  if (a == nullptr || b == nullptr) return a == b;
  for (; a != nullptr && b != nullptr; a = a->before, b = b->before) {
    if (a->text != b->text) return false;
  }
  return true;
}

Node WithName(Arena& arena, const Node& root, std::string_view name, Range place) {
  const Step way[] = {{"metadata"}, {"name"}};
  return EditAt(arena, root, way, [&](const Node&) { return TextNode(arena, name, place); },
                {.make = true, .made_at = place});
}

}  // namespace sluice::manifests::render
