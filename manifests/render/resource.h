// An object while it is being built: its nodes, and what kustomize remembers of
// it between steps (in annotations of the domain internal.config.kubernetes.io;
// here beside the object). After sigs.k8s.io/kustomize: api/resource,
// kyaml/resid. Plain data whose texts and lists live in arenas of the session.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "manifests/arena.h"
#include "manifests/document.h"

namespace sluice::manifests::render {

struct Gvk {
  std::string_view group, version, kind;
  friend bool operator==(const Gvk&, const Gvk&) = default;
};

// A resource by name. `effective` is the namespace that ids are compared with:
// "default" where none was written, a name that is none for cluster-scoped kinds.
struct ResourceId {
  Gvk gvk;
  std::string_view name;
  std::string_view ns;
  std::string_view effective;
};

// Lists of what was, latest first; shared between copies of a resource.
struct PreviousId {
  std::string_view name, ns, kind;
  const PreviousId* before = nullptr;
};
struct TextList {
  std::string_view text;
  const TextList* before = nullptr;
};

// Where an object came from, for the annotation config.kubernetes.io/origin.
struct ResourceOrigin {
  std::string_view file;       // a path of the repository
  std::string_view generator;  // "ConfigMapGenerator"; then `file` is where it was configured
  std::string_view name;       // of the generator's own object, where it has one
};

struct Resource {
  Node root;
  const PreviousId* previous = nullptr;
  const TextList* prefixes = nullptr;
  const TextList* suffixes = nullptr;
  const TextList* vars = nullptr;    // names of vars that read from it
  const TextList* shared = nullptr;  // texts that are one node in several fields: shared_texts.h
  const TextList* way = nullptr;     // kustomizations, outermost first
  const ResourceOrigin* origin = nullptr;
  bool hash_suffix = false;  // its name gets a hash when all else is done
};

// The text of a scalar as it was written; empty for null, collections, nothing.
std::string_view ScalarText(const Node* node);

Gvk GvkOf(const Node& root);
Gvk SplitApiVersion(std::string_view api_version, std::string_view kind);
bool IsClusterScoped(const Gvk& gvk);  // to kustomize's knowledge, which is that of Kubernetes 1.21

ResourceId IdOf(const Node& root);
ResourceId MakeId(const Gvk& gvk, std::string_view name, std::string_view ns);  // as a user writes it
ResourceId IdOf(const Resource& resource, const PreviousId& previous);
ResourceId OriginalId(const Resource& resource);
bool SameId(const ResourceId& a, const ResourceId& b);
// "Deployment.v1.apps/web.default", as kustomize shows it.
std::string Show(const ResourceId& id);

// Empty parts of the selector select everything.
bool Selects(const Gvk& selector, const Gvk& gvk);
bool Selects(const ResourceId& selector, const ResourceId& id);

// Whether `matches` holds for the present id or one of the previous ones.
bool AnyId(const Resource& resource, const std::function<bool(const ResourceId&)>& matches);

void RememberId(Arena& arena, Resource& resource);
const TextList* Add(Arena& arena, const TextList* list, std::string_view text);
// The shorter list is the end of the longer one; an empty list is so only of an empty one.
bool SameEnding(const TextList* a, const TextList* b);

Node WithName(Arena& arena, const Node& root, std::string_view name, Range place);

}  // namespace sluice::manifests::render
