#include "schemas/words.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace sluice::schemas {
namespace {

using manifests::Node;
using manifests::NodeKind;

struct TypeName {
  std::uint8_t bit;
  std::string_view words;
};
constexpr std::array<TypeName, 6> kTypeNames{{{kBoolBit, "true or false"},
                                              {kIntegerBit, "an integer"},
                                              {kNumberBit, "a number"},
                                              {kStringBit, "a string"},
                                              {kArrayBit, "a list"},
                                              {kObjectBit, "a mapping"}}};

// Long and of mixed letters and digits, as keys and tokens are.
bool LooksLikeCredential(std::string_view text) {
  const auto has = [&](int (*is)(int)) {
    return std::any_of(text.begin(), text.end(),
                       [is](char c) { return is(static_cast<unsigned char>(c)) != 0; });
  };
  if (text.find('\n') != text.npos || text.find("://") != text.npos) return true;
  return text.size() >= 12 && has(std::isdigit) && has(std::isalpha) &&
         text.find_first_of(" ./:") == text.npos;
}

bool SameButCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
         });
}

// Edit distance with exchanges of neighbours; `limit` + 1 where it is more.
std::size_t Distance(std::string_view a, std::string_view b, std::size_t limit) {
  if (a.size() > b.size() + limit || b.size() > a.size() + limit) return limit + 1;
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

}  // namespace

std::string_view KindWords(const Node& node) {
  switch (node.kind) {
    case NodeKind::kNull:
      return "null";
    case NodeKind::kBool:
      return "a boolean";
    case NodeKind::kInteger:
      return "an integer";
    case NodeKind::kFloat:
      return "a number with a fraction";
    case NodeKind::kString:
      return "a string";
    case NodeKind::kSequence:
      return "a list";
    case NodeKind::kMapping:
      break;
  }
  return "a mapping";
}

std::string ExpectedWords(const NodeRow& row) {
  const auto format = static_cast<Format>(row.format);
  if (format == Format::kQuantity || (row.types == kStringBit && format != Format::kNone)) {
    return std::string(format == Format::kIpv4 || format == Format::kRgbColor ? "an " : "a ") +
           std::string(FormatWords(format));
  }
  std::uint8_t types = row.types;
  if ((types & kNumberBit) != 0) types = static_cast<std::uint8_t>(types & ~kIntegerBit);
  std::string out;
  for (const TypeName& name : kTypeNames) {
    if ((types & name.bit) == 0) continue;
    if (!out.empty()) out += " or ";
    out += name.words;
  }
  return out.empty() ? "nothing" : out;
}

std::string Escaped(std::string_view text, std::size_t limit) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (out.size() >= limit && (byte & 0xc0) != 0x80) return out + "…";
    if (byte < 0x20 || byte == 0x7f) {
      out += std::string("\\x") + kHex[byte >> 4] + kHex[byte & 15];
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string Shown(const Node& node, ValuesShown shown) {
  if (shown == ValuesShown::kHidden) return "";
  switch (node.kind) {
    case NodeKind::kNull:
      return "null";
    case NodeKind::kBool:
    case NodeKind::kInteger:
    case NodeKind::kFloat:
      return Escaped(node.text, 60);
    case NodeKind::kString:
      return LooksLikeCredential(node.text) ? "" : '"' + Escaped(node.text, 58) + '"';
    default:
      return "";
  }
}

std::string_view Nearest(std::string_view name, std::span<const std::string_view> names) {
  const std::size_t limit = name.size() <= 4 ? 1 : name.size() <= 8 ? 2 : 3;
  std::string_view best;
  std::size_t least = limit + 1;
  if (name.size() > 100) return best;
  for (const std::string_view candidate : names) {
    if (SameButCase(name, candidate)) return candidate;
    const std::size_t distance = Distance(name, candidate, limit);
    if (distance < least && distance < candidate.size()) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

std::string Suggestion(std::string_view near) {
  return near.empty() ? "" : "write \"" + Escaped(near, 60) + "\"";
}

std::string ListWords(std::span<const std::string> parts) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += i + 1 == parts.size() ? " and " : ", ";
    out += parts[i];
  }
  return out;
}

}  // namespace sluice::schemas
