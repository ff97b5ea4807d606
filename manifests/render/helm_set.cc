// Tested by tests/manifests/render/helm_set_test.cc.
#include "manifests/render/helm_set.h"

#include <charconv>
#include <string>
#include <vector>

#include "manifests/render/edit.h"

namespace sluice::manifests::render {
namespace {

constexpr std::size_t kMostSteps = 30;
constexpr std::size_t kMostIndex = 65'536;

struct PathStep {
  std::string key;
  std::optional<std::size_t> index;  // of a list; then there is no key
};

// "[12]" at the front of `path`, which it shortens.
std::optional<std::size_t> TakeIndex(std::string_view& path) {
  std::size_t index = 0;
  const std::size_t close = path.find(']');
  if (close == std::string_view::npos) return std::nullopt;
  const auto [end, error] = std::from_chars(path.data() + 1, path.data() + close, index);
  if (error != std::errc() || end != path.data() + close || index > kMostIndex) return std::nullopt;
  path.remove_prefix(close + 1);
  return index;
}

bool TakeKey(std::string_view& path, std::string& key) {
  while (!path.empty() && path[0] != '.' && path[0] != '[') {
    if (path[0] == '\\') path.remove_prefix(1);
    if (path.empty() || path[0] == '=' || path[0] == ',') return false;
    key += path[0];
    path.remove_prefix(1);
  }
  return !key.empty();
}

std::optional<std::vector<PathStep>> Steps(std::string_view path) {
  std::vector<PathStep> steps;
  while (true) {
    PathStep step;
    if (!TakeKey(path, step.key)) return std::nullopt;
    steps.push_back(std::move(step));
    while (path.starts_with('[')) {
      const std::optional<std::size_t> index = TakeIndex(path);
      if (!index) return std::nullopt;
      steps.push_back({{}, index});
    }
    if (steps.size() > kMostSteps) return std::nullopt;
    if (path.empty()) return steps;
    if (path[0] != '.') return std::nullopt;
    path.remove_prefix(1);
  }
}

Node Set(Arena& arena, const Node* old, std::span<const PathStep> steps, const Node& value) {
  if (steps.empty()) return value;
  const PathStep& step = steps.front();
  if (!step.index) {
    const bool there = old != nullptr && old->kind == NodeKind::kMapping;
    const Node mapping = there ? *old : MappingNode(arena, {}, value.range);
    const Node below = Set(arena, mapping.Find(step.key), steps.subspan(1), value);
    return WithMember(arena, mapping, AsMember(arena, below, step.key, value.range));
  }
  std::vector<Node> elements;
  if (old != nullptr && old->kind == NodeKind::kSequence)
    elements.assign(old->children.begin(), old->children.end());
  Node null;
  null.range = value.range;
  if (elements.size() <= *step.index) elements.resize(*step.index + 1, null);
  elements[*step.index] = Set(arena, &elements[*step.index], steps.subspan(1), value);
  return SequenceNode(arena, elements, value.range);
}

bool IsWord(std::string_view text, std::string_view word) {
  if (text.size() != word.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((text[i] | 0x20) != word[i]) return false;
  }
  return true;
}

}  // namespace

std::optional<Node> WithValueAt(Arena& arena, const Node& values, std::string_view path, const Node& value) {
  const std::optional<std::vector<PathStep>> steps = Steps(path);
  if (!steps) return std::nullopt;
  return Set(arena, &values, *steps, value);
}

Node TypedValue(Arena& arena, std::string_view text, Range place) {
  for (const bool value : {true, false}) {
    if (IsWord(text, value ? "true" : "false")) return BoolNode(value, place);
  }
  if (IsWord(text, "null")) {
    Node null;
    null.range = place;
    return null;
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (whole && (text == "0" || text[0] != '0')) return IntegerNode(arena, number, place);
  return TextNode(arena, text, place);
}

}  // namespace sluice::manifests::render
