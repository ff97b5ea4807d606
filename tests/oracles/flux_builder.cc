// The peer of tests/oracles/envsubst/flux: what we say that Flux builds of a
// directory on disk. For each Flux Kustomization a line of JSON:
//   {"name":"Kustomization flux-system/apps","directory":"apps","spec":{…},
//    "objects":[…],"findings":["…"],"notBuilt":["…"]}
#include <fmt/core.h>

#include <cstdio>
#include <string>
#include <vector>

#include "base/file_tree.h"
#include "manifests/render/roots.h"
#include "schemas/rendering.h"

namespace sluice::manifests::render {
namespace {

class Repository {
 public:
  explicit Repository(std::string path)
      : tree_(std::move(path)), session_(tree_, Limits(), schemas::RenderingFacts()) {
    Read(RepoPath(), 0);
    context_.list = [this](std::string_view group, std::string_view kind) { return List(group, kind); };
  }

  std::vector<BuiltRoot> BuildAllRoots() {
    std::vector<Root> roots;
    for (const auto& file : files_) {
      for (Root& root : RootsOf(session_, *file, context_).roots) roots.push_back(std::move(root));
    }
    return BuildAll(session_, roots, context_);
  }

 private:
  void Read(const RepoPath& directory, std::size_t depth) {
    const Result<std::vector<FileEntry>> entries = tree_.List(directory);
    if (!entries || depth > 50) return;
    for (const FileEntry& entry : *entries) {
      const Result<RepoPath> path = directory.Child(entry.name);
      if (!path) continue;
      if (entry.kind == FileKind::kDirectory) Read(*path, depth + 1);
      const bool yaml = entry.name.ends_with(".yaml") || entry.name.ends_with(".yml");
      if (entry.kind != FileKind::kFile || !yaml) continue;
      if (auto file = session_.sources().Read(*path)) files_.push_back(*file);
    }
  }

  std::vector<const Object*> List(std::string_view group, std::string_view kind) const {
    std::vector<const Object*> found;
    for (const auto& file : files_) {
      for (const Object& object : file->objects.objects) {
        if (object.group == group && object.kind == kind) found.push_back(&object);
      }
    }
    return found;
  }

  DirectoryTree tree_;
  Session session_;
  RootContext context_;
  std::vector<std::shared_ptr<const SourceFile>> files_;
};

std::string Quoted(std::string_view text) {
  Node node;
  node.kind = NodeKind::kString;
  node.text = text;
  std::string json;
  CanonicalJson(node, json);
  return json;
}

void Print(const BuiltRoot& root) {
  std::string objects, findings, not_built, spec;
  for (const BuiltObject& object : root.built.objects) {
    if (!objects.empty()) objects += ',';
    CanonicalJson(*object.object.root, objects);
  }
  for (const Finding& finding : root.built.findings) {
    if (!findings.empty()) findings += ',';
    findings += Quoted(fmt::format("{}:{}: {}", finding.file, finding.range.begin.line, finding.message));
  }
  for (const NotBuilt& left : root.built.not_built) {
    if (!not_built.empty()) not_built += ',';
    not_built += Quoted(left.reason);
  }
  CanonicalJson(*root.root.spec, spec);
  fmt::print(R"({{"name":{},"directory":{},"spec":{},"objects":[{}],"findings":[{}],"notBuilt":[{}]}})"
             "\n",
             Quoted(root.root.name), Quoted(root.root.directory.text()), spec, objects, findings, not_built);
}

}  // namespace
}  // namespace sluice::manifests::render

int main(int count, char** arguments) {
  using namespace sluice::manifests::render;
  if (count != 2) {
    fmt::print(stderr, "usage: flux_builder DIRECTORY\n");
    return 2;
  }
  Repository repository(arguments[1]);
  for (const BuiltRoot& root : repository.BuildAllRoots()) {
    if (root.root.by == Builder::kFlux && root.root.spec != nullptr) Print(root);
  }
  return 0;
}
