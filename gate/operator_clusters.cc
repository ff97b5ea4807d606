// Key by key from a table, as hook.yaml: a misspelt key is an error, since it
// would be a question as somebody else. Tested by tests/gate/operator_clusters_test.cc.
#include "gate/operator_clusters.h"

#include <algorithm>

#include "manifests/document.h"

namespace sluice::gate {
namespace {

using manifests::Node;
using manifests::NodeKind;

Error WrongAt(const std::string& path, const Range& range, std::string message) {
  return {ErrorKind::kConfiguration, std::move(message), path, range.begin};
}

// False where the value is of another type than the key's.
bool SetText(const Node& node, std::string& out) {
  out = node.String();
  return node.IsString() && !out.empty();
}
bool SetFlag(const Node& node, bool& out) {
  if (node.kind == NodeKind::kBool) out = node.value.boolean;
  return node.kind == NodeKind::kBool;
}

struct Key {
  std::string_view name;
  std::string_view must;  // be
  bool (*set)(const Node& node, OperatorCluster& cluster);
};
constexpr Key kClusterKeys[] = {
    {"kubeconfig", "an absolute path",
     [](const Node& node, OperatorCluster& cluster) {
       return SetText(node, cluster.kubeconfig) && cluster.kubeconfig.starts_with('/');
     }},
    {"context", "text",
     [](const Node& node, OperatorCluster& cluster) { return SetText(node, cluster.context); }},
    {"fieldManager", "text of at most 128 characters",
     [](const Node& node, OperatorCluster& cluster) {
       return SetText(node, cluster.field_manager) && cluster.field_manager.size() <= 128;
     }},
    {"force", "true or false",
     [](const Node& node, OperatorCluster& cluster) { return SetFlag(node, cluster.force); }},
    {"secrets", "true or false",
     [](const Node& node, OperatorCluster& cluster) { return SetFlag(node, cluster.secrets); }},
    {"rbac", "true or false",
     [](const Node& node, OperatorCluster& cluster) { return SetFlag(node, cluster.rbac); }},
    {"unlistedRights", "true or false",
     [](const Node& node, OperatorCluster& cluster) { return SetFlag(node, cluster.unlisted_rights); }},
};

Result<OperatorCluster> ReadCluster(const Node& node, const std::string& path) {
  if (node.kind != NodeKind::kMapping) return WrongAt(path, node.key_range, "expected a mapping of keys");
  OperatorCluster cluster;
  cluster.name = node.key;
  for (const Node& member : node.children) {
    const auto key = std::find_if(std::begin(kClusterKeys), std::end(kClusterKeys),
                                  [&](const Key& known) { return known.name == member.key; });
    if (key == std::end(kClusterKeys))
      return WrongAt(path, member.key_range, "unknown key \"" + std::string(member.key) + "\"");
    if (!key->set(member, cluster)) {
      return WrongAt(path, member.range,
                     "\"" + std::string(key->name) + "\" must be " + std::string(key->must));
    }
  }
  if (cluster.kubeconfig.empty())
    return WrongAt(path, node.key_range, "\"" + cluster.name + "\" has no kubeconfig");
  return cluster;
}

}  // namespace

Result<std::vector<OperatorCluster>> ParseOperatorClusters(std::string_view text, const std::string& path) {
  const manifests::ParsedFile file = manifests::Parse(path, std::string(text), Limits());
  if (!file.Readable()) {
    const Finding& finding = file.findings.front();
    return WrongAt(path, finding.range, finding.message);
  }
  if (file.documents.size() != 1) return WrongAt(path, {}, "the file must hold exactly one document");
  const Node& root = *file.documents[0].root;
  if (root.kind != NodeKind::kMapping) return WrongAt(path, root.range, "expected a mapping of keys");
  std::vector<OperatorCluster> clusters;
  for (const Node& member : root.children) {
    if (member.key != "clusters")
      return WrongAt(path, member.key_range, "unknown key \"" + std::string(member.key) + "\"");
    if (member.kind != NodeKind::kMapping)
      return WrongAt(path, member.key_range, "\"clusters\" must be a mapping of names");
    for (const Node& each : member.children) {
      Result<OperatorCluster> cluster = ReadCluster(each, path);
      if (!cluster) return cluster.error();
      clusters.push_back(*std::move(cluster));
    }
  }
  return clusters;
}

}  // namespace sluice::gate
