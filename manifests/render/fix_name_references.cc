// Where an object was renamed, the fields of others that hold its old name get
// the new one (api/filters/nameref, api/internal/accumulator). Which fields: the
// configuration. Which object: one that had the name, of the right kind, in a
// namespace that the referrer can see, with the same prefixes and suffixes.
#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>

#include "manifests/hidden.h"
#include "manifests/render/edit.h"
#include "manifests/render/rules.h"
#include "manifests/render/transformers.h"

namespace sluice::manifests::render {
namespace {

using Candidates = std::vector<const Resource*>;

// Resources by the names that they once had.
class RenamedIndex {
 public:
  explicit RenamedIndex(const std::vector<Resource>& resources) : all_(resources) {
    for (const Resource& resource : resources) {
      for (const PreviousId* id = resource.previous; id != nullptr; id = id->before) {
        Candidates& named = by_name_[id->name];
        if (named.empty() || named.back() != &resource) named.push_back(&resource);
      }
    }
  }

  const std::vector<Resource>& all() const { return all_; }
  const Candidates& Named(std::string_view name) const {
    static const Candidates kNone;
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? kNone : found->second;
  }

 private:
  const std::vector<Resource>& all_;
  std::unordered_map<std::string_view, Candidates> by_name_;
};

bool WasOfKind(const Resource& resource, const Gvk& gvk) {
  for (const PreviousId* id = resource.previous; id != nullptr; id = id->before) {
    if (Selects(gvk, IdOf(resource, *id).gvk)) return true;
  }
  return false;
}

bool SameAffixes(const Resource& a, const Resource& b, bool allow_empty) {
  const auto fits = [allow_empty](const TextList* x, const TextList* y) {
    return (allow_empty && (x == nullptr || y == nullptr)) || SameEnding(x, y);
  };
  return fits(a.prefixes, b.prefixes) && fits(a.suffixes, b.suffixes);
}

// Where a role binding has subjects that kustomize cannot go through; null where
// it has none.
const Node* BadSubject(const Resource& referrer) {
  const Node* subjects = referrer.root.Find("subjects");
  if (subjects == nullptr || ScalarText(referrer.root.Find("kind")) != "RoleBinding") return nullptr;
  const auto bad = std::ranges::find_if(subjects->children, [](const Node& subject) {
    if (subject.kind != NodeKind::kMapping) return true;
    const Node* ns = subject.Find("namespace");
    return ns != nullptr && !ns->IsString() && ScalarText(subject.Find("kind")) == "ServiceAccount";
  });
  return subjects->kind == NodeKind::kSequence && bad != subjects->children.end() ? &*bad : nullptr;
}

// The namespaces of the service accounts that a role binding names.
std::vector<std::string_view> SubjectNamespaces(const Resource& referrer) {
  std::vector<std::string_view> namespaces;
  const Node* subjects = referrer.root.Find("subjects");
  if (subjects == nullptr || ScalarText(referrer.root.Find("kind")) != "RoleBinding") return namespaces;
  for (const Node& subject : subjects->children) {
    if (subject.Find("namespace") != nullptr && ScalarText(subject.Find("kind")) == "ServiceAccount")
      namespaces.push_back(ScalarText(subject.Find("namespace")));
  }
  return namespaces;
}

// One referrer: what its fields may mean.
class Referrer {
 public:
  Referrer(Layer& layer, const RenamedIndex& index, Resource& resource)
      : layer_(layer),
        index_(index),
        resource_(resource),
        id_(IdOf(resource.root)),
        cluster_scoped_(IsClusterScoped(id_.gvk)),
        subject_namespaces_(SubjectNamespaces(resource)) {}

  bool Fix(const NameReference& reference, const FieldSpec& spec) {
    target_ = &reference.target;
    path_ = spec.path;
    const FieldChange change{Made::kNothing, {}, [this](const Node& value, std::string& problem) {
                               return Value(value, problem);
                             }};
    const FieldResult result = ChangeField(layer_.arena, resource_.root, spec, change);
    if (!result.problem.empty())
      return layer_.Fail(kNameReferenceRule, result.place, result.problem, resource_);
    if (result.root) resource_.root = *result.root;
    return !layer_.log.failed;
  }

