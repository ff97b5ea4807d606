// Findings that need more than one file: the same object twice, kustomizations
// that name what is not there, plain values that become a Secret. Each looks up
// facts by key; none walks the tree.
#include <algorithm>
#include <unordered_map>

#include "gate/rules.h"
#include "gate/work.h"

namespace sluice::gate {
namespace {

std::string_view DirectoryOf(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? std::string_view() : path.substr(0, slash);
}

bool HasPlaceholder(std::string_view name) {
  return name.find("${") != name.npos || name.find("{{") != name.npos || name.find("$(") != name.npos;
}

bool ShareKustomization(const Role& a, const Role& b) {
  return std::any_of(a.kustomizations.begin(), a.kustomizations.end(), [&](const std::string& file) {
    return std::binary_search(b.kustomizations.begin(), b.kustomizations.end(), file);
  });
}

class Duplicates {
 public:
  explicit Duplicates(Work& work) : work_(work) {}

  // The first other definition is told, once an object.
  void Of(const ChangedFile& file, const ExaminedObject& object) {
    bool told = false;
    work_.facts.Find(FactKind::kIdentity, object.identity, [&](const FactView& other) {
      if (told) return;
      const Position place = ParsePlace(other.value);
      const Severity severity = Clash(file, object, other, place);
      if (severity == Severity::kOff) return;
      const std::string where = other.file == file.change->path ? "line " : std::string(other.file) + ":";
      Report(file, object, severity, where + std::to_string(place.line));
      told = true;
    });
  }

 private:
  Severity Clash(const ChangedFile& file, const ExaminedObject& object, const FactView& other, Position place) const {
    if (other.file == file.change->path) return place < object.place ? Severity::kError : Severity::kOff;
    const bool same_directory = DirectoryOf(file.change->path) == DirectoryOf(other.file);
    if (!same_directory && file.role.kustomizations.empty()) return Severity::kOff;
    // Of two changed files the later one is told.
    if (other.file > file.change->path && work_.Find(other.file) != nullptr) return Severity::kOff;
    return Together(file, other.file);
  }

  // One build: the same kustomization, or one directory that something applies.
  // Files of a directory that nothing is known to apply may be alternatives.
  Severity Together(const ChangedFile& file, std::string_view other_path) const {
    const Role other = RoleOf(work_.facts, work_.input.configuration->roots, other_path);
    if (!other.whole || !other.in_scope) return Severity::kOff;
    if (ShareKustomization(file.role, other)) return Severity::kError;
    const bool plain = file.role.kustomizations.empty() && other.kustomizations.empty();
    if (!plain || DirectoryOf(file.change->path) != DirectoryOf(other_path)) return Severity::kOff;
    return file.role.deployed ? Severity::kError : Severity::kWarning;
  }

  void Report(const ChangedFile& file, const ExaminedObject& object, Severity severity, const std::string& where) {
    const Rule* rule = FindRule("object/duplicate");
    const ObjectName& name = object.judged.name;
    Finding finding = MakeFinding(*rule, file.change->path, {object.place, object.place},
                                  name.kind + " " + (name.ns.empty() ? "" : name.ns + "/") + name.name +
                                      " is also defined at " + where);
    finding.severity = severity;
    finding.object = name;
    work_.verdict.findings.push_back(std::move(finding));
  }

  Work& work_;
};

class Existence {
 public:
  explicit Existence(const FileTree& tree) : tree_(tree) {}

  bool Has(const RepoPath& path) {
    if (path.IsRoot()) return true;
    const RepoPath parent = path.Parent();
    const auto [listed, is_new] = listings_.try_emplace(parent.text());
    if (is_new) {
      Result<std::vector<FileEntry>> entries = tree_.List(parent);
      if (entries) listed->second = *std::move(entries);
    }
    return std::any_of(listed->second.begin(), listed->second.end(),
                       [&](const FileEntry& entry) { return entry.name == path.Name(); });
  }

 private:
  const FileTree& tree_;
  std::unordered_map<std::string, std::vector<FileEntry>> listings_;
};

void ReportMissing(Work& work, std::string_view kustomization, std::string_view reference, std::string_view path) {
  const Position place = ParsePlace(reference.substr(1));
  work.verdict.findings.push_back(MakeFinding(kMissingFileRule, std::string(kustomization), {place, place},
                                              std::string(path) + " does not exist in the repository"));
}

}  // namespace

bool IsJudged(const Role& role, const Examined& examined) {
  return role.whole && role.in_scope && examined.readable && !examined.objects.empty();
}

void FindDuplicates(Work& work) {
  Duplicates duplicates(work);
  for (const ChangedFile& file : work.files) {
    if (!file.present || !IsJudged(file.role, file.examined)) continue;
    for (const ExaminedObject& object : file.examined.objects) {
      const std::string& name = object.judged.name.name;
      if (!name.empty() && !HasPlaceholder(name) && !HasPlaceholder(object.judged.name.ns)) duplicates.Of(file, object);
    }
  }
}

void FindMissingFiles(Work& work) {
  Existence existence(*work.input.after);
  for (const ChangedFile& file : work.files) {
    if (!file.role.in_scope || !file.path) continue;
    for (const Fact& fact : file.examined.facts) {
      if (fact.kind != static_cast<std::uint16_t>(FactKind::kReference)) continue;
      const Result<RepoPath> path = RepoPath::Parse(fact.key);
      if (path && !existence.Has(*path)) ReportMissing(work, fact.file, fact.value, fact.key);
    }
    if (file.present) continue;
    work.facts.Find(FactKind::kReference, file.change->path, [&](const FactView& fact) {
      const ChangedFile* owner = work.Find(fact.file);  // a changed one was looked at above
      if (owner == nullptr && !existence.Has(*file.path)) ReportMissing(work, fact.file, fact.value, fact.key);
    });
  }
}

void FindSecretValues(Work& work) {
  std::vector<std::string> paths;
  for (const ChangedFile& file : work.files) {
    for (const Fact& fact : file.examined.facts) {
      const bool values = fact.kind == static_cast<std::uint16_t>(FactKind::kReference) && fact.value[0] == 's';
      if (values) paths.push_back(fact.key);
    }
    if (!file.present) continue;
    work.facts.Find(FactKind::kReference, file.change->path, [&](const FactView& fact) {
      if (fact.value.starts_with('s')) paths.push_back(file.change->path);
    });
  }
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  for (const std::string& path : paths) {
    const Result<RepoPath> parsed = RepoPath::Parse(path);
    const Result<std::string> bytes =
        parsed ? work.input.after->Read(*parsed, work.limits.file_bytes) : Result<std::string>(parsed.error());
    if (!bytes) continue;  // told as missing
    Findings findings = policies::CheckEnvFile(path, *bytes);
    std::move(findings.begin(), findings.end(), std::back_inserter(work.verdict.findings));
  }
}

}  // namespace sluice::gate
