// Tested by tests/gate/clusters_test.cc.
#include "gate/clusters.h"

#include <algorithm>
#include <set>

namespace sluice::gate {
namespace {

bool AnyMatches(std::span<const std::string> globs, std::span<const std::string> texts) {
  return std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) {
    return std::any_of(texts.begin(), texts.end(),
                       [&](const std::string& text) { return GlobMatches(glob, text); });
  });
}

}  // namespace

bool Runs(const Cluster& cluster, std::span<const std::string> paths, std::span<const std::string> branches) {
  const bool here = cluster.paths.empty() || AnyMatches(cluster.paths, paths);
  return here && (cluster.branches.empty() || branches.empty() || AnyMatches(cluster.branches, branches));
}

const Cluster* FindCluster(const Configuration& configuration, std::string_view name) {
  const auto found = std::find_if(configuration.clusters.begin(), configuration.clusters.end(),
                                  [&](const Cluster& cluster) { return cluster.name == name; });
  return found == configuration.clusters.end() ? nullptr : &*found;
}

Result<std::unique_ptr<Catalogs>> Catalogs::Of(const Configuration& configuration,
                                               std::vector<std::string> branches) {
  Result<schemas::Catalog> usual = schemas::Catalog::BuiltIn(configuration.kubernetes);
  if (!usual) return usual.error();
  for (const std::string& bundle : configuration.bundles) {
    const Status added = usual->AddBundle(bundle);
    if (!added) return Failed("an imported bundle in .sluice/schemas: " + added.error().Text());
  }
  return std::unique_ptr<Catalogs>(new Catalogs(*std::move(usual), configuration, std::move(branches)));
}

const schemas::Catalog& Catalogs::For(std::span<const std::string> paths) {
  std::set<std::string> minors;
  for (const Cluster& cluster : configuration_.clusters) {
    if (!cluster.kubernetes.empty() && Runs(cluster, paths, branches_)) minors.insert(cluster.kubernetes);
  }
  if (minors.empty()) return usual_;
  const std::vector<std::string> key(minors.begin(), minors.end());
  const std::lock_guard lock(mutex_);
  const auto known = by_minors_.find(key);
  if (known != by_minors_.end()) return known->second;
  Result<schemas::Catalog> made = usual_.WithMinors(key);
  return made ? by_minors_.emplace(key, *std::move(made)).first->second : usual_;
}

Findings Catalogs::AddCrd(const manifests::Object& crd, const Limits& limits) {
  by_minors_.clear();
  return usual_.AddCrd(crd, limits);
}

}  // namespace sluice::gate
