// How findings of this folder speak of values and types.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "manifests/document.h"
#include "schemas/bundle.h"

namespace sluice::schemas {

// "a string", "the list", … for what stands in the text.
std::string_view KindWords(const manifests::Node& node);
// "an integer or a string", "a quantity such as 500m or 1Gi": what a node takes.
std::string ExpectedWords(const NodeRow& row);

enum class ValuesShown : std::uint8_t { kShown, kHidden };

// A scalar in at most 60 characters, control characters escaped, strings
// quoted. Empty where values are hidden, or where the text looks like a credential.
std::string Shown(const manifests::Node& node, ValuesShown shown);
std::string Escaped(std::string_view text, std::size_t limit);

// The remedy that offers it: `write "replicas"`; empty where there is none.
std::string Suggestion(std::string_view near);

// "a", "a and b", "a, b and c".
std::string ListWords(std::span<const std::string> parts);

}  // namespace sluice::schemas
