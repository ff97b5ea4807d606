// What an OpenAPI document of the user says of kinds (the field `openapi.path`):
// which lists merge by which key. kustomize then knows these kinds alone, not
// the built-in ones.
#pragma once

#include <memory>
#include <vector>

#include "manifests/document.h"
#include "manifests/render/kind_facts.h"

namespace sluice::manifests::render {

struct OpenApiFacts {
  std::vector<KindRow> kinds;
  std::vector<FieldFacts> fields;
  KindFacts facts;  // of these vectors
};

// `root`: a document with `definitions`, whose texts must outlive the result.
std::shared_ptr<const OpenApiFacts> ReadOpenApi(const Node& root);

}  // namespace sluice::manifests::render
