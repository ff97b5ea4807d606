// A CustomResourceDefinition becomes schemas for the objects of its kinds.
#pragma once

#include <string>
#include <vector>

#include "base/finding.h"
#include "base/limits.h"
#include "manifests/object.h"
#include "schemas/graph.h"
#include "schemas/schema_reader.h"
#include "schemas/tables.h"

namespace sluice::schemas {

struct CompiledCrd {
  std::string bytes;                    // a bundle; empty where there is nothing to check against
  Findings findings;                    // schema/crd: what is wrong with the CRD itself
  std::vector<SchemaDefault> defaults;  // of the schemas in `bytes`, for CheckDefaults
};

struct CrdProblems {
  std::vector<SchemaProblem> problems;  // fields begin at the object
  std::vector<SchemaDefault> defaults;
};

// The served versions of an apiextensions.k8s.io/v1 CRD. Bounded: 64 levels and
// 50,000 parts of a schema, patterns by `limits.regex_bytes`.
CompiledCrd CompileCrd(const manifests::Object& crd, const Limits& limits);

// Defaults that do not fit their own schema: findings of schema/crd.
Findings CheckDefaults(const SchemaTables& built_in, const SchemaTables& tables, const manifests::Object& crd,
                       const std::vector<SchemaDefault>& defaults);

// Adds the kinds of a CRD to `graph` (which has the one minor 0). `problems`
// point into the document.
void ReadCrd(const manifests::Node& crd, Origin origin, SchemaGraph& graph, CrdProblems& problems);

}  // namespace sluice::schemas
