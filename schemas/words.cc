#include "schemas/words.h"

#include <algorithm>
#include <array>
#include <cctype>

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
