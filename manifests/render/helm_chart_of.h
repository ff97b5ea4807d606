// The chart that a Flux HelmRelease names, by way of the sources in the tree.
#pragma once

#include <string>
#include <vector>

#include "manifests/render/helm.h"
#include "manifests/render/roots.h"

namespace sluice::manifests::render {

struct ChartOf {
  ChartSource source;
  std::string outside;  // not empty: it cannot be told or had, and why
  Range place;          // of what names it
};

ChartOf ChartOfRelease(const RootContext& context, const Root& root);

}  // namespace sluice::manifests::render
