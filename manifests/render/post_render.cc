// The engine of kustomize without its first step. Which object became which is
// remembered in the origin that each resource carries along.
#include "manifests/render/post_render.h"

#include <iterator>
#include <utility>
#include <vector>

#include "manifests/render/accumulate.h"

namespace sluice::manifests::render {

bool PostRender(RootBuild& build, const Node& fields) {
  Built part;
  auto made = std::make_shared<Accumulated>(16 * 1024);
  made->directory = build.root.directory;
  made->file = build.root.file;
  made->root = fields;
  made->anywhere = true;
  std::vector<ResourceOrigin> origins(build.built.objects.size());
  for (std::size_t i = 0; i < origins.size(); ++i) {
    Resource resource;
    resource.root = *build.built.objects[i].object.root;
    resource.origin = &origins[i];
    made->all.resources.push_back(resource);
  }
  Way way;
  Layer layer = LayerOf(build.session, *made);
  ApplyKustomization(layer, made->all, way);
  std::vector<BuiltObject> before = std::exchange(build.built.objects, {});
  part.findings = std::move(made->log.findings);
  part.not_built = std::move(made->log.not_built);
  part.read = std::move(made->log.read);
  part.memory = made;
  build.Add(std::move(part));
  if (made->log.failed) return false;
  for (const Resource& resource : made->all.resources) {
    BuiltObject object = std::move(before[static_cast<std::size_t>(resource.origin - origins.data())]);
    build.Replace(object, resource.root);
    build.built.objects.push_back(std::move(object));
  }
  return true;
}

}  // namespace sluice::manifests::render
