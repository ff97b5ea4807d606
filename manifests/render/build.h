// What would be built: the objects that a kustomization, a directory, a Flux or
// Argo CD object, or a chart gives the cluster, from a read-only tree, in
// process, every node with its place. Nothing is fetched, no link is followed, and
// the one program that is run is the helm that the caller hands in (RootContext);
// what is left out is named in `not_built`.
//
//   Session session(tree, limits, facts);
//   Built built = BuildKustomization(session, directory, {});
//   for (const BuiltObject& object : built.objects) Judge(object.object);
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/finding.h"
#include "manifests/object.h"
#include "manifests/render/kind_facts.h"
#include "manifests/render/sources.h"

namespace sluice::manifests::render {

// One object as the cluster would get it.
struct BuiltObject {
  Object object;  // ranges in the line space of the session's sources
  std::vector<std::string>
      through;  // kustomizations (or HelmRelease, Application files) on the way, outermost last
  std::vector<std::string> unknown;     // why values in it are not known ("a Secret behind substituteFrom");
                                        // their text holds ${…}, which checks take as "may be anything"
  const Node* with_defaults = nullptr;  // the object where the cluster sets none of those that have a
                                        // default; null: none has
};

// Something that belongs to the build and was left out, with the reason.
struct NotBuilt {
  std::string file;  // who asked for it
  Range place;       // in that file (not in line space)
  std::string reason;
};

struct Built {
  std::vector<BuiltObject> objects;  // in the order of the build
  Findings findings;  // resolved: file and range as people read them. An error: `objects` means nothing
  std::vector<NotBuilt> not_built;
  std::vector<std::string> read;       // paths of files and directories that the result depends on, sorted,
                                       // unique; also those that were looked for and are absent
  std::shared_ptr<const void> memory;  // holds the nodes
};

// What one run of builds shares: files, kinds, the results for directories that
// several overlays use. Thread-safe; every Built of it must not outlive it.
class Session {
 public:
  Session(const FileTree& tree, const Limits& limits, const KindFacts& facts);
  ~Session();

  Sources& sources() { return sources_; }
  const KindFacts& facts() const { return facts_; }

  // `late` is asked now and then while something is built, on any thread; true ends
  // the build with a finding. To be set before the first one.
  void EndWhen(std::function<bool()> late) { late_ = std::move(late); }
  bool IsLate() const { return late_ && late_(); }

  struct Bases;  // accumulated directories, by path
  Bases& bases() { return *bases_; }

 private:
  Sources sources_;
  KindFacts facts_;
  std::unique_ptr<Bases> bases_;
  std::function<bool()> late_;
};

// Fields that somebody outside the file puts into a kustomization: Flux'
// spec.patches, images, components, targetNamespace; Argo CD's kustomize options.
// Each entry is a mapping with the fields of a kustomization, merged after the
// file's own as Flux does (pkg/kustomize: lists append, namespace replaces).
struct Amendment {
  const Node* fields = nullptr;  // a mapping of kustomization fields; null: nothing
  bool anywhere = false;         // files from anywhere in the repository (Flux), not only from below
};

// The result of `kustomize build DIRECTORY`. Where the directory has no
// kustomization: with `amendment.anywhere` the fields of the amendment alone, as
// Flux generates one, else a finding.
Built BuildKustomization(Session& session, const RepoPath& directory, const Amendment& amendment);

// Rules of group kustomize/ that a build can report.
std::span<const Rule* const> RenderRules();

}  // namespace sluice::manifests::render
