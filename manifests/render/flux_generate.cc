// Tested by tests/manifests/render/flux_test.cc.
#include "manifests/render/flux_generate.h"

#include <fmt/core.h>

#include <algorithm>

#include "manifests/kustomization_names.h"
#include "manifests/render/edit.h"
#include "manifests/render/resource.h"
#include "manifests/render/rules.h"

namespace sluice::manifests::render {
namespace {

class Generator {
 public:
  Generator(RootBuild& build, SourceIgnore& ignore) : build_(build), ignore_(ignore) {}

  Node Resources() {
    if (!List(build_.root.directory, 0)) {
      build_.Fail(kBuildLimitRule, build_.root.place,
                  fmt::format("directories lie more than {} deep in {} (limit depth)",
                              Sources().limits().depth, build_.root.directory.text()));
    }
    return SequenceNode(build_.arena, resources_, {});
  }

 private:
  // False: they lie too deep.
  bool List(const RepoPath& directory, std::size_t depth) {
    build_.built.read.push_back(directory.text());
    const auto entries = Sources().List(directory);
    if (!entries) return true;  // Sources::Failure tells of what is not just absent
    if (depth > Sources().limits().depth) return false;
    for (const FileEntry& entry : *entries) {
      const Result<RepoPath> path = directory.Child(entry.name);
      if (!path) continue;
      if (IsManifest(entry, *path) || (entry.kind == FileKind::kDirectory && HasKustomization(*path))) {
        Add(*path);
      } else if (entry.kind == FileKind::kDirectory && !List(*path, depth + 1)) {
        return false;
      }
    }
    return true;
  }

  bool IsManifest(const FileEntry& entry, const RepoPath& path) {
    return entry.kind == FileKind::kFile && (entry.name.ends_with(".yaml") || entry.name.ends_with(".yml")) &&
           !ignore_.LeavesOut(path);
  }

  bool HasKustomization(const RepoPath& directory) {
    const auto entries = Sources().List(directory);
    return entries && std::ranges::any_of(*entries, [&](const FileEntry& entry) {
             return entry.kind == FileKind::kFile && IsKustomizationName(entry.name) &&
                    !ignore_.LeavesOut(*directory.Child(entry.name));
           });
  }

  void Add(const RepoPath& path) {
    std::string_view relative = path.text();
    if (!build_.root.directory.IsRoot()) relative.remove_prefix(build_.root.directory.text().size() + 1);
    resources_.push_back(TextNode(build_.arena, relative, {}));
  }

  render::Sources& Sources() { return build_.session.sources(); }

  RootBuild& build_;
  SourceIgnore& ignore_;
  std::vector<Node> resources_;
};

bool IsSet(const Node& image, std::string_view field) {
  const Node* value = image.Find(field);
  return value != nullptr && !ScalarText(value).empty();
}

Node MergedImage(Arena& arena, const Node& image, const Node& own) {
  const bool version = IsSet(image, "newTag") || IsSet(image, "digest");
  Node merged = own;
  for (const std::string_view field : {"newName", "newTag", "digest"}) {
    if (IsSet(image, field)) {
      merged = WithMember(arena, merged, *image.Find(field));
    } else if (field != "newName" && version) {
      merged = WithoutMember(arena, merged, field);
    }
  }
  return merged;
}

}  // namespace

std::shared_ptr<const SourceFile> OwnKustomization(RootBuild& build) {
  for (const std::string_view name : kKustomizationNames) {
    const Result<RepoPath> path = build.root.directory.Child(name);
    if (!path) continue;
    if (const auto file = build.session.sources().Read(*path)) return *file;
  }
  return nullptr;
}

Node GeneratedResources(RootBuild& build, SourceIgnore& ignore) {
  return Generator(build, ignore).Resources();
}

Node MergedImages(Arena& arena, const Node& images, const Node& own) {
  std::vector<Node> merged(images.children.begin(), images.children.end());
  for (Node& image : merged) {
    const auto same = std::ranges::find_if(own.children, [&](const Node& each) {
      return ScalarText(each.Find("name")) == ScalarText(image.Find("name"));
    });
    if (same != own.children.end()) image = MergedImage(arena, image, *same);
  }
  return WithChildren(arena, images, merged);
}

}  // namespace sluice::manifests::render
