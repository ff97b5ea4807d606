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
    if (binding && !ChangeSubjects(resource)) return false;
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

  // The field that tells whether a subject is meant.
  std::string_view TellingField() const {
    return change_.subjects == Subjects::kAllServiceAccounts ? "kind" : "name";
  }
  bool IsMeant(const Node& subject) const {
    const bool all_accounts = change_.subjects == Subjects::kAllServiceAccounts;
    return ScalarText(subject.Find(TellingField())) == (all_accounts ? "ServiceAccount" : "default");
  }

  // What kustomize cannot go through: a list of anything but mappings, and a
  // field that it reads or writes and that is no plain value.
  const Node* BadSubject(const Node& subjects) const {
    if (subjects.kind != NodeKind::kSequence) return &subjects;
    const auto is_collection = [](const Node* node) {
      return node != nullptr && (node->kind == NodeKind::kMapping || node->kind == NodeKind::kSequence);
    };
    const auto bad = std::ranges::find_if(subjects.children, [&](const Node& subject) {
      if (subject.kind == NodeKind::kNull) return false;
      return subject.kind != NodeKind::kMapping || is_collection(subject.Find(TellingField())) ||
             (IsMeant(subject) && is_collection(subject.Find("namespace")));
    });
    return bad == subjects.children.end() ? nullptr : &*bad;
  }

  bool ChangeSubjects(Resource& resource) {
    const Node* subjects = resource.root.Find("subjects");
    if (subjects == nullptr || subjects->kind == NodeKind::kNull || change_.subjects == Subjects::kNone)
      return true;
    if (const Node* bad = BadSubject(*subjects)) {
      return layer_.Fail(kFieldRule, bad->range,
                         "kustomize sets the namespace of subjects here, and this is not a list of them",
                         resource);
    }
    const Step way[] = {{"subjects"}, {.key = {}, .each = true}};
    resource.root = EditAt(layer_.arena, resource.root, way, [&](const Node& subject) -> std::optional<Node> {
      if (!IsMeant(subject)) return std::nullopt;
      const Node* old = subject.Find("namespace");
      if (change_.unset_only && !ScalarText(old).empty()) return std::nullopt;
      const Range key = old == nullptr ? value_.range : old->key_range;
      return WithMember(layer_.arena, subject, AsMember(layer_.arena, value_, "namespace", key));
    });
    return true;
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
