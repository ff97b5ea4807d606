// images and replicas (api/filters/imagetag, replicacount; api/internal/image).
#include <fmt/core.h>

#include <algorithm>

#include "manifests/hidden.h"
#include "manifests/pattern.h"
#include "manifests/render/edit.h"
#include "manifests/render/image_name.h"
#include "manifests/render/rules.h"
#include "manifests/render/transformers.h"

namespace sluice::manifests::render {
namespace {

// Each entry walks over all objects: a node costs more than a step elsewhere.
constexpr std::size_t kStepsOfNode = 4;

bool IsTagText(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '{' || c == '}' || c == '-';
  });
}

// What may stand behind the name: "(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?".
bool IsTagAndDigest(std::string_view rest) {
  if (rest.starts_with(':')) {
    const std::size_t end = std::min(rest.find('@'), rest.size());
    if (!IsTagText(rest.substr(1, end - 1))) return false;
    rest.remove_prefix(end);
  }
  return rest.empty() || (rest.starts_with("@sha256:") && IsTagText(rest.substr(8)));
}

}  // namespace

ImageName SplitImage(std::string_view image) {
  std::size_t from = image.find('/');
  if (from == image.npos) from = 0;
  const std::size_t at = image.find('@', from);
  const std::size_t colon = image.find(':', from);
  if (at != image.npos && at < colon) return {image.substr(0, at), {}, image.substr(at + 1)};
  if (colon == image.npos) return {image, {}, {}};
  if (at == image.npos) return {image.substr(0, colon), image.substr(colon + 1), {}};
  return {image.substr(0, colon), image.substr(colon + 1, at - colon - 1), image.substr(at + 1)};
}

namespace {

class ImageChange {
 public:
  ImageChange(Layer& layer, const Node& entry) : layer_(layer), entry_(entry), name_(Part("name")) {
    if (name_.find_first_of("\\^$|?*+()[]{}") == name_.npos) return;
    Result<Pattern> pattern =
        Pattern::Compile(fmt::format("^{}(:[a-zA-Z0-9_.{{}}-]*)?(@sha256:[a-zA-Z0-9_.{{}}-]*)?$", name_));
    if (pattern) pattern_.emplace(*std::move(pattern));
    broken_ = !pattern_;
  }

  bool IsBroken() const { return broken_; }  // kustomize crashes where the name is no pattern

  std::optional<Node> Set(const Node& old, std::string& problem) const {
    if (old.kind == NodeKind::kMapping || old.kind == NodeKind::kSequence) {
      problem = "kustomize looks for the name of an image here, and this is not a plain value";
      return std::nullopt;
    }
    const std::string_view image = ScalarText(&old);
    if (!Matches(image)) return std::nullopt;
    const std::string changed = Changed(SplitImage(image));
    if (changed == image) return std::nullopt;
    return ScalarLike(layer_.arena, old, changed, Writer().range);
  }

 private:
  std::string_view Part(std::string_view name) const { return ScalarText(entry_.Find(name)); }

  // kustomize takes the name for a regular expression: a dot is any character.
  bool Matches(std::string_view image) const {
    if (pattern_) return pattern_->Search(image);
    if (image.size() < name_.size()) return false;
    const bool same = std::equal(name_.begin(), name_.end(), image.begin(), [](char wanted, char got) {
      return wanted == got || (wanted == '.' && got != '\n');
    });
    return same && IsTagAndDigest(image.substr(name_.size()));
  }

  std::string Changed(ImageName image) const {
    if (!Part("newName").empty()) image.name = Part("newName");
    const std::string_view tag = Part("newTag"), digest = Part("digest"), suffix = Part("tagSuffix");
    std::string new_tag(image.tag);
    if (!tag.empty() || !digest.empty()) {
      new_tag = tag;
      image.digest = digest;
    } else if (!suffix.empty()) {
      new_tag += suffix;
      image.digest = {};
    }
    std::string changed(image.name);
    if (!new_tag.empty()) changed.append(":").append(new_tag);
    if (!image.digest.empty()) changed.append("@").append(image.digest);
    return changed;
  }

  // The field that the new value is told by.
  const Node& Writer() const {
    for (const std::string_view name : {"newTag", "digest", "tagSuffix", "newName"}) {
      if (!Part(name).empty()) return *entry_.Find(name);
    }
    return entry_;
  }

