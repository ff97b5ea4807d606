// The places of an object that hold labels and annotations: its own metadata,
// and those of the templates and selectors inside built-in kinds.
#pragma once

#include <functional>
#include <vector>

#include "manifests/object.h"
#include "schemas/catalog.h"

namespace sluice::policies {

enum class MetadataPart : unsigned char { kLabels, kSelector, kAnnotations };

using MetadataVisitor = std::function<void(MetadataPart, const manifests::Node& mapping,
                                           const std::vector<manifests::FieldStep>& path)>;

// Visits each mapping of labels, label selectors (matchLabels, nodeSelector,
// the selectors of Service and ReplicationController) and annotations, in
// order. Custom kinds are visited at their own metadata only: elsewhere their
// words may mean anything. Depth is bounded by the parser's limit.
void WalkMetadata(const schemas::Catalog& catalog, const manifests::Object& object,
                  const MetadataVisitor& visit);

}  // namespace sluice::policies
