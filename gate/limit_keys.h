// Names under which configuration files speak of Limits.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/limits.h"

namespace sluice::gate {

struct LimitKey {
  std::string_view name;
  std::size_t Limits::*limit;
};

inline constexpr LimitKey kLimitKeys[] = {
    {"fileBytes", &Limits::file_bytes},           {"objectBytes", &Limits::object_bytes},
    {"pushBytes", &Limits::push_bytes},           {"pushFiles", &Limits::push_files},
    {"pushObjects", &Limits::push_objects},       {"depth", &Limits::depth},
    {"mappingKeys", &Limits::mapping_keys},       {"anchors", &Limits::anchors},
    {"expansionNodes", &Limits::expansion_nodes},
};

}  // namespace sluice::gate
