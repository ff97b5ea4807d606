// A bundle that is in use: its bytes, its views and its compiled patterns.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "manifests/pattern.h"
#include "schemas/bundle.h"

namespace sluice::schemas {

// Patterns are compiled when first needed, without a lock: two threads may
// compile the same one, and one of the two results is kept.
class LazyPatterns {
 public:
  explicit LazyPatterns(const Bundle& bundle);
  ~LazyPatterns();
  LazyPatterns(const LazyPatterns&) = delete;
  LazyPatterns& operator=(const LazyPatterns&) = delete;

  // Null where the pattern is not usable: it then fits nothing.
  const manifests::Pattern* Get(std::uint32_t index) const;

 private:
  const Bundle& bundle_;
  mutable std::vector<std::atomic<const manifests::Pattern*>> compiled_;
};

struct SchemaTables {
  std::string bytes;  // empty for the built-in bundle
  Bundle bundle;
  std::unique_ptr<LazyPatterns> patterns;

  static Result<std::unique_ptr<SchemaTables>> FromBytes(std::string bytes);  // checked
  static std::unique_ptr<SchemaTables> BuiltIn();
};

}  // namespace sluice::schemas
