// replacements (api/filters/replacement): a value of one object, or a text,
// written to fields of others.
#include <fmt/core.h>

#include <algorithm>

#include "manifests/hidden.h"
#include "manifests/render/edit.h"
#include "manifests/render/field_path.h"
#include "manifests/render/files.h"
#include "manifests/render/kustomization_fields.h"
#include "manifests/render/kustomize_scalar.h"
#include "manifests/render/rules.h"
#include "manifests/render/selector.h"
#include "manifests/render/shared_texts.h"
#include "manifests/render/transformers.h"

namespace sluice::manifests::render {
namespace {

struct FieldOptions {
  std::string_view delimiter;
  std::int64_t index = 0;
  bool create = false;
};

FieldOptions ReadOptions(const Node& holder) {
  FieldOptions options;
  const Node* node = holder.Find("options");
  if (node == nullptr) return options;
  options.delimiter = ScalarText(node->Find("delimiter"));
  const Node* index = node->Find("index");
  if (index != nullptr && index->kind == NodeKind::kInteger) options.index = index->value.integer;
  const Node* create = node->Find("create");
  options.create = create != nullptr && create->kind == NodeKind::kBool && create->value.boolean;
  return options;
}

ResourceId ReadId(const Node& node) {
  const auto text = [&](std::string_view name) { return ScalarText(node.Find(name)); };
  return MakeId({text("group"), text("version"), text("kind")}, text("name"), text("namespace"));
}

bool IsEmptyId(const ResourceId& id) { return id.gvk == Gvk{} && id.name.empty() && id.ns.empty(); }

// Present and previous ids, none of them known to be cluster-scoped.
bool AnyPlainId(const Resource& resource, const ResourceId& selector) {
  const ResourceId now = IdOf(resource.root);
  if (Selects(selector, MakeId(now.gvk, now.name, now.ns))) return true;
  for (const PreviousId* each = resource.previous; each != nullptr; each = each->before) {
    if (Selects(selector, IdOf(resource, *each))) return true;
  }
  return false;
}

std::vector<std::string_view> Split(std::string_view text, std::string_view delimiter) {
  std::vector<std::string_view> parts;
  for (std::size_t end = text.find(delimiter); end != text.npos; end = text.find(delimiter)) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + delimiter.size());
  }
  parts.push_back(text);
  return parts;
}

std::string Join(const std::vector<std::string_view>& parts, std::string_view delimiter) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += delimiter;
    text += parts[i];
  }
  return text;
}

// A target's selector: exact ids, and labels.
struct TargetSelector {
  ResourceId id;
  std::optional<Selector> labels;
  bool has_labels = false;

  static std::optional<TargetSelector> Read(Layer& layer, const Node& node) {
    TargetSelector selector{ReadId(node), std::nullopt, false};
    selector.has_labels = node.Find("labelSelector") != nullptr || node.Find("annotationSelector") != nullptr;
    if (!selector.has_labels) return selector;
    std::vector<Node> members;
    for (const Node& member : node.children) {
      if (member.key.ends_with("Selector")) members.push_back(member);
    }
    selector.labels = Selector::Read(layer, WithChildren(layer.arena, node, members));
    if (!selector.labels) return std::nullopt;
    return selector;
  }
  bool FitsLabels(const Resource& resource) const { return !labels || labels->SelectsByLabels(resource); }
};

class Replacement {
 public:
  Replacement(Layer& layer, Accumulation& all, const Node& entry) : layer_(layer), all_(all), entry_(entry) {}

  bool Apply() {
    const Node* targets = entry_.Find("targets");
    const bool has_source = Has("source"), has_value = Has("sourceValue");
    if ((!has_source && !has_value) || targets == nullptr || targets->kind != NodeKind::kSequence) {
      return Fail(entry_.range, "replacements must specify a source and at least one target");
    }
    if (has_source && has_value) return Fail(entry_.range, "source and sourceValue are mutually exclusive");
    if (has_value) {
      value_ = *entry_.Find("sourceValue");
    } else if (!FindSource(*entry_.Find("source"))) {
      return left_out_;
    }
    return std::ranges::all_of(targets->children, [&](const Node& target) { return Target(target); });
  }

