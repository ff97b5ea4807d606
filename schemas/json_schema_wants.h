// What a JSON Schema wants at one place of a value, in words: for messages, so
// only where the way there is plain (properties, patternProperties, items,
// additionalProperties, the alternatives of one anyOf, references within the
// document).
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/document.h"

namespace sluice::schemas {

// "an integer or null"; empty where no type is told.
std::string WantedTypes(const nlohmann::json& schema, std::span<const manifests::FieldStep> path);

// "\"a\", \"b\"" of an enum of a few short values; empty where there is none.
std::string WantedValues(const nlohmann::json& schema, std::span<const manifests::FieldStep> path);

// The value of an enum of one; empty where there is none.
std::string OnlyValue(const nlohmann::json& schema, std::span<const manifests::FieldStep> path);

// The schema's own sentences (`x-says`, `x-keys`); empty where it has none.
std::string SaidOfValue(const nlohmann::json& schema, std::span<const manifests::FieldStep> path);
std::string SaidOfKeys(const nlohmann::json& schema, std::span<const manifests::FieldStep> path);

// The names of `properties`.
std::vector<std::string> KnownKeys(const nlohmann::json& schema, std::span<const manifests::FieldStep> path);

// Whether a string is wanted, and `text` would match its pattern if it has one.
bool TakesText(const nlohmann::json& schema, std::span<const manifests::FieldStep> path,
               std::string_view text);

// Whether, of several alternatives, exactly one is for a mapping or list like `node`.
bool HasOwnAlternative(const nlohmann::json& schema, std::span<const manifests::FieldStep> path,
                       const manifests::Node& node);

}  // namespace sluice::schemas
