#include "manifests/render/layer.h"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>

#include "manifests/render/rules.h"
#include "manifests/render/shared_texts.h"

namespace sluice::manifests::render {
namespace {

struct IdKey {
  ResourceId id;
  friend bool operator==(const IdKey& a, const IdKey& b) { return SameId(a.id, b.id); }
};
struct IdHash {
  std::size_t operator()(const IdKey& key) const {
    return HashKey(key.id.name) ^ (std::size_t{HashKey(key.id.effective)} << 20) ^
           (std::size_t{HashKey(key.id.gvk.kind)} << 32);
  }
};

constexpr std::size_t kMostWork = 400'000'000;
constexpr std::size_t kMostBytes = 512u << 20;
constexpr std::size_t kStepsBetweenLooks = 1'000'000;  // at the clock

struct Size {
  std::size_t nodes = 0;
  std::size_t depth = 0;
};

// Stops where a limit is passed: what it walks may be a tree of shared parts.
void Measure(const Node& node, std::size_t depth, const Limits& limits, Size& size) {
  size.depth = std::max(size.depth, depth);
  if (++size.nodes > limits.expansion_nodes || depth > limits.depth) return;
  for (const Node& child : node.children) Measure(child, depth + 1, limits, size);
}

}  // namespace

const Node* Layer::Field(std::string_view name) const {
  const Node* field = root.Find(name);
  return field == nullptr || field->kind == NodeKind::kNull ? nullptr : field;
}

std::span<const Node> Layer::Elements(std::string_view name) const {
  const Node* field = Field(name);
  return field == nullptr ? std::span<const Node>() : field->children;
}

bool Layer::Fail(const Rule& rule, Range place, std::string message) {
  const Place in = session.sources().Resolve(place);
  Finding finding =
      MakeFinding(rule, in.file == nullptr ? file : in.file->path.text(), in.range, std::move(message));
  if (finding.file != file) finding.through.push_back(file);
  log.findings.push_back(std::move(finding));
  log.failed = true;
  return false;
}

bool Layer::Fail(const Rule& rule, Range place, std::string message, const Resource& resource) {
  Fail(rule, place, std::move(message));
  const ResourceId id = IdOf(resource.root);
  ObjectName& name = log.findings.back().object;
  name = {std::string(ScalarText(resource.root.Find("apiVersion"))), std::string(id.gvk.kind),
          std::string(id.ns), std::string(id.name)};
  return false;
}

namespace {

// Of nobody's making: what failed so is not kept for others.
bool FailLate(Layer& layer, Range place) {
  layer.log.depends_on_way = true;
  return layer.Fail(kBuildLimitRule, place, "the time for this verdict ran out while this was built");
}

}  // namespace

void Layer::LeaveOut(Range place, std::string reason) {
  const Place in = session.sources().Resolve(place);
  log.not_built.push_back({in.file == nullptr ? file : in.file->path.text(), in.range, std::move(reason)});
}

bool Layer::Spend(std::size_t nodes, Range place) {
  log.work += nodes;
  const std::size_t work = log.work + log.work_below;
  if (work >= log.next_look) {
    log.next_look = work + kStepsBetweenLooks;
    if (session.IsLate()) return FailLate(*this, place);
  }
  if (work > kMostWork) {
    return Fail(kBuildLimitRule, place, fmt::format("the build takes more than {} steps", kMostWork));
  }
  if (arena.bytes() + log.bytes_below <= kMostBytes) return true;
  return Fail(kBuildLimitRule, place,
              fmt::format("the build needs more than {} bytes of memory", kMostBytes));
}

bool CheckSize(Layer& layer, const Resource& resource, Range place) {
  const Limits& limits = layer.session.sources().limits();
  Size size;
  Measure(resource.root, 1, limits, size);
  if (size.depth > limits.depth) {
    return layer.Fail(
        kBuildLimitRule, place,
        fmt::format("the object gets more than {} levels of nesting (limit depth)", limits.depth), resource);
  }
  if (size.nodes > limits.expansion_nodes) {
    return layer.Fail(
        kBuildLimitRule, place,
        fmt::format("the object gets more than {} nodes (limit expansionNodes)", limits.expansion_nodes),
        resource);
  }
  return layer.Spend(size.nodes, place);
}

bool SpendWalk(Layer& layer, const Resource& resource, std::size_t steps, Range place) {
  Size size;
  Measure(resource.root, 1, layer.session.sources().limits(), size);
  return layer.Spend(steps * size.nodes, place);
}

bool ChangeFields(Layer& layer, Resource& resource, std::span<const FieldSpec> specs,
                  const FieldChange& change) {
  const Node before = resource.root;
  for (const FieldSpec& spec : specs) {
    if (!Selects(spec.gvk, GvkOf(resource.root))) continue;
    if (!layer.Spend(spec.parts.size(), change.made_at)) return false;
    if (spec.parts.size() > layer.session.sources().limits().depth) {
      return layer.Fail(kBuildLimitRule, change.made_at,
                        "the path of a field has more parts than a document has levels (limit depth)");
    }
    const FieldResult result = ChangeField(layer.arena, resource.root, spec, change);
    if (!result.problem.empty()) return layer.Fail(kFieldRule, result.place, result.problem, resource);
    if (result.root) resource.root = *result.root;
  }
  return layer.Spend(FollowShared(layer.arena, resource, before), change.made_at);
}

bool CheckIds(Layer& layer, const std::vector<Resource>& resources,
              const std::function<Range(std::size_t)>& place) {
  std::unordered_map<IdKey, const Resource*, IdHash> known;
  known.reserve(resources.size());
  for (std::size_t i = 0; i < resources.size(); ++i) {
    const ResourceId id = IdOf(resources[i].root);
    const auto [other, is_new] = known.emplace(IdKey{id}, &resources[i]);
    if (is_new) continue;
    const Place first = layer.session.sources().Resolve(other->second->root.range);
    std::string message = fmt::format("may not add resource with an already registered id: {}", Show(id));
    if (first.file != nullptr) {
      message +=
          fmt::format(" (the other one stands in {}:{})", first.file->path.text(), first.range.begin.line);
    }
    return layer.Fail(kDuplicateObjectRule, place(i), std::move(message), resources[i]);
  }
  return true;
}

bool CheckIds(Layer& layer, const std::vector<Resource>& resources, Range place) {
  return CheckIds(layer, resources, [place](std::size_t) { return place; });
}

}  // namespace sluice::manifests::render
