// Tested by tests/manifests/render/field_path_test.cc.
#include "manifests/render/field_path.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "manifests/pattern.h"
#include "manifests/render/edit.h"
#include "manifests/render/field_spec.h"
#include "manifests/render/kustomize_scalar.h"

namespace sluice::manifests::render {
namespace {

bool IsListEntry(std::string_view part) {
  return part.size() >= 2 && part.front() == '[' && part.back() == ']';
}

std::optional<std::size_t> IndexOf(std::string_view part) {
  if (part.starts_with('+')) part.remove_prefix(1);
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
  if (part.empty() || error != std::errc() || end != part.data() + part.size()) return std::nullopt;
  return index;
}

struct Entry {
  std::string_view key, value;
  bool valid = false;
};
Entry SplitEntry(std::string_view part) {
  const std::string_view inner = part.substr(1, part.size() - 2);
  const std::size_t equals = inner.find('=');
  if (equals == inner.npos) return {};
  return {inner.substr(0, equals), inner.substr(equals + 1), true};
}

std::string_view TextOf(const Node& node) { return node.children.empty() ? node.text : std::string_view(); }

const Node* Element(const Node& list, std::string_view part) {
  if (list.kind != NodeKind::kSequence) return nullptr;
  const Entry entry = SplitEntry(part);
  const auto found = std::ranges::find_if(list.children, [&](const Node& each) {
    if (entry.key.empty()) return each.children.empty() && TextOf(each) == entry.value;
    const Node* member = each.Find(entry.key);
    return member != nullptr && TextOf(*member) == entry.value;
  });
  return !entry.valid || found == list.children.end() ? nullptr : &*found;
}

class Matching {
 public:
  Matching(Arena& arena, const FieldPathParts& path, const PathChange& change, PathResult& result)
      : arena_(arena), path_(path), change_(change), result_(result) {}

  std::optional<Node> At(const Node& node, std::size_t part) {
    if (!result_.problem.empty()) return std::nullopt;
    if (part == path_.size()) return Set(node);
    const std::string_view here = path_[part];
    if (const auto index = IndexOf(here)) return AtIndex(node, *index, part);
    if (IsListEntry(here)) return AtEntries(node, part);
    if (here == "*") return AtEach(node, part);
    return AtMember(node, part);
  }

 private:
  std::optional<Node> Set(const Node& node) {
    ++result_.matches;
    return change_.set(node, result_.problem);
  }

  void Fail(std::string problem) {
    if (result_.problem.empty()) result_.problem = std::move(problem);
  }

  // What stands before `part` is made of this kind.
  Node MakeFor(std::size_t part) const {
    if (part == path_.size()) return EmptyNode(*change_.create, change_.made_at);
    const bool list = IsListEntry(path_[part]) || IndexOf(path_[part]).has_value();
    return EmptyNode(list ? NodeKind::kSequence : NodeKind::kMapping, change_.made_at);
  }

  std::optional<Node> AtMember(const Node& node, std::size_t part) {
    if (node.kind != NodeKind::kMapping) {
      if (node.kind != NodeKind::kNull)
        Fail(fmt::format("the field {} is looked for in something that is not a mapping", path_[part]));
      else if (change_.create)
        Fail(fmt::format("the field {} is to be made below a null, where kustomize loses it", path_[part]));
      return std::nullopt;
    }
    const Node* member = node.Find(path_[part]);
    if (member == nullptr && !change_.create) return std::nullopt;
    const Node made = member == nullptr ? MakeFor(part + 1) : Node{};
    const std::optional<Node> changed = At(member == nullptr ? made : *member, part + 1);
    if (!changed) return std::nullopt;
    const Range key = member == nullptr ? change_.made_at : member->key_range;
    return WithMember(arena_, node, AsMember(arena_, *changed, path_[part], key));
  }

  std::optional<Node> AtIndex(const Node& node, std::size_t index, std::size_t part) {
    if (node.kind != NodeKind::kSequence) {
      Fail(fmt::format("the element {} is looked for in something that is not a list", index));
      return std::nullopt;
    }
    std::vector<Node> elements(node.children.begin(), node.children.end());
    if (index == elements.size() && change_.create) elements.push_back(MakeFor(part + 1));
    if (index >= elements.size()) {
      Fail(fmt::format("index {} specified but only {} elements found", index, elements.size()));
      return std::nullopt;
    }
    const std::optional<Node> changed = At(elements[index], part + 1);
    if (!changed) return std::nullopt;
    elements[index] = *changed;
    return WithChildren(arena_, node, elements);
  }

