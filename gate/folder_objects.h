// The objects that a folder of a tree builds, each value with the place that it was
// written at: for whoever writes into the files. What they are worth is judged elsewhere.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gate/builds.h"

namespace sluice::gate {

struct FolderAsked {
  const FileTree& tree;
  const Facts& facts;  // of all of the tree
  const Configuration& configuration;
  const BuildSettings& settings;
  std::string folder;  // of the repository
  unsigned jobs = 1;
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

// What is asked must outlive it; one thread at a time may use it.
class FolderObjects {
 public:
  explicit FolderObjects(const FolderAsked& asked);

  // Each once, by IdentityKey; those that roots in the folder build, and those that stand as
  // they are in its files.
  const std::vector<const manifests::Object*>& all() const { return all_; }
  manifests::render::Place PlaceOf(const Range& range) const { return builds_.sources().Resolve(range); }
  // The kustomizations in the folder, those of fewer parts first.
  std::vector<std::shared_ptr<const manifests::render::SourceFile>> Kustomizations();
  // Why `all` is not what the folder builds; nothing: it is.
  const std::optional<Error>& trouble() const { return trouble_; }

 private:
  void TakeBuilt();
  void TakeFiles();
  void Take(const manifests::Object& object);

  const FolderAsked asked_;
  Builds builds_;
  std::vector<std::shared_ptr<const manifests::render::SourceFile>> files_;
  std::set<std::string> identities_;
  std::vector<const manifests::Object*> all_;
  std::optional<Error> trouble_;
};

}  // namespace sluice::gate
