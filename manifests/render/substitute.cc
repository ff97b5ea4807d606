// Three steps: the object's text, the text with its variables put in, and both
// trees side by side. Where the text held no variable the node of the object
// stays, and must say the same as the new one; else the new value is taken over,
// with the old place. Tested by tests/manifests/render/substitute_test.cc.
#include "manifests/render/substitute.h"

#include <algorithm>
#include <set>

#include "manifests/object.h"
#include "manifests/render/edit.h"
#include "manifests/render/yaml_text.h"

namespace sluice::manifests::render {
namespace {

constexpr std::string_view kSubstitute = "kustomize.toolkit.fluxcd.io/substitute";

bool IsDisabled(const Node& object) {
  const Node* metadata = object.Find("metadata");
  for (const std::string_view name : {"labels", "annotations"}) {
    const Node* marks = metadata == nullptr ? nullptr : metadata->Find(name);
    const Node* mark = marks == nullptr ? nullptr : marks->Find(kSubstitute);
    if (mark != nullptr && mark->String() == "disabled") return true;
  }
  return false;
}

// The first scalar or key with variables, in the order of the text.
const Node* FirstWithVariables(const Node& node) {
  if (HoldsVariables(node.key) || HoldsVariables(node.String())) return &node;
  for (const Node& child : node.children) {
    if (const Node* first = FirstWithVariables(child)) return first;
  }
  return nullptr;
}

// The trees before and after, side by side.
class Comparison {
 public:
  Comparison(Arena& arena, const VariableSet& set) : arena_(arena), set_(set) {}

  // False: the text beside the variables says something else now.
  bool Take(const Node& before, const Node& after, Node& out);

  // The variable at or before the place where Take failed; null: there is none.
  const Node* last() const { return last_; }

 private:
  bool TakeChildren(const Node& before, const Node& after, Node& out);
  bool TakeKey(const Node& before, const Node& after, Node& out);
  Node Copy(const Node& value, Range place);
  Range PlaceOf(const Node& scalar) const;

