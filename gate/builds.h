// The builds of one tree that a change affects. What a root is may be known only
// when another one is built: overlays patch Flux Kustomizations like any other
// object. So those above are built first, to see what they make of it. Past a
// limit there is a finding, and what is left is not built.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gate/render_tree.h"

namespace sluice::gate {

struct Build {
  manifests::render::Root root;
  std::string name;  // NameOf, and what else tells it apart
  manifests::render::Built built;
};

struct BuildOptions {
  unsigned jobs = 1;
  BuildSettings settings;
  std::function<bool()> late;                               // asked before each build; true ends the work
  std::function<bool(const std::string& path)> is_changed;  // a file of the change
  std::size_t most_builds = 20'000;
  const Facts* before = nullptr;  // see RootsAffected
  // Whether the change reaches what a definition, as it was built, may read; empty: that is not asked.
  std::function<bool(const manifests::render::Root& root)> reaches{};
};

// Adds those that say something new: of another rule or file, or in other words.
void AddEachOnce(Findings more, Findings& findings);

// The tree, the facts and the configuration must outlive it; what it hands out lives
// as long as it does, until Add is called. One thread at a time may use it. Inside,
// `jobs` threads build a root each; they share files and bases (render::Session), and
// the limits of a build hold for each root. `late` is called by all of them, before a
// root and within its build: from then on roots have no objects and a finding at most,
// and whoever asked must not take that for a verdict.
class Builds {
 public:
  // The roots to build, of all that the tree has.
  using Choose = std::function<RootSet(RenderTree& tree)>;

  Builds(const FileTree& tree, const Facts& facts, const Configuration& configuration, const Choose& choose,
         BuildOptions options);
  // Those that `affected` reaches.
  Builds(const FileTree& tree, const Facts& facts, const Configuration& configuration,
         const Affected& affected, BuildOptions options);

  // Builds those of `names` too that some build here defines.
  void Add(const std::set<std::string>& names);

  const RenderTree& tree() const { return tree_; }
  const manifests::render::Sources& sources() const { return sources_; }
  manifests::render::Sources& sources() { return tree_.session().sources(); }
  const Findings& findings() const { return findings_; }  // about what defines roots, and limits
  // The tree could not be read: what is built means nothing.
  std::optional<Error> Failure() const { return sources_.Failure(); }
  const std::vector<Skipped>& skipped() const { return skipped_; }
  // Affected roots that build nothing of this repository.
  std::vector<const manifests::render::Root*> Outside() const;
  const std::vector<Build>& all() const { return affected_; }
  const Build* Find(const std::string& name) const;  // null: none
  std::set<std::string> Names() const;

 private:
  struct Entry {
    manifests::render::Root root;
    bool affected = false;        // else it is built for what it makes of others
    std::set<std::size_t> above;  // entries that may build the object that defines it
    bool made = false;            // `root` is what a build above made of it, not what its file says
    bool done = false;
    manifests::render::Built built;
  };

  // The entry of a root; none past the limit, which is told.
  std::optional<std::size_t> Enter(manifests::render::Root root, bool affected);
  std::optional<std::size_t> Entered(const manifests::render::Root& root) const;
  void EnterAbove();
  std::set<std::size_t> AboveFile(const std::string& file, bool last);
  void TellLimit(const manifests::render::Root& root, std::string message);
  void Run();
  std::vector<std::size_t> Ready() const;
  void BuildThese(const std::vector<std::size_t>& these);
  void TakeWhatItDefines(std::size_t index);
  void TakeOutside(const manifests::render::Root& root);
  bool TakeKnown(manifests::render::Root& root, bool affected, std::size_t by);
  bool IsTouched(const manifests::render::Root& root);
  bool IsTouched(const manifests::Node& node);
  void Publish();

  RenderTree tree_;
  const manifests::render::Sources& sources_ = tree_.session().sources();
  BuildOptions options_;
  Findings findings_;
  std::vector<Skipped> skipped_;
  std::vector<manifests::render::Root> outside_;
  std::vector<Entry> entries_;
  std::map<std::string, std::vector<std::size_t>> by_file_;  // of entries_
  std::vector<manifests::render::Root> others_;              // defined by a build here, and not affected
  std::vector<Build> affected_;                              // sorted by name
  std::vector<std::size_t> published_;                       // the entry of each of affected_
  std::set<std::string> limits_;                             // that were told
};

}  // namespace sluice::gate
