// One tree as builds see it, and the roots in it that a change affects.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/verdict.h"
#include "gate/affected.h"
#include "gate/build_settings.h"
#include "gate/configuration.h"
#include "gate/facts.h"
#include "manifests/render/build.h"
#include "manifests/render/roots.h"

namespace sluice::gate {

// Thread-safe. Tree, facts and configuration must outlive it; what is built with
// its session must not.
class RenderTree {
 public:
  RenderTree(const FileTree& tree, const Facts& facts, const Configuration& configuration,
             const BuildSettings& settings);
  RenderTree(const RenderTree&) = delete;
  RenderTree& operator=(const RenderTree&) = delete;

  manifests::render::Session& session() { return session_; }
  const manifests::render::RootContext& context() const { return context_; }
  const Facts& facts() const { return facts_; }
  const Configuration& configuration() const { return configuration_; }

 private:
  std::vector<const manifests::Object*> ListObjects(std::string_view group, std::string_view kind);
  bool StandsAsWritten(const manifests::Object& object);

  const Facts& facts_;
  const Configuration& configuration_;
  manifests::render::Session session_;
  manifests::render::RootContext context_;
  std::mutex mutex_;
  std::map<std::string, std::vector<const manifests::Object*>>
      objects_;  // by KindKey, as they were asked for
};

// "overlays/prod", "Kustomization flux-system/apps of clusters/prod/apps.yaml":
// tells the roots of a tree apart.
std::string NameOf(const manifests::render::Root& root);

// Why a root of which nothing is built here is told of.
std::string ElsewhereReason(const manifests::render::Root& root);
// Of a component that nothing builds from: no build lacks it.
inline constexpr std::string_view kUnusedComponent = "a component that no kustomization here uses";

// By which a cluster runs what a root builds: the files that define it, and
// what it builds, as if a file stood there.
std::vector<std::string> PathsOf(const manifests::render::Root& root);

struct RootSet {
  std::vector<manifests::render::Root> roots;    // each once, by NameOf, sorted by it
  std::vector<manifests::render::Root> outside;  // what is affected and builds nothing of this repository
  Findings findings;                             // about objects that define roots
  std::vector<Skipped> skipped;                  // what is affected and not built here, with the reason
};

// What is built from what `affected` names, as far as the configured roots ask
// for it: Flux' and Argo CD's objects, and each kustomization that nobody takes in.
// A kustomization that was a root by the facts of the tree `before` (may be null) still is one.
RootSet RootsAffected(RenderTree& tree, const Affected& affected, const Facts* before = nullptr);

// False where the objects of a build mean nothing.
bool CameToItsEnd(const manifests::render::Built& built);

struct TreeFacts {
  Facts facts;
  std::vector<Skipped> skipped;  // files that are too large to be read
};

// The facts of every file of a tree, without an index. An Error: some file could not be read.
Result<TreeFacts> FactsOfTree(const FileTree& tree, const Limits& limits, unsigned jobs);

}  // namespace sluice::gate