 private:
  bool Has(std::string_view field) const {
    const Node* node = entry_.Find(field);
    return node != nullptr && node->kind != NodeKind::kNull;
  }
  bool Fail(Range place, std::string message) {
    return layer_.Fail(kReplacementRule, place, std::move(message));
  }

  bool FindSource(const Node& source) {
    const ResourceId id = ReadId(source);
    const Resource* found = nullptr;
    if (!layer_.Spend(10 * all_.resources.size(), source.range)) return false;
    for (const Resource& each : all_.resources) {
      if (!AnyPlainId(each, id)) continue;
      if (found != nullptr)
        return Fail(source.range, fmt::format("multiple matches for selector {}", Show(id)));
      found = &each;
    }
    if (found == nullptr) {
      const std::string message = fmt::format("nothing selected by {}", Show(id));
      if (!all_.incomplete) return Fail(source.range, message);
      layer_.LeaveOut(source.range, message + "; it may be in what was left out");
      left_out_ = true;
      return false;
    }
    const Node* path = source.Find("fieldPath");
    const std::string_view text = ScalarText(path).empty() ? "metadata.name" : ScalarText(path);
    const Node* value = LookUp(found->root, SplitFieldPath(layer_.arena, text));
    const bool empty =
        value == nullptr || value->kind == NodeKind::kNull || (!IsScalar(*value) && value->children.empty());
    if (empty) {
      return Fail(path == nullptr ? source.range : path->range,
                  fmt::format("fieldPath {} is missing for replacement source {}", Shown(text), Show(id)));
    }
    value_ = *value;
    return Refine(source);
  }

  // options of the source: one part of its text.
  bool Refine(const Node& source) {
    const FieldOptions options = ReadOptions(source);
    if (options.delimiter.empty()) return true;
    if (!IsScalar(value_)) return Fail(source.range, "delimiter option can only be used with scalar nodes");
    const std::vector<std::string_view> parts = Split(ScalarText(&value_), options.delimiter);
    if (options.index < 0 || options.index >= static_cast<std::int64_t>(parts.size())) {
      return Fail(source.range,
                  fmt::format("options.index {} is out of bounds for the source's value", options.index));
    }
    value_ = ScalarLike(layer_.arena, value_, parts[static_cast<std::size_t>(options.index)], value_.range);
    return true;
  }

  bool Target(const Node& target) {
    const Node* select = target.Find("select");
    if (select == nullptr || select->kind == NodeKind::kNull) {
      return Fail(target.range, "target must specify resources to select");
    }
    const std::optional<TargetSelector> selector = TargetSelector::Read(layer_, *select);
    std::vector<TargetSelector> rejects;
    if (const Node* list = target.Find("reject")) {
      for (const Node& each : list->children) {
        std::optional<TargetSelector> reject = TargetSelector::Read(layer_, each);
        if (!reject) return false;
        rejects.push_back(*std::move(reject));
      }
    }
    if (!selector) return false;
    const std::size_t selectors = 1 + rejects.size();
    if (!layer_.Spend(10 * selectors * all_.resources.size(), target.range)) return false;
    for (Resource& resource : all_.resources) {
      const bool rejected = std::ranges::any_of(rejects, [&](const TargetSelector& reject) {
        return (reject.has_labels && reject.FitsLabels(resource)) ||
               (!IsEmptyId(reject.id) && AnyPlainId(resource, reject.id));
      });
      if (rejected || !selector->FitsLabels(resource) || !AnyPlainId(resource, selector->id)) continue;
      if (!Write(target, resource)) return false;
    }
    return true;
  }

  bool Write(const Node& target, Resource& resource) {
    const FieldOptions options = ReadOptions(target);
    const Node* paths = target.Find("fieldPaths");
    if (paths == nullptr || paths->children.empty())
      return WriteAt("metadata.name", target.range, options, resource);
    return std::ranges::all_of(
        paths->children, [&](const Node& path) { return WriteAt(path.text, path.range, options, resource); });
  }

