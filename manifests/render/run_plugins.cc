// The fields `generators`, `transformers`: configurations of plugins, in files or
// written inline. Those of apiVersion "builtin" are what the other fields do too,
// with fields of their own; a program, a container, a Go plugin is never run, and
// said so.
#include <fmt/core.h>

#include <algorithm>

#include "manifests/hidden.h"
#include "manifests/render/accumulate.h"
#include "manifests/render/edit.h"
#include "manifests/render/files.h"
#include "manifests/render/generate.h"
#include "manifests/render/loaded_objects.h"
#include "manifests/render/rules.h"
#include "manifests/render/transformers.h"

namespace sluice::manifests::render {
namespace {

std::vector<FieldSpec> ReadSpecs(Layer& layer, const Node& plugin) {
  return ReadFieldSpecs(layer.arena, plugin.Find("fieldSpecs"));
}

bool RunNamespace(Layer& layer, Accumulation& all, const Node& plugin) {
  const Node* metadata = plugin.Find("metadata");
  const Node* unset = plugin.Find("unsetOnly");
  const std::vector<FieldSpec> specs = ReadSpecs(layer, plugin);
  NamespaceChange change{.ns = metadata == nullptr ? nullptr : metadata->Find("namespace"), .specs = specs};
  change.unset_only = unset != nullptr && unset->kind == NodeKind::kBool && unset->value.boolean;
  const Node* subjects = plugin.Find("setRoleBindingSubjects");
  const std::string_view mode = ScalarText(subjects);
  if (mode == "allServiceAccounts") {
    change.subjects = Subjects::kAllServiceAccounts;
  } else if (mode == "none") {
    change.subjects = Subjects::kNone;
  } else if (!mode.empty() && mode != "defaultOnly") {
    return layer.Fail(kKustomizationRule, subjects->range,
                      "setRoleBindingSubjects must be one of defaultOnly, none or allServiceAccounts");
  }
  return ChangeNamespace(layer, all, change);
}

bool RunAffix(Layer& layer, Accumulation& all, const Node& plugin, Affix affix, std::string_view field) {
  const Node* text = plugin.Find(field);
  return text == nullptr || ChangeNames(layer, all, affix, *text, ReadSpecs(layer, plugin));
}

bool RunPairs(Layer& layer, Accumulation& all, const Node& plugin, std::string_view field) {
  const Node* pairs = plugin.Find(field);
  return pairs == nullptr || AddPairs(layer, all, *pairs, ReadSpecs(layer, plugin));
}

bool RunMergePatches(Layer& layer, Accumulation& all, const Node& plugin) {
  const Node* paths = plugin.Find("paths");
  const Node* patches = plugin.Find("patches");
  if (paths != nullptr) {
    for (const Node& path : paths->children) {
      if (!ApplyMergePatch(layer, all, path)) return false;
    }
  }
  return patches == nullptr || ApplyMergePatch(layer, all, *patches);
}

using RunTransformer = bool (*)(Layer&, Accumulation&, const Node&);
struct Transformer {
  std::string_view kind;
  RunTransformer run;
};
constexpr Transformer kTransformers[] = {
    {"NamespaceTransformer", RunNamespace},
    {"PrefixTransformer",
     [](Layer& layer, Accumulation& all, const Node& plugin) {
       return RunAffix(layer, all, plugin, Affix::kPrefix, "prefix");
     }},
    {"PrefixSuffixTransformer",
     [](Layer& layer, Accumulation& all, const Node& plugin) {
       return RunAffix(layer, all, plugin, Affix::kPrefix, "prefix") &&
              RunAffix(layer, all, plugin, Affix::kSuffix, "suffix");
     }},
    {"SuffixTransformer",
     [](Layer& layer, Accumulation& all, const Node& plugin) {
       return RunAffix(layer, all, plugin, Affix::kSuffix, "suffix");
     }},
    {"LabelTransformer", [](Layer& layer, Accumulation& all,
                            const Node& plugin) { return RunPairs(layer, all, plugin, "labels"); }},
    {"AnnotationsTransformer",
     [](Layer& layer, Accumulation& all, const Node& plugin) {
       return RunPairs(layer, all, plugin, "annotations");
     }},
    {"ImageTagTransformer",
     [](Layer& layer, Accumulation& all, const Node& plugin) {
       const Node* image = plugin.Find("imageTag");
       return image == nullptr || ChangeImage(layer, all, *image, ReadSpecs(layer, plugin));
     }},
    {"ReplicaCountTransformer",
     [](Layer& layer, Accumulation& all, const Node& plugin) {
       const Node* replica = plugin.Find("replica");
       return replica == nullptr || ChangeReplicas(layer, all, *replica, ReadSpecs(layer, plugin));
     }},
    {"PatchTransformer",
     [](Layer& layer, Accumulation& all, const Node& plugin) { return ApplyPatch(layer, all, plugin); }},
    {"PatchStrategicMergeTransformer", RunMergePatches},
    {"PatchJson6902Transformer",
     [](Layer& layer, Accumulation& all, const Node& plugin) { return ApplyJsonPatch(layer, all, plugin); }},
    {"ReplacementTransformer",
     [](Layer& layer, Accumulation& all, const Node& plugin) {
       const Node* entries = plugin.Find("replacements");
       return entries == nullptr || ApplyReplacements(layer, all, entries->children);
     }},
    {"HashTransformer",
     [](Layer& layer, Accumulation& all, const Node&) { return AppendHashes(layer, all); }},
};

// What the entries of a field configure. Entries are texts, files or directories.
bool ReadPlugins(Layer& layer, std::string_view field, Way& way, Accumulation& plugins) {
  std::vector<Node> paths;
  for (const Node& entry : layer.Elements(field)) {
    if (entry.text.find('\n') == entry.text.npos) {
      paths.push_back(entry);
      continue;
    }
    const FilePointer file = ReadInlineYaml(layer, entry);
    if (file == nullptr) return false;
    const LoadedObjects loaded = LoadObjects(layer.arena, layer.session.sources(), *file);
    for (const RenderProblem& problem : loaded.problems) {
      return layer.Fail(kKustomizationRule, problem.place, problem.message);
    }
    for (const Node& object : loaded.objects) plugins.resources.emplace_back().root = object;
  }
  return GatherResources(layer, plugins, paths, way);
}

bool LeaveOut(Layer& layer, Accumulation& all, const Node& plugin) {
  const ResourceId id = IdOf(plugin);
  const bool builtin = id.gvk.group.empty() && id.gvk.version == "builtin";
  layer.LeaveOut(plugin.range,
                 builtin ? fmt::format("the built-in {} is not built", Shown(id.gvk.kind))
                         : fmt::format("the plugin {} is a program, and never run", Shown(id.gvk.kind)));
  all.incomplete = true;
  return true;
}

// A generator's configuration is an entry of the field of its name, in an object.
Node EntryOf(Layer& layer, const Node& plugin) {
  Node entry = WithoutMember(layer.arena, WithoutMember(layer.arena, plugin, "apiVersion"), "kind");
  const Node* metadata = plugin.Find("metadata");
  for (const std::string_view field : {"name", "namespace"}) {
    const Node* own = entry.Find(field);
    const Node* value = metadata == nullptr ? nullptr : metadata->Find(field);
    if (ScalarText(own).empty() && value != nullptr) entry = WithMember(layer.arena, entry, *value);
  }
  return WithoutMember(layer.arena, entry, "metadata");
}

}  // namespace

bool RunPluginGenerators(Layer& layer, Accumulation& all, Way& way) {
  Accumulation plugins;
  if (layer.Field("generators") == nullptr) return true;
  if (!ReadPlugins(layer, "generators", way, plugins)) return false;
  return std::ranges::all_of(plugins.resources, [&](const Resource& plugin) {
    const ResourceId id = IdOf(plugin.root);
    const bool builtin = id.gvk.group.empty() && id.gvk.version == "builtin";
    const bool secret = id.gvk.kind == "SecretGenerator";
    if (!builtin || (!secret && id.gvk.kind != "ConfigMapGenerator"))
      return LeaveOut(layer, all, plugin.root);
    const Node entry = EntryOf(layer, plugin.root);
    const std::string_view file =
        plugin.origin == nullptr ? layer.arena.Keep(layer.file) : plugin.origin->file;
    const GeneratorEntry one{secret ? GeneratorKind::kSecret : GeneratorKind::kConfigMap,
                             entry,
                             nullptr,
                             {file, id.gvk.kind, id.name}};
    return RunGenerator(layer, all, one);
  });
}

bool RunPluginTransformers(Layer& layer, Accumulation& all, Way& way) {
  Accumulation plugins;
  if (layer.Field("transformers") == nullptr) return true;
  if (!ReadPlugins(layer, "transformers", way, plugins)) return false;
  return std::ranges::all_of(plugins.resources, [&](const Resource& plugin) {
    const ResourceId id = IdOf(plugin.root);
    const auto known = std::ranges::find(kTransformers, id.gvk.kind, &Transformer::kind);
    const bool builtin = id.gvk.group.empty() && id.gvk.version == "builtin";
    if (!builtin || known == std::end(kTransformers)) return LeaveOut(layer, all, plugin.root);
    return known->run(layer, all, plugin.root);
  });
}

}  // namespace sluice::manifests::render