 private:
  std::optional<Node> Value(const Node& value, std::string& problem) {
    switch (value.kind) {
      case NodeKind::kNull:
        return std::nullopt;
      case NodeKind::kMapping:
        return Mapping(value, problem);
      case NodeKind::kSequence:
        return Elements(value, problem);
      default:
        return Scalar(value, problem);
    }
  }

  std::optional<Node> Elements(const Node& list, std::string& problem) {
    std::vector<Node> elements;
    for (std::size_t i = 0; i < list.children.size(); ++i) {
      const Node& element = list.children[i];
      if (element.kind == NodeKind::kSequence) {
        problem = fmt::format("the reference at {} is expected to be a name or a mapping with a name", path_);
        return std::nullopt;
      }
      const std::optional<Node> changed =
          element.kind == NodeKind::kMapping ? Mapping(element, problem) : Scalar(element, problem);
      if (!changed) continue;
      if (elements.empty()) elements.assign(list.children.begin(), list.children.end());
      elements[i] = *changed;
    }
    if (elements.empty()) return std::nullopt;
    return WithChildren(layer_.arena, list, elements);
  }

  std::optional<Node> Scalar(const Node& value, std::string& problem) {
    const Candidates& named = index_.Named(ScalarText(&value));
    if (named.empty()) return std::nullopt;
    const Resource* found = Find(ScalarText(&value), named, false, problem);
    if (found == nullptr) return std::nullopt;
    const Node* name = NameOf(*found);
    if (ScalarText(name) == ScalarText(&value)) return std::nullopt;
    return ScalarLike(layer_.arena, value, ScalarText(name), PlaceOf(name, value));
  }

  // A patch may have taken the name away: then where it is asked for.
  static Range PlaceOf(const Node* name, const Node& asked) {
    return name == nullptr ? asked.range : name->range;
  }

  // A reference of name and namespace, as a webhook's service and a subject.
  std::optional<Node> Mapping(const Node& value, std::string& problem) {
    const Node* name = value.Find("name");
    if (name == nullptr) {
      problem = fmt::format("path config error; no 'name' field in the reference at {}", path_);
      return std::nullopt;
    }
    const Candidates& named = index_.Named(ScalarText(name));
    if (named.empty()) return std::nullopt;
    const Resource* found = Find(ScalarText(name), InNamespace(value, named), true, problem);
    if (found == nullptr) return std::nullopt;
    const Node* new_name = NameOf(*found);
    const ResourceId id = IdOf(found->root);
    if (id.name == ScalarText(name) && id.ns.empty()) return std::nullopt;
    Node changed = value;
    if (id.name != ScalarText(name)) {
      changed = WithMember(
          layer_.arena, changed,
          AsMember(layer_.arena, ScalarLike(layer_.arena, *name, id.name, PlaceOf(new_name, *name)), "name",
                   name->key_range));
    }
    if (id.ns.empty()) return changed;
    const Node* old = value.Find("namespace");
    if (ScalarText(old) == id.ns) return changed;
    const Node* ns = found->root.Find("metadata")->Find("namespace");
    return WithMember(layer_.arena, changed,
                      AsMember(layer_.arena, TextNode(layer_.arena, id.ns, ns->range), "namespace",
                               old == nullptr ? ns->key_range : old->key_range));
  }

  static const Node* NameOf(const Resource& resource) {
    const Node* metadata = resource.root.Find("metadata");
    return metadata == nullptr ? nullptr : metadata->Find("name");
  }

