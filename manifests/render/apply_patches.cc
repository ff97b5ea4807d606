// patches, patchesStrategicMerge and patchesJson6902 (api/internal/builtins:
// PatchTransformer, PatchStrategicMergeTransformer, PatchJson6902Transformer).
#include <fmt/core.h>

#include <algorithm>

#include "manifests/hidden.h"
#include "manifests/render/edit.h"
#include "manifests/render/files.h"
#include "manifests/render/kustomize_scalar.h"
#include "manifests/render/loaded_objects.h"
#include "manifests/render/merge_patch.h"
#include "manifests/render/rules.h"
#include "manifests/render/selector.h"
#include "manifests/render/shared_texts.h"
#include "manifests/render/transformers.h"

namespace sluice::manifests::render {
namespace {

struct PatchOptions {
  bool name_change = false;
  bool kind_change = false;
};

bool IsTrue(const Node* mapping, std::string_view key) {
  const Node* value = mapping == nullptr ? nullptr : mapping->Find(key);
  return value != nullptr && value->kind == NodeKind::kBool && value->value.boolean;
}

bool IsBlank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == text.npos; }

// The text of a patch: written here, or in the file at `path`. Null after a finding.
FilePointer ReadPatch(Layer& layer, const Node& entry, std::string_view text_field, InlineEnd end) {
  const Node* text = entry.Find(text_field);
  const Node* path = entry.Find("path");
  const bool has_text = !IsBlank(ScalarText(text));
  const bool has_path = !ScalarText(path).empty();
  if (has_text == has_path) {
    layer.Fail(
        kPatchRule, entry.range,
        has_text ? "patch and path can't be set at the same time" : "must specify one of patch and path");
    return nullptr;
  }
  return has_text ? ReadInlinePatch(layer, *text, end) : ReadPatchFile(layer, *path, path->text);
}

// kustomize decodes all operations, also where no object is selected.
bool CheckOperations(Layer& layer, const Node& operations) {
  if (operations.kind != NodeKind::kSequence) {
    return layer.Fail(kPatchRule, operations.range,
                      "unable to parse SM or JSON patch: this is not a list of operations");
  }
  const auto bad = std::ranges::find_if(operations.children, [](const Node& operation) {
    return operation.kind != NodeKind::kMapping && operation.kind != NodeKind::kNull;
  });
  if (bad == operations.children.end()) return true;
  return layer.Fail(kPatchRule, bad->range, "an operation of a JSON patch is a mapping with op and path");
}

const Node* FirstDocument(const SourceFile& file) {
  const auto found = std::ranges::find_if(
      file.parsed.documents, [](const Document& document) { return document.root->kind != NodeKind::kNull; });
  return found == file.parsed.documents.end() ? nullptr : found->root;
}

Node WithKind(Arena& arena, const Node& root, const Node* kind) {
  return kind == nullptr ? WithoutMember(arena, root, "kind") : WithMember(arena, root, *kind);
}

// The object keeps what a patch may not change.
Node WithIdentity(Arena& arena, const Node& before, const Node& after, const PatchOptions& options) {
  Node root = options.kind_change ? after : WithKind(arena, after, before.Find("kind"));
  const Node* metadata = root.Find("metadata");
  const Node* old = before.Find("metadata");
  Node changed = metadata == nullptr ? MappingNode(arena, {}, before.range) : *metadata;
  for (const std::string_view field : {"name", "namespace"}) {
    if (field == "name" && options.name_change) continue;
    const Node* value = old == nullptr ? nullptr : old->Find(field);
    const bool has = !ScalarText(value).empty();
    changed = has ? WithMember(arena, changed, *value) : WithoutMember(arena, changed, field);
  }
  const Range key = old == nullptr ? before.range : old->key_range;
  return WithMember(arena, root, AsMember(arena, changed, "metadata", key));
}

// kustomize keeps what it remembers of an object among its annotations, so that a
// JSON patch finds them where the user wrote none.
Node WithAnnotations(Arena& arena, const Resource& resource, const Node& root) {
  if (resource.previous == nullptr && resource.prefixes == nullptr && resource.suffixes == nullptr)
    return root;
  const Node texts = WithTextsAt(arena, root, "annotations");
  const Node* metadata = texts.Find("metadata");
  if (metadata == nullptr || metadata->Find("annotations") != nullptr) return texts;
  const Node none = AsMember(arena, MappingNode(arena, {}, metadata->range), "annotations", metadata->range);
  return WithMember(arena, texts, WithMember(arena, *metadata, none));
}

class Patcher {
 public:
  Patcher(Layer& layer, Accumulation& all) : layer_(layer), all_(all) {}

