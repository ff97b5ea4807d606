// After gopkg.in/yaml.v3: resolve.go, and encoding/json's form of a time.
#include "manifests/render/kustomize_scalar.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "manifests/render/edit.h"
#include "manifests/scalar.h"

namespace sluice::manifests::render {
namespace {

bool IsBoolOfV3(std::string_view text) {
  constexpr std::array<std::string_view, 6> kTexts = {"true", "True", "TRUE", "false", "False", "FALSE"};
  return std::ranges::find(kTexts, text) != kTexts.end();
}

Node AsText(const Node& node) {
  Node text = node;
  text.kind = NodeKind::kString;
  text.style = NodeStyle::kDoubleQuoted;
  return text;
}

// A key as it was written, without quotes or marks; nullopt where it has some.
std::optional<std::string_view> PlainKey(const Sources& sources, const Node& member) {
  const Place place = sources.Resolve(member.key_range);
  if (place.file == nullptr || place.range.begin.line != place.range.end.line) return std::nullopt;
  const std::string_view line = LineOf(*place.file->parsed.bytes, place.range.begin.line);
  std::size_t begin = 0;  // of the key, in bytes; columns count code points
  for (std::uint32_t column = 1; begin < line.size() && column < place.range.begin.column; ++column) {
    do ++begin;
    while (begin < line.size() && (static_cast<unsigned char>(line[begin]) & 0xC0) == 0x80);
  }
  const std::string_view key = line.substr(begin, place.range.end.column - place.range.begin.column);
  if (key.empty() || key.find_first_of("\"'?!&*") != key.npos) return std::nullopt;
  return key;
}

// Most keys begin like no number and no other word.
bool MayBeNoText(std::string_view key) {
  return !key.empty() && std::string_view("0123456789+-.~nNtTfF").find(key.front()) != std::string_view::npos;
}

class Reading {
 public:
  Reading(Arena& arena, const Sources& sources) : arena_(arena), sources_(sources) {}

  const Node* odd_key = nullptr;  // the first member whose key is no text

  std::optional<Node> Of(const Node& node) {
    if (node.kind == NodeKind::kBool && node.style == NodeStyle::kPlain && !node.text.empty() &&
        !IsBoolOfV3(node.text)) {
      return AsText(node);
    }
    std::vector<Node> children;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const std::optional<Node> child = Child(node, node.children[i]);
      if (!child) continue;
      if (children.empty()) children.assign(node.children.begin(), node.children.end());
      children[i] = *child;
    }
    if (children.empty()) return std::nullopt;
    return WithChildren(arena_, node, children);
  }

 private:
  std::optional<Node> Child(const Node& parent, const Node& child) {
    std::optional<Node> changed = Of(child);
    if (parent.kind != NodeKind::kMapping || !MayBeNoText(child.key) || !IsNoTextKey(child.key))
      return changed;
    const std::optional<std::string_view> key = PlainKey(sources_, child);
    if (!key) return changed;
    if (IsNoTextKey(*key) && odd_key == nullptr) odd_key = &child;
    if (*key == child.key || IsBoolOfV3(*key)) return changed;
    return AsMember(arena_, changed ? *changed : child, *key, child.key_range);
  }

  Arena& arena_;
  const Sources& sources_;
};

// Reads numbers and literal characters off the front of a text.
struct TimeText {
  std::string_view rest;

