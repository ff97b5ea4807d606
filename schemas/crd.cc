#include "schemas/crd.h"

#include <utility>

#include "schemas/bundle.h"
#include "schemas/rules.h"

// Source: apiextensions-apiserver pkg/apis/apiextensions/validation for what a
// definition must have besides its schema. Test: crd_test.cc.

namespace sluice::schemas {
namespace {

using manifests::Node;
using manifests::NodeKind;

const Node* At(const Node& node, std::initializer_list<std::string_view> path) {
  const Node* at = &node;
  for (const std::string_view step : path) {
    if (at == nullptr) return nullptr;
    at = at->Find(step);
  }
  return at;
}

std::string TextAt(const Node& node, std::initializer_list<std::string_view> path) {
  const Node* const found = At(node, path);
  return found == nullptr ? std::string() : std::string(found->String());
}

bool IsTrue(const Node* node) { return node != nullptr && node->kind == NodeKind::kBool && node->value.boolean; }

SchemaKind KindOf(const Node& crd, Origin origin) {
  SchemaKind kind;
  kind.group = TextAt(crd, {"spec", "group"});
  kind.kind = TextAt(crd, {"spec", "names", "kind"});
  kind.plural = TextAt(crd, {"spec", "names", "plural"});
  const std::string scope = TextAt(crd, {"spec", "scope"});
  kind.scope = scope == "Namespaced" ? Scope::kNamespaced : scope == "Cluster" ? Scope::kCluster : Scope::kUnknown;
  kind.origin = origin;
  if (const Node* const names = At(crd, {"spec", "names", "shortNames"})) {
    for (const Node& name : names->children) kind.short_names.emplace_back(name.String());
  }
  return kind;
}

void CheckNames(const Node& crd, const SchemaKind& kind, std::vector<SchemaProblem>& problems) {
  const Node* const scope = At(crd, {"spec", "scope"});
  if (scope != nullptr && scope->IsString() && kind.scope == Scope::kUnknown) {
    problems.push_back({scope, "spec.scope", "the scope must be Cluster or Namespaced"});
  }
  const Node* const name = At(crd, {"metadata", "name"});
  if (name == nullptr || kind.plural.empty() || kind.group.empty()) return;  // the shape of the CRD says so
  const std::string wanted = kind.plural + "." + kind.group;
  if (name->String() != wanted) {
    problems.push_back({name, "metadata.name", "the name must be spec.names.plural+\".\"+spec.group: " + wanted});
  }
}

void CheckStorage(const Node& versions, std::vector<SchemaProblem>& problems) {
  std::size_t stored = 0;
  for (const Node& version : versions.children) stored += IsTrue(version.Find("storage")) ? 1 : 0;
  if (stored == 1 || versions.children.empty()) return;
  problems.push_back({&versions, "spec.versions", "exactly one version must have storage: true, " +
                                                      std::to_string(stored) + " have it"});
}

void ReadVersion(const Node& version, const std::string& field, SchemaKind kind, SchemaGraph& graph,
                 std::vector<SchemaProblem>& problems) {
  const Node* const schema = At(version, {"schema", "openAPIV3Schema"});
  if (schema == nullptr) {
    problems.push_back({&version, field + ".schema", "the version has no schema (openAPIV3Schema)"});
    return;
  }
  SchemaReader reader(graph, Dialect::kStructural);
  const NodeId root = reader.ReadResource(*schema);
  for (SchemaProblem problem : reader.problems()) {
    problem.field = field + ".schema.openAPIV3Schema" + (problem.field.empty() ? "" : "." + problem.field);
    problems.push_back(std::move(problem));
  }
  kind.version = TextAt(version, {"name"});
  kind.has_cel_rules = reader.has_cel_rules();
  kind.roots = {root};
  if (IsTrue(version.Find("served"))) graph.kinds.push_back(std::move(kind));
}

}  // namespace

void ReadCrd(const Node& crd, Origin origin, SchemaGraph& graph, std::vector<SchemaProblem>& problems) {
  graph.minors = {0};
  const SchemaKind kind = KindOf(crd, origin);
  CheckNames(crd, kind, problems);
  const Node* const versions = At(crd, {"spec", "versions"});
  if (versions == nullptr || versions->kind != NodeKind::kSequence || kind.group.empty() || kind.kind.empty()) return;
  CheckStorage(*versions, problems);
  for (std::size_t i = 0; i < versions->children.size(); ++i) {
    ReadVersion(versions->children[i], "spec.versions[" + std::to_string(i) + "]", kind, graph, problems);
  }
}

CompiledCrd CompileCrd(const manifests::Object& crd, const Limits&) {
  CompiledCrd compiled;
  if (crd.group != "apiextensions.k8s.io" || crd.version != "v1" || crd.kind != "CustomResourceDefinition") return compiled;
  SchemaGraph graph;
  std::vector<SchemaProblem> problems;
  ReadCrd(*crd.root, Origin::kTree, graph, problems);
  for (const SchemaProblem& problem : problems) {
    Finding finding = MakeFinding(kCrd, std::string(crd.file), problem.node->range, problem.message);
    finding.field = problem.field;
    finding.object = crd.Name();
    compiled.findings.push_back(std::move(finding));
  }
  if (graph.kinds.empty()) return compiled;
  Result<std::string> bytes = WriteBundle(graph);
  if (bytes) {
    compiled.bytes = std::move(*bytes);
  } else {
    compiled.findings.push_back(MakeFinding(kCrd, std::string(crd.file), crd.root->range, bytes.error().message));
  }
  return compiled;
}

}  // namespace sluice::schemas
