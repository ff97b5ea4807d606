#include "schemas/openapi.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "schemas/bundle.h"
#include "schemas/schema_reader.h"

// Test: import_test.cc.

namespace sluice::schemas {
namespace {

using manifests::Node;
using manifests::NodeKind;

// Go types that OpenAPI does not describe, with what they read.
struct KnownType {
  std::string_view name;  // end of the definition's name
  std::uint8_t types;
  Format format;
  std::uint16_t flags;
};
constexpr std::uint8_t kScalarNumber = kIntegerBit | kNumberBit;
constexpr std::array<KnownType, 12> kKnownTypes{{
    {"pkg.api.resource.Quantity", kScalarNumber | kStringBit, Format::kQuantity, 0},
    {"pkg.util.intstr.IntOrString", kIntegerBit | kStringBit, Format::kIntOrString, 0},
    {"meta.v1.Time", kStringBit, Format::kTime, 0},
    {"meta.v1.MicroTime", kStringBit, Format::kMicroTime, 0},
    {"meta.v1.Duration", kStringBit, Format::kGoDuration, 0},
    {"meta.v1.FieldsV1", kAnyBits, Format::kNone, kOpen},
    {"meta.v1.Patch", kAnyBits, Format::kNone, kOpen},
    {"pkg.runtime.RawExtension", kAnyBits, Format::kNone, kOpen},
    {"apiextensions.v1.JSON", kAnyBits, Format::kNone, kOpen},
    {"apiextensions.v1.JSONSchemaPropsOrArray", kAnyBits, Format::kNone, kOpen},
    {"apiextensions.v1.JSONSchemaPropsOrBool", kAnyBits, Format::kNone, kOpen},
    {"apiextensions.v1.JSONSchemaPropsOrStringArray", kAnyBits, Format::kNone, kOpen},
}};

const KnownType* FindKnown(std::string_view name) {
  for (const KnownType& type : kKnownTypes) {
    if (name.size() > type.name.size() && name.substr(name.size() - type.name.size()) == type.name)
      return &type;
  }
  return nullptr;
}

// "io.k8s.api.apps.v1.Deployment" is "apps.v1.Deployment" in the text form.
std::string ShortName(std::string_view name) {
  for (const std::string_view prefix : {"io.k8s.api.", "io.k8s.apimachinery.pkg.apis.", "io.k8s."}) {
    if (name.substr(0, prefix.size()) == prefix) return std::string(name.substr(prefix.size()));
  }
  return std::string(name);
}

std::string_view TextOf(const Node& node, std::string_view key) {
  const Node* const found = node.Find(key);
  return found == nullptr ? std::string_view() : found->String();
}

const Node* Schemas(const Node& document) {
  const Node* const components = document.Find("components");
  return components == nullptr ? nullptr : components->Find("schemas");
}

// The group, version and kind of a definition that is a resource of its own.
bool IsKind(const Node& schema, SchemaKind& kind) {
  const Node* const names = schema.Find("x-kubernetes-group-version-kind");
  const Node* const properties = schema.Find("properties");
  if (names == nullptr || names->children.size() != 1 || properties == nullptr) return false;
  if (properties->Find("apiVersion") == nullptr || properties->Find("kind") == nullptr) return false;
  const Node& name = names->children.front();
  kind.group = TextOf(name, "group");
  kind.version = TextOf(name, "version");
  kind.kind = TextOf(name, "kind");
  return !kind.kind.empty();
}

// Defaults of Go types count only where server-side apply fills list keys with them.
void KeepKeyDefaults(SchemaGraph& graph) {
  std::set<std::pair<NodeId, std::string>> keys;
  for (const SchemaNode& node : graph.nodes) {
    for (const std::string& key : node.list_keys) keys.emplace(node.items, key);
  }
  for (NodeId id = 0; id < graph.nodes.size(); ++id) {
    for (SchemaProperty& property : graph.nodes[id].properties) {
      if (keys.count({id, property.name}) == 0) property.fallback.reset();
    }
  }
}

}  // namespace

void Discovery::Add(const Node& root) {
  if (TextOf(root, "kind") == "APIGroupDiscoveryList") return AddList(root);
  for (const std::string_view key : {"api", "apis"}) {
    const Node* const list = root.Find(key);
    if (list != nullptr && TextOf(*list, "kind") == "APIGroupDiscoveryList") AddList(*list);
  }
}

void Discovery::AddList(const Node& list) {
  const Node* const groups = list.Find("items");
  if (groups == nullptr) return;
  for (const Node& group : groups->children) {
    const Node* const metadata = group.Find("metadata");
    const Node* const versions = group.Find("versions");
    if (metadata == nullptr || versions == nullptr) continue;
    for (const Node& version : versions->children) {
      const Node* const resources = version.Find("resources");
      if (resources == nullptr) continue;
      for (const Node& resource : resources->children) {
        AddResource(TextOf(*metadata, "name"), TextOf(version, "version"), resource);
      }
    }
  }
}

void Discovery::AddResource(std::string_view group, std::string_view version, const Node& resource) {
  const Node* const kind = resource.Find("responseKind");
  if (kind == nullptr) return;
  Resource entry;
  entry.plural = TextOf(resource, "resource");
  entry.scope = TextOf(resource, "scope") == "Cluster" ? Scope::kCluster : Scope::kNamespaced;
  if (const Node* const names = resource.Find("shortNames")) {
    for (const Node& name : names->children) entry.short_names.emplace_back(name.String());
  }
  const std::string key =
      std::string(group) + "/" + std::string(version) + "/" + std::string(TextOf(*kind, "kind"));
  resources_.emplace(key, std::move(entry));
}

bool Discovery::Describe(SchemaKind& kind) const {
  const auto found = resources_.find(kind.group + "/" + kind.version + "/" + kind.kind);
  if (found == resources_.end()) return false;
  kind.plural = found->second.plural;
  kind.short_names = found->second.short_names;
  kind.scope = found->second.scope;
  return true;
}

void OpenApiDefinitions::Collect(const Node& document) {
  const Node* const schemas = Schemas(document);
  if (schemas == nullptr) return;
  for (const Node& schema : schemas->children) schemas_.emplace(schema.key, &schema);
}

void OpenApiDefinitions::Read(const Discovery& discovery, MinorDefinitions& out) const {
  std::map<std::string_view, NodeId> ids;
  for (const auto& [name, schema] : schemas_) ids[name] = out.graph.Add({});
  SchemaReader reader(out.graph, Dialect::kOpenApi, {.nodes = 1'000'000, .depth = 64},
                      [&](std::string_view name) {
                        const auto found = ids.find(name);
                        return found == ids.end() ? kNoNode : found->second;
                      });
  std::set<std::string_view> used;
  for (const auto& [name, schema] : schemas_) {
    SchemaNode node;
    if (const KnownType* const known = FindKnown(name)) {
      node.types = known->types;
      node.format = known->format;
      node.flags = known->flags;
    } else {
      node = out.graph.nodes[reader.Read(*schema)];
      if (schema->Find("properties") == nullptr) node.flags = static_cast<std::uint16_t>(node.flags & ~kOpen);
    }
    out.graph.nodes[ids[name]] = std::move(node);
    SchemaKind kind;
    if (!IsKind(*schema, kind) || !discovery.Describe(kind)) continue;
    kind.origin = Origin::kKubernetes;
    kind.roots = {ids[name]};
    out.graph.kinds.push_back(std::move(kind));
  }
  KeepKeyDefaults(out.graph);
  // Definitions that no kind reaches (options, lists) stay out of the text.
  std::vector<NodeId> queue;
  std::set<NodeId> reached;
  const auto reach = [&](NodeId id) {
    if (id != kNoNode && reached.insert(id).second) queue.push_back(id);
  };
  for (const SchemaKind& kind : out.graph.kinds) reach(kind.roots.front());
  while (!queue.empty()) {
    const SchemaNode& node = out.graph.nodes[queue.back()];
    queue.pop_back();
    for (const SchemaProperty& property : node.properties) reach(property.node);
    reach(node.additional);
    reach(node.items);
  }
  for (const auto& [name, id] : ids) {
    if (reached.count(id) != 0) out.definitions.emplace(ShortName(name), id);
  }
}

void ReadOpenApiKinds(const Node& document, const Discovery& discovery, Origin origin, SchemaGraph& graph) {
  const Node* const schemas = Schemas(document);
  if (schemas == nullptr) return;
  const Bundle& built_in = BuiltInBundle();
  for (const Node& schema : schemas->children) {
    SchemaKind kind;
    if (!IsKind(schema, kind) || schema.Find("properties")->Find("metadata") == nullptr) continue;
    const auto same = [&](std::uint32_t name) { return built_in.Text(name) == kind.group; };
    if (std::any_of(built_in.groups.begin(), built_in.groups.end(), same)) continue;
    const Node* const items = schema.Find("properties")->Find("items");
    if (items != nullptr && kind.kind.size() > 4 && kind.kind.substr(kind.kind.size() - 4) == "List")
      continue;
    discovery.Describe(kind);
    SchemaReader reader(graph, Dialect::kLenient);
    kind.origin = origin;
    kind.roots = {reader.ReadResource(schema)};
    kind.has_cel_rules = reader.has_cel_rules();
    graph.kinds.push_back(std::move(kind));
  }
}

}  // namespace sluice::schemas
