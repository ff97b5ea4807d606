// A walk from files to directories to directories, each looked up once. What a
// controller builds from a directory without a kustomization takes every file
// below it, so there the directories above a file count as well.
// Tested by tests/gate/affected_test.cc.
#include "gate/affected.h"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "manifests/object.h"

namespace sluice::gate {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"kustomization.yaml", "kustomization.yml",
                                                    "Kustomization"};

std::string DirectoryOf(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? std::string() : std::string(path.substr(0, slash));
}

// Kinds that have something built.
constexpr std::array<std::string_view, 4> kDefiners = {
    "kustomize.toolkit.fluxcd.io/Kustomization/", "helm.toolkit.fluxcd.io/HelmRelease/",
    "argoproj.io/Application/", "argoproj.io/ApplicationSet/"};

bool DefinesRoot(std::string_view identity) {
  return std::any_of(kDefiners.begin(), kDefiners.end(),
                     [&](std::string_view kind) { return identity.starts_with(kind); });
}

class Walk {
 public:
  Walk(const Facts& facts, Affected& affected) : facts_(facts), affected_(affected) {}

  void From(const ChangedObjects& file) {
    const std::string path(file.path);
    NamedBy(path, nullptr);
    if (manifests::IsKustomizationName(path)) Open(DirectoryOf(path));
    Above(path);
    for (const std::string& identity : file.identities) {
      if (DefinesRoot(identity)) affected_.definers[path].all = true;
      facts_.Find(FactKind::kNeeds, WithoutNamespace(identity),
                  [&](const FactView& need) { affected_.definers[std::string(need.file)].all = true; });
    }
    while (!open_.empty()) {
      const std::string directory = std::move(open_.back());
      open_.pop_back();
      Up(directory);
    }
  }

 private:
  void Open(const std::string& directory) {
    if (!seen_.insert(directory).second) return;
    affected_.directories.try_emplace(directory);
    open_.push_back(directory);
  }

  void Up(const std::string& directory) {
    std::set<std::string>& users = affected_.directories[directory];
    Above(directory);
    NamedBy(directory, &users);
    for (const std::string_view name : kNames) {
      NamedBy(directory.empty() ? std::string(name) : directory + "/" + std::string(name), &users);
    }
    facts_.Find(FactKind::kRoot, directory, [&](const FactView& fact) {
      affected_.definers[std::string(fact.file)].directories.insert(directory);
    });
  }

  // The kustomizations that name a path; `users` gets those that take it in.
  void NamedBy(const std::string& path, std::set<std::string>* users) {
    facts_.Find(FactKind::kReference, path, [&](const FactView& fact) {
      const std::string owner = DirectoryOf(fact.file);
      if (users != nullptr && fact.value.starts_with(static_cast<char>(Reference::kResource)))
        users->insert(owner);
      Open(owner);
    });
  }

  void Above(std::string path) {
    while (true) {
      facts_.Find(FactKind::kBuildsBelow, path,
                  [&](const FactView& fact) { affected_.definers[std::string(fact.file)].all = true; });
      if (path.empty() || !above_.insert(path).second) return;
      path = DirectoryOf(path);
      if (facts_.Has(FactKind::kKustomization, path)) continue;
      facts_.Find(FactKind::kRoot, path, [&](const FactView& fact) {
        affected_.definers[std::string(fact.file)].directories.insert(path);
      });
    }
  }

  const Facts& facts_;
  Affected& affected_;
  std::unordered_set<std::string> seen_, above_;
  std::vector<std::string> open_;
};

}  // namespace

bool TellBuilds(const Facts& facts) {
  // Every object that has something built is of a custom kind.
  return facts.MayHave(FactKind::kKustomization) || facts.MayHave(FactKind::kCustom);
}

void FindAffected(const Facts& facts, std::span<const ChangedObjects> changed, Affected& affected) {
  Walk walk(facts, affected);
  for (const ChangedObjects& file : changed) walk.From(file);
}

Affected AllBuilds(const Facts& facts) {
  std::vector<std::pair<std::string, std::string>> files;  // with an identity, or none
  facts.ForEach(FactKind::kKustomization, [&](const FactView& fact) { files.emplace_back(fact.file, ""); });
  facts.ForEach(FactKind::kIdentity, [&](const FactView& fact) {
    if (DefinesRoot(fact.key)) files.emplace_back(fact.file, fact.key);
  });
  std::vector<ChangedObjects> all;
  for (const auto& [file, identity] : files) all.push_back({file, {identity}});
  Affected affected;
  FindAffected(facts, all, affected);
  return affected;
}

}  // namespace sluice::gate
