// The little JSON that our text form and value tables need: strings, numbers,
// and finding the end of a value.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::schemas {

std::string QuoteJson(std::string_view text);
// The shortest decimal that reads back as `value`; integers without a point.
std::string NumberText(double value);
std::optional<double> ParseNumber(std::string_view text);

// The string that a JSON string literal says; nothing where it is none.
std::optional<std::string> UnquoteJson(std::string_view literal);
// Bytes of the JSON value at the start of `text`; 0 where there is none.
std::size_t JsonLength(std::string_view text);

}  // namespace sluice::schemas
