// kustomize's accumulation (api/internal/target/kusttarget.go): the resources of
// a kustomization in their order, generators, components, then transformers in
// an order that is always the same.
// Invariant: what Accumulate gives depends on the directory and on nothing that
// stands above it; a failure that does not is marked and not shared.
// Tested by tests/manifests/render/build_test.cc and the builder differential.
#include "manifests/render/accumulate.h"

#include <fmt/core.h>

#include <algorithm>

#include "manifests/hidden.h"
#include "manifests/render/edit.h"
#include "manifests/render/files.h"
#include "manifests/render/generate.h"
#include "manifests/render/kustomization_fields.h"
#include "manifests/render/loaded_objects.h"
#include "manifests/render/openapi_facts.h"
#include "manifests/render/remote.h"
#include "manifests/render/rules.h"
#include "manifests/render/transformers.h"

namespace sluice::manifests::render {
namespace {

constexpr std::size_t kMostLevels = 64;         // of kustomizations that name each other
constexpr std::size_t kMostComponents = 1'000;  // applied in one accumulation
constexpr std::size_t kStepsOfLoading = 1'000;  // what reading a kustomization is counted as

std::string NameOf(const RepoPath& directory) { return directory.IsRoot() ? "." : directory.text(); }

// Resources of one list of paths, into what is there.
class Gathering {
 public:
  Gathering(Layer& layer, Accumulation& all, Way& way) : layer_(layer), all_(all), way_(way) {}

  bool Resources(std::span<const Node> paths) {
    return std::ranges::all_of(paths, [&](const Node& path) { return Resource(path); }) && CheckNew();
  }

  bool Components(std::span<const Node> paths) {
    return std::ranges::all_of(paths, [&](const Node& path) { return Component(path); });
  }

 private:
  bool Resource(const Node& holder) {
    starts_.push_back({all_.resources.size(), &holder});
    if (IsRemoteHere(layer_, holder.text))
      return LeaveOut(holder, "a remote base or file, which is never fetched");
    const std::optional<RepoPath> path = PathOf(layer_, holder, holder.text);
    if (!path) return false;
    Result<FilePointer> file =
        path->IsRoot() ? Result<FilePointer>(NotFound("")) : layer_.session.sources().Read(*path);
    layer_.log.read.push_back(path->text());
    if (file) return MayLoad(layer_, holder, *path) && File(holder, **file);
    if (file.error().kind == ErrorKind::kLimit)
      return layer_.Fail(kBuildLimitRule, holder.range, file.error().message);
    return Directory(holder, *path);
  }

  bool LeaveOut(const Node& holder, std::string reason) {
    layer_.LeaveOut(holder.range, std::move(reason));
    all_.incomplete = true;
    return true;
  }

  bool File(const Node& holder, const SourceFile& file) {
    if (!file.parsed.Readable()) return FailUnreadable(layer_, file);
    LoadedObjects loaded = LoadObjects(layer_.arena, layer_.session.sources(), file);
    for (const RenderProblem& problem : loaded.problems) {
      return layer_.Fail(kResourceRule, problem.place, problem.message);
    }
    const TextList* way = Add(layer_.arena, nullptr, layer_.arena.Keep(layer_.file));
    const ResourceOrigin origin{file.path.text(), {}, {}};
    const ResourceOrigin* kept = layer_.arena.Keep(std::span<const ResourceOrigin>(&origin, 1)).data();
    for (const Node& object : loaded.objects) {
      render::Resource resource;
      resource.root = object;
      resource.way = way;
      resource.origin = kept;
      all_.resources.push_back(resource);
    }
    return CheckCount(holder);
  }

  bool CheckCount(const Node& holder) {
    const std::size_t most = layer_.session.sources().limits().push_objects;
    if (all_.resources.size() <= most) return true;
    return layer_.Fail(kBuildLimitRule, holder.range,
                       fmt::format("more than {} objects in one build (limit pushObjects)", most));
  }

