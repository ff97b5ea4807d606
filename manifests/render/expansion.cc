// A table of operators, each a function from value and arguments to text. Sizes
// count in bytes, as in Go. Tested by tests/manifests/render/envsubst_test.cc.
#include "manifests/render/expansion.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>

#include "manifests/utf8.h"

namespace sluice::manifests::render {
namespace {

using Arguments = std::span<const std::string>;
using Operation = Expansion (*)(std::string value, Arguments arguments, ExpansionBudget& budget);

Expansion Text(std::string text) { return {std::move(text), {}}; }
Expansion Problem(std::string problem) { return {{}, std::move(problem)}; }

bool Charge(ExpansionBudget& budget, std::size_t steps) {
  budget.steps -= std::min(budget.steps, steps);
  return budget.steps > 0;
}

Expansion Length(std::string value, Arguments, ExpansionBudget&) {
  return Text(std::to_string(value.size()));
}

Expansion Default(std::string value, Arguments arguments, ExpansionBudget& budget) {
  if (!value.empty()) return Text(std::move(value));
  for (const std::string& argument : arguments) value += argument;
  if (value.size() > budget.bytes) return Problem("a default is longer than the limit of the whole text");
  return Text(std::move(value));
}

char InCase(char c, bool upper) {
  const char first = upper ? 'a' : 'A';
  return c >= first && c < first + 26 ? static_cast<char>(c ^ 0x20) : c;
}

// The first `count` bytes in the other case.
Expansion Cased(std::string value, bool upper, std::size_t count) {
  for (char& c : std::span(value).first(std::min(count, value.size()))) {
    if (static_cast<unsigned char>(c) >= 0x80) return Problem("a change of case of other than ASCII letters");
    c = InCase(c, upper);
  }
  return Text(std::move(value));
}

template <bool upper, std::size_t count>
Expansion Case(std::string value, Arguments, ExpansionBudget&) {
  return Cased(std::move(value), upper, count);
}

// strconv.Atoi: a sign, digits, nothing else.
std::optional<std::int64_t> Number(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// ${A:position} and ${A:position:length}; negative ones count from the end.
Expansion Substring(std::string value, Arguments arguments, ExpansionBudget&) {
  const auto size = static_cast<std::int64_t>(value.size());
  std::optional<std::int64_t> position = Number(arguments[0]);
  if (!position) return Text(std::move(value));
  if (*position < 0) position = *position < -size ? 0 : size + *position;
  std::int64_t end = size;
  if (arguments.size() > 1) {
    const std::optional<std::int64_t> length = Number(arguments[1]);
    if (!length) return Text(std::move(value));
    if (*length < 0) {
      end = *length < -size ? -1 : size + *length;
    } else if (*length < size) {
      end = std::min(size, std::min(*position, size) + *length);
    }
  }
  if (*position >= size || end < *position) return Text({});
  return Text(value.substr(static_cast<std::size_t>(*position), static_cast<std::size_t>(end - *position)));
}

// As value.find(old, from), in linear time whatever both are: glibc's memmem.
std::size_t Search(std::string_view value, std::string_view old, std::size_t from) {
  const void* found = memmem(value.data() + from, value.size() - from, old.data(), old.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) - value.data());
}

// Where the next `old` begins. An empty one stands before the first code point
// and behind each.
std::size_t NextPlace(std::string_view value, std::string_view old, std::size_t from, bool first) {
  if (!old.empty()) return Search(value, old, from);
  if (first) return 0;
  if (from >= value.size()) return std::string_view::npos;
  return from + std::max<std::size_t>(DecodeUtf8(value, from).size, 1);
}

// The first `most` places of `old`, as strings.Replace.
Expansion Replaced(std::string_view value, std::string_view old, std::string_view by, std::size_t most,
                   ExpansionBudget& budget) {
  std::string text;
  std::size_t from = 0;
  for (std::size_t count = 0; count < most; ++count) {
    const std::size_t at = NextPlace(value, old, from, count == 0);
    // A search looks at what it passes and prepares `old`.
    const std::size_t passed = std::min(at, value.size()) - from;
    if (!Charge(budget, passed + old.size() + by.size() + 1) || at == std::string_view::npos) break;
    text.append(value, from, at - from).append(by);
    from = at + old.size();
    if (text.size() > budget.bytes)
      return Problem("a replacement is longer than the limit of the whole text");
  }
  return Text(text.append(value, from));
}

template <std::size_t most>
Expansion Replace(std::string value, Arguments arguments, ExpansionBudget& budget) {
  return Replaced(value, arguments[0], arguments.size() > 1 ? arguments[1] : std::string_view(), most,
                  budget);
}

Expansion ReplacePrefix(std::string value, Arguments arguments, ExpansionBudget& budget) {
  if (arguments.size() != 2 || !value.starts_with(arguments[0])) return Text(std::move(value));
  return Replaced(value, arguments[0], arguments[1], 1, budget);
}

Expansion ReplaceSuffix(std::string value, Arguments arguments, ExpansionBudget&) {
  if (arguments.size() != 2 || !value.ends_with(arguments[0])) return Text(std::move(value));
  return Text(value.substr(0, value.size() - arguments[0].size()) + arguments[1]);
}

// How many bytes of `value` the pattern takes away from its front; 0: none.
std::size_t TrimmedSize(std::string_view value, std::string_view pattern, bool longest,
                        ExpansionBudget& budget) {
  std::size_t shortest = 0;
  for (std::size_t size = value.size(); size > 0; --size) {
    const PatternMatch match = MatchPattern(pattern, value.substr(0, size), budget);
    if (match == PatternMatch::kBadPattern || !Charge(budget, 1)) return 0;
    if (match == PatternMatch::kNo) continue;
    shortest = size;
    if (longest) break;
  }
  return shortest;
}

template <bool longest>
Expansion TrimFront(std::string value, Arguments arguments, ExpansionBudget& budget) {
  return Text(value.substr(TrimmedSize(value, arguments[0], longest, budget)));
}

std::string Reversed(std::string_view text) {
  std::string reversed;
  for (std::size_t end = text.size(); end > 0;) {
    std::size_t begin = end - 1;
    while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) --begin;
    reversed += text.substr(begin, end - begin);
    end = begin;
  }
  return reversed;
}

// The end is the front of the text read backwards, and so is the pattern: that
// is what envsubst does, also where a class "[a-z]" loses its meaning by it.
template <bool longest>
Expansion TrimBack(std::string value, Arguments arguments, ExpansionBudget& budget) {
  const std::string reversed = Reversed(value);
  return Text(Reversed(
      std::string_view(reversed).substr(TrimmedSize(reversed, Reversed(arguments[0]), longest, budget))));
}

constexpr std::size_t kAll = static_cast<std::size_t>(-1);

struct Operator {
  std::string_view name;
  Operation operation;
};
constexpr Operator kOperators[] = {
    {",", Case<false, 1>},   {",,", Case<false, kAll>}, {"^", Case<true, 1>},   {"^^", Case<true, kAll>},
    {"#", TrimFront<false>}, {"##", TrimFront<true>},   {"%", TrimBack<false>}, {"%%", TrimBack<true>},
    {":", Substring},        {"/", Replace<1>},         {"//", Replace<kAll>},  {"/#", ReplacePrefix},
    {"/%", ReplaceSuffix},
};

Operation Find(std::string_view name, Arguments arguments) {
  if (name == "#" && arguments.empty()) return Length;
  for (const Operator& row : kOperators) {
    if (row.name == name) return row.operation;
  }
  return Default;
}

}  // namespace

bool IsDefaultOperator(std::string_view name) {
  if (name.starts_with(':')) name.remove_prefix(1);
  return name.size() == 1 && std::string_view("-+=?").find(name[0]) != std::string_view::npos;
}

Expansion Expand(std::string_view name, std::string value, Arguments arguments, ExpansionBudget& budget) {
  std::size_t bytes = value.size() + 1;
  for (const std::string& argument : arguments) bytes += argument.size();
  Charge(budget, bytes);
  Expansion expansion = Find(name, arguments)(std::move(value), arguments, budget);
  if (budget.steps == 0) return Problem("the variables take more work than the limit of a build allows");
  return expansion;
}

}  // namespace sluice::manifests::render