  std::optional<Node> AtEach(const Node& node, std::size_t part) {
    if (node.kind != NodeKind::kSequence) {
      Fail("\"*\" stands for the elements of a list, and this is none");
      return std::nullopt;
    }
    return Elements(node, part, [](const Node&) { return true; });
  }

  std::optional<Node> AtEntries(const Node& node, std::size_t part) {
    const Entry entry = SplitEntry(path_[part]);
    const Result<Pattern> pattern = Pattern::Compile(entry.value);
    if (!entry.valid || !pattern || node.kind != NodeKind::kSequence) {
      Fail(fmt::format("{} does not select elements of a list here", path_[part]));
      return std::nullopt;
    }
    const auto matches = [&](const Node& element) {
      const Node* value = entry.key.empty() ? &element : element.Find(entry.key);
      return value != nullptr && pattern->Search(TextOf(*value));
    };
    const std::size_t before = result_.matches;
    // A plain element ends the path, whatever follows.
    std::optional<Node> changed = Elements(node, entry.key.empty() ? path_.size() - 1 : part, matches);
    if (result_.matches > before || !change_.create) return changed;
    return Append(node, entry, part);
  }

  std::optional<Node> Append(const Node& node, const Entry& entry, std::size_t part) {
    Node value = TextNode(arena_, entry.value, change_.made_at);
    if (!entry.value.empty()) ReadPlain(value);
    Node element = value;
    if (!entry.key.empty()) {
      const Node member = AsMember(arena_, value, entry.key, change_.made_at);
      element = MappingNode(arena_, std::span<const Node>(&member, 1), change_.made_at);
    }
    const std::optional<Node> changed = entry.key.empty() ? Set(element) : At(element, part + 1);
    std::vector<Node> elements(node.children.begin(), node.children.end());
    elements.push_back(changed ? *changed : element);
    return WithChildren(arena_, node, elements);
  }

  template <class Matches>
  std::optional<Node> Elements(const Node& node, std::size_t part, const Matches& matches) {
    std::vector<Node> elements;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      if (!matches(node.children[i])) continue;
      const std::optional<Node> changed = At(node.children[i], part + 1);
      if (!changed) continue;
      if (elements.empty()) elements.assign(node.children.begin(), node.children.end());
      elements[i] = *changed;
    }
    if (elements.empty()) return std::nullopt;
    return WithChildren(arena_, node, elements);
  }

  Arena& arena_;
  const FieldPathParts& path_;
  const PathChange& change_;
  PathResult& result_;
};

}  // namespace

FieldPathParts SplitFieldPath(Arena& arena, std::string_view path) {
  FieldPathParts parts;
  const std::vector<std::string_view> split = SplitPath(arena, path, '.');
  for (std::size_t i = 0; i < split.size(); ++i) {
    if (!split[i].starts_with('[') || split[i].ends_with(']')) {
      parts.push_back(split[i]);
      continue;
    }
    std::string bracketed(split[i]);
    while (i + 1 < split.size()) {
      bracketed.append(".").append(split[++i]);
      if (split[i].ends_with(']')) break;
    }
    if (bracketed.find('=') == bracketed.npos) {
      const std::size_t begin = std::min(bracketed.find_first_not_of("[]"), bracketed.size());
      bracketed = bracketed.substr(begin, bracketed.find_last_not_of("[]") + 1 - begin);
    }
    parts.push_back(arena.Keep(bracketed));
  }
  return parts;
}

const Node* LookUp(const Node& root, const FieldPathParts& path) {
  const Node* node = &root;
  for (const std::string_view part : path) {
    if (node == nullptr) return nullptr;
    if (part.empty()) continue;
    const bool list = node->kind == NodeKind::kSequence;
    const auto index = IndexOf(part);
    if (index || part == "-") {
      const std::size_t at = index ? *index : node->children.size() - 1;
      node = list && at < node->children.size() ? &node->children[at] : nullptr;
    } else {
      node = IsListEntry(part) ? Element(*node, part) : node->Find(part);
    }
  }
  return node;
}

PathResult ChangeMatches(Arena& arena, const Node& root, const FieldPathParts& path,
                         const PathChange& change) {
  PathResult result;
  const std::optional<Node> changed = Matching(arena, path, change, result).At(root, 0);
  result.root = changed ? *changed : root;
  return result;
}

}  // namespace sluice::manifests::render
