// What a directory gives to whoever names it as a resource: its objects after
// its own transformers, before what happens once at the top. The result depends
// on the directory alone, so that overlays share it.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "manifests/render/generate.h"
#include "manifests/render/layer.h"
#include "manifests/render/openapi_facts.h"

namespace sluice::manifests::render {

// Owns its nodes (`arena`, `log.keep`) but for those of its bases, which `log.below`
// keeps alive, and of files, which the session's sources hold.
struct Accumulated {
  explicit Accumulated(std::size_t expected) : arena(expected) {}
  Arena arena;
  Accumulation all;
  BuildLog log;
  RepoPath directory;
  std::string file;  // the kustomization
  Node root;         // its fields
  const KindFacts* facts = nullptr;
  bool anywhere = false;
};

// What `made` says about itself, to go on with it.
Layer LayerOf(Session& session, Accumulated& made);

// Directories on the way from the top to here, each in progress.
using Way = std::vector<RepoPath>;

// Immutable when it is handed out, but for the top's owner. `amendment` is of the top
// alone. `facts`: what is known of kinds, unless the kustomization brings its own; they
// live as long as the session. A failure is in the log, and `all` then means nothing.
// Depth is bounded by levels of kustomizations, time and memory by Layer::Spend.
std::shared_ptr<Accumulated> Accumulate(Session& session, const RepoPath& directory,
                                        const Amendment& amendment, const KindFacts& facts, Way& way);

using SeenBases = std::unordered_set<const Accumulated*>;
// Calls `visit` for `base` and all that it is built from, but for what is in `seen`
// already; adds them there.
void VisitBases(const Accumulated& base, SeenBases& seen,
                const std::function<void(const Accumulated&)>& visit);

// The results for directories; the first that is there wins.
struct Session::Bases {
  std::mutex mutex;
  // By directory, by what is known of kinds, and by where files may come from.
  std::unordered_map<std::string, std::shared_ptr<const Accumulated>> by_directory;
  // By the path of an `openapi` schema: kept, so that what is known of kinds can be
  // told apart by its address.
  std::unordered_map<std::string, std::shared_ptr<const OpenApiFacts>> schemas;
};

// The steps of one kustomization over what was gathered: resources, generators,
// components, transformers. False after a finding.
bool ApplyKustomization(Layer& layer, Accumulation& all, Way& way);

// Finds and checks the kustomization of `layer.directory` and fills `file` and
// `root`. False after a finding.
bool LoadKustomization(Layer& layer, const Amendment& amendment, const Node* asked_by);

// The objects of paths, as the field `resources` takes them.
bool GatherResources(Layer& layer, Accumulation& all, std::span<const Node> paths, Way& way);

// configMapGenerator and secretGenerator; one entry of them.
bool RunGenerators(Layer& layer, Accumulation& all);
struct GeneratorEntry {
  GeneratorKind kind;
  const Node& entry;
  const Node* options = nullptr;  // generatorOptions, or null
  ResourceOrigin origin;
};
bool RunGenerator(Layer& layer, Accumulation& all, const GeneratorEntry& entry);
// The fields `generators` and `transformers`: configurations of plugins.
bool RunPluginGenerators(Layer& layer, Accumulation& all, Way& way);
bool RunPluginTransformers(Layer& layer, Accumulation& all, Way& way);

}  // namespace sluice::manifests::render
