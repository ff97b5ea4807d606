#include "cluster/members.h"

#include <algorithm>

namespace sluice::cluster {

using manifests::Node;
using manifests::NodeKind;

const Node* MemberAt(const Node* node, std::initializer_list<std::string_view> way) {
  for (const std::string_view key : way) node = node == nullptr ? nullptr : node->Find(key);
  return node;
}

std::string_view StringAt(const Node* node, std::initializer_list<std::string_view> way) {
  const Node* const member = MemberAt(node, way);
  return member == nullptr ? std::string_view() : member->String();
}

std::span<const Node> ElementsAt(const Node* node, std::initializer_list<std::string_view> way) {
  const Node* const list = MemberAt(node, way);
  return list == nullptr || list->kind != NodeKind::kSequence ? std::span<const Node>() : list->children;
}

std::string_view TextAt(const manifests::Node& root, std::string_view path) {
  const manifests::Node* node = &root;
  while (node != nullptr && !path.empty()) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    node = node->Find(path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return node == nullptr ? std::string_view() : node->text;
}

JsonObject ReadJsonObject(std::string bytes) {
  JsonObject object;
  const bool json = bytes.starts_with('{');
  object.file = manifests::Parse("the API server's answer", std::move(bytes), {});
  const bool one = json && object.file.Readable() && object.file.documents.size() == 1;
  if (one) object.root = object.file.documents[0].root;
  return object;
}

}  // namespace sluice::cluster