  Layer& layer_;
  const Node& entry_;
  std::string_view name_;
  std::optional<Pattern> pattern_;
  bool broken_ = false;
};

// Images of the elements of every "containers" and "initContainers", wherever.
class ContainerWalk {
 public:
  ContainerWalk(Arena& arena, const ImageChange& change) : arena_(arena), change_(change) {}

  std::optional<Node> At(const Node& node) {
    std::vector<Node> children;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const Node& child = node.children[i];
      if (child.children.empty()) continue;
      const bool containers = node.kind == NodeKind::kMapping && child.kind == NodeKind::kSequence &&
                              (child.key == "containers" || child.key == "initContainers");
      std::optional<Node> changed = At(child);
      if (containers) {
        const std::optional<Node> images = Images(changed ? *changed : child);
        if (images) changed = images;
      }
      if (!changed) continue;
      if (children.empty()) children.assign(node.children.begin(), node.children.end());
      children[i] = *changed;
    }
    if (children.empty()) return std::nullopt;
    return WithChildren(arena_, node, children);
  }

  std::string problem;
  Range place;

 private:
  std::optional<Node> Images(const Node& containers) {
    const Step way[] = {{.key = {}, .each = true}, {"image"}};
    bool any = false;
    const Node changed = EditAt(arena_, containers, way, [&](const Node& image) {
      const std::optional<Node> set = change_.Set(image, problem);
      if (!problem.empty() && place == Range{}) place = image.range;
      any = any || set.has_value();
      return set;
    });
    return any ? std::optional<Node>(changed) : std::nullopt;
  }

  Arena& arena_;
  const ImageChange& change_;
};

}  // namespace

bool ChangeImage(Layer& layer, Accumulation& all, const Node& entry, std::span<const FieldSpec> specs) {
  const ImageChange image(layer, entry);
  if (image.IsBroken()) {
    return layer.Fail(kKustomizationRule, entry.range,
                      "the name of the image is not a regular expression, and kustomize takes it for one");
  }
  const FieldChange change{Made::kNothing, entry.range,
                           [&](const Node& old, std::string& problem) { return image.Set(old, problem); }};
  for (Resource& resource : all.resources) {
    if (ScalarText(resource.root.Find("kind")) == "CustomResourceDefinition") continue;
    if (!SpendWalk(layer, resource, kStepsOfNode, entry.range)) return false;
    ContainerWalk walk(layer.arena, image);
    const std::optional<Node> changed = walk.At(resource.root);
    if (!walk.problem.empty()) return layer.Fail(kFieldRule, walk.place, walk.problem, resource);
    if (changed) resource.root = *changed;
  }
  return std::ranges::all_of(all.resources, [&](Resource& resource) {
    return ScalarText(resource.root.Find("kind")) == "CustomResourceDefinition" ||
           ChangeFields(layer, resource, specs, change);
  });
}

bool ChangeReplicas(Layer& layer, Accumulation& all, const Node& entry, std::span<const FieldSpec> specs) {
  const std::string_view name = ScalarText(entry.Find("name"));
  const Node* count = entry.Find("count");
  const Node& writer = count == nullptr ? entry : *count;
  const std::int64_t replicas =
      count == nullptr || count->kind != NodeKind::kInteger ? 0 : count->value.integer;
  const FieldChange change{
      Made::kScalar, writer.range, [&](const Node& old, std::string& problem) -> std::optional<Node> {
        if (old.children.empty()) return IntegerNode(layer.arena, replicas, writer.range);
        problem = "kustomize sets a number of replicas here, and this is not a plain value";
        return std::nullopt;
      }};
  bool found = false;
  if (!layer.Spend(10 * specs.size() * all.resources.size(), entry.range)) return false;
  for (const FieldSpec& spec : specs) {
    for (Resource& resource : all.resources) {
      const bool meant =
          AnyId(resource, [&](const ResourceId& id) { return id.name == name && Selects(spec.gvk, id.gvk); });
      if (!meant) continue;
      found = true;
      if (!ChangeFields(layer, resource, std::span(&spec, 1), change)) return false;
    }
  }
  if (found) return true;
  const std::string message = fmt::format(
      "no Deployment, ReplicaSet, StatefulSet or other kind with replicas has the name {}", Shown(name));
  if (!all.incomplete) return layer.Fail(kPatchTargetRule, entry.range, message);
  layer.LeaveOut(entry.range, message + " here; it may be in what was left out");
  return true;
}

}  // namespace sluice::manifests::render
