// From the name of a field, as an API server writes it, to where it stands.
#pragma once

#include <string_view>

#include "manifests/document.h"

namespace sluice::gate {

// What to point at for `field` of the object `root`: "spec.containers[0].image",
// ".spec.containers[name=\"web\"].image", "metadata.labels[a.io/b]". The value
// where it is there and is no collection; else the key of it, or of the nearest
// field above it that is there; the beginning of the object at last. Any text
// may be asked for: the work is bounded by its length times the widest mapping.
Range RangeOfField(const manifests::Node& root, std::string_view field);

}  // namespace sluice::gate