  // A directory cannot be a resource of itself or of what it contains.
  bool CheckCycle(const Node& holder, const RepoPath& directory) {
    if (layer_.directory.IsInside(directory) || std::ranges::find(way_, directory) != way_.end()) {
      layer_.log.depends_on_way = !layer_.directory.IsInside(directory);
      std::string path;
      auto first = std::ranges::find(way_, directory);
      if (first == way_.end()) first = std::prev(way_.end());
      for (; first != way_.end(); ++first) path += NameOf(*first) + " → ";
      return layer_.Fail(kCycleRule, holder.range, "cycle detected: " + path + NameOf(directory));
    }
    if (way_.size() < kMostLevels) return true;
    layer_.log.depends_on_way = true;
    return FailHeight(holder);
  }

  bool FailHeight(const Node& holder) {
    return layer_.Fail(kBuildLimitRule, holder.range,
                       fmt::format("more than {} levels of kustomizations", kMostLevels));
  }

  bool Directory(const Node& holder, const RepoPath& path) {
    if (!IsDirectory(holder, path) || !CheckCycle(holder, path)) return false;
    const std::shared_ptr<const Accumulated> base = Base(path);
    const bool contains_this = TakeBelow(base);
    if (base->log.no_kustomization) {
      return layer_.Fail(kMissingFileRule, holder.range, base->log.findings.front().message);
    }
    TakeLog(base->log);
    if (base->log.failed || !layer_.Spend(0, holder.range)) return false;
    if (ScalarText(base->root.Find("kind")) == "Component") {
      return layer_.Fail(
          kKustomizationRule, holder.range,
          fmt::format("{} is a Component, which belongs into the field components", Shown(path.text())));
    }
    if (contains_this) {
      return layer_.Fail(kCycleRule, holder.range,
                         fmt::format("cycle detected: candidate root {} contains visited root {}",
                                     NameOf(outer_), NameOf(layer_.directory)));
    }
    layer_.log.height = std::max(layer_.log.height, base->log.height + 1);
    if (layer_.log.height > kMostLevels) return FailHeight(holder);
    // In kustomize the first schema that is named holds for all that follows.
    if (layer_.facts == &layer_.session.facts()) layer_.facts = base->facts;
    return Take(holder, base->all);
  }

  bool IsDirectory(const Node& holder, const RepoPath& path) {
    const Entry entry = path.IsRoot() ? Entry::kDirectory : EntryAt(layer_, path);
    if (entry == Entry::kDirectory) return true;
    return layer_.Fail(
        kMissingFileRule, holder.range,
        entry == Entry::kOther
            ? fmt::format("{} is a symbolic link or a submodule, which is not followed", Shown(path.text()))
            : fmt::format("there is no file or directory {} in the repository", Shown(path.text())));
  }

  std::shared_ptr<const Accumulated> Base(const RepoPath& path) {
    Session::Bases& bases = layer_.session.bases();
    const std::string key = fmt::format("{}{} {}", layer_.anywhere ? "*" : "/",
                                        static_cast<const void*>(layer_.facts), path.text());
    {
      const std::lock_guard lock(bases.mutex);
      const auto known = bases.by_directory.find(key);
      if (known != bases.by_directory.end()) return known->second;
    }
    const Amendment amendment{.fields = nullptr, .anywhere = layer_.anywhere};
    std::shared_ptr<const Accumulated> made =
        Accumulate(layer_.session, path, amendment, *layer_.facts, way_);
    if (made->log.depends_on_way) return made;
    const std::lock_guard lock(bases.mutex);
    return bases.by_directory.emplace(key, std::move(made)).first->second;
  }

