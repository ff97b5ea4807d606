// A walk from files to directories to directories, each looked up once. What a
// controller builds from a directory without a kustomization takes every file
// below it, so there the directories above a file count as well.
// Tested by tests/gate/affected_test.cc.
#include "gate/affected.h"

#include <array>
#include <optional>
#include <unordered_set>

#include "gate/root_facts.h"
#include "manifests/kustomization_names.h"
#include "manifests/object.h"

namespace sluice::gate {
namespace {

std::string DirectoryOf(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? std::string() : std::string(path.substr(0, slash));
}

// "group/kind//": the same of any name.
std::string WithoutName(std::string_view identity_key) {
  const std::string key = WithoutNamespace(identity_key);
  return key.substr(0, key.rfind('/') + 1);
}

class Walk {
 public:
  Walk(const Facts& facts, Affected& affected) : facts_(facts), affected_(affected) {}

  void From(const ChangedObjects& file) {
    const std::string path(file.path);
    NamedBy(path, nullptr);
    if (manifests::IsKustomizationName(path)) Open(DirectoryOf(path));
    // What Flux leaves out by these is named by whoever reads from anywhere.
    if (path.substr(path.rfind('/') + 1) == ".sourceignore") AllRoots();
    // Argo CD reads these whatever builds the directory.
    if (path.find(".argocd-source") != path.npos) Roots(DirectoryOf(path));
    Above(path);
    ReadByPlugins(path);
    for (const std::string& identity : file.identities) {
      if (HasThingsBuilt(identity)) Define(path, {});
      Needed(WithoutNamespace(identity));
      Needed(WithoutName(identity));
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
    for (const std::string_view name : manifests::kKustomizationNames) {
      NamedBy(directory.empty() ? std::string(name) : directory + "/" + std::string(name), &users);
    }
    Roots(directory);
    facts_.Find(FactKind::kGenerates, directory,
                [&](const FactView& fact) { Needed(std::string(fact.value)); });
  }

  void Roots(const std::string& directory) {
    facts_.Find(FactKind::kRoot, directory,
                [&](const FactView& fact) { Define(std::string(fact.file), directory); });
  }

  void AllRoots() {
    facts_.ForEach(FactKind::kRoot,
                   [&](const FactView& fact) { Define(std::string(fact.file), std::string(fact.key)); });
    facts_.ForEach(FactKind::kBuildsBelow, [&](const FactView& fact) { Take(fact); });
  }

  // All that a file defines, or what it has built of one directory. A patch
  // defines nothing, but its kustomizations may.
  void Define(const std::string& file, const std::optional<std::string>& directory) {
    if (manifests::IsKustomizationName(file)) return Open(DirectoryOf(file));
    bool whole = false, part = false;
    facts_.Find(FactKind::kReference, file, [&](const FactView& fact) {
      const bool resource = fact.value.starts_with(static_cast<char>(Reference::kResource));
      (resource ? whole : part) = true;
      if (!resource) Open(DirectoryOf(fact.file));
    });
    if (part && !whole) return;
    sluice::gate::Definer& definer = affected_.definers[file];
    if (directory) definer.directories.insert(*directory);
    if (!directory) definer.all = true;
  }

  void Needed(const std::string& key) {
    if (!needed_.insert(key).second) return;
    facts_.Find(FactKind::kNeeds, key, [&](const FactView& fact) { Take(fact); });
  }

  // What a fact speaks for: its file's roots, or what others need.
  void Take(const FactView& fact) {
    if (fact.value.empty()) return Define(std::string(fact.file), {});
    Needed(std::string(fact.value));
  }

  // A plugin names files from where its kustomization lies, wherever that is.
  void ReadByPlugins(std::string_view path) {
    if (!facts_.MayHave(FactKind::kPluginInput)) return;
    while (true) {
      facts_.Find(FactKind::kPluginInput, path, [&](const FactView& fact) {
        const std::string plugin(fact.file);
        if (manifests::IsKustomizationName(plugin)) Open(DirectoryOf(plugin));
        NamedBy(plugin, nullptr);
      });
      const std::size_t slash = path.find('/');
      if (slash == path.npos) return;
      path.remove_prefix(slash + 1);
    }
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
      facts_.Find(FactKind::kBuildsBelow, path, [&](const FactView& fact) { Take(fact); });
      if (path.empty() || !above_.insert(path).second) return;
      path = DirectoryOf(path);
      // What a kustomization does not name is not built, unless Argo CD takes the directory for something
      // else.
      const bool kustomized = facts_.Has(FactKind::kKustomization, path);
      const bool chart = kustomized && facts_.Has(FactKind::kChart, path);
      facts_.Find(FactKind::kRoot, path, [&](const FactView& fact) {
        const bool whole = fact.value == "argo-cd+files" || (chart && fact.value == "argo-cd");
        if (!kustomized || whole) Define(std::string(fact.file), path);
      });
    }
  }

  const Facts& facts_;
  Affected& affected_;
  std::unordered_set<std::string> seen_, above_, needed_;
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

bool ReachesDefinition(const Facts& tree, std::vector<Fact> own, std::span<const ChangedObjects> changed,
                       const Affected& affected) {
  const auto is = [](const Fact& fact, FactKind kind) {
    return fact.kind == static_cast<std::uint16_t>(kind);
  };
  for (const Fact& fact : own) {
    const bool path = is(fact, FactKind::kRoot) || is(fact, FactKind::kBuildsBelow);
    if (path && affected.directories.contains(fact.key)) return true;
  }
  // Of a directory with a kustomization the line above tells.
  std::erase_if(own, [&](const Fact& fact) {
    return is(fact, FactKind::kRoot) && fact.value != "argo-cd+files" &&
           tree.Has(FactKind::kKustomization, fact.key) && !tree.Has(FactKind::kChart, fact.key);
  });
  constexpr const char* kDefinition = "definition";
  const Facts alone(nullptr, {}, {{kDefinition, std::move(own)}});
  Affected reached;
  FindAffected(alone, changed, reached);
  return reached.definers.contains(kDefinition);  // not what the changed files define themselves
}

Affected AllBuilds(const Facts& facts) {
  std::vector<std::pair<std::string, std::string>> files;  // with an identity, or none
  facts.ForEach(FactKind::kKustomization, [&](const FactView& fact) { files.emplace_back(fact.file, ""); });
  facts.ForEach(FactKind::kIdentity, [&](const FactView& fact) {
    if (HasThingsBuilt(fact.key)) files.emplace_back(fact.file, fact.key);
  });
  std::vector<ChangedObjects> all;
  for (const auto& [file, identity] : files) all.push_back({file, {identity}});
  Affected affected;
  FindAffected(facts, all, affected);
  return affected;
}

}  // namespace sluice::gate
