// The namespace transformer (api/filters/namespace): metadata.namespace of what
// is not surely cluster-scoped, the subjects of role bindings, then the fields
// that hold a namespace.
#include <algorithm>

#include "manifests/render/edit.h"
#include "manifests/render/rules.h"
#include "manifests/render/transformers.h"

namespace sluice::manifests::render {
namespace {

class NamespaceSetter {
 public:
  NamespaceSetter(Layer& layer, const NamespaceChange& change)
      : layer_(layer), change_(change), value_(TextNode(layer.arena, change.ns->text, change.ns->range)) {
    set_.made = Made::kScalar;
    set_.made_at = change.ns->range;
    set_.set = [this](const Node& old, std::string& problem) { return Set(old, problem); };
    metadata_ = MakeFieldSpec(layer.arena, {}, "metadata/namespace", true);
  }

  bool Change(Resource& resource) {
    const Gvk gvk = GvkOf(resource.root);
    RememberId(layer_.arena, resource);
    if (!IsClusterScoped(gvk) && !ChangeFields(layer_, resource, std::span(&metadata_, 1), set_))
      return false;
    const bool binding = gvk.kind == "RoleBinding" || gvk.kind == "ClusterRoleBinding";
    if (binding) ChangeSubjects(resource);
    const bool core = ScalarText(resource.root.Find("apiVersion")) == "v1";
    for (const FieldSpec& spec : change_.specs) {
      if (spec.path == "metadata/namespace" || (!core && spec.path == "metadata/name")) continue;
      const bool of_binding = spec.gvk.kind == "RoleBinding" || spec.gvk.kind == "ClusterRoleBinding";
      if (binding && of_binding && spec.path == "subjects/namespace") continue;
      if (!ChangeFields(layer_, resource, std::span(&spec, 1), set_)) return false;
    }
    return true;
  }

 private:
  std::optional<Node> Set(const Node& old, std::string& problem) const {
    if (old.kind == NodeKind::kMapping || old.kind == NodeKind::kSequence) {
      problem = "namespace field specs must target scalar nodes";
      return std::nullopt;
    }
    if (change_.unset_only && !ScalarText(&old).empty()) return std::nullopt;
    return value_;
  }

  bool IsMeant(const Node& subject) const {
    switch (change_.subjects) {
      case Subjects::kDefaultOnly:
        return ScalarText(subject.Find("name")) == "default";
      case Subjects::kAllServiceAccounts:
        return ScalarText(subject.Find("kind")) == "ServiceAccount";
      default:
        return false;
    }
  }

  void ChangeSubjects(Resource& resource) {
    const Step way[] = {{"subjects"}, {.key = {}, .each = true}};
    resource.root = EditAt(layer_.arena, resource.root, way, [&](const Node& subject) -> std::optional<Node> {
      if (!IsMeant(subject)) return std::nullopt;
      const Node* old = subject.Find("namespace");
      if (change_.unset_only && !ScalarText(old).empty()) return std::nullopt;
      const Range key = old == nullptr ? value_.range : old->key_range;
      return WithMember(layer_.arena, subject, AsMember(layer_.arena, value_, "namespace", key));
    });
  }

  Layer& layer_;
  const NamespaceChange& change_;
  Node value_;
  FieldChange set_;
  FieldSpec metadata_;
};

}  // namespace

bool ChangeNamespace(Layer& layer, Accumulation& all, const NamespaceChange& change) {
  if (change.ns == nullptr || ScalarText(change.ns).empty()) return true;
  NamespaceSetter setter(layer, change);
  const bool done = std::ranges::all_of(all.resources, [&](Resource& each) { return setter.Change(each); });
  return done && CheckIds(layer, all.resources, change.ns->range);
}

}  // namespace sluice::manifests::render
