// Tested by tests/manifests/render/helm_trace_test.cc.
#include "manifests/render/helm_trace.h"

#include <algorithm>
#include <unordered_set>

namespace sluice::manifests::render {
namespace {

constexpr std::string_view kElement = "-";
constexpr std::size_t kMostPlaces = 16;  // of one text; more tell nothing

bool HasText(const Node& node) {
  return node.kind != NodeKind::kMapping && node.kind != NodeKind::kSequence && node.kind != NodeKind::kNull;
}

std::string_view Trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t\r"), text.size());
  const std::size_t end = text.find_last_not_of(" \t\r");
  return end == text.npos ? std::string_view() : text.substr(begin, end + 1 - begin);
}

// The scalar behind a key as it stands; empty where a template computes it.
std::string_view LiteralIn(std::string_view rest) {
  if (rest.find("{{") != rest.npos) return {};
  rest = Trimmed(rest.substr(0, rest.find(" #")));
  const bool quoted =
      rest.size() >= 2 && (rest.front() == '"' || rest.front() == '\'') && rest.back() == rest.front();
  return quoted ? rest.substr(1, rest.size() - 2) : rest;
}

class Placer {
 public:
  Placer(const ValueIndex& values, const TemplateLines* lines) : values_(values), lines_(lines) {}

  void Place(const Node& node, std::string_view key, Range place) {
    auto& ours = const_cast<Node&>(node);  // nobody else has it
    ours.range = place;
    ours.key_range = node.key.empty() ? Range() : place;
    if (node.children.empty() || !seen_.insert(node.children.data()).second) return;
    for (const Node& child : node.children) {
      const std::string_view name = node.kind == NodeKind::kMapping ? child.key : kElement;
      const Range found = Find(child, key, name);
      Place(child, name, found.begin.line != 0 ? found : place);
    }
  }

 private:
  Range Find(const Node& node, std::string_view parent, std::string_view key) const {
    if (HasText(node)) {
      if (lines_ != nullptr && lines_->HasLiteral(key, node.text)) return lines_->Literal(key, node.text);
      if (const Range value = FromValues(node, parent, key); value.begin.line != 0) return value;
    }
    return lines_ == nullptr || key == kElement ? Range() : lines_->Key(key);
  }

  Range FromValues(const Node& node, std::string_view parent, std::string_view key) const {
    const Range whole = values_.Find(parent, key, node.text, node.kind == NodeKind::kBool);
    if (whole.begin.line != 0 || key != "image") return whole;
    // Charts put images together: REPOSITORY:TAG, REPOSITORY@DIGEST.
    const std::size_t cut = node.text.find_last_of(":@");
    if (cut == node.text.npos) return {};
    const Range tag = values_.Find(key, "tag", node.text.substr(cut + 1), false);
    return tag.begin.line != 0 ? tag : values_.Find(key, "repository", node.text.substr(0, cut), false);
  }

  const ValueIndex& values_;
  const TemplateLines* lines_;
  std::unordered_set<const Node*> seen_;  // behind aliases children are shared
};

}  // namespace

void ValueIndex::Add(const Node& values) { Add(values, {}, {}); }

void ValueIndex::Add(const Node& node, std::string_view parent, std::string_view key) {
  if (HasText(node)) {
    std::vector<Entry>& entries = by_text_[node.text];
    if (!node.text.empty() && entries.size() < kMostPlaces) entries.push_back({parent, key, node.range});
    return;
  }
  for (const Node& child : node.children)
    Add(child, key, node.kind == NodeKind::kMapping ? child.key : kElement);
}

Range ValueIndex::Find(std::string_view parent, std::string_view key, std::string_view text,
                       bool is_bool) const {
  const auto found = by_text_.find(text);
  if (found == by_text_.end() || found->second.size() == kMostPlaces) return {};
  std::vector<const Entry*> same_key, same_parent;
  for (const Entry& entry : found->second) {
    if (entry.key != key) continue;
    same_key.push_back(&entry);
    if (entry.parent == parent) same_parent.push_back(&entry);
  }
  if (same_key.size() == 1) return same_key[0]->place;
  if (!same_key.empty()) return same_parent.size() == 1 ? same_parent[0]->place : Range();
  return found->second.size() == 1 && !is_bool ? found->second[0].place : Range();
}