  // What the base and all below it cost, each once. Whether one of them contains
  // the directory that names it: then it is `outer_`.
  bool TakeBelow(const std::shared_ptr<const Accumulated>& base) {
    BuildLog& log = layer_.log;
    if (!log.counted.contains(base.get())) log.below.push_back(base);
    bool contains_this = false;
    VisitBases(*base, seen_, [&](const Accumulated& below) {
      log.work += 1 + below.log.below.size() + below.log.directories.size();
      if (log.counted.insert(&below).second) {
        log.work_below += below.log.work;
        log.bytes_below += below.arena.bytes();
      }
      for (const RepoPath& directory : below.log.directories) {
        if (contains_this || !layer_.directory.IsInside(directory)) continue;
        contains_this = true;
        outer_ = directory;
      }
    });
    return contains_this;
  }

  void TakeLog(const BuildLog& log) {
    for (Finding finding : log.findings) {
      finding.through.push_back(layer_.file);
      layer_.log.findings.push_back(std::move(finding));
    }
    layer_.log.failed = layer_.log.failed || log.failed;
    layer_.log.depends_on_way = layer_.log.depends_on_way || log.depends_on_way;
  }

  bool Take(const Node& holder, const Accumulation& base) {
    const std::string_view file = layer_.arena.Keep(layer_.file);
    const TextList* before = nullptr;  // most objects came the same way
    const TextList* way = nullptr;
    for (render::Resource resource : base.resources) {
      if (way == nullptr || resource.way != before) {
        before = resource.way;
        way = Add(layer_.arena, before, file);
      }
      resource.way = way;
      all_.resources.push_back(resource);
    }
    all_.incomplete = all_.incomplete || base.incomplete;
    if (!layer_.Spend(MergeCost(all_.config.get(), base.config.get()), holder.range)) return false;
    const std::string conflict = MergeConfig(all_.config, base.config);
    if (!conflict.empty()) {
      return layer_.Fail(kKustomizationRule, holder.range,
                         "conflicting fieldspecs in configurations: " + conflict);
    }
    for (const Var& var : base.vars) {
      if (!layer_.Spend(all_.vars.size(), holder.range)) return false;
      if (std::ranges::find(all_.vars, var.name, &Var::name) != all_.vars.end()) {
        return layer_.Fail(kVarRule, holder.range,
                           fmt::format("var {} already encountered", Shown(var.name)));
      }
      all_.vars.push_back(var);
    }
    return CheckCount(holder);
  }

  // Ids are compared once for a whole list.
  bool CheckNew() {
    return CheckIds(layer_, all_.resources, [&](std::size_t index) {
      const auto behind = std::ranges::upper_bound(starts_, index, {}, &Start::first);
      return behind == starts_.begin() ? Range{} : std::prev(behind)->holder->range;
    });
  }

  bool Component(const Node& holder) {
    if (IsRemote(holder.text)) return LeaveOut(holder, "a remote component, which is never fetched");
    const std::optional<RepoPath> path = PathOf(layer_, holder, holder.text);
    if (!path || !IsDirectory(holder, *path) || !CheckCycle(holder, *path)) return false;
    Layer component{layer_.session, layer_.arena, layer_.log, *path, {}, {}, layer_.facts, layer_.anywhere};
    if (++layer_.log.components > kMostComponents) {
      return layer_.Fail(kBuildLimitRule, holder.range,
                         fmt::format("more than {} components in one build", kMostComponents));
    }
    const std::size_t findings = layer_.log.findings.size();
    way_.push_back(*path);
    layer_.log.directories.push_back(*path);
    const bool done = LoadKustomization(component, {}, &holder) && IsComponent(component, holder) &&
                      ApplyKustomization(component, all_, way_);
    way_.pop_back();
    for (std::size_t i = findings; i < layer_.log.findings.size(); ++i) {
      if (layer_.log.findings[i].file != layer_.file) layer_.log.findings[i].through.push_back(layer_.file);
    }
    return done && CheckIds(layer_, all_.resources, holder.range);
  }

  bool IsComponent(Layer& component, const Node& holder) {
    if (component.Text("kind") == "Component") return true;
    return layer_.Fail(kKustomizationRule, holder.range,
                       fmt::format("expected kind Component for {}, but it is a Kustomization",
                                   Shown(component.directory.text())));
  }

