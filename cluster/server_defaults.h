// Values that an object gets back when nobody says them: those that API servers
// fill in for Kubernetes' own kinds, and what tools that deploy write themselves.
#pragma once

#include <string_view>

#include "manifests/document.h"

namespace sluice::cluster {

// Whether `value` is what the field `name` of `parent` ("spec"; empty: an element of
// a list) gets back, of an object of `group`. Sources: pkg/apis/*/v1/defaults.go of
// kubernetes/kubernetes 1.34; helm's and Flux's own labels and annotations.
bool IsServerDefault(std::string_view group, std::string_view parent, std::string_view name,
                     const manifests::Node& value);

}  // namespace sluice::cluster
