// What an OpenAPI document of the user says of kinds (the field `openapi.path`):
// which lists merge by which key. kustomize then knows these kinds alone, not
// the built-in ones.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "manifests/document.h"
#include "manifests/render/kind_facts.h"

namespace sluice::manifests::render {

// As many as TypeId tells apart.
inline constexpr std::size_t kMostOpenApiTypes = 65'534;

struct OpenApiFacts {
  std::vector<KindRow> kinds;
  std::vector<FieldFacts> fields;
  KindFacts facts;              // of these vectors
  bool too_many_types = false;  // more than kMostOpenApiTypes: lists of the others would be replaced
};

// `root`: a document with `definitions`, whose texts must outlive the result. Time and
// depth are those of the document.
std::shared_ptr<const OpenApiFacts> ReadOpenApi(const Node& root);

}  // namespace sluice::manifests::render