  bool Number(std::size_t least, std::size_t most, unsigned& value) {
    std::size_t digits = 0;
    for (value = 0; digits < std::min(most, rest.size()) && rest[digits] >= '0' && rest[digits] <= '9';
         ++digits) {
      value = 10 * value + static_cast<unsigned>(rest[digits] - '0');
    }
    rest.remove_prefix(digits);
    return digits >= least;
  }
  bool Skip(char c) {
    if (!rest.starts_with(c)) return false;
    rest.remove_prefix(1);
    return true;
  }
};

bool IsDate(unsigned year, unsigned month, unsigned day) {
  constexpr std::array<unsigned, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day <= kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

// ".50" → ".5"; empty where there is none, or nothing but zeros.
std::string Fraction(TimeText& text) {
  if (!text.Skip('.')) return {};
  const std::size_t digits = std::min(text.rest.find_first_not_of("0123456789"), text.rest.size());
  std::string fraction = "." + std::string(text.rest.substr(0, std::min<std::size_t>(digits, 9)));
  text.rest.remove_prefix(digits);
  fraction.resize(fraction.find_last_not_of('0') + 1);
  return fraction == "." ? std::string() : fraction;
}

// "Z", "+02:00"; empty where it is none.
std::string Zone(TimeText& text) {
  if (text.Skip('Z')) return "Z";
  const char sign = text.rest.empty() ? '\0' : text.rest.front();
  unsigned hours = 0, minutes = 0;
  if ((!text.Skip('+') && !text.Skip('-')) || !text.Number(2, 2, hours) || !text.Skip(':') ||
      !text.Number(2, 2, minutes) || hours > 24 || minutes > 60) {
    return {};
  }
  return hours == 0 && minutes == 0 ? "Z" : fmt::format("{}{:02}:{:02}", sign, hours, minutes);
}

// The forms that go-yaml v3 takes for a time, as RFC 3339; nullopt for other text.
std::optional<std::string> TimeOf(std::string_view text) {
  TimeText in{text};
  unsigned year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!in.Number(4, 4, year) || !in.Skip('-') || !in.Number(1, 2, month) || !in.Skip('-') ||
      !in.Number(1, 2, day) || !IsDate(year, month, day)) {
    return std::nullopt;
  }
  const std::string date = fmt::format("{:04}-{:02}-{:02}", year, month, day);
  if (in.rest.empty()) return date + "T00:00:00Z";
  const bool blank = in.rest.front() == ' ';
  if (!in.Skip(' ') && !in.Skip('T') && !in.Skip('t')) return std::nullopt;
  if (!in.Number(1, 2, hour) || !in.Skip(':') || !in.Number(1, 2, minute) || !in.Skip(':') ||
      !in.Number(1, 2, second) || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  const std::string fraction = Fraction(in);
  const std::string zone = blank ? "Z" : Zone(in);
  if (zone.empty() || !in.rest.empty()) return std::nullopt;
  return fmt::format("{}T{:02}:{:02}:{:02}{}{}", date, hour, minute, second, fraction, zone);
}

bool LooksLikeTime(const Node& node) {
  const std::string_view text = node.text;
  return node.kind == NodeKind::kString && node.style == NodeStyle::kPlain && text.size() >= 8 &&
         text[4] == '-' && text[0] >= '0' && text[0] <= '9';
}

}  // namespace

bool IsTime(std::string_view text) { return TimeOf(text).has_value(); }

bool IsNoTextKey(std::string_view key) {
  if (key.empty()) return false;
  Node node;
  node.text = key;
  ReadPlain(node);
  return node.kind != NodeKind::kString || IsTime(key);
}

void ReadPlain(Node& node) {
  const std::string_view text = node.text;
  node.style = NodeStyle::kPlain;
  if (!ResolvePlain(node) || (node.kind == NodeKind::kBool && !IsBoolOfV3(text)))
    node.kind = NodeKind::kString;
}

KustomizeReading AsKustomizeReads(Arena& arena, const Sources& sources, const Node& node) {
  Reading reading(arena, sources);
  std::optional<Node> changed = reading.Of(node);
  return {std::move(changed), reading.odd_key};
}

std::optional<Node> WithTimes(Arena& arena, const Node& node) {
  if (LooksLikeTime(node)) {
    const std::optional<std::string> time = TimeOf(node.text);
    if (!time) return std::nullopt;
    return AsMember(arena, TextNode(arena, *time, node.range), node.key, node.key_range);
  }
  std::vector<Node> children;
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const std::optional<Node> child = WithTimes(arena, node.children[i]);
    if (!child) continue;
    if (children.empty()) children.assign(node.children.begin(), node.children.end());
    children[i] = *child;
  }
  if (children.empty()) return std::nullopt;
  return WithChildren(arena, node, children);
}

}  // namespace sluice::manifests::render
