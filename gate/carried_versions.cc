#include "gate/carried_versions.h"

#include "promotion/version_fields.h"

namespace sluice::gate {
namespace {

using manifests::Node;
using promotion::VersionField;

struct Walk {
  const promotion::Carry& carry;
  const manifests::Object& object;
  std::vector<CarriedVersion> found{};

  // Every leaf: a mapping or list that is on one side alone is one difference.
  void Below(const Node& node, const std::string& field, const std::string& place) {
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const Node& child = node.children[i];
      const std::string number = std::to_string(i);
      if (node.kind != manifests::NodeKind::kSequence) {
        const std::string dot = field.empty() ? "" : ".";
        At(child, field + dot + std::string(child.key), place + dot + std::string(child.key));
        continue;
      }
      const Node* const name = child.Find("name");
      const std::string_view known = name == nullptr ? std::string_view() : name->String();
      At(child, field + "[" + number + "]",
         place + "[" + (known.empty() ? number : std::string(known)) + "]");
    }
  }

  void At(const Node& child, const std::string& field, const std::string& place) {
    if (!child.children.empty()) return Below(child, field, place);
    const VersionField kind = promotion::VersionFieldOf({&object, &object, {}}, {field, &child, &child});
    if ((kind == VersionField::kImage && carry.images) || (kind == VersionField::kChart && carry.charts))
      found.push_back({field, place, &child});
  }
};

}  // namespace

std::vector<CarriedVersion> VersionsIn(const promotion::Carry& carry, const manifests::Object& object) {
  Walk walk{carry, object};
  walk.Below(*object.root, {}, {});
  return std::move(walk.found);
}

}  // namespace sluice::gate
