#include <cmath>
#include <limits>
#include <vector>

#include "manifests/nearest.h"
#include "schemas/json_text.h"
#include "schemas/rules.h"
#include "schemas/values.h"
#include "schemas/walk.h"

// One value: its type, width, format, enum, pattern and bounds.
// Sources: Go's encoding/json for widths, kube-openapi pkg/validation/validate
// for the rest (bounds of integers are cut to integers there, lengths count
// code points). Test: shape_test.cc.

namespace sluice::schemas {
namespace {

using manifests::Node;
using manifests::NodeKind;

constexpr double kExactInteger = 9007199254740991;  // largest whole number that a JSON float keeps

bool LooksLikeNumber(std::string_view text) { return ParseNumber(text).has_value(); }

std::string TypeRemedy(const Node& node, const NodeRow& row, const std::string& value) {
  const bool scalar =
      node.kind == NodeKind::kBool || node.kind == NodeKind::kInteger || node.kind == NodeKind::kFloat;
  if (scalar && (row.types & kStringBit) != 0 && !value.empty()) return "quote it: \"" + value + "\"";
  if (node.IsString() && (row.types & (kIntegerBit | kNumberBit)) != 0 && LooksLikeNumber(node.text)) {
    return "remove the quotes";
  }
  return {};
}

std::size_t CodePoints(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (c & 0xc0) != 0x80 ? 1 : 0;
  return count;
}

// Whole numbers that a 64-bit integer holds.
bool FitsInt64(const Node& node) {
  if (node.kind == NodeKind::kInteger) return !node.is_unsigned;
  return std::abs(node.value.number) < 9.2233720368547748e18;
}

std::int64_t IntegerOf(const Node& node) {
  return node.kind == NodeKind::kInteger ? node.value.integer : static_cast<std::int64_t>(node.value.number);
}

bool IsMultiple(const Node& node, double factor) {
  if (node.kind == NodeKind::kInteger && !node.is_unsigned && std::abs(factor) < 9e18) {
    const auto whole = static_cast<std::int64_t>(factor);
    return whole > 0 && node.value.integer % whole == 0;
  }
  const double times = factor < 1 ? 1 / factor * NumberOf(node) : NumberOf(node) / factor;
  return std::abs(times) <= kExactInteger && times == std::floor(times);
}

}  // namespace

bool Walker::Type(const Node& node, const NodeRow& row, const Frame& frame) {
  if ((BitsOf(node.kind) & row.types) != 0) return true;
  if (node.kind == NodeKind::kNull) return true;  // callers let a null through only where it may stand
  const bool whole = node.kind == NodeKind::kFloat && (row.types & kIntegerBit) != 0 && IsWhole(node);
  if (whole && ((row.flags & kGoType) != 0 || std::abs(node.value.number) <= kExactInteger)) return true;
  if (findings_ == nullptr) return false;
  const std::string value = Value(node);
  std::string message = "expected " + ExpectedWords(row) + ", got " + std::string(KindWords(node));
  if (!value.empty()) message += " " + value;
  return Report(kWrongType, frame, node.range, std::move(message), TypeRemedy(node, row, value));
}

// The width of an integer. Server-side apply cuts what does not fit 32 bits
// without a word; a create refuses it; so do we.
bool Walker::Width(const Node& node, const NodeRow& row, const Frame& frame) {
  if ((row.types & kIntegerBit) == 0 || (row.types & kNumberBit) != 0) return true;
  const bool go_type = (row.flags & kGoType) != 0;
  const bool narrow = row.format == static_cast<std::uint8_t>(Format::kInt32) ||
                      row.format == static_cast<std::uint8_t>(Format::kIntOrString);
  const bool fits64 = FitsInt64(node);
  const std::int64_t value = fits64 ? IntegerOf(node) : 0;
  const auto cut = static_cast<std::int32_t>(value);
  if (fits64 && (!narrow || cut == value)) return true;
  if (findings_ == nullptr) return false;
  const std::string shown = Value(node);
  std::string message = shown.empty() ? std::string("the number") : shown;
  message += narrow ? " does not fit a 32-bit integer" : " does not fit a 64-bit integer";
  if (go_type && narrow && fits64) {
    message += ": a create refuses it, server-side apply would run " +
               (shown.empty() ? std::string("another number") : std::to_string(cut));
  } else if (!go_type && narrow) {
    message += ": the API server takes it, the controller cannot read it";
  }
  return Report(kOutOfRange, frame, node.range, std::move(message));
}

bool Walker::Text(const Node& node, const NodeRow& row, const Frame& frame) {
  const auto format = static_cast<Format>(row.format);
  if (format == Format::kNone || FitsFormat(format, node.text)) return true;
  if (findings_ == nullptr) return false;
  const std::string value = Value(node);
  return Report(kFormat, frame, node.range,
                (value.empty() ? std::string("the text") : value) + " is not " + ExpectedWords(row));
}

bool Walker::Extras(const Node& node, const NodeRow& row, const ExtraRow& extra, const Frame& frame) {
  bool fits = extra.value_count == 0 || Enum(node, row, extra, frame);
  if (node.kind == NodeKind::kInteger || node.kind == NodeKind::kFloat) {
    fits = NumberBounds(node, row, extra, frame) && fits;
  } else if (node.kind == NodeKind::kString) {
    fits = TextBounds(node, extra, frame) && fits;
  } else if (node.kind == NodeKind::kSequence) {
    fits = Count(node.children.size(), extra.min_items, extra.max_items, "elements", frame) && fits;
  }
  return fits;
}

bool Walker::IsValue(const Node& node, const ValueRow& value) const {
  return schemas::IsValue(b(), node, value);
}

bool Walker::Enum(const Node& node, const NodeRow& row, const ExtraRow& extra, const Frame& frame) {
  const auto values = b().values.subspan(extra.values, extra.value_count);
  // The API server finds null in no enum, even in one that lists it.
  for (const ValueRow& value : values) {
    if (node.kind != NodeKind::kNull && IsValue(node, value)) return true;
  }
  if ((row.flags & kEmptyIsUnset) != 0 && node.IsString() && node.text.empty()) return true;
  if (findings_ == nullptr) return false;
  std::vector<std::string> words;
  std::vector<std::string_view> texts;
  for (const ValueRow& value : values) {
    if (words.size() < 12) words.push_back(Escaped(b().Text(value.json), 60));
    if (value.kind == ValueKind::kString) texts.push_back(b().Text(value.text));
  }
  if (values.size() > words.size()) words.push_back(std::to_string(values.size() - words.size()) + " others");
  const std::string shown = Value(node);
  std::string message =
      (shown.empty() ? std::string("the value") : shown) + " is none of " + ListWords(words);
  const std::string_view near =
      node.IsString() && !shown.empty() ? manifests::Nearest(node.text, texts) : std::string_view();
  if (!near.empty()) message += ", did you mean \"" + Escaped(near, 60) + "\"";
  return Report(kEnum, frame, node.range, std::move(message), Suggestion(near));
}

bool Walker::NumberBounds(const Node& node, const NodeRow& row, const ExtraRow& extra, const Frame& frame) {
  const double number = NumberOf(node);
  const bool integer = node.kind == NodeKind::kInteger && !node.is_unsigned;
  const auto cut = [integer](double bound) { return integer ? std::trunc(bound) : bound; };
  const bool above_minimum =
      (row.flags & kExclusiveMinimum) != 0 ? number > cut(extra.minimum) : number >= cut(extra.minimum);
  const bool below_maximum =
      (row.flags & kExclusiveMaximum) != 0 ? number < cut(extra.maximum) : number <= cut(extra.maximum);
  const auto report = [&](const std::string& bound) {
    const std::string shown = findings_ == nullptr ? "" : Value(node);
    return Report(kOutOfRange, frame, node.range,
                  (shown.empty() ? std::string("the number") : shown) + " is " + bound);
  };
  bool fits = true;
  if (!std::isnan(extra.minimum) && !above_minimum) {
    fits =
        report(((row.flags & kExclusiveMinimum) != 0 ? "not above " : "below ") + NumberText(extra.minimum));
  }
  if (!std::isnan(extra.maximum) && !below_maximum) {
    fits =
        report(((row.flags & kExclusiveMaximum) != 0 ? "not below " : "above ") + NumberText(extra.maximum));
  }
  if (!std::isnan(extra.multiple_of) && !IsMultiple(node, extra.multiple_of)) {
    fits = report("no multiple of " + NumberText(extra.multiple_of));
  }
  return fits;
}

bool Walker::TextBounds(const Node& node, const ExtraRow& extra, const Frame& frame) {
  bool fits = true;
  if (extra.min_length != kNone || extra.max_length != kNone) {
    fits = Count(CodePoints(node.text), extra.min_length, extra.max_length, "characters", frame);
  }
  if (extra.pattern == kNone) return fits;
  const manifests::Pattern* const pattern = tables_->patterns->Get(extra.pattern);
  if (pattern != nullptr && pattern->Search(node.text)) return fits;
  if (findings_ == nullptr) return false;
  const std::string shown = Value(node);
  return Report(kPattern, frame, node.range,
                (shown.empty() ? std::string("the text") : shown) + " does not match the pattern " +
                    Escaped(b().Text(b().patterns[extra.pattern]), 200));
}

bool Walker::Count(std::size_t count, std::uint32_t low, std::uint32_t high, std::string_view what,
                   const Frame& frame) {
  if ((low == kNone || count >= low) && (high == kNone || count <= high)) return true;
  if (findings_ == nullptr) return false;
  const bool few = low != kNone && count < low;
  std::string message = std::to_string(count) + " " + std::string(what) + ", " +
                        (few ? "at least " : "at most ") + std::to_string(few ? low : high) +
                        (few ? " are needed" : " are allowed");
  return Report(kOutOfRange, frame, frame.node->range, std::move(message));
}

}  // namespace sluice::schemas
