// Kinds that look like Kubernetes objects and are configuration of a tool. The
// table errs to the short side: a kind that is not here is judged.
#include <algorithm>
#include <array>
#include <string_view>

#include "policies/rules/rules.h"

namespace sluice::policies {
namespace {

struct LocalKind {
  std::string_view group;  // a leading dot: any group that ends with it
  std::string_view kind;   // empty: every kind of the group
};

constexpr std::array kLocalKinds = {
    LocalKind{".config.k8s.io", ""},  // kustomize, kubelet, kube-proxy, scheduler, API server
    LocalKind{"", "Config"},          // kubeconfig
    LocalKind{"audit.k8s.io", ""},    // audit policy
    LocalKind{"client.authentication.k8s.io", ""},
    LocalKind{"kubeadm.k8s.io", ""},
    LocalKind{"kind.x-k8s.io", ""},
    LocalKind{"k3d.io", ""},
    LocalKind{"skaffold", ""},
    LocalKind{"cli.kyverno.io", ""},  // kyverno test files
    LocalKind{"chainsaw.kyverno.io", ""},
    LocalKind{"kuttl.dev", ""},
    LocalKind{"test.gatekeeper.sh", ""},  // gator suites
    LocalKind{"schema.plugin.fluxcd.io", ""},
    LocalKind{"backstage.io", ""},  // catalog-info.yaml
};

bool Matches(const LocalKind& local, const manifests::Object& object) {
  const bool same_group =
      local.group.starts_with('.') ? object.group.ends_with(local.group) : object.group == local.group;
  return same_group && (local.kind.empty() || local.kind == object.kind);
}

}  // namespace

bool IsReadFromFile(const manifests::Object& object) {
  // The core group has one version; `v1alpha1` without a group is Talos, `v2` Helm, `builtin` kustomize.
  if (object.group.empty() && object.version != "v1") return true;
  return std::any_of(kLocalKinds.begin(), kLocalKinds.end(),
                     [&object](const LocalKind& local) { return Matches(local, object); });
}

}  // namespace sluice::policies
