// What the operator of one expression makes of a variable's value: the second
// half of envsubst.h.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace sluice::manifests::render {

// What is left of the limits.
struct ExpansionBudget {
  std::size_t bytes = 0;  // of one value
  std::size_t steps = 0;  // bytes that are looked at, of values, arguments and patterns
};

struct Expansion {
  std::string text;
  std::string problem;  // not empty: `text` means nothing
};

// ":-", "=", ":?" and the like: they do without a value.
bool IsDefaultOperator(std::string_view name);

// `name`: "", "#", "##", "%", "%%", "/", "//", "/#", "/%", ",", ",,", "^", "^^",
// ":" or a default operator. Each value and argument has at most budget.bytes.
Expansion Expand(std::string_view name, std::string value, std::span<const std::string> arguments,
                 ExpansionBudget& budget);

// What a pattern makes of a name: like Go's path.Match, but "*" and "?" take "/".
enum class PatternMatch : unsigned char { kNo, kYes, kBadPattern };
PatternMatch MatchPattern(std::string_view pattern, std::string_view name, ExpansionBudget& budget);

}  // namespace sluice::manifests::render
