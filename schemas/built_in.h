// The bundle that is linked into this program, as bytes: what a record names.
#pragma once

#include <string_view>

namespace sluice::schemas {

std::string_view BuiltInBundleBytes();

}  // namespace sluice::schemas
