// configMapGenerator and secretGenerator: their objects join those that are
// there, or merge with or replace one of them (api/resmap/reswrangler.go,
// appendReplaceOrMerge).
#include <fmt/core.h>

#include <algorithm>

#include "manifests/hidden.h"
#include "manifests/render/accumulate.h"
#include "manifests/render/files.h"
#include "manifests/render/generate.h"
#include "manifests/render/kustomize_scalar.h"
#include "manifests/render/rules.h"

namespace sluice::manifests::render {
namespace {

class Generation {
 public:
  Generation(Layer& layer, Accumulation& all) : layer_(layer), all_(all) {}

  bool Run(GeneratorKind kind, std::string_view field, std::string_view name) {
    const ResourceOrigin origin{layer_.arena.Keep(layer_.file), name, {}};
    return std::ranges::all_of(layer_.Elements(field), [&](const Node& entry) {
      return One({kind, entry, layer_.Field("generatorOptions"), origin});
    });
  }

  bool One(const GeneratorEntry& one) {
    const Node& entry = one.entry;
    const ReadGeneratorFile read = [&](std::string_view path) { return ReadBytes(layer_, path); };
    Generated generated = Generate(layer_.arena, one.kind, entry, one.options, read);
    for (const RenderProblem& problem : generated.problems) {
      return layer_.Fail(kGeneratorRule, problem.place, problem.message);
    }
    if (!FitsObject(generated.object, entry.range) || !HasTextKeys(generated.object)) return false;
    const ResourceId id = IdOf(generated.object);
    if (!layer_.Spend(10 * all_.resources.size(), entry.range)) return false;
    std::vector<Resource*> same;
    for (Resource& each : all_.resources) {
      if (AnyId(each, [&](const ResourceId& other) { return SameId(id, other); })) same.push_back(&each);
    }
    if (same.size() > 1) {
      return layer_.Fail(kGeneratorRule, entry.range,
                         fmt::format("found multiple objects that could accept merge of {}", Show(id)));
    }
    return same.empty() ? Create(one, generated, id) : Join(one, generated, *same.front(), id);
  }

 private:
  // Files that a generator takes in may be larger than what the API server takes.
  bool FitsObject(const Node& object, Range place) {
    const std::size_t most = layer_.session.sources().limits().object_bytes;
    std::size_t bytes = 0;
    for (const std::string_view field : {"data", "binaryData"}) {
      const Node* pairs = object.Find(field);
      if (pairs == nullptr) continue;
      for (const Node& pair : pairs->children) bytes += pair.text.size();
    }
    if (bytes <= most) return true;
    return layer_.Fail(kBuildLimitRule, place,
                       fmt::format("the generated object has more than {} bytes (limit objectBytes)", most));
  }

  // Keys are written without quotes, and what is then no text ends the build.
  bool HasTextKeys(const Node& object) {
    for (const std::string_view field : {"data", "binaryData"}) {
      const Node* pairs = object.Find(field);
      if (pairs == nullptr) continue;
      for (const Node& pair : pairs->children) {
        if (!IsNoTextKey(pair.key)) continue;
        return layer_.Fail(kGeneratorRule, pair.key_range,
                           fmt::format("kustomize writes the key {} without quotes, and then it is not text",
                                       Shown(pair.key)));
      }
    }
    return true;
  }

  bool Create(const GeneratorEntry& one, const Generated& generated, const ResourceId& id) {
    const Node& entry = one.entry;
    if (generated.behavior != GeneratorBehavior::kCreate) {
      const std::string message = fmt::format("{} does not exist; cannot merge or replace", Show(id));
      if (!all_.incomplete) return layer_.Fail(kGeneratorRule, entry.range, message);
      layer_.LeaveOut(entry.range, message + " here; it may be in what was left out");
      return true;
    }
    Resource resource;
    resource.root = generated.object;
    resource.hash_suffix = generated.hash_suffix;
    resource.way = Add(layer_.arena, nullptr, layer_.arena.Keep(layer_.file));
    resource.origin = Kept(one.origin);
    all_.resources.push_back(resource);
    return true;
  }

  const ResourceOrigin* Kept(const ResourceOrigin& origin) {
    return layer_.arena.Keep(std::span<const ResourceOrigin>(&origin, 1)).data();
  }

  bool Join(const GeneratorEntry& one, const Generated& generated, Resource& existing, const ResourceId& id) {
    if (generated.behavior == GeneratorBehavior::kCreate) {
      return layer_.Fail(kGeneratorRule, one.entry.range,
                         fmt::format("{} exists; behavior must be merge or replace", Show(id)));
    }
    existing.root = Absorb(layer_.arena, existing.root, generated);
    if (!HasTextKeys(existing.root)) return false;
    existing.shared = nullptr;
    if (generated.behavior == GeneratorBehavior::kReplace) existing.origin = Kept(one.origin);
    existing.hash_suffix = existing.hash_suffix && generated.hash_suffix;
    return true;
  }

  Layer& layer_;
  Accumulation& all_;
};

}  // namespace

bool RunGenerator(Layer& layer, Accumulation& all, const GeneratorEntry& entry) {
  return Generation(layer, all).One(entry);
}

bool RunGenerators(Layer& layer, Accumulation& all) {
  Generation generation(layer, all);
  return generation.Run(GeneratorKind::kConfigMap, "configMapGenerator", "ConfigMapGenerator") &&
         generation.Run(GeneratorKind::kSecret, "secretGenerator", "SecretGenerator");
}

}  // namespace sluice::manifests::render
