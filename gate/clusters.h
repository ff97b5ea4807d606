// Which cluster runs what, and by whose schemas an object is judged for that.
#pragma once

#include <map>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "gate/configuration.h"
#include "schemas/catalog.h"

namespace sluice::gate {

// Whether a cluster runs what stands at one of `paths` (a file, or what has it
// built) on a branch of one of these names. No name: the branch is not known,
// and any may be meant.
bool Runs(const Cluster& cluster, std::span<const std::string> paths, std::span<const std::string> branches);

// Null: no cluster of the configuration has this name.
const Cluster* FindCluster(const Configuration& configuration, std::string_view name);

// The schemas of one verdict: for what clusters run those of their minors, for
// the rest those of `kubernetes`. All know the same kinds.
class Catalogs {
 public:
  // `configuration` must outlive it.
  static Result<std::unique_ptr<Catalogs>> Of(const Configuration& configuration,
                                              std::vector<std::string> branches);

  // Thread-safe; the reference is good until the next AddCrd.
  const schemas::Catalog& For(std::span<const std::string> paths);
  // By the minors of `kubernetes`: for what does not depend on minors.
  const schemas::Catalog& usual() const { return usual_; }

  // As Catalog::AddCrd. One thread, and nobody is checking.
  Findings AddCrd(const manifests::Object& crd, const Limits& limits);

 private:
  Catalogs(schemas::Catalog usual, const Configuration& configuration, std::vector<std::string> branches)
      : usual_(std::move(usual)), configuration_(configuration), branches_(std::move(branches)) {}

  schemas::Catalog usual_;
  const Configuration& configuration_;
  const std::vector<std::string> branches_;
  std::mutex mutex_;
  std::map<std::vector<std::string>, schemas::Catalog> by_minors_;  // made as they are asked for
};

}  // namespace sluice::gate
