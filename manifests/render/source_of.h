// Where a Flux source or a repository URL leads: into this repository, or outside.
//
// This repository is
//   1. what RootContext::repository_urls names, where it is not empty; else
//   2. the GitRepository flux-system/flux-system, in the tree or not: `flux
//      bootstrap` and the Flux operator make it of the repository that they are
//      pointed at, and every GitRepository with the same URL; else, where no
//      Kustomization of the tree has flux-system for its source,
//   3. the only GitRepository of the tree, or any where the tree has none.
// For Argo CD: where repository_urls is empty, the URL that most Applications and
// ApplicationSets of the tree name for a source with a path, if it is one alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/repo_path.h"
#include "manifests/document.h"
#include "manifests/object.h"
#include "manifests/render/roots.h"

namespace sluice::manifests::render {

// Who asks: names without a namespace are looked up in `ns`; of several objects
// of one name the one whose file is nearest to `file` is meant, as clusters that
// share a repository keep theirs in directories of their own.
struct Asker {
  std::string_view ns;
  std::string_view file;
};

// Null where the tree has none. An object without a namespace in its file may get
// any by an overlay, and so may the asker.
const Object* FindNear(const RootContext& context, std::string_view group, std::string_view kind,
                       std::string_view ns, std::string_view name, std::string_view file);

// A tree that a controller works on.
struct SourceTree {
  std::string outside;  // not empty: not of this repository, and what it is
  RepoPath root;        // the directory of this repository that is its root
  // Not empty: only these directories of the repository are in it (an ExternalArtifact).
  std::vector<RepoPath> parts;
};

// `source_ref`: a mapping with kind, name and maybe namespace; null: none.
SourceTree SourceOf(const RootContext& context, const Node* source_ref, const Asker& asker);

// What a source of this repository follows where that is not the tree at hand:
// "another branch: release". Empty: it is this tree. `revision`: of Argo CD.
std::string OtherRevision(const RootContext& context, std::string_view revision);

// Of Argo CD: whether the repoURL is this repository.
bool IsThisRepository(const RootContext& context, std::string_view url);

// "https://user@GitHub.com/a/b.git" and "git@github.com:a/b" as "github.com/a/b".
std::string CanonicalUrl(std::string_view url);

}  // namespace sluice::manifests::render