  bool WriteAt(std::string_view path, Range place, const FieldOptions& options, Resource& resource) {
    const PathChange change{
        [&](const Node& old, std::string& problem) { return Value(old, options, problem); },
        options.create ? std::optional(IsScalar(value_) ? NodeKind::kNull : value_.kind) : std::nullopt,
        place};
    creates_ = options.create;
    const FieldPathParts parts = SplitFieldPath(layer_.arena, path);
    if (parts.size() > layer_.session.sources().limits().depth) {
      return layer_.Fail(kBuildLimitRule, place,
                         "the field path has more parts than a document has levels (limit depth)");
    }
    const PathResult result = ChangeMatches(layer_.arena, resource.root, parts, change);
    if (!result.problem.empty()) return Fail(place, result.problem);
    if (result.matches == 0) {
      return Fail(place,
                  fmt::format("unable to find {}field {} in replacement target {}",
                              options.create ? "or create " : "", Shown(path), Show(IdOf(resource.root))));
    }
    const Node before = resource.root;
    resource.root = result.root;
    return layer_.Spend(FollowShared(layer_.arena, resource, before), place) &&
           CheckSize(layer_, resource, place);
  }

  std::optional<Node> Value(const Node& old, const FieldOptions& options, std::string& problem) {
    if (!options.delimiter.empty() && !IsScalar(old)) {
      problem = "delimiter option can only be used with scalar nodes";
      return std::nullopt;
    }
    if (!IsScalar(old)) return value_;
    if (!options.delimiter.empty()) return Scalar(old, Spliced(old, options), problem);
    return Scalar(old, std::string(ScalarText(&value_)), problem);
  }

  std::string Spliced(const Node& old, const FieldOptions& options) const {
    std::vector<std::string_view> parts = Split(ScalarText(&old), options.delimiter);
    const std::string_view value = ScalarText(&value_);
    if (options.index < 0) {
      parts.insert(parts.begin(), value);
    } else if (options.index >= static_cast<std::int64_t>(parts.size())) {
      parts.push_back(value);
    } else {
      parts[static_cast<std::size_t>(options.index)] = value;
    }
    return Join(parts, options.delimiter);
  }

  // Only the text changes: a number stays a number, a string a string.
  std::optional<Node> Scalar(const Node& old, const std::string& text, std::string& problem) {
    Node node = TextNode(layer_.arena, text, value_.range);
    if (old.IsString()) {
      node.style = old.style;
      return node;
    }
    ReadPlain(node);
    const bool made = old.kind == NodeKind::kNull && creates_ && old.text.empty();
    const bool fits =
        made || node.kind == old.kind || (old.kind == NodeKind::kFloat && node.kind == NodeKind::kInteger);
    if (old.kind == NodeKind::kNull && !made) return std::nullopt;
    if (fits) return node;
    problem = "the target's field is not a string, and the source's value does not fit its type";
    return std::nullopt;
  }

  Layer& layer_;
  Accumulation& all_;
  const Node& entry_;
  Node value_;
  bool left_out_ = false;
  bool creates_ = false;
};

// An entry is a replacement, or a file that holds one or a list of them.
bool ApplyEntry(Layer& layer, Accumulation& all, const Node& entry) {
  const Node* path = entry.Find("path");
  if (ScalarText(path).empty()) return Replacement(layer, all, entry).Apply();
  if (entry.children.size() > 1 && (entry.Find("source") != nullptr || entry.Find("targets") != nullptr)) {
    return layer.Fail(kReplacementRule, entry.range, "cannot specify both path and inline replacement");
  }
  const FilePointer file = ReadYaml(layer, *path, path->text);
  if (file == nullptr) return false;
  static const Node kNone;
  const Node& root = file->parsed.documents.empty() ? kNone : *file->parsed.documents.front().root;
  if (root.kind != NodeKind::kSequence && root.kind != NodeKind::kMapping) {
    return layer.Fail(kReplacementRule, path->range, "the file holds no replacement and no list of them");
  }
  const std::span<const Node> entries =
      root.kind == NodeKind::kSequence ? root.children : std::span(&root, 1);
  return std::ranges::all_of(entries,
                             [&](const Node& each) { return Replacement(layer, all, each).Apply(); });
}

}  // namespace

bool ApplyReplacements(Layer& layer, Accumulation& all, std::span<const Node> entries) {
  return std::ranges::all_of(entries, [&](const Node& entry) { return ApplyEntry(layer, all, entry); });
}

}  // namespace sluice::manifests::render
