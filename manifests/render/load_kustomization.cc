// The kustomization of a directory: found, checked as kustomize checks it
// (api/types/kustomization.go), old fields moved to where they belong, and what
// somebody outside adds to it.
// Tested by tests/manifests/render/build_test.cc.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "manifests/hidden.h"
#include "manifests/kustomization_names.h"
#include "manifests/render/accumulate.h"
#include "manifests/render/edit.h"
#include "manifests/render/files.h"
#include "manifests/render/kustomization_fields.h"
#include "manifests/render/rules.h"

namespace sluice::manifests::render {
namespace {

std::string DirectoryName(const RepoPath& directory) {
  return directory.IsRoot() ? "the root of the repository" : Shown(directory.text());
}

class Loading {
 public:
  explicit Loading(Layer& layer) : layer_(layer) {}

  // The one kustomization; null where there is none, or after a finding.
  FilePointer Find(const Node* asked_by) {
    FilePointer found;
    for (const std::string_view name : kKustomizationNames) {
      const Result<RepoPath> path = layer_.directory.Child(name);
      if (!path) continue;
      layer_.log.read.push_back(path->text());
      Result<FilePointer> file = layer_.session.sources().Read(*path);
      if (!file && file.error().kind == ErrorKind::kNotFound) continue;
      layer_.file = path->text();
      if (!file) return Fail(asked_by, file.error().message);
      if (found != nullptr) {
        return Fail(asked_by,
                    fmt::format("Found multiple kustomization files in {}", DirectoryName(layer_.directory)));
      }
      found = *std::move(file);
    }
    return found;
  }

  bool Check(const SourceFile& file) {
    if (!file.parsed.Readable()) return FailUnreadable(layer_, file);
    static const Node kNone;
    const Node& root = file.parsed.documents.empty() ? kNone : *file.parsed.documents.front().root;
    if (root.kind == NodeKind::kNull) return Wrong(root.range, "kustomization.yaml is empty");
    if (root.kind != NodeKind::kMapping) return Wrong(root.range, "a kustomization is a mapping");
    CheckFields(root, "Kustomization", [&](const Rule& rule, Range place, std::string message) {
      layer_.Fail(rule, place, std::move(message));
    });
    if (layer_.log.failed) return false;
    const std::optional<Node> named = WithFieldNames(layer_.arena, root, "Kustomization");
    layer_.root = named ? *named : root;
    return CheckKind() && CheckNotEmpty();
  }

  void MoveOldFields() {
    Append("resources", "bases");
    Append("images", "imageTags");
  }

  // As Flux adds to a kustomization: lists grow, mappings unite, texts replace.
  void Amend(const Node& fields) {
    for (const Node& field : fields.children) {
      const Node* old = layer_.Field(field.key);
      Node merged = field;
      if (old != nullptr && field.key == "images") {
        merged = WithImages(*old, field);
      } else if (old != nullptr && old->kind == field.kind && field.kind == NodeKind::kSequence) {
        merged = Joined(*old, field);
      } else if (old != nullptr && old->kind == field.kind && field.kind == NodeKind::kMapping) {
        merged = *old;
        for (const Node& member : field.children) merged = WithMember(layer_.arena, merged, member);
      }
      layer_.root = WithMember(layer_.arena, layer_.root, merged);
    }
  }

 private:
  FilePointer Fail(const Node* asked_by, std::string message) {
    layer_.Fail(kKustomizationRule, asked_by == nullptr ? Range{} : asked_by->range, std::move(message));
    return nullptr;
  }
  bool Wrong(Range place, std::string message) {
    return layer_.Fail(kKustomizationRule, place, std::move(message));
  }

  bool CheckKind() {
    const std::string_view kind = layer_.Text("kind");
    const std::string_view api_version = layer_.Text("apiVersion");
    if (!kind.empty() && kind != "Kustomization" && kind != "Component") {
      return Wrong(layer_.Field("kind")->range, "kind should be Kustomization or Component");
    }
    const std::string_view wanted =
        kind == "Component" ? "kustomize.config.k8s.io/v1alpha1" : "kustomize.config.k8s.io/v1beta1";
    if (api_version.empty() || api_version == wanted) return true;
    return Wrong(
        layer_.Field("apiVersion")->range,
        fmt::format("apiVersion for {} should be {}", kind.empty() ? "Kustomization" : kind, wanted));
  }

  bool CheckNotEmpty() {
    const bool any = std::ranges::any_of(layer_.root.children, [](const Node& field) {
      if (field.key == "apiVersion" || field.key == "kind" || field.kind == NodeKind::kNull) return false;
      return !field.IsString() || !field.text.empty();
    });
    return any || Wrong(layer_.root.range, "kustomization.yaml is empty");
  }

  Node Joined(const Node& first, const Node& second) {
    std::vector<Node> elements(first.children.begin(), first.children.end());
    elements.insert(elements.end(), second.children.begin(), second.children.end());
    return WithChildren(layer_.arena, first, elements);
  }

  // An image that the file has too takes the place of that one.
  Node WithImages(const Node& old, const Node& images) {
    std::vector<Node> elements(old.children.begin(), old.children.end());
    for (const Node& image : images.children) {
      const auto same = std::ranges::find_if(elements, [&](const Node& each) {
        return ScalarText(each.Find("name")) == ScalarText(image.Find("name"));
      });
      if (same == elements.end()) {
        elements.push_back(image);
      } else {
        *same = image;
      }
    }
    return WithChildren(layer_.arena, old, elements);
  }

  void Append(std::string_view field, std::string_view old_field) {
    const Node* old = layer_.Field(old_field);
    if (old == nullptr) return;
    const Node* list = layer_.Field(field);
    const Node joined = list == nullptr ? *old : Joined(*list, *old);
    layer_.root =
        WithMember(layer_.arena, layer_.root, AsMember(layer_.arena, joined, field, joined.key_range));
  }

  Layer& layer_;
};

}  // namespace

bool LoadKustomization(Layer& layer, const Amendment& amendment, const Node* asked_by) {
  Loading loading(layer);
  const FilePointer file = loading.Find(asked_by);
  if (layer.log.failed) return false;
  if (file != nullptr) {
    if (!loading.Check(*file)) return false;
    loading.MoveOldFields();
  } else if (amendment.anywhere && amendment.fields != nullptr) {
    layer.file = layer.directory.text();
    layer.root = MappingNode(layer.arena, {}, {});
  } else {
    layer.file = layer.directory.text();
    layer.log.no_kustomization = true;
    return layer.Fail(kMissingFileRule, asked_by == nullptr ? Range{} : asked_by->range,
                      fmt::format("there is no kustomization.yaml, kustomization.yml or Kustomization in {}",
                                  DirectoryName(layer.directory)));
  }
  if (amendment.fields != nullptr) loading.Amend(*amendment.fields);
  return true;
}

}  // namespace sluice::manifests::render
