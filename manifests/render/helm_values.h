// What can be said of a release's values before a template is run.
#pragma once

#include "manifests/render/chart.h"
#include "manifests/render/helm.h"

namespace sluice::manifests::render {

// Findings of helm/values: `coalesced` (see Coalesce) against the chart's
// values.schema.json. Ranges in line space; none where there is no schema, or
// none that can be checked: helm has the last word.
Findings CheckAgainstSchema(const Chart& chart, const Node& coalesced, const CheckValues& check,
                            const Limits& limits);

// Findings of helm/unknown-value: keys of `values` that neither the chart's
// values.yaml nor its schema has, that name no chart in it and that no template
// asks for. None where that cannot be told: a template that takes `.Values` as a
// whole, a packed chart. Ranges in line space.
Findings CheckUse(const Chart& chart, const Node* defaults, const Node& values, const Limits& limits);

}  // namespace sluice::manifests::render