  Layer& layer_;
  Accumulation& all_;
  Way& way_;
  struct Start {
    std::size_t first;  // of the resources that the entry brought
    const Node* holder;
  };
  std::vector<Start> starts_;
  SeenBases seen_;
  RepoPath outer_;
};

// Read once, and never let go: see Session::Bases.
const OpenApiFacts* SchemaOf(Session& session, const SourceFile& file) {
  Session::Bases& bases = session.bases();
  const std::lock_guard lock(bases.mutex);
  std::shared_ptr<const OpenApiFacts>& facts = bases.schemas[file.path.text()];
  if (facts == nullptr) facts = ReadOpenApi(*file.parsed.documents.front().root);
  return facts.get();
}

// openapi: another schema for all that is built from here on.
bool ReadSchema(Layer& layer) {
  const Node* openapi = layer.Field("openapi");
  if (openapi == nullptr) return true;
  const Node* path = openapi->Find("path");
  const Node* version = openapi->Find("version");
  if (version != nullptr && path != nullptr) {
    return layer.Fail(kKustomizationRule, version->range,
                      "builtin version and custom schema provided, cannot use both");
  }
  if (version != nullptr && version->text != "v1.21.2") {
    return layer.Fail(kKustomizationRule, version->range, "the specified OpenAPI version is not built in");
  }
  if (path == nullptr) return true;
  const FilePointer file = ReadYaml(layer, *path, path->text);
  if (file == nullptr) return false;
  if (layer.facts != &layer.session.facts() || file->parsed.documents.empty()) return true;
  const OpenApiFacts* facts = SchemaOf(layer.session, *file);
  if (facts->too_many_types) {
    return layer.Fail(kBuildLimitRule, path->range,
                      fmt::format("the schema describes more than {} types of mappings", kMostOpenApiTypes));
  }
  layer.facts = &facts->facts;
  return true;
}

bool FailSpecs(Layer& layer, Range place) {
  return layer.Fail(kBuildLimitRule, place,
                    fmt::format("the file has more than {} field specs or {} properties of definitions",
                                kMostFieldSpecs, kMostCrdProperties));
}

bool MergeConfigurations(Layer& layer, Accumulation& all) {
  if (all.config == nullptr) all.config = DefaultConfig();
  for (const std::string_view field : {"configurations", "crds"}) {
    for (const Node& path : layer.Elements(field)) {
      const FilePointer file = ReadYaml(layer, path, path.text);
      if (file == nullptr) return false;
      if (file->parsed.documents.empty()) continue;
      const Node& root = *file->parsed.documents.front().root;
      if (field != "crds") {
        CheckFields(root, "Configuration", [&](const Rule& rule, Range place, std::string message) {
          layer.Fail(rule, place, std::move(message));
        });
        if (layer.log.failed) return false;
      }
      const std::optional<TransformerConfig> config =
          field == "crds" ? ReadCrdConfig(layer.arena, root) : ReadConfig(layer.arena, root);
      if (!config) return FailSpecs(layer, path.range);
      if (!layer.Spend(MergeCost(all.config.get(), &*config), path.range)) return false;
      auto merged = std::make_shared<TransformerConfig>(*all.config);
      const std::string conflict = MergeConfig(*merged, *config);
      if (!conflict.empty()) {
        return layer.Fail(kKustomizationRule, path.range,
                          "conflicting fieldspecs in configurations: " + conflict);
      }
      all.config = std::move(merged);
    }
  }
  return true;
}

// kustomize's order, whatever the order of the fields.
bool RunTransformers(Layer& layer, Accumulation& all) {
  const TransformerConfig& config = *all.config;
  const auto each = [&](std::string_view field, const auto& apply) {
    return std::ranges::all_of(layer.Elements(field), apply);
  };
  const auto names = [&](std::string_view field, Affix affix, ConfigField specs) {
    const Node* text = layer.Field(field);
    return text == nullptr || ChangeNames(layer, all, affix, *text, config.Of(specs));
  };
  const NamespaceChange ns{.ns = layer.Field("namespace"), .specs = config.Of(ConfigField::kNamespace)};
  const Node* annotations = layer.Field("commonAnnotations");
  return each("patchesStrategicMerge",
              [&](const Node& patch) { return ApplyMergePatch(layer, all, patch); }) &&
         each("patches", [&](const Node& patch) { return ApplyPatch(layer, all, patch); }) &&
         ChangeNamespace(layer, all, ns) && names("namePrefix", Affix::kPrefix, ConfigField::kNamePrefix) &&
         names("nameSuffix", Affix::kSuffix, ConfigField::kNameSuffix) && AddLabels(layer, all) &&
         (annotations == nullptr ||
          AddPairs(layer, all, *annotations, config.Of(ConfigField::kCommonAnnotations))) &&
         each("patchesJson6902", [&](const Node& patch) { return ApplyJsonPatch(layer, all, patch); }) &&
         each("replicas",
              [&](const Node& entry) {
                return ChangeReplicas(layer, all, entry, config.Of(ConfigField::kReplicas));
              }) &&
         each("images",
              [&](const Node& entry) {
                return ChangeImage(layer, all, entry, config.Of(ConfigField::kImages));
              }) &&
         ApplyReplacements(layer, all, layer.Elements("replacements"));
}

// What kustomize could do and we never do.
void NoteLeftOut(Layer& layer, Accumulation& all) {
  for (const std::string_view field : {"helmCharts", "helmChartInflationGenerator"}) {
    for (const Node& chart : layer.Elements(field)) {
      layer.LeaveOut(chart.range,
                     fmt::format("{} are not rendered; kustomize does so only with --enable-helm", field));
      all.incomplete = true;
    }
  }
  for (const Node& validator : layer.Elements("validators")) {
    layer.LeaveOut(validator.range, "validators are not run");
  }
}

}  // namespace

bool GatherResources(Layer& layer, Accumulation& all, std::span<const Node> paths, Way& way) {
  return Gathering(layer, all, way).Resources(paths);
}

bool ApplyKustomization(Layer& layer, Accumulation& all, Way& way) {
  Gathering gathering(layer, all, way);
  NoteLeftOut(layer, all);
  return layer.Spend(kStepsOfLoading, {}) && ReadSchema(layer) &&
         gathering.Resources(layer.Elements("resources")) && MergeConfigurations(layer, all) &&
         RunGenerators(layer, all) && RunPluginGenerators(layer, all, way) &&
         gathering.Components(layer.Elements("components")) && RunTransformers(layer, all) &&
         RunPluginTransformers(layer, all, way) && MergeVars(layer, all);
}

Layer LayerOf(Session& session, Accumulated& made) {
  return {session, made.arena, made.log, made.directory, made.file, made.root, made.facts, made.anywhere};
}

std::shared_ptr<Accumulated> Accumulate(Session& session, const RepoPath& directory,
                                        const Amendment& amendment, const KindFacts& facts, Way& way) {
  auto made = std::make_shared<Accumulated>(16 * 1024);
  made->directory = directory;
  made->anywhere = amendment.anywhere;
  made->facts = &facts;
  Layer layer = LayerOf(session, *made);
  made->log.directories.push_back(directory);
  way.push_back(directory);
  if (LoadKustomization(layer, amendment, nullptr)) ApplyKustomization(layer, made->all, way);
  way.pop_back();
  made->file = layer.file;
  made->root = layer.root;
  made->facts = layer.facts;
  made->log.counted.clear();
  return made;
}

void VisitBases(const Accumulated& base, SeenBases& seen,
                const std::function<void(const Accumulated&)>& visit) {
  if (!seen.insert(&base).second) return;
  visit(base);
  for (const auto& below : base.log.below) VisitBases(*below, seen, visit);
}

}  // namespace sluice::manifests::render
