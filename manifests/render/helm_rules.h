// The rules of group helm/; their words stand in helm_rules.cc.
#pragma once

#include "base/rule.h"

namespace sluice::manifests::render {

extern const Rule kHelmChartRule;         // helm/chart
extern const Rule kHelmValuesRule;        // helm/values
extern const Rule kHelmUnknownValueRule;  // helm/unknown-value
extern const Rule kHelmLimitRule;         // helm/limit

}  // namespace sluice::manifests::render
