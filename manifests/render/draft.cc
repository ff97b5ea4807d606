#include "manifests/render/draft.h"

#include <algorithm>
#include <charconv>

#include "manifests/render/edit.h"

namespace sluice::manifests::render {

bool IsCollection(const Draft& draft) { return IsCollection(draft.node); }

void TakeApart(Draft& draft) {
  if (draft.apart) return;
  draft.apart = true;
  draft.children.reserve(draft.node.children.size());
  for (const Node& child : draft.node.children) draft.children.push_back({child, false, {}});
}

Node PutTogether(Arena& arena, const Draft& draft) {
  if (!draft.apart) return draft.node;
  std::vector<Node> children;
  children.reserve(draft.children.size());
  for (const Draft& child : draft.children) children.push_back(PutTogether(arena, child));
  return WithChildren(arena, draft.node, children);
}

void Extent::Add(const Node& node, std::size_t at) {
  ++nodes;
  depth = std::max(depth, at);
  for (const Node& child : node.children) {
    if (!Passes()) Add(child, at + 1);
  }
}

void Extent::Add(const Draft& draft, std::size_t at) {
  if (!draft.apart) return Add(draft.node, at);
  ++nodes;
  depth = std::max(depth, at);
  for (const Draft& child : draft.children) {
    if (!Passes()) Add(child, at + 1);
  }
}

std::vector<std::string> PointerParts(std::string_view pointer) {
  std::vector<std::string> parts{""};
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    const std::string_view two = pointer.substr(i, 2);
    if (pointer[i] == '/') {
      parts.emplace_back();
    } else if (two == "~0" || two == "~1") {
      parts.back() += two == "~0" ? '~' : '/';
      ++i;
    } else {
      parts.back() += pointer[i];
    }
  }
  parts.erase(parts.begin());
  return parts;
}

std::optional<std::int64_t> PointerIndex(std::string_view part) {
  const bool plus = part.starts_with('+') && !part.starts_with("+-");
  if (plus) part.remove_prefix(1);
  std::int64_t index = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
  if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
  return index;
}

}  // namespace sluice::manifests::render
