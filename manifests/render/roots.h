// Who builds what: the things in a repository that a controller (or a person
// with kubectl) turns into objects of a cluster. A root is told by one file: a
// Flux Kustomization or HelmRelease, an Argo CD Application or ApplicationSet,
// or a kustomization or directory that nobody refers to.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/repo_path.h"
#include "manifests/render/build.h"

namespace sluice::manifests::render {

enum class Builder : std::uint8_t { kKustomization, kDirectory, kFlux, kHelmRelease, kArgoCd };

struct Root {
  Builder by = Builder::kKustomization;
  std::string
      name;  // for people: "Kustomization flux-system/apps", "Application argocd/shop", or the directory
  RepoPath
      directory;  // what it builds; the chart's directory for a HelmRelease whose chart is in the repository
  std::string file;  // that defines it; empty for kDirectory
  Range place;       // of the definition, in line space
  std::string
      outside;  // not empty: it builds nothing of this repository, and why ("OCIRepository flux-system/x")
  const Node* spec = nullptr;  // of the object that defines it; null where there is none. For an element of
                               // an ApplicationSet: the spec as generated
  std::shared_ptr<const void> memory;  // holds `spec`
};

// The roots that the objects of one file define, in their order. Findings tell
// of what is wrong with them.
struct RootsInFile {
  std::vector<Root> roots;
  Findings findings;
};

// What a build of a root may ask for beyond its directory: the other objects of
// the tree, by kind, namespace and name (GitRepository, ConfigMap, HelmRepository),
// each as it stands in its file. Null: there is none such.
using FindObject = std::function<const Object*(std::string_view group, std::string_view kind,
                                               std::string_view ns, std::string_view name)>;

// One run of `helm template`, by a program that is shut in: see render/helm.h.
struct HelmRequest;
using RunHelm = std::function<Result<std::string>(const HelmRequest& request)>;

// A check of a chart's values against its values.schema.json, which manifests/
// cannot do itself (schemas/json_schema.h can): findings whose ranges are those
// of the nodes of `values`. An Error: the schema is not one that can be checked.
using CheckValues = std::function<Result<Findings>(std::string_view schema, const ParsedFile& values)>;

struct RootContext {
  FindObject find;           // may be empty
  RunHelm helm;              // empty: charts are not judged here
  CheckValues check_values;  // empty: only helm itself checks values
  std::string chart_cache;   // directory filled by `sluice render fetch`; empty: none
  std::string kube_version;  // "1.34", for charts
  // ApplicationSet generators of clusters and files need more of the tree; may be empty.
  std::function<std::vector<const Object*>(std::string_view group, std::string_view kind)> list;
};

RootsInFile RootsOf(Session& session, const SourceFile& file, const RootContext& context);

// Builds a root. Never fails: what could not be built is a finding or in not_built.
Built Build(Session& session, const Root& root, const RootContext& context);

}  // namespace sluice::manifests::render
