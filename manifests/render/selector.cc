// Tested by tests/manifests/render/selector_test.cc.
#include "manifests/render/selector.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "manifests/hidden.h"
#include "manifests/render/rules.h"

namespace sluice::manifests::render {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool IsSpecial(char c) { return std::string_view("=!(),<>").find(c) != std::string_view::npos; }

// apimachinery's lexer and parser, one requirement after another.
class LabelParser {
 public:
  explicit LabelParser(std::string_view text) : rest_(text) {}

  bool Parse(std::vector<LabelRequirement>& requirements) {
    SkipBlanks();
    if (rest_.empty()) return true;
    do {
      LabelRequirement requirement;
      if (!One(requirement)) return false;
      requirements.push_back(std::move(requirement));
    } while (Take(","));
    return rest_.empty();
  }

 private:
  void SkipBlanks() {
    while (!rest_.empty() && IsBlank(rest_.front())) rest_.remove_prefix(1);
  }
  bool Take(std::string_view token) {
    SkipBlanks();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    SkipBlanks();
    return true;
  }
  std::string Word() {
    SkipBlanks();
    std::size_t end = 0;
    while (end < rest_.size() && !IsBlank(rest_[end]) && !IsSpecial(rest_[end])) ++end;
    std::string word(rest_.substr(0, end));
    rest_.remove_prefix(end);
    SkipBlanks();
    return word;
  }

  bool One(LabelRequirement& requirement) {
    const bool absent = Take("!");
    requirement.key = Word();
    if (requirement.key.empty()) return false;
    requirement.is = absent ? LabelOperator::kAbsent : LabelOperator::kExists;
    if (absent || rest_.empty() || rest_.front() == ',') return rest_.empty() || rest_.front() == ',';
    if (Take("!=")) return Value(requirement, LabelOperator::kNotIn);
    if (Take("==") || Take("=")) return Value(requirement, LabelOperator::kIn);
    if (Take(">")) return Value(requirement, LabelOperator::kGreater) && IsNumber(requirement.values[0]);
    if (Take("<")) return Value(requirement, LabelOperator::kLess) && IsNumber(requirement.values[0]);
    const std::string word = Word();
    if (word != "in" && word != "notin") return false;
    requirement.is = word == "in" ? LabelOperator::kIn : LabelOperator::kNotIn;
    return Values(requirement);
  }

  bool Value(LabelRequirement& requirement, LabelOperator is) {
    requirement.is = is;
    requirement.values.push_back(Word());  // "a=" is a, empty
    return true;
  }

  bool Values(LabelRequirement& requirement) {
    if (!Take("(")) return false;
    do requirement.values.push_back(Word());
    while (Take(","));
    return Take(")");
  }

  static bool IsNumber(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
  }

  std::string_view rest_;
};

bool Compares(const LabelRequirement& requirement, std::string_view value) {
  std::int64_t have = 0, want = 0;
  const std::string& bound = requirement.values[0];
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), have);
  if (error != std::errc() || end != value.data() + value.size()) return false;
  std::from_chars(bound.data(), bound.data() + bound.size(), want);
  return requirement.is == LabelOperator::kGreater ? have > want : have < want;
}

bool Matches(const LabelRequirement& requirement, const Node* labels) {
  const Node* label = labels == nullptr ? nullptr : labels->Find(requirement.key);
  const std::string_view value = label == nullptr ? std::string_view() : label->text;
  const auto is_value = [&](const std::string& each) { return each == value; };
  switch (requirement.is) {
    case LabelOperator::kIn:
      return label != nullptr && std::ranges::any_of(requirement.values, is_value);
    case LabelOperator::kNotIn:
      return label == nullptr || std::ranges::none_of(requirement.values, is_value);
    case LabelOperator::kExists:
      return label != nullptr;
    case LabelOperator::kAbsent:
      return label == nullptr;
    default:
      return label != nullptr && Compares(requirement, value);
  }
}

const Node* MetadataField(const Resource& resource, std::string_view name) {
  const Node* metadata = resource.root.Find("metadata");
  return metadata == nullptr ? nullptr : metadata->Find(name);
}

}  // namespace

std::optional<std::vector<LabelRequirement>> ParseLabelSelector(std::string_view text) {
  std::vector<LabelRequirement> requirements;
  if (!LabelParser(text).Parse(requirements)) return std::nullopt;
  return requirements;
}

bool MatchesLabels(std::span<const LabelRequirement> selector, const Node* labels) {
  return std::ranges::all_of(selector, [&](const LabelRequirement& each) { return Matches(each, labels); });
}

bool Selector::Text::Matches(std::string_view value) const {
  if (text.empty() || text == ".*") return true;
  return pattern ? pattern->Search(value) : text == value;
}

std::optional<Selector> Selector::Read(Layer& layer, const Node& node) {
  Selector selector;
  const struct {
    std::string_view field;
    Text& text;
  } texts[] = {{"group", selector.group_},
               {"version", selector.version_},
               {"kind", selector.kind_},
               {"name", selector.name_},
               {"namespace", selector.ns_}};
  for (const auto& [field, text] : texts) {
    const Node* value = node.Find(field);
    text.text = ScalarText(value);
    if (text.text.find_first_of("\\.^$|?*+()[]{}") == text.text.npos || text.text == ".*") continue;
    Result<Pattern> pattern = Pattern::Compile(fmt::format("^(?:{})$", text.text));
    if (!pattern) {
      layer.Fail(kKustomizationRule, value->range, pattern.error().message);
      return std::nullopt;
    }
    text.pattern.emplace(*std::move(pattern));
  }
  const struct {
    std::string_view field;
    std::vector<LabelRequirement>& requirements;
  } selectors[] = {{"labelSelector", selector.labels_}, {"annotationSelector", selector.annotations_}};
  for (const auto& [field, requirements] : selectors) {
    const Node* value = node.Find(field);
    auto parsed = ParseLabelSelector(ScalarText(value));
    if (!parsed) {
      layer.Fail(kKustomizationRule, value->range,
                 fmt::format("{} is not a selector of labels", Shown(value->text)));
      return std::nullopt;
    }
    requirements = *std::move(parsed);
  }
  return selector;
}

bool Selector::SelectsByLabels(const Resource& resource) const {
  return MatchesLabels(labels_, MetadataField(resource, "labels")) &&
         MatchesLabels(annotations_, MetadataField(resource, "annotations"));
}

bool Selector::Selects(const Resource& resource) const {
  const ResourceId now = IdOf(resource.root);
  if (!kind_.Matches(now.gvk.kind) || !group_.Matches(now.gvk.group) || !version_.Matches(now.gvk.version))
    return false;
  const ResourceId original = OriginalId(resource);
  if (!name_.Matches(original.name) && !name_.Matches(now.name)) return false;
  if (!ns_.Matches(original.effective) && !ns_.Matches(now.effective)) return false;
  return SelectsByLabels(resource);
}

}  // namespace sluice::manifests::render
