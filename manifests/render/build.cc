// What happens once, at the top of a build, when everything is gathered
// (api/internal/target: makeCustomizedResMap; api/krusty).
// Tested by tests/manifests/render/build_test.cc.
#include "manifests/render/build.h"

#include <fmt/core.h>

#include <algorithm>

#include "manifests/render/accumulate.h"
#include "manifests/render/edit.h"
#include "manifests/render/kustomize_scalar.h"
#include "manifests/render/loaded_objects.h"
#include "manifests/render/rules.h"
#include "manifests/render/transformers.h"

namespace sluice::manifests::render {
namespace {

// Objects with config.kubernetes.io/local-config are for kustomize alone.
bool IsLocal(const Resource& resource) {
  const Node* metadata = resource.root.Find("metadata");
  const Node* annotations = metadata == nullptr ? nullptr : metadata->Find("annotations");
  const Node* local =
      annotations == nullptr ? nullptr : annotations->Find("config.kubernetes.io/local-config");
  return local != nullptr && local->text != "false";
}

// Annotations are texts and dates are times in what kustomize prints.
bool Print(Layer& layer, Accumulation& all) {
  for (Resource& resource : all.resources) {
    if (!SpendWalk(layer, resource, 1, {})) return false;
    resource.root = WithTextsAt(layer.arena, resource.root, "annotations");
    if (const std::optional<Node> times = WithTimes(layer.arena, resource.root)) resource.root = *times;
  }
  return true;
}

// The order is not ours to keep, but kustomize refuses one that it does not know.
bool CheckSortOptions(Layer& layer) {
  const Node* options = layer.Field("sortOptions");
  if (options == nullptr) return true;
  const std::string_view order = ScalarText(options->Find("order"));
  if (order != "fifo" && order != "legacy") {
    return layer.Fail(kKustomizationRule, options->range, "sortOptions.order must be fifo or legacy");
  }
  const Node* legacy = options->Find("legacySortOptions");
  if (order == "legacy" || legacy == nullptr || legacy->kind == NodeKind::kNull) return true;
  return layer.Fail(kKustomizationRule, legacy->range,
                    "sortOptions.legacySortOptions is set but the order is fifo, not legacy");
}

bool Finish(Layer& layer, Accumulation& all) {
  if (!AppendHashes(layer, all) || !FixNameReferences(layer, all) || !ResolveVars(layer, all)) return false;
  std::erase_if(all.resources, IsLocal);
  if (!CheckIds(layer, all.resources, Range{})) return false;
  return CheckSortOptions(layer) && AddBuildMetadata(layer, all) && Print(layer, all);
}

std::vector<std::string> Through(const TextList* way) {
  std::vector<std::string> through;
  for (; way != nullptr; way = way->before) through.emplace_back(way->text);
  std::ranges::reverse(through);
  return through;
}

Object ObjectAt(const Sources& sources, const Node* root) {
  const ResourceId id = IdOf(*root);
  Object object;
  object.root = root;
  object.api_version = ScalarText(root->Find("apiVersion"));
  object.group = id.gvk.group;
  object.version = id.gvk.version;
  object.kind = id.gvk.kind;
  object.ns = id.ns;
  object.name = id.name;
  const Place place = sources.Resolve(root->range);
  if (place.file != nullptr) object.file = place.file->path.text();
  return object;
}

void HandOver(Session& session, Accumulated& made, Built& built) {
  std::vector<Node> roots;
  for (const Resource& resource : made.all.resources) roots.push_back(resource.root);
  const std::span<const Node> kept = made.arena.Keep(std::span<const Node>(roots));
  for (std::size_t i = 0; i < kept.size(); ++i) {
    built.objects.push_back({ObjectAt(session.sources(), &kept[i]), Through(made.all.resources[i].way), {}});
  }
}

void TakeLog(Accumulated& made, Built& built) {
  SeenBases seen;
  VisitBases(made, seen, [&built](const Accumulated& part) {
    built.not_built.insert(built.not_built.end(), part.log.not_built.begin(), part.log.not_built.end());
    built.read.insert(built.read.end(), part.log.read.begin(), part.log.read.end());
  });
  built.findings = std::move(made.log.findings);
  std::ranges::sort(built.read);
  built.read.erase(std::unique(built.read.begin(), built.read.end()), built.read.end());
}

}  // namespace

Session::Session(const FileTree& tree, const Limits& limits, const KindFacts& facts)
    : sources_(tree, limits), facts_(facts), bases_(std::make_unique<Bases>()) {}
Session::~Session() = default;

Built BuildKustomization(Session& session, const RepoPath& directory, const Amendment& amendment) {
  Way way;
  const std::shared_ptr<Accumulated> made = Accumulate(session, directory, amendment, session.facts(), way);
  if (!made->log.failed) {
    Layer layer = LayerOf(session, *made);
    Finish(layer, made->all);
  }
  Built built;
  if (!made->log.failed) HandOver(session, *made, built);
  TakeLog(*made, built);
  built.memory = made;
  return built;
}

}  // namespace sluice::manifests::render