TemplateLines::TemplateLines(std::string_view text, std::uint32_t first) {
  const auto read = std::make_shared<Text>();
  read->first = first;
  for (std::uint32_t number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.starts_with("---")) read->breaks.push_back(first + number);
    Add(*read, line, number);
  }
  text_ = read;
}

TemplateLines TemplateLines::DocumentAt(Range place) const {
  const std::vector<std::uint32_t>& breaks = text_->breaks;
  const auto end = std::upper_bound(breaks.begin(), breaks.end(), place.begin.line);
  TemplateLines part = *this;
  if (end != breaks.begin()) part.from_ = *std::prev(end);
  if (end != breaks.end()) part.to_ = *end;
  return part;
}

void TemplateLines::Add(Text& text, std::string_view line, std::uint32_t number) {
  std::string_view rest = line;
  const auto add = [&](std::string_view key, std::string_view value) {
    const auto begin = static_cast<std::uint32_t>(line.size() - rest.size()) + 1;
    const auto end = static_cast<std::uint32_t>(line.size()) + 1;
    const Range place{{text.first + number, begin}, {text.first + number, end}};
    Field& field = text.by_key[key];
    field.lines.push_back(place);
    if (!value.empty()) field.by_value[value].push_back(place);
  };
  for (;;) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    if (!rest.starts_with("- ")) break;
    const std::string_view element = LiteralIn(rest.substr(2));
    if (!element.empty() && element.find(": ") == element.npos) add(kElement, element);
    rest.remove_prefix(2);
  }
  const std::size_t colon = rest.find(':');
  if (colon == rest.npos || colon == 0 || (colon + 1 < rest.size() && rest[colon + 1] != ' ')) return;
  const std::string_view key = LiteralIn(rest.substr(0, colon));
  if (key.empty() || key.front() == '#') return;
  add(key, LiteralIn(rest.substr(colon + 1)));
}

std::span<const Range> TemplateLines::Within(const Places& places) const {
  const auto line = [](const Range& place) { return place.begin.line; };
  const auto begin = std::ranges::lower_bound(places, from_, {}, line);
  return {begin, std::ranges::lower_bound(begin, places.end(), to_, {}, line)};
}

std::span<const Range> TemplateLines::Literals(std::string_view key, std::string_view value) const {
  const auto field = text_->by_key.find(key);
  if (field == text_->by_key.end()) return {};
  const auto found = field->second.by_value.find(value);
  return found == field->second.by_value.end() ? std::span<const Range>() : Within(found->second);
}

bool TemplateLines::HasLiteral(std::string_view key, std::string_view text) const {
  return !Literals(key, text).empty();
}

Range TemplateLines::Literal(std::string_view key, std::string_view text) const {
  const std::span<const Range> places = Literals(key, text);
  return places.size() == 1 ? places.front() : Range();
}

Range TemplateLines::Key(std::string_view key) const {
  const auto field = text_->by_key.find(key);
  if (field == text_->by_key.end()) return {};
  const std::span<const Range> places = Within(field->second.lines);
  return places.size() == 1 ? places.front() : Range();
}

void PlaceNodes(const Node& root, const ValueIndex& values, const TemplateLines* lines, Range place) {
  if (lines == nullptr) return Placer(values, nullptr).Place(root, {}, place);
  // The only line that names the kind tells which of the template's documents it is.
  const Node* kind = root.Find("kind");
  const Range line = kind == nullptr ? Range() : lines->Literal("kind", kind->text);
  if (line.begin.line == 0) return Placer(values, lines).Place(root, {}, lines->FirstLine());
  const TemplateLines document = lines->DocumentAt(line);
  Placer(values, &document).Place(root, {}, line);
}

}  // namespace sluice::manifests::render
