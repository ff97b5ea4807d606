// OpenAPI v3 and discovery documents, as API servers serve them.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "manifests/document.h"
#include "schemas/graph.h"
#include "schemas/schema_text.h"

namespace sluice::schemas {

// What discovery says of kinds: names and scope. Made of aggregated documents
// (apidiscovery.k8s.io/v2), alone or as {"api": …, "apis": …}.
class Discovery {
 public:
  void Add(const manifests::Node& root);
  // Fills plural, short names and scope; false where the kind is no resource.
  bool Describe(SchemaKind& kind) const;
  bool empty() const { return resources_.empty(); }

 private:
  struct Resource {
    std::string plural;
    std::vector<std::string> short_names;
    Scope scope = Scope::kUnknown;
  };
  void AddList(const manifests::Node& list);
  void AddResource(std::string_view group, std::string_view version, const manifests::Node& resource);

  std::map<std::string, Resource> resources_;  // "group/version/kind"
};

// Every definition of the documents of one minor; equal names mean equal definitions.
class OpenApiDefinitions {
 public:
  void Collect(const manifests::Node& document);
  void Read(const Discovery& discovery, MinorDefinitions& out) const;

 private:
  std::map<std::string_view, const manifests::Node*> schemas_;
};

// Custom kinds of one document of a cluster; built-in groups are left out.
void ReadOpenApiKinds(const manifests::Node& document, const Discovery& discovery, Origin origin,
                      SchemaGraph& graph);

}  // namespace sluice::schemas
