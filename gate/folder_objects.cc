// Tested by tests/push/promote-folder.sh.
#include "gate/folder_objects.h"

#include <algorithm>

#include "gate/examine.h"
#include "gate/gate.h"
#include "gate/roles.h"
#include "promotion/folder_paths.h"

namespace sluice::gate {
namespace {

using manifests::Object;
using manifests::render::Root;

bool IsOf(const std::string& folder, const Root& root) {
  const std::vector<std::string> paths = PathsOf(root);
  return std::any_of(paths.begin(), paths.end(),
                     [&](const std::string& path) { return promotion::IsInFolder(folder, path); });
}

RootSet RootsIn(RenderTree& tree, const std::string& folder) {
  RootSet set = RootsAffected(tree, AllBuilds(tree.facts()));
  std::erase_if(set.roots, [&](const Root& root) { return !IsOf(folder, root); });
  return set;
}

BuildOptions OptionsOf(const FolderAsked& asked) {
  return {.jobs = asked.jobs,
          .settings = asked.settings,
          .late = [deadline = asked.deadline] { return std::chrono::steady_clock::now() > deadline; },
          .is_changed = [](const std::string&) { return false; }};
}

}  // namespace

FolderObjects::FolderObjects(const FolderAsked& asked)
    : asked_(asked),
      builds_(
          asked.tree, asked.facts, asked.configuration,
          [&](RenderTree& tree) { return RootsIn(tree, asked.folder); }, OptionsOf(asked)) {
  trouble_ = builds_.Failure();
  if (!trouble_) TakeBuilt();
  if (!trouble_) TakeFiles();
}

void FolderObjects::TakeBuilt() {
  for (const Build& build : builds_.all()) {
    if (!CameToItsEnd(build.built))
      trouble_ = Usage(build.name + " cannot be built: " +
                       (build.built.findings.empty() ? "see sluice check" : build.built.findings[0].message));
    if (trouble_) return;
    for (const manifests::render::BuiltObject& object : build.built.objects) Take(object.object);
  }
}

// What no build takes in stands for itself.
void FolderObjects::TakeFiles() {
  const Result<RepoPath> directory = RepoPath::Parse(asked_.folder);
  const auto files = directory ? WholeTree(asked_.tree, *directory)
                               : Result<std::vector<git::FileChange>>(directory.error());
  if (!files && files.error().kind == ErrorKind::kNotFound) return;
  if (!files) {
    trouble_ = files.error();
    return;
  }
  for (const git::FileChange& file : *files) {
    const Result<RepoPath> path = RepoPath::Parse(file.path);
    if (!path || file.new_kind != FileKind::kFile || !IsManifestName(file.path)) continue;
    const Role role = RoleOf(asked_.facts, asked_.configuration.roots, file.path);
    if (!role.in_scope || !role.whole || !role.kustomizations.empty()) continue;
    auto source = builds_.sources().Read(*path);
    if (!source) continue;  // too large: the gate says so
    for (const Object& object : (*source)->objects.objects) Take(object);
    files_.push_back(*std::move(source));
  }
}

std::vector<std::shared_ptr<const manifests::render::SourceFile>> FolderObjects::Kustomizations() {
  std::vector<std::string> paths;
  asked_.facts.ForEach(FactKind::kKustomization, [&](const FactView& fact) {
    if (promotion::IsInFolder(asked_.folder, fact.file)) paths.emplace_back(fact.file);
  });
  const auto parts = [](const std::string& path) {
    return std::pair(std::count(path.begin(), path.end(), '/'), path);
  };
  std::sort(paths.begin(), paths.end(),
            [&](const std::string& a, const std::string& b) { return parts(a) < parts(b); });
  std::vector<std::shared_ptr<const manifests::render::SourceFile>> files;
  for (const std::string& path : paths) {
    const Result<RepoPath> parsed = RepoPath::Parse(path);
    if (!parsed) continue;
    if (auto file = builds_.sources().Read(*parsed)) files.push_back(*std::move(file));
  }
  return files;
}

void FolderObjects::Take(const Object& object) {
  if (identities_.insert(IdentityKey(object.Name())).second) all_.push_back(&object);
}

}  // namespace sluice::gate
