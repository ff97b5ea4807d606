// The second look, at the files for which the first could not know enough: CRDs
// of the tree give schemas to custom resources, .sops.yaml says what must be
// encrypted, and a changed CRD is held against the objects of its kind.
#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "gate/parallel.h"
#include "gate/rules.h"
#include "gate/work.h"

namespace sluice::gate {
namespace {

constexpr std::size_t kMaxDependents = 1000;  // unchanged files looked at again for changed CRDs

using SopsCache = std::map<std::string, std::shared_ptr<const policies::SopsRules>>;

std::string KindKeyOf(const ObjectName& name) {
  const std::size_t slash = name.api_version.find('/');
  return KindKey(slash == std::string::npos ? "" : name.api_version.substr(0, slash), name.kind);
}

std::optional<manifests::ParsedFile> ParseFile(const Work& work, std::string_view path) {
  const Result<RepoPath> parsed = RepoPath::Parse(path);
  if (!parsed) return std::nullopt;
  Result<std::string> bytes = work.input.after->Read(*parsed, work.limits.file_bytes);
  if (!bytes) return std::nullopt;
  manifests::ParsedFile file = manifests::Parse(std::string(path), *std::move(bytes), work.limits);
  if (!file.Readable()) return std::nullopt;
  return file;
}

// Findings about a file that this change touches; others were told before.
void TellOwner(Work& work, const std::string& path, Findings findings) {
  const auto changed = work.by_path.find(path);
  if (changed == work.by_path.end()) return;
  for (Finding& finding : findings) {
    const bool always = finding.rule.starts_with("secret/");
    work.files[changed->second].later_findings.push_back({std::move(finding), always, false});
  }
}

// Files with a CRD that this change touches or needs.
std::set<std::string> CrdFiles(const Work& work) {
  std::set<std::string> paths;
  for (const ChangedFile& file : work.files) {
    for (const ExaminedObject& object : file.examined.objects) {
      if (object.crd) paths.insert(file.change->path);
      if (!object.custom) continue;
      work.facts.Find(FactKind::kCrd, KindKeyOf(object.name),
                      [&](const FactView& fact) { paths.emplace(fact.file); });
    }
  }
  return paths;
}

// Returns the kinds that changed CRDs define.
std::set<std::string> AddCrds(Work& work, const std::set<std::string>& paths) {
  std::set<std::string> changed_kinds;
  for (const std::string& path : paths) {
    if (!work.crd_files.insert(path).second) continue;
    const auto changed = work.by_path.find(path);
    const std::optional<manifests::ParsedFile> file = ParseFile(work, path);
    if (!file) continue;
    std::vector<Fact> facts;
    const manifests::ObjectList objects = manifests::Objects(*file, work.limits);
    for (const manifests::Object& object : objects.objects) {
      if (object.kind != "CustomResourceDefinition") continue;
      Findings findings = work.catalogs->AddCrd(object, work.limits);
      TellOwner(work, path, std::move(findings));
    }
    if (changed == work.by_path.end()) continue;
    ExtractFacts(*file, objects, facts);
    for (Fact& fact : facts) {
      if (fact.kind == static_cast<std::uint16_t>(FactKind::kCrd)) changed_kinds.insert(std::move(fact.key));
    }
  }
  return changed_kinds;
}

// The rules of the nearest .sops.yaml above a file; null where there is none.
std::shared_ptr<const policies::SopsRules> SopsFor(Work& work, const RepoPath& file, SopsCache& cache) {
  for (RepoPath directory = file.Parent();; directory = directory.Parent()) {
    if (work.facts.Has(FactKind::kSops, directory.text())) {
      const std::string path = directory.Child(".sops.yaml")->text();
      const auto [entry, is_new] = cache.try_emplace(path);
      if (!is_new) return entry->second;
      const std::optional<manifests::ParsedFile> parsed = ParseFile(work, path);
      if (!parsed) return nullptr;
      policies::LoadedSopsRules loaded = policies::ParseSopsRules(*parsed);
      entry->second = std::move(loaded.rules);
      TellOwner(work, path, std::move(loaded.findings));
      return entry->second;
    }
    if (directory.IsRoot()) return nullptr;
  }
}

// Rules of SOPS, by which other files are judged.
bool IsSopsRules(const ChangedFile& file) {
  const std::string_view path = file.change->path;
  return path == ".sops.yaml" || path.ends_with("/.sops.yaml");
}

// A second look can find more in it.
bool MaySeeMore(const ChangedFile& file) { return file.present && file.manifest && file.examined.readable; }

// A CRD of the tree speaks of one of its objects; it gives a schema to no other kind.
bool HasCrd(const Work& work, const ChangedFile& file) {
  const std::vector<ExaminedObject>& objects = file.examined.objects;
  return std::any_of(objects.begin(), objects.end(), [&](const ExaminedObject& object) {
    return object.custom && work.facts.Has(FactKind::kCrd, KindKeyOf(object.name));
  });
}

void ExamineAgain(Work& work, ChangedFile& file, const policies::SopsRules* sops) {
  Result<std::string> bytes = work.Read(file, false);
  if (!bytes || work.Late()) return;
  ExamineOptions options = work.Options(file.change->path);
  options.sops = sops;
  file.examined = Examine(file.change->path, *std::move(bytes), options);
}

void FindDependents(Work& work) {
  bool too_many = false;
  for (const std::string& kind : work.changed_kinds) {
    work.facts.Find(FactKind::kCustom, kind, [&](const FactView& view) {
      const std::string path(view.file);
      if (work.Find(path) != nullptr || work.dependents.contains(path)) return;
      too_many = too_many || work.dependents.size() == kMaxDependents;
      if (!too_many) work.dependents.insert(path);
    });
  }
  if (!too_many) return;
  work.verdict.findings.push_back(
      MakeFinding(kTooLargeRule, {}, {},
                  "more than " + std::to_string(kMaxDependents) +
                      " files hold objects of the kinds whose CustomResourceDefinition changes"));
}

}  // namespace

void AddCrdsOf(Work& work, const std::set<std::string>& kinds) {
  std::set<std::string> files;
  for (const std::string& kind : kinds) {
    work.facts.Find(FactKind::kCrd, kind, [&](const FactView& fact) { files.emplace(fact.file); });
  }
  AddCrds(work, files);
}

void LookAgain(Work& work) {
  const std::set<std::string> crds = CrdFiles(work);
  work.changed_kinds = AddCrds(work, crds);
  bool any_sops = false;
  work.facts.ForEach(FactKind::kSops, [&](const FactView&) { any_sops = true; });
  SopsCache cache;
  std::vector<std::shared_ptr<const policies::SopsRules>> sops(work.files.size());
  for (std::size_t i = 0; any_sops && i < work.files.size(); ++i) {
    const ChangedFile& file = work.files[i];
    if (MaySeeMore(file) && !IsSopsRules(file)) sops[i] = SopsFor(work, file.Path(), cache);
  }
  ForEachIndex(work.input.jobs, work.files.size(), [&](std::size_t i) {
    ChangedFile& file = work.files[i];
    if (MaySeeMore(file) && (sops[i] || HasCrd(work, file))) ExamineAgain(work, file, sops[i].get());
  });
  for (const ChangedFile& file : work.files) {
    if (file.present && IsSopsRules(file)) SopsFor(work, file.Path(), cache);
  }
  FindDependents(work);
}

void JudgeDependents(Work& work) {
  for (const std::string& path : work.dependents) {
    const Role role = RoleOf(work.facts, work.input.configuration->roots, path);
    const Result<RepoPath> parsed = RepoPath::Parse(path);
    if (!parsed || !role.whole || !role.in_scope || work.Late()) continue;
    Result<std::string> bytes = work.input.after->Read(*parsed, work.limits.file_bytes);
    if (!bytes) continue;
    Examined examined = Examine(path, *std::move(bytes), work.Options(path));
    for (ExaminedFinding& found : examined.findings) {
      if (!found.finding.rule.starts_with("schema/") || (role.substituted && found.placeholder)) continue;
      const bool numbered = found.object > 0 && found.object <= examined.objects.size();
      if (numbered && work.rendered.Builds(path, examined.objects[found.object - 1].place)) continue;
      found.finding.message += kByChangedCrd;
      work.verdict.findings.push_back(std::move(found.finding));
    }
  }
}

}  // namespace sluice::gate
