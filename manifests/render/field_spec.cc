#include "manifests/render/field_spec.h"

#include <fmt/core.h>

#include <algorithm>

#include "manifests/render/edit.h"
#include "manifests/render/kustomize_scalar.h"

namespace sluice::manifests::render {
namespace {

class FieldWalk {
 public:
  FieldWalk(Arena& arena, const FieldSpec& spec, const FieldChange& change, FieldResult& result)
      : arena_(arena), spec_(spec), change_(change), result_(result) {}

  std::optional<Node> At(const Node& node, std::size_t part) {
    if (part == spec_.parts.size()) return Set(node);
    switch (node.kind) {
      case NodeKind::kNull:
        return std::nullopt;
      case NodeKind::kSequence:
        return Elements(node, part);
      case NodeKind::kMapping:
        return Member(node, part);
      default:
        Fail(node,
             fmt::format("kustomize looks for the field {} and finds a plain value on the way", spec_.path));
        return std::nullopt;
    }
  }

 private:
  void Fail(const Node& node, std::string problem) {
    if (!result_.problem.empty()) return;
    result_.problem = std::move(problem);
    result_.place = node.range;
  }

  std::optional<Node> Set(const Node& node) {
    std::string problem;
    std::optional<Node> value = change_.set(node, problem);
    if (!problem.empty()) Fail(node, std::move(problem));
    return value;
  }

  std::optional<Node> Elements(const Node& node, std::size_t part) {
    std::vector<Node> elements;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      std::optional<Node> element = At(node.children[i], part);
      if (!element) continue;
      if (elements.empty()) elements.assign(node.children.begin(), node.children.end());
      elements[i] = *element;
    }
    if (elements.empty()) return std::nullopt;
    return WithChildren(arena_, node, elements);
  }

  std::optional<Node> Member(const Node& node, std::size_t part) {
    const PathPart& here = spec_.parts[part];
    const bool last = part + 1 == spec_.parts.size();
    const bool makes = spec_.create && change_.made != Made::kNothing && !here.list;
    const bool scalar = last && change_.made == Made::kScalar;
    const Node* member = node.Find(here.name);
    Node fresh = EmptyNode(here.list ? NodeKind::kSequence
                           : scalar  ? NodeKind::kNull
                                     : NodeKind::kMapping,
                           change_.made_at);
    if (member == nullptr) {
      if (!makes) return std::nullopt;
      const std::optional<Node> made = At(fresh, part + 1);
      if (!made && scalar) return std::nullopt;
      return WithMember(arena_, node, AsMember(arena_, made ? *made : fresh, here.name, change_.made_at));
    }
    const bool fills = member->kind == NodeKind::kNull && !scalar && (makes || here.list);
    const std::optional<Node> changed = At(fills ? fresh : *member, part + 1);
    if (!changed && !fills) return std::nullopt;
    return WithMember(arena_, node,
                      AsMember(arena_, changed ? *changed : fresh, member->key, member->key_range));
  }

  Arena& arena_;
  const FieldSpec& spec_;
  const FieldChange& change_;
  FieldResult& result_;
};

}  // namespace

std::vector<std::string_view> SplitPath(Arena& arena, std::string_view path, char delimiter) {
  std::vector<std::string_view> parts;
  const bool leading = path.size() > 1 && path.front() == delimiter;
  if (leading) path.remove_prefix(1);
  while (true) {
    std::size_t end = path.find(delimiter);
    std::string joined;  // of a part with "\/" in it
    while (end != path.npos && end > 0 && path[end - 1] == '\\') {
      joined.append(path.substr(0, end - 1)).push_back(delimiter);
      path.remove_prefix(end + 1);
      end = path.find(delimiter);
    }
    const std::string_view rest = path.substr(0, end);
    parts.push_back(joined.empty() ? rest : arena.Keep(joined.append(rest)));
    if (end == path.npos) return parts;
    path.remove_prefix(end + 1);
  }
}

FieldSpec MakeFieldSpec(Arena& arena, const Gvk& gvk, std::string_view path, bool create) {
  FieldSpec spec{gvk, path, create, {}};
  for (std::string_view name : SplitPath(arena, path, '/')) {
    const bool list = name.ends_with("[]");
    if (list) name.remove_suffix(2);
    spec.parts.push_back({name, list});
  }
  return spec;
}

bool MergeFieldSpec(std::vector<FieldSpec>& list, const FieldSpec& spec) {
  const auto same = std::ranges::find_if(
      list, [&](const FieldSpec& each) { return each.path == spec.path && Selects(spec.gvk, each.gvk); });
  if (same != list.end()) return same->create == spec.create;
  list.push_back(spec);
  return true;
}

FieldResult ChangeField(Arena& arena, const Node& root, const FieldSpec& spec, const FieldChange& change) {
  FieldResult result;
  result.root = FieldWalk(arena, spec, change, result).At(root, 0);
  return result;
}

Node ScalarLike(Arena& arena, const Node& old, std::string_view text, Range place) {
  Node node = TextNode(arena, text, place);
  const bool quoted = old.kind == NodeKind::kString && old.style != NodeStyle::kPlain;
  if (!quoted && !text.empty()) ReadPlain(node);
  return node;
}

}  // namespace sluice::manifests::render
