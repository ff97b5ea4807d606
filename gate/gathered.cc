// A kustomization with nothing but `resources` builds its files as they stand:
// building it would read every file beside the changed ones, twice, to find what
// is known of them already. So where a change gives other values to objects that
// were there, in files of which such kustomizations alone take hold, once each,
// and there is nothing to find fault with, the files are judged and that is it.
// Whatever is not as simple is built.
// Tested by tests/gate/gathered_test.cc.
#include "gate/gathered.h"

#include <algorithm>
#include <map>
#include <optional>

namespace sluice::gate {
namespace {

constexpr std::size_t kMostFiles = 16;  // a change of more has work enough without this
// An object with this annotation is in no build.
constexpr std::string_view kLocalConfig = "config.kubernetes.io/local-config";

std::string Words(const ChangeCount& change) {
  return std::to_string(change.added) + " new, " + std::to_string(change.changed) + " changed, " +
         std::to_string(change.removed) + " gone";
}

// The kustomization of a directory, where it is a root that gathers and did not
// change; else empty.
std::string GathererOf(const Work& work, const std::string& directory, const std::set<std::string>& users) {
  std::string file;
  std::size_t others = users.size();
  work.facts.Find(FactKind::kKustomization, directory, [&](const FactView& fact) {
    const bool gathers = file.empty() && fact.value == kGathers;
    if (gathers) file = fact.file;
    if (!gathers) ++others;
  });
  if (others != 0 || file.empty() || work.Find(file) != nullptr) return {};
  const Role role = RoleOf(work.facts, work.input.configuration->roots, file);
  return role.whole && role.in_scope && !role.substituted ? file : std::string();
}

// Objects that were there, and nothing to say of them.
bool IsQuiet(const ChangedFile& file) {
  const Examined& examined = file.examined;
  const auto& objects = examined.objects;
  const bool whole = file.present && file.role.whole && file.role.in_scope && !file.role.substituted;
  return whole && examined.shape == manifests::Shape::kObjects && examined.findings.empty() &&
         file.later_findings.empty() &&
         std::equal(objects.begin(), objects.end(), file.old_identities.begin(), file.old_identities.end(),
                    [](const ExaminedObject& object, const std::string& old) {
                      return IdentityKey(object.name) == old &&
                             object.Content().canonical.find(kLocalConfig) == std::string::npos;
                    });
}

// How many objects of a file have other values than before; nothing where that
// does not tell what a build would hold.
std::optional<std::size_t> CountChanged(const Work& work, const ChangedFile& file) {
  Result<std::string> bytes = work.Read(file, true);
  if (!bytes) return std::nullopt;
  const manifests::ParsedFile old = manifests::Parse(file.change->path, *std::move(bytes), work.limits);
  const std::vector<manifests::Object> objects = manifests::Objects(old, work.limits).objects;
  if (objects.size() != file.examined.objects.size()) return std::nullopt;
  std::size_t changed = 0;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    std::string canonical;
    manifests::CanonicalJson(*objects[i].root, canonical);
    if (canonical.find(kLocalConfig) != canonical.npos) return std::nullopt;
    changed += canonical != file.examined.objects[i].Content().canonical;
  }
  return changed;
}

}  // namespace

std::string BuildWords(const manifests::render::Root& root, const std::string& name) {
  if (root.by != manifests::render::Builder::kKustomization) return name;
  return "kustomization " + root.name + "/" + name.substr(root.name.size());
}

void TellCounts(std::vector<ChangeCount> changes, Verdict& verdict) {
  constexpr std::size_t kMostTold = 5;
  std::erase_if(changes, [](const ChangeCount& change) { return change.Nothing(); });
  ChangeCount rest;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (i < kMostTold) {
      verdict.notes.push_back(changes[i].name + ": " + Words(changes[i]));
      continue;
    }
    rest.added += changes[i].added;
    rest.changed += changes[i].changed;
    rest.removed += changes[i].removed;
  }
  if (changes.size() > kMostTold)
    verdict.notes.push_back(std::to_string(changes.size() - kMostTold) + " more builds: " + Words(rest));
}

bool TellGathered(Work& work, const Affected& affected) {
  const Roots& roots = work.input.configuration->roots;
  const bool every_root = roots.WholeTree() && roots.exclude.empty();
  if (!every_root || !work.facts_before || work.input.canonical == nullptr) return false;
  // Which cluster gets an object, and for which minor it is judged, its build tells.
  if (!work.input.configuration->clusters.empty()) return false;
  if (!affected.definers.empty() || work.files.size() > kMostFiles || !work.unchanged.empty()) return false;
  std::map<std::string, ChangeCount> counts;  // by kustomization
  for (const auto& [directory, users] : affected.directories) {
    const std::string file = GathererOf(work, directory, users);
    if (file.empty()) return false;
    const auto root = manifests::render::RootOf(directory.empty() ? RepoPath() : *RepoPath::Parse(directory));
    counts[file].name = BuildWords(root, root.name);
  }
  for (const ChangedFile& file : work.files) {
    if (file.role.kustomizations.empty()) continue;
    const auto count = counts.find(file.role.kustomizations.front());
    if (count == counts.end() || file.role.kustomizations.size() > 1 || !IsQuiet(file)) return false;
    const std::optional<std::size_t> changed = CountChanged(work, file);
    if (!changed) return false;
    count->second.changed += *changed;
  }
  std::vector<ChangeCount> changes;
  for (auto& [file, count] : counts) changes.push_back(std::move(count));
  TellCounts(std::move(changes), work.verdict);
  return true;
}

}  // namespace sluice::gate
