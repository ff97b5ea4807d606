// Who builds what: the things in a repository that a controller (or a person
// with kubectl) turns into objects of a cluster. A root is told by one file: a
// Flux Kustomization or HelmRelease, an Argo CD Application or ApplicationSet,
// or a kustomization that nobody refers to.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/repo_path.h"
#include "manifests/render/build.h"

namespace sluice::manifests::render {

enum class Builder : std::uint8_t { kKustomization, kFlux, kHelmRelease, kArgoCd };

struct Root {
  Builder by = Builder::kKustomization;
  // For people: "Kustomization flux-system/apps", "Application argocd/shop", or the directory.
  std::string name;
  ObjectName object;   // that defines it; empty for kKustomization
  RepoPath directory;  // what it builds; the root of the repository where that is no directory of it
  std::string file;    // that defines it; of kKustomization its own
  Range place;         // of the definition, in line space
  // Not empty: it builds nothing of this repository, and why ("OCIRepository flux-system/x").
  std::string outside;
  // Of the object that defines it; null where there is none. For an element of
  // an ApplicationSet: the spec as generated.
  const Node* spec = nullptr;
  std::vector<std::string> through;  // files on the way to that object, where another root built it
  // Where another root built it: what it takes values from and that root built too.
  std::vector<BuiltObject> beside;
  std::shared_ptr<const void> memory;  // holds `spec`
};

// The roots that some objects define, in their order. Findings tell of what is
// wrong with them; resolved, as those of a build.
struct RootList {
  std::vector<Root> roots;
  Findings findings;
};

// All objects of a kind that the tree holds, each as it stands in its file, with
// ranges in the line space of the session: GitRepository, ConfigMap, HelmRepository
// and whatever else a root may name.
using ListObjects = std::function<std::vector<const Object*>(std::string_view group, std::string_view kind)>;

// One run of `helm template`, by a program that is shut in: see render/helm.h.
struct HelmRequest;
using RunHelm = std::function<Result<std::string>(const HelmRequest& request)>;

// A check of a chart's values against its values.schema.json, which manifests/
// cannot do itself (schemas/json_schema.h can): findings whose ranges are those
// of the nodes of `values`. An Error: the schema is not one that can be checked.
using CheckValues = std::function<Result<Findings>(std::string_view schema, const ParsedFile& values)>;

// What was found when somebody first asked which repository this is (source_of.h).
struct RepositoryGuess {
  std::once_flag of_url, of_flux_system;
  std::string url;
  bool uses_flux_system = false;
};

// Of one tree. Copies share what was guessed of it.
struct RootContext {
  ListObjects list;          // empty: nothing of the tree is known
  RunHelm helm;              // empty: charts are not judged here
  CheckValues check_values;  // empty: only helm itself checks values
  std::string chart_cache;   // directory filled by `sluice render fetch`; empty: none
  std::string kube_version;  // "1.34", for charts
  // URLs by which controllers know this repository. Empty: it is guessed, see
  // source_of.h. Spelling of the scheme, a user, ".git" and case of the host do not count.
  std::vector<std::string> repository_urls;
  // Names of the branch whose tree this is, as sources name it ("main"): what
  // follows another branch is outside. Empty: not known, and any name counts.
  std::vector<std::string> branches;
  bool strict_substitution = false;  // Flux' feature gate StrictPostBuildSubstitutions
  // Whether no build changes an object of `list` on its way to the cluster; empty: none does.
  std::function<bool(const Object& object)> stands_as_written;
  std::shared_ptr<RepositoryGuess> guess = std::make_shared<RepositoryGuess>();
};

// Of the objects of a file as they stand there.
RootList RootsOf(Session& session, const SourceFile& file, const RootContext& context);

// Of the objects that a root built. They are what the cluster gets: where a root
// of a file has the same `place`, it is the same object before its overlays
// changed it, and does not count. `built` must outlive the list.
RootList RootsOf(Session& session, const Built& built, const RootContext& context);

// The kustomization of a directory; `file` is left to the caller.
Root RootOf(const RepoPath& directory);

// Builds a root. Never fails: what could not be built is a finding or in not_built.
Built Build(Session& session, const Root& root, const RootContext& context);

// Rules that only roots can report: groups kustomize/ and helm/.
std::span<const Rule* const> RootRules();

}  // namespace sluice::manifests::render
