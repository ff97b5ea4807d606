#include "schemas/crd.h"

#include <utility>

#include "schemas/bundle.h"
#include "schemas/rules.h"
#include "schemas/schema_words.h"
#include "schemas/walk.h"

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

SchemaKind KindOf(const Node& crd, Origin origin) {
  SchemaKind kind;
  kind.group = TextAt(crd, {"spec", "group"});
  kind.kind = TextAt(crd, {"spec", "names", "kind"});
  kind.plural = TextAt(crd, {"spec", "names", "plural"});
  const std::string scope = TextAt(crd, {"spec", "scope"});
  kind.scope = scope == "Namespaced" ? Scope::kNamespaced
               : scope == "Cluster"  ? Scope::kCluster
                                     : Scope::kUnknown;
  kind.origin = origin;
  if (const Node* const names = At(crd, {"spec", "names", "shortNames"})) {
    for (const Node& name : names->children) kind.short_names.emplace_back(name.String());
  }
  return kind;
}

void CheckNames(const Node& crd, const SchemaKind& kind, CrdProblems& problems) {
  const Node* const scope = At(crd, {"spec", "scope"});
  if (scope != nullptr && scope->IsString() && kind.scope == Scope::kUnknown) {
    problems.problems.push_back({scope, "spec.scope", "the scope must be Cluster or Namespaced"});
  }
  const Node* const name = At(crd, {"metadata", "name"});
  if (name == nullptr || kind.plural.empty() || kind.group.empty()) return;  // the shape of the CRD says so
  const std::string wanted = kind.plural + "." + kind.group;
  if (name->String() != wanted) {
    problems.problems.push_back(
        {name, "metadata.name", "the name must be spec.names.plural+\".\"+spec.group: " + wanted});
  }
}

void CheckStorage(const Node& versions, CrdProblems& problems) {
  std::size_t stored = 0;
  for (const Node& version : versions.children) stored += IsTrue(version.Find("storage")) ? 1 : 0;
  if (stored == 1 || versions.children.empty()) return;
  problems.problems.push_back(
      {&versions, "spec.versions",
       "exactly one version must have storage: true, " + std::to_string(stored) + " have it"});
}

void ReadVersion(const Node& version, const std::string& field, SchemaKind kind, SchemaGraph& graph,
                 CrdProblems& problems) {
  const Node* const schema = At(version, {"schema", "openAPIV3Schema"});
  if (schema == nullptr) {
    problems.problems.push_back({&version, field + ".schema", "the version has no schema (openAPIV3Schema)"});
    return;
  }
  SchemaReader reader(graph, Dialect::kStructural);
  const NodeId root = reader.ReadResource(*schema);
  for (SchemaProblem problem : reader.problems()) {
    problem.field = field + ".schema.openAPIV3Schema" + (problem.field.empty() ? "" : "." + problem.field);
    problems.problems.push_back(std::move(problem));
  }
  for (SchemaDefault each : reader.defaults()) {
    each.field =
        field + ".schema.openAPIV3Schema." + each.field + (each.field.empty() ? "default" : ".default");
    problems.defaults.push_back(std::move(each));
  }
  kind.version = TextAt(version, {"name"});
  kind.has_cel_rules = reader.has_cel_rules();
  kind.roots = {root};
  if (IsTrue(version.Find("served"))) graph.kinds.push_back(std::move(kind));
}

}  // namespace

void ReadCrd(const Node& crd, Origin origin, SchemaGraph& graph, CrdProblems& problems) {
  graph.minors = {0};
  const SchemaKind kind = KindOf(crd, origin);
  CheckNames(crd, kind, problems);
  const Node* const versions = At(crd, {"spec", "versions"});
  if (versions == nullptr || versions->kind != NodeKind::kSequence || kind.group.empty() || kind.kind.empty())
    return;
  CheckStorage(*versions, problems);
  for (std::size_t i = 0; i < versions->children.size(); ++i) {
    ReadVersion(versions->children[i], "spec.versions[" + std::to_string(i) + "]", kind, graph, problems);
  }
}

CompiledCrd CompileCrd(const manifests::Object& crd, const Limits&) {
  CompiledCrd compiled;
  if (crd.group != "apiextensions.k8s.io" || crd.version != "v1" || crd.kind != "CustomResourceDefinition")
    return compiled;
  SchemaGraph graph;
  CrdProblems problems;
  ReadCrd(*crd.root, Origin::kTree, graph, problems);
  for (const SchemaProblem& problem : problems.problems) {
    Finding finding = MakeFinding(kCrd, std::string(crd.file), problem.node->range, problem.message);
    finding.field = problem.field;
    finding.object = crd.Name();
    compiled.findings.push_back(std::move(finding));
  }
  if (graph.kinds.empty()) return compiled;
  Result<std::string> bytes = WriteBundle(graph);
  if (bytes) {
    compiled.bytes = std::move(*bytes);
    compiled.defaults = std::move(problems.defaults);
  } else {
    compiled.findings.push_back(
        MakeFinding(kCrd, std::string(crd.file), crd.root->range, bytes.error().message));
  }
  return compiled;
}

Findings CheckDefaults(const SchemaTables& built_in, const SchemaTables& tables, const manifests::Object& crd,
                       const std::vector<SchemaDefault>& defaults) {
  Findings all;
  for (const SchemaDefault& each : defaults) {
    manifests::Object object = crd;
    object.root = each.value;
    Findings findings;
    Walker(built_in, object, findings).Check(tables, each.node);
    for (Finding& finding : findings) {
      if (all.size() >= Walker::kMaxFindings) return all;
      finding.rule = kCrd.id;
      finding.severity = kCrd.severity;
      finding.object = crd.Name();
      finding.message = "the default does not fit: " + finding.message;
      finding.field =
          each.field + (finding.field.empty() || finding.field.front() == '[' ? "" : ".") + finding.field;
      all.push_back(std::move(finding));
    }
  }
  return all;
}

}  // namespace sluice::schemas
