#include "cluster/members.h"

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

JsonObject ReadJsonObject(std::string bytes) {
  JsonObject object;
  const bool json = bytes.starts_with('{');
  object.file = manifests::Parse("the API server's answer", std::move(bytes), {});
  const bool one = json && object.file.Readable() && object.file.documents.size() == 1;
  if (one) object.root = object.file.documents[0].root;
  return object;
}

}  // namespace sluice::cluster
