// Schemas as people and servers write them (a tree of nodes) to graph nodes.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/document.h"
#include "schemas/graph.h"

namespace sluice::schemas {

enum class Dialect : std::uint8_t {
  kOpenApi,     // Kubernetes' own kinds: references, Go types
  kStructural,  // a CustomResourceDefinition: what is not structural is a problem
  kLenient,     // JSON Schemas of a catalogue, OpenAPI of custom resources: what is not known is let pass
};

// Something wrong with a schema itself.
struct SchemaProblem {
  const manifests::Node* node = nullptr;
  std::string field;  // below the schema that was read
  std::string message;
};

// A default as it is written, and the node that it must fit.
struct SchemaDefault {
  const manifests::Node* value = nullptr;
  NodeId node = kNoNode;
  std::string field;
};

struct ReadLimits {
  std::size_t nodes = 50'000;  // the largest schemas of the field have 10,000
  std::size_t depth = 64;
};

class SchemaReader {
 public:
  // Gives the node of a definition, or kNoNode; for kOpenApi.
  using Definitions = std::function<NodeId(std::string_view)>;

  SchemaReader(SchemaGraph& graph, Dialect dialect, ReadLimits limits = {}, Definitions definitions = {});

  // A schema of any value. Always gives a node; what is wrong is in problems().
  NodeId Read(const manifests::Node& schema);
  // A schema of a whole custom resource: apiVersion, kind and metadata are those of every object.
  NodeId ReadResource(const manifests::Node& schema);

  const std::vector<SchemaProblem>& problems() const { return problems_; }
  bool has_cel_rules() const { return has_cel_rules_; }
  const std::vector<SchemaDefault>& defaults() const { return defaults_; }

 private:
  using Node = manifests::Node;
  enum class Level : std::uint8_t { kRoot, kField, kItem, kBranch };

  // schema_reader.cc
  NodeId Schema(const Node& schema, Level level);
  NodeId Reference(const Node& schema);
  void Types(const Node& schema, SchemaNode& node);
  void FormatOf(const Node& schema, SchemaNode& node);
  void Members(const Node& schema, Level level, SchemaNode& node);
  void Required(const Node& schema, Level level, SchemaNode& node);
  void Additional(const Node& schema, Level level, SchemaNode& node);
  void Items(const Node& schema, Level level, SchemaNode& node);
  void ListTypeOf(const Node& schema, SchemaNode& node);
  void Extensions(const Node& schema, Level level, SchemaNode& node);
  void Branches(const Node& schema, SchemaNode& node);
  bool FoldTypeBranches(const Node& schema, SchemaNode& node);
  void MakeResource(SchemaNode& node, bool required);
  NodeId AnyNode();
  NodeId TypelessNode();
  NodeId Child(const Node& schema, Level level, std::string_view step, std::string_view name = {});

  // schema_values.cc: bounds, enum, pattern, default.
  void Values(const Node& schema, SchemaNode& node);
  void BoundsOf(const Node& schema, SchemaNode& node);

  // structural.cc: what a CustomResourceDefinition must not say.
  void CheckStructural(const Node& schema, Level level);
  void CheckType(const Node& schema, Level level);
  void CheckAdditional(const Node& schema, Level level);
  void CheckExtensions(const Node& schema);
  void CheckListType(const Node& schema);
  void CheckSetItems(const Node& items);
  void CheckMapKeys(const Node& list_type, const Node* keys, const Node& items);
  void MatchBranch(NodeId structural, NodeId branch, const Node& schema, Level level);

  std::string Path() const;
  void Problem(const Node& at, std::string message);

  SchemaGraph& graph_;
  Dialect dialect_;
  ReadLimits limits_;
  Definitions definitions_;
  std::vector<SchemaProblem> problems_;
  std::vector<SchemaDefault> defaults_;
  std::vector<std::string> path_;
  std::size_t count_ = 0;
  std::size_t depth_ = 0;
  std::size_t in_map_ = 0;  // additionalProperties around: defaults there are not checked
  bool has_cel_rules_ = false;
  bool full_ = false;
  bool int_or_string_allowed_ = false;  // in the anyOf of the branch that is read next
  NodeId any_ = kNoNode, typeless_ = kNoNode;
};

// The JSON of an enum value or a scalar default.
SchemaValue ValueOf(const manifests::Node& node);

}  // namespace sluice::schemas
