// The engine of kustomize without its first step (helm-controller,
// internal/postrender/kustomize.go). Which object became which is remembered by
// the origin that each resource carries along.
// Tested by tests/manifests/render/helm_release_test.cc.
#include "manifests/render/post_render.h"

#include <array>
#include <unordered_map>
#include <utility>
#include <vector>

#include "manifests/render/accumulate.h"
#include "manifests/render/edit.h"
#include "manifests/render/flux_fields.h"
#include "manifests/render/kustomization_fields.h"

namespace sluice::manifests::render {
namespace {

constexpr std::string_view kWhere = "postRenderers: kustomize.";

// The kustomization that the post-renderer writes; nullopt after a finding.
std::optional<Node> FieldsOf(RootBuild& build, const Node& kustomize) {
  constexpr std::array fields = {kFluxPatches, kFluxImages};
  std::vector<Node> taken;
  if (!TakeFluxFields(build, kHelmReleaseRule, kWhere, kustomize, fields, taken) ||
      !TakeOldFluxPatches(build, kHelmReleaseRule, kWhere, kustomize, taken)) {
    return std::nullopt;
  }
  const Node root = MappingNode(build.arena, taken, kustomize.range);
  CheckFields(root, "Kustomization", [&](const Rule& rule, Range place, std::string message) {
    build.Fail(rule, place, std::move(message));
  });
  return build.Failed() ? std::nullopt : std::optional(root);
}

std::shared_ptr<Accumulated> Prepare(const RootBuild& build, const Node& fields) {
  auto made = std::make_shared<Accumulated>(16 * 1024);
  made->directory = build.root.directory;
  made->file = build.root.file;
  made->root = fields;
  made->facts = &build.session.facts();
  made->anywhere = true;
  return made;
}

}  // namespace

bool PostRender(RootBuild& build, const Node& kustomize) {
  const std::optional<Node> fields = FieldsOf(build, kustomize);
  if (!fields) return false;
  const std::shared_ptr<Accumulated> made = Prepare(build, *fields);
  std::vector<BuiltObject> before = std::exchange(build.built.objects, {});
  std::vector<ResourceOrigin> origins(before.size());
  std::unordered_map<const ResourceOrigin*, BuiltObject*> by_origin;
  for (std::size_t i = 0; i < before.size(); ++i) {
    Resource resource;
    resource.root = *before[i].object.root;
    resource.origin = &origins[i];
    by_origin.emplace(&origins[i], &before[i]);
    made->all.resources.push_back(resource);
  }
  Way way;
  Layer layer = LayerOf(build.session, *made);
  ApplyKustomization(layer, made->all, way);
  Built part;
  part.findings = std::move(made->log.findings);
  part.not_built = std::move(made->log.not_built);
  part.read = std::move(made->log.read);
  part.memory = made;
  build.Add(std::move(part));
  if (made->log.failed) return false;
  for (const Resource& resource : made->all.resources) {
    const auto old = by_origin.find(resource.origin);
    if (old == by_origin.end()) {
      return build.Fail(kHelmReleaseRule, kustomize.range,
                        "a post-renderer made an object that is none of the chart's");
    }
    build.Replace(*old->second, resource.root);
    build.built.objects.push_back(std::move(*old->second));
  }
  return true;
}

}  // namespace sluice::manifests::render
