// `pattern` and `patternProperties` without valijson's own expressions, which a
// long text can crash: RE2 says which texts of the file at hand match, and the
// schema is rewritten for that one file into an equal one without patterns.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "manifests/pattern.h"

namespace sluice::schemas {

struct SchemaPatterns {
  std::vector<std::string> texts;
  std::vector<manifests::Pattern> compiled;

  // All patterns of a schema; fails (kConfiguration) on one that RE2 refuses.
  static Result<SchemaPatterns> Of(const nlohmann::json& schema);
};

// A minLength from here on is the mark of a pattern: this plus its place.
inline constexpr std::uint64_t kPatternMark = 4'000'000'000;

// `schema` for a file whose keys and texts are `strings`; nothing where the
// outcome would be too large.
std::optional<nlohmann::json> WithoutPatterns(const nlohmann::json& schema, const SchemaPatterns& patterns,
                                              const std::vector<std::string>& strings);

}  // namespace sluice::schemas