  // False after a finding; a deleted object becomes null.
  bool Merge(Resource& resource, const Node& patch, const PatchOptions& options) {
    if (options.name_change || options.kind_change) RememberId(layer_.arena, resource);
    const Gvk gvk = GvkOf(resource.root);
    const KindFacts& facts = *layer_.facts;
    PatchResult result = StrategicMerge(layer_.arena, facts, facts.TypeOf(gvk.group, gvk.version, gvk.kind),
                                        resource.root, patch, layer_.session.sources().limits());
    if (!layer_.Spend(result.steps, patch.range)) return false;
    for (const auto& problem : result.problems) {
      return layer_.Fail(kPatchRule, problem.place, problem.message, resource);
    }
    if (result.deleted) {
      resource.root = Node{};
      return true;
    }
    const Node before = resource.root;
    resource.root = WithIdentity(layer_.arena, before, result.root, options);
    return layer_.Spend(FollowShared(layer_.arena, resource, before), patch.range) &&
           CheckSize(layer_, resource, patch.range);
  }

  // kustomize makes texts of the labels and annotations of a patch with a
  // target, and gives it the group and version of each object.
  bool MergeInto(std::span<const std::size_t> indexes, const Node& patch, const PatchOptions& options,
                 Range place) {
    Node prepared = WithTextsAt(layer_.arena, WithTextsAt(layer_.arena, patch, "labels"), "annotations");
    for (const std::size_t index : indexes) {
      Resource& resource = all_.resources[index];
      const Node* api_version = resource.root.Find("apiVersion");
      const Node here = api_version == nullptr ? WithoutMember(layer_.arena, prepared, "apiVersion")
                                               : WithMember(layer_.arena, prepared, *api_version);
      if (!Merge(resource, here, options)) return false;
    }
    if (indexes.empty()) return true;
    DropDeleted();
    return layer_.Spend(10 * all_.resources.size(), place) && CheckIds(layer_, all_.resources, place);
  }

  bool ApplyJson(Resource& resource, const Node& operations) {
    const std::optional<Node> with_times = WithTimes(layer_.arena, resource.root);
    const Node object = WithAnnotations(layer_.arena, resource, with_times ? *with_times : resource.root);
    PatchResult result = JsonPatch(layer_.arena, object, operations, layer_.session.sources().limits());
    if (!layer_.Spend(result.steps, operations.range)) return false;
    for (const auto& problem : result.problems) {
      return layer_.Fail(kPatchRule, problem.place, problem.message, resource);
    }
    resource.root = WithTextsAt(layer_.arena, result.root, "annotations");
    resource.shared = nullptr;
    return CheckSize(layer_, resource, operations.range);
  }

  // The only resource that has or had the id of a patch; npos where there is
  // none, after a finding unless it may have been left out.
  std::size_t TargetOf(const Node& patch) {
    const ResourceId id = IdOf(patch);
    std::size_t target = kNone;
    if (!layer_.Spend(10 * all_.resources.size(), patch.range)) return kNone;
    for (std::size_t i = 0; i < all_.resources.size(); ++i) {
      if (!AnyId(all_.resources[i], [&](const ResourceId& each) { return SameId(id, each); })) continue;
      if (target != kNone) {
        layer_.Fail(kPatchTargetRule, patch.range,
                    fmt::format("multiple matches for the patch of {}", Show(id)));
        return kNone;
      }
      target = i;
    }
    if (target == kNone) {
      const std::string message = fmt::format("no matches for the patch of {}", Show(id));
      if (all_.incomplete) {
        layer_.LeaveOut(patch.range, message + "; it may be in what was left out");
      } else {
        layer_.Fail(kPatchTargetRule, patch.range, message);
      }
    }
    return target;
  }

  // Nothing after a finding too.
  std::vector<std::size_t> Select(const Selector& selector, Range place) {
    std::vector<std::size_t> indexes;
    if (!layer_.Spend(10 * all_.resources.size(), place)) return indexes;
    for (std::size_t i = 0; i < all_.resources.size(); ++i) {
      if (selector.Selects(all_.resources[i])) indexes.push_back(i);
    }
    return indexes;
  }

  void DropDeleted() {
    std::erase_if(all_.resources, [](const Resource& each) { return each.root.kind == NodeKind::kNull; });
  }

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