  // Those that were in the namespace of the reference at first, where anything
  // was; else those that are in it now.
  Candidates InNamespace(const Node& value, const Candidates& named) const {
    const Node* ns = value.Find("namespace");
    if (ns == nullptr) return named;
    const std::string_view wanted = ScalarText(ns);
    if (!layer_.Spend(10 * index_.all().size(), value.range)) return {};
    const bool original = std::ranges::any_of(index_.all(), [&](const Resource& each) {
      return CouldBeReferenced(each) && OriginalId(each).effective == wanted;
    });
    Candidates candidates;
    for (const Resource* each : named) {
      if ((original ? OriginalId(*each) : IdOf(each->root)).effective == wanted) candidates.push_back(each);
    }
    return candidates;
  }

  bool CouldBeReferenced(const Resource& candidate) const {
    if (cluster_scoped_) return true;
    const ResourceId id = IdOf(candidate.root);
    if (IsClusterScoped(id.gvk) || id.effective == id_.effective) return true;
    return std::ranges::find(subject_namespaces_, id.ns) != subject_namespaces_.end();
  }

  bool IsInSight(const Resource& candidate) const {
    if (cluster_scoped_) return true;
    const ResourceId id = IdOf(candidate.root);
    return IsClusterScoped(id.gvk) || id.gvk.kind == "ServiceAccount" || id.effective == id_.effective;
  }

  // Where a role binding's roleRef is meant, its kind and group count too.
  bool FitsRoleRef(const Resource& candidate) const {
    if (!path_.ends_with("roleRef/name")) return true;
    const Node* role = resource_.root.Find("roleRef");
    const Node* group = role == nullptr ? nullptr : role->Find("apiGroup");
    const Node* kind = role == nullptr ? nullptr : role->Find("kind");
    if (group == nullptr || kind == nullptr) return true;
    return WasOfKind(candidate, {group->text, {}, kind->text});  // the word null is a kind too
  }

  const Resource* Find(std::string_view name, Candidates candidates, bool with_namespace,
                       std::string& problem) {
    std::erase_if(candidates, [&](const Resource* each) {
      return !CouldBeReferenced(*each) || !WasOfKind(*each, *target_) || !FitsRoleRef(*each) ||
             !IsInSight(*each);
    });
    if (candidates.size() == 1) return candidates.front();
    const auto keep = [&](bool allow_empty) {
      std::erase_if(candidates,
                    [&](const Resource* each) { return !SameAffixes(*each, resource_, allow_empty); });
    };
    keep(true);
    if (candidates.size() > 1) keep(false);
    if (candidates.empty()) return nullptr;
    const ResourceId first = IdOf(candidates.front()->root);
    const bool same = std::ranges::all_of(candidates, [&](const Resource* each) {
      const ResourceId id = IdOf(each->root);
      return id.name == first.name && (!with_namespace || id.ns == first.ns);
    });
    if (same) return candidates.front();
    problem = fmt::format("found multiple possible referrals for {}:", Shown(name));
    for (const Resource* each : candidates) problem += " " + Show(IdOf(each->root));
    return nullptr;
  }

  Layer& layer_;
  const RenamedIndex& index_;
  Resource& resource_;
  ResourceId id_;
  bool cluster_scoped_;
  std::vector<std::string_view> subject_namespaces_;
  const Gvk* target_ = nullptr;
  std::string_view path_;
};

}  // namespace

// Also where nothing was renamed: kustomize stops at a reference of another shape.
bool FixNameReferences(Layer& layer, Accumulation& all) {
  const RenamedIndex index(all.resources);
  for (Resource& resource : all.resources) {
    if (const Node* bad = BadSubject(resource)) {
      return layer.Fail(kNameReferenceRule, bad->range,
                        "a subject of a role binding is a mapping, its namespace a text", resource);
    }
    Referrer referrer(layer, index, resource);
    const Gvk original = OriginalId(resource).gvk;
    for (const NameReference& reference : all.config->references) {
      for (const FieldSpec& spec : reference.referrers) {
        if (Selects(spec.gvk, original) && !referrer.Fix(reference, spec)) return false;
      }
    }
  }
  return true;
}

}  // namespace sluice::manifests::render
