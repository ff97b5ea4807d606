// What a JSON Schema refers to and how often a check may come by a part of it,
// so that no schema can hold a check up. valijson itself has no such bounds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/result.h"

namespace sluice::schemas {

// The schema objects of a document and the ways between them.
class SchemaShape {
 public:
  // Fails (kConfiguration) on a reference that leads outside or nowhere, and on
  // parts that refer to themselves without going down in the value.
  static Result<SchemaShape> Of(const nlohmann::json& schema);

  // How often a check of one value, `depth` levels deep, comes by a part of the
  // schema at most, for each node of the value.
  double Visits(std::size_t depth) const;

 private:
  struct Part {
    std::vector<std::uint32_t> same;   // parts that look at the same value
    std::vector<std::uint32_t> below;  // parts that look at every member or element
    std::vector<std::uint32_t> named;  // parts that look at one member each
  };
  Status Collect(const nlohmann::json& root);
  Status Order();

  std::vector<Part> parts_;           // the root is the first
  std::vector<std::uint32_t> order_;  // parts after those that they use for the same value
};

}  // namespace sluice::schemas
