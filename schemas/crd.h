// A CustomResourceDefinition becomes schemas for the objects of its kinds.
#pragma once

#include <string>
#include <vector>

#include "base/finding.h"
#include "base/limits.h"
#include "manifests/object.h"
#include "schemas/graph.h"
#include "schemas/schema_reader.h"

namespace sluice::schemas {

struct CompiledCrd {
  std::string bytes;   // a bundle; empty where there is nothing to check against
  Findings findings;   // schema/crd: what is wrong with the CRD itself
};

// The served versions of an apiextensions.k8s.io/v1 CRD. Bounded: 64 levels and
// 50,000 parts of a schema, patterns by `limits.regex_bytes`.
CompiledCrd CompileCrd(const manifests::Object& crd, const Limits& limits);

// Adds the kinds of a CRD to `graph` (which has the one minor 0). `problems`
// point into the document; their fields begin at the object.
void ReadCrd(const manifests::Node& crd, Origin origin, SchemaGraph& graph, std::vector<SchemaProblem>& problems);

}  // namespace sluice::schemas
