#include "schemas/built_in.h"

#include <cstdlib>

#include "schemas/bundle.h"

// The linker puts the bundle into the program's read-only memory: opening it
// reads one page, and a check touches only the pages of the kinds it meets.

extern "C" {
extern const char sluice_schema_bundle[];
extern const char sluice_schema_bundle_end[];
}

namespace sluice::schemas {

std::string_view BuiltInBundleBytes() {
  return {sluice_schema_bundle, static_cast<std::size_t>(sluice_schema_bundle_end - sluice_schema_bundle)};
}

const Bundle& BuiltInBundle() {
  static const Bundle bundle = [] {
    Result<Bundle> opened = Bundle::Open(BuiltInBundleBytes(), BundleTrust::kOwn);
    if (!opened) std::abort();  // built wrong: no program of ours can work
    return *opened;
  }();
  return bundle;
}

}  // namespace sluice::schemas
