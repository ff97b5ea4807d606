// What valijson says of a value, in our words: those of the schema where it has
// some for such a value, else a sentence that names what stands there and what
// is wanted.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/document.h"

namespace sluice::schemas {

// Only that something below is wrong.
bool IsWrapper(std::string_view said);
bool IsAlternative(std::string_view said);
bool IsUnknownKey(std::string_view said);
// That a value of this type, or with none of these values, may not stand here.
bool IsOfAnother(std::string_view said);
// The last text in single quotes.
std::string_view QuotedName(std::string_view said);

struct Speaker {
  const nlohmann::json& schema;
  const std::vector<std::string>& patterns;  // what marks stand for (json_schema_patterns.h)
  bool shows_values = false;
};
std::string WordsOf(const std::string& said, const Speaker& speaker, const manifests::Node& node,
                    std::span<const manifests::FieldStep> path);

}  // namespace sluice::schemas