  Arena& arena_;
  const VariableSet& set_;
  const Node* last_ = nullptr;
};

bool Comparison::Take(const Node& before, const Node& after, Node& out) {
  if (HoldsVariables(before.String())) {
    last_ = &before;
    out = Copy(after, PlaceOf(before));
  } else if (!TakeChildren(before, after, out)) {
    return false;
  }
  return TakeKey(before, after, out);
}

bool Comparison::TakeChildren(const Node& before, const Node& after, Node& out) {
  const bool scalar = before.children.empty() && after.children.empty();
  const bool same = scalar ? SameValue(before, after)
                           : before.kind == after.kind && before.children.size() == after.children.size();
  if (!same) {
    if (const Node* first = FirstWithVariables(before)) last_ = first;
    return false;
  }
  std::vector<Node> children(before.children.size());
  for (std::size_t i = 0; i < children.size(); ++i) {
    if (!Take(before.children[i], after.children[i], children[i])) return false;
  }
  out = children.empty() ? before : WithChildren(arena_, before, children);
  return true;
}

bool Comparison::TakeKey(const Node& before, const Node& after, Node& out) {
  if (HoldsVariables(before.key)) {
    last_ = &before;
    out = AsMember(arena_, out, after.key, before.key_range);
    return true;
  }
  out.key = before.key;
  out.key_hash = before.key_hash;
  out.key_range = before.key_range;
  return before.key == after.key;
}

Node Comparison::Copy(const Node& value, Range place) {
  Node copy = value;
  copy.range = copy.key_range = place;
  copy.text = arena_.Keep(value.text);
  copy.key = arena_.Keep(value.key);
  std::vector<Node> children;
  for (const Node& child : value.children) children.push_back(Copy(child, place));
  copy.children = arena_.Keep(std::span<const Node>(children));
  return copy;
}

// "${NAME}" is the variable's value, wherever that stands.
Range Comparison::PlaceOf(const Node& scalar) const {
  const std::string_view text = scalar.text;
  if (!text.starts_with("${") || !text.ends_with('}')) return scalar.range;
  const auto found = set_.variables.find(text.substr(2, text.size() - 3));
  if (found == set_.variables.end() || found->second.place.begin.line == 0) return scalar.range;
  return found->second.not_known.empty() ? found->second.place : scalar.range;
}

// The last scalar or key with variables at or above a line of the text `of`.
const Node* LastBefore(const Node& object, const Node& of, std::uint32_t line) {
  const Node* last = nullptr;
  const auto is_above = [&](const Node& node) { return node.range.begin.line <= line; };
  if ((HoldsVariables(object.String()) || HoldsVariables(object.key)) && is_above(of)) last = &object;
  for (std::size_t i = 0; i < std::min(object.children.size(), of.children.size()); ++i) {
    if (const Node* below = LastBefore(object.children[i], of.children[i], line)) last = below;
  }
  return last;
}

// The place in the object of a line of its text. Values bring no line breaks
// with them, so lines are the same before and after.
Range PlaceOfLine(const Node& object, const std::string& text, std::size_t line, const Limits& limits) {
  const ParsedFile file = Parse({}, text, limits);
  if (file.documents.empty()) return object.range;
  const Node* last = LastBefore(object, *file.documents[0].root, static_cast<std::uint32_t>(line));
  if (last == nullptr) return object.range;
  return HoldsVariables(last->key) && !HoldsVariables(last->String()) ? last->key_range : last->range;
}

std::size_t LineAt(std::string_view text, std::size_t at) {
  return 1 + static_cast<std::size_t>(
                 std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

class Substitution {
 public:
  Substitution(Arena& arena, const VariableSet& set, const Limits& limits, std::size_t& steps)
      : arena_(arena), set_(set), limits_(limits), steps_(steps) {}

  Substituted Run(const Node& object);

 private:
  Variable LookUpVariable(std::string_view name);
  Substituted Problem(Range place, std::string message);
  EnvsubstResult PutIn(const std::string& text, bool defaults);
  Substituted Read(const Node& object, const std::string& before, std::string after);
  Substituted WithDefaults(const Node& object, const std::string& before, Substituted known);

  Arena& arena_;
  const VariableSet& set_;
  const Limits& limits_;
  std::size_t& steps_;
  std::set<std::string> unknown_;
};

Variable Substitution::LookUpVariable(std::string_view name) {
  const auto found = set_.variables.find(name);
  const bool is_set = found != set_.variables.end();
  const std::string& not_known = is_set ? found->second.not_known : set_.others;
  if (!not_known.empty()) {
    unknown_.insert("the variable " + std::string(name) + ": " + not_known);
    return {VariableKind::kUnknown, {}};
  }
  return is_set ? Variable{VariableKind::kKnown, found->second.value} : Variable{};
}

Substituted Substitution::Problem(Range place, std::string message) {
  Substituted result;
  result.problem = RenderProblem{std::move(message), place};
  return result;
}

EnvsubstResult Substitution::PutIn(const std::string& text, bool defaults) {
  EnvsubstResult result = Envsubst(text, [this](std::string_view name) { return LookUpVariable(name); },
                                   {.strict = set_.strict,
                                    .defaults = defaults,
                                    .most_bytes = limits_.file_bytes,
                                    .most_steps = steps_,
                                    .depth = limits_.depth});
  steps_ -= result.steps;
  return result;
}

Substituted Substitution::Run(const Node& object) {
  const std::string before = YamlText(object);
  if (before.empty()) return Problem(object.range, "the object cannot be written as YAML");
  EnvsubstResult result = PutIn(before, false);
  if (!result.problem.empty())
    return Problem(PlaceOfLine(object, before, LineAt(before, result.begin), limits_), result.problem);
  Substituted substituted = Read(object, before, std::move(result.text));
  if (!result.unknown || substituted.problem) return substituted;
  substituted.unknown.assign(unknown_.begin(), unknown_.end());
  return WithDefaults(object, before, std::move(substituted));
}

Substituted Substitution::WithDefaults(const Node& object, const std::string& before, Substituted known) {
  EnvsubstResult result = PutIn(before, true);
  if (!result.problem.empty())
    return Problem(PlaceOfLine(object, before, LineAt(before, result.begin), limits_), result.problem);
  if (!result.defaulted) return known;
  Substituted defaulted = Read(object, before, std::move(result.text));
  if (defaulted.problem) return defaulted;
  known.with_defaults = defaulted.root;
  return known;
}

Substituted Substitution::Read(const Node& object, const std::string& before, std::string after) {
  const ParsedFile file = Parse({}, std::move(after), limits_);
  if (!file.Readable()) {
    std::size_t line = 0;
    std::string why;
    for (const Finding& finding : file.findings) {
      if (finding.severity != Severity::kError) continue;
      line = finding.range.begin.line;
      why = finding.rule;
      break;
    }
    return Problem(PlaceOfLine(object, before, line, limits_),
                   "with the variables put in, the object is no YAML that can be read (" + why + ")");
  }
  Comparison comparison(arena_, set_);
  Substituted result;
  if (file.documents.size() != 1 || !comparison.Take(object, *file.documents[0].root, result.root)) {
    return Problem(comparison.last() == nullptr ? object.range : comparison.last()->range,
                   "the value of a variable changes what stands beside it in the YAML of the object");
  }
  result.changed = true;
  return result;
}

}  // namespace

Substituted Substitute(Arena& arena, const Node& object, const VariableSet& set, const Limits& limits,
                       std::size_t& steps) {
  const bool wanted = set.always || !set.variables.empty() || !set.others.empty();
  if (!wanted || FirstWithVariables(object) == nullptr || IsDisabled(object)) {
    Substituted unchanged;
    unchanged.root = object;
    return unchanged;
  }
  return Substitution(arena, set, limits, steps).Run(object);
}

}  // namespace sluice::manifests::render
