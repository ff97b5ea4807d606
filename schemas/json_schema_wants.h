// What a JSON Schema wants at one place of a value, in words: for messages, so
// only where the way there is plain (properties, items, additionalProperties,
// references within the document).
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "manifests/document.h"

namespace sluice::schemas {

// "an integer or null"; empty where no type is told.
std::string WantedTypes(const nlohmann::json& schema, std::span<const manifests::FieldStep> path);

// "\"a\", \"b\"" of an enum of a few short values; empty where there is none.
std::string WantedValues(const nlohmann::json& schema, std::span<const manifests::FieldStep> path);

}  // namespace sluice::schemas