 private:
  Layer& layer_;
  Accumulation& all_;
};

bool ApplyMergePatches(Layer& layer, Accumulation& all, const Node& entry, const std::vector<Node>& patches) {
  Patcher patcher(layer, all);
  const Node* option = entry.Find("options");
  const PatchOptions options{IsTrue(option, "allowNameChange"), IsTrue(option, "allowKindChange")};
  const Node* target = entry.Find("target");
  if (target == nullptr || target->kind == NodeKind::kNull) {
    for (const Node& patch : patches) {
      const std::size_t index = patcher.TargetOf(patch);
      if (layer.log.failed) return false;
      if (index == Patcher::kNone) continue;
      if (!patcher.Merge(all.resources[index], patch, options)) return false;
      patcher.DropDeleted();
    }
    return true;
  }
  if (patches.size() > 1) {
    return layer.Fail(kPatchRule, target->key_range,
                      "several strategic merge patches in one entry of patches cannot have a target");
  }
  const std::optional<Selector> selector = Selector::Read(layer, *target);
  if (!selector) return false;
  const std::vector<std::size_t> indexes = patcher.Select(*selector, target->range);
  return !layer.log.failed && patcher.MergeInto(indexes, patches.front(), options, patches.front().range);
}

bool ApplyOperations(Layer& layer, Accumulation& all, const Node& target, const Node& operations,
                     bool remember) {
  Patcher patcher(layer, all);
  const std::optional<Selector> selector = Selector::Read(layer, target);
  if (!selector) return false;
  for (const std::size_t index : patcher.Select(*selector, target.range)) {
    Resource& resource = all.resources[index];
    if (remember) RememberId(layer.arena, resource);
    if (!patcher.ApplyJson(resource, operations)) return false;
  }
  std::erase_if(all.resources, [](const Resource& each) { return each.root.children.empty(); });
  return !layer.log.failed;
}

}  // namespace

bool ApplyPatch(Layer& layer, Accumulation& all, const Node& entry) {
  const FilePointer file = ReadPatch(layer, entry, "patch", InlineEnd::kTrimmed);
  if (file == nullptr) return false;
  const Node* first = FirstDocument(*file);
  if (first != nullptr && first->kind != NodeKind::kSequence) {
    const LoadedObjects patches = LoadObjects(layer.arena, layer.session.sources(), *file);
    for (const RenderProblem& problem : patches.problems) {
      return layer.Fail(kPatchRule, problem.place, "unable to parse SM or JSON patch: " + problem.message);
    }
    if (!patches.objects.empty()) return ApplyMergePatches(layer, all, entry, patches.objects);
  }
  if (first != nullptr && !CheckOperations(layer, *first)) return false;
  const Node* target = entry.Find("target");
  if (target == nullptr || target->kind == NodeKind::kNull) {
    return layer.Fail(kPatchRule, entry.range, "must specify a target for JSON patch");
  }
  return first == nullptr || ApplyOperations(layer, all, *target, *first, true);
}

bool ApplyJsonPatch(Layer& layer, Accumulation& all, const Node& entry) {
  const Node* target = entry.Find("target");
  if (target == nullptr || ScalarText(target->Find("name")).empty()) {
    return layer.Fail(kPatchRule, entry.range, "must specify the target name");
  }
  const std::string_view field = entry.Find("jsonOp") != nullptr ? "jsonOp" : "patch";
  const FilePointer file = ReadPatch(layer, entry, field, InlineEnd::kAsWritten);
  if (file == nullptr) return false;
  const Node* operations = FirstDocument(*file);
  if (operations == nullptr || operations->kind != NodeKind::kSequence || operations->children.empty()) {
    return layer.Fail(kPatchRule, operations == nullptr ? entry.range : operations->range,
                      "the JSON patch has no operations");
  }
  if (!CheckOperations(layer, *operations)) return false;
  return ApplyOperations(layer, all, *target, *operations, false);
}

bool ApplyMergePatch(Layer& layer, Accumulation& all, const Node& path_or_text) {
  const bool is_text =
      path_or_text.text.find('\n') != std::string_view::npos || path_or_text.text.starts_with('{');
  const FilePointer file =
      is_text ? ReadInlineYaml(layer, path_or_text) : ReadYaml(layer, path_or_text, path_or_text.text);
  if (file == nullptr) return false;
  const LoadedObjects patches = LoadObjects(layer.arena, layer.session.sources(), *file);
  for (const RenderProblem& problem : patches.problems)
    return layer.Fail(kPatchRule, problem.place, problem.message);
  if (patches.objects.empty())
    return layer.Fail(kPatchRule, path_or_text.range, "the patch appears to be empty");
  Patcher patcher(layer, all);
  for (const Node& patch : patches.objects) {
    const std::size_t index = patcher.TargetOf(patch);
    if (layer.log.failed) return false;
    if (index == Patcher::kNone) continue;
    if (!patcher.MergeInto(std::span(&index, 1), patch, {}, patch.range)) return false;
  }
  return true;
}

}  // namespace sluice::manifests::render
