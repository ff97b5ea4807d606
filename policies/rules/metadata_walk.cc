// One walk down the whole object. Recursion is bounded twice: the parser
// refuses documents deeper than its limit, and the walk stops at kDepth.
#include "policies/rules/metadata_walk.h"

#include <string_view>

namespace sluice::policies {
namespace {

using manifests::FieldStep;
using manifests::Node;
using manifests::NodeKind;

constexpr std::size_t kDepth = 200;

struct Walk {
  const MetadataVisitor& visit;
  std::vector<FieldStep> path;

  void Emit(MetadataPart part, const Node& mapping) {
    if (mapping.kind == NodeKind::kMapping) visit(part, mapping, path);
  }

  void EmitMember(MetadataPart part, const Node& parent, std::string_view name) {
    const Node* member = parent.Find(name);
    if (member == nullptr) return;
    path.push_back({.key = name});
    Emit(part, *member);
    path.pop_back();
  }

  void EmitMetadata(const Node& metadata) {
    EmitMember(MetadataPart::kLabels, metadata, "labels");
    EmitMember(MetadataPart::kAnnotations, metadata, "annotations");
  }

  void Member(const Node& member) {
    path.push_back({.key = member.key});
    if (member.key == "metadata") {
      EmitMetadata(member);
    } else if (member.key == "matchLabels" || member.key == "nodeSelector") {
      Emit(MetadataPart::kSelector, member);
    } else {
      Below(member);
    }
    path.pop_back();
  }

  void Below(const Node& node) {
    if (path.size() > kDepth) return;
    if (node.kind == NodeKind::kMapping) {
      for (const Node& member : node.children) Member(member);
    } else if (node.kind == NodeKind::kSequence) {
      for (std::size_t i = 0; i < node.children.size(); ++i) {
        path.push_back({.key = {}, .index = i});
        Below(node.children[i]);
        path.pop_back();
      }
    }
  }
};

// Kinds whose body speaks of other objects' fields, or is data.
bool HasOwnMeaning(const manifests::Object& object) {
  return object.group == "apiextensions.k8s.io" ||
         (object.group.empty() && (object.kind == "ConfigMap" || object.kind == "Secret")) ||
         (object.group == "apps" && object.kind == "ControllerRevision") ||
         object.group == "autoscaling";  // selects series of an external metric, by their own rules
}

bool SelectsByMap(const manifests::Object& object) {
  return object.group.empty() && (object.kind == "Service" || object.kind == "ReplicationController");
}

}  // namespace

void WalkMetadata(const schemas::Catalog& catalog, const manifests::Object& object,
                  const MetadataVisitor& visit) {
  const schemas::KindInfo kind = catalog.Find(object.group, object.version, object.kind);
  const bool whole = kind.origin == schemas::Origin::kKubernetes && !HasOwnMeaning(object);
  Walk walk{.visit = visit, .path = {}};
  walk.path.reserve(16);  // deeper than nearly every object
  for (const Node& member : object.root->children) {
    if (!whole && member.key != "metadata") continue;
    walk.Member(member);
    if (whole && member.key == "spec" && SelectsByMap(object)) {
      walk.path.push_back({.key = "spec"});
      walk.EmitMember(MetadataPart::kSelector, member, "selector");
      walk.path.pop_back();
    }
  }
}

}  // namespace sluice::policies
