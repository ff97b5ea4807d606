// Findings that need more than one file: the same object twice, kustomizations
// that name what is not there, plain values that become a Secret. Each looks up
// facts by key; none walks the tree.
#include <algorithm>
#include <map>
#include <unordered_map>

#include "gate/parallel.h"
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

// Another place that defines an object; its file is a view of the facts.
struct Definition {
  const ChangedFile* file = nullptr;
  const ExaminedObject* object = nullptr;
  Severity severity = Severity::kOff;
  std::string_view other;
  Position place;
};

class Duplicates {
 public:
  explicit Duplicates(const Work& work) : work_(work) {}

  // The first other definition that matters, of each object of a file.
  std::vector<Definition> Of(const ChangedFile& file) const {
    std::vector<Definition> found;
    if (!file.present || !IsJudged(file.role, file.examined)) return found;
    for (const ExaminedObject& object : file.examined.objects) {
      const ObjectName& name = object.judged.name;
      if (name.name.empty() || HasPlaceholder(name.name) || HasPlaceholder(name.ns)) continue;
      Definition first{&file, &object, Severity::kOff, {}, {}};
      work_.facts.Find(FactKind::kIdentity, object.identity, [&](const FactView& other) {
        if (first.severity != Severity::kOff) return;
        first.other = other.file;
        first.place = ParsePlace(other.value);
        first.severity = Clash(first);
      });
      if (first.severity != Severity::kOff) found.push_back(first);
    }
    return found;
  }

 private:
  Severity Clash(const Definition& second) const {
    const std::string& path = second.file->change->path;
    if (second.other == path) return second.place < second.object->place ? Severity::kError : Severity::kOff;
    const bool same_directory = DirectoryOf(path) == DirectoryOf(second.other);
    if (!same_directory && second.file->role.kustomizations.empty()) return Severity::kOff;
    // Of two changed files the later one is told.
    if (second.other > path && work_.Find(second.other) != nullptr) return Severity::kOff;
    return Together(*second.file, second.other);
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

  const Work& work_;
};

Finding DuplicateFinding(const Definition& second, std::string message, Severity severity) {
  const Position place = second.object->place;
  Finding finding = MakeFinding(*FindRule("object/duplicate"), second.file->change->path, {place, place},
                                std::move(message));
  finding.severity = severity;
  finding.object = second.object->judged.name;
  return finding;
}

void ReportDuplicate(Work& work, const Definition& second) {
  const ObjectName& name = second.object->judged.name;
  const bool here = second.other == second.file->change->path;
  work.verdict.findings.push_back(DuplicateFinding(
      second,
      name.kind + " " + (name.ns.empty() ? "" : name.ns + "/") + name.name + " is also defined at " +
          (here ? "line " : std::string(second.other) + ":") + std::to_string(second.place.line),
      second.severity));
}

// Alternatives side by side: the first few of a directory are told, the others counted.
class Alternatives {
 public:
  explicit Alternatives(Work& work) : work_(work) {}

  void Add(const Definition& second) {
    const auto [seen, is_new] = directories_.try_emplace(DirectoryOf(second.file->change->path), second, 0);
    if (++seen->second.second <= kToldOfADirectory) return ReportDuplicate(work_, second);
    seen->second.first = second;
  }

  void Report() const {
    for (const auto& [directory, seen] : directories_) {
      const auto& [last, count] = seen;
      if (count <= kToldOfADirectory) continue;
      const std::size_t more = count - kToldOfADirectory;
      work_.verdict.findings.push_back(
          DuplicateFinding(last,
                           std::to_string(more) + (more == 1 ? " more object" : " more objects") +
                               " of the directory " + (directory.empty() ? "." : std::string(directory)) +
                               " stand in more than one of its files, up to here",
                           Severity::kWarning));
    }
  }

 private:
  static constexpr std::size_t kToldOfADirectory = 10;

  Work& work_;
  std::map<std::string_view, std::pair<Definition, std::size_t>> directories_;
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

void ReportMissing(Work& work, std::string_view kustomization, std::string_view reference,
                   std::string_view path) {
  const Position place = ParsePlace(reference.substr(1));
  work.verdict.findings.push_back(MakeFinding(kMissingFileRule, std::string(kustomization), {place, place},
                                              std::string(path) + " does not exist in the repository"));
}

}  // namespace

bool IsJudged(const Role& role, const Examined& examined) {
  return role.whole && role.in_scope && examined.readable && !examined.objects.empty();
}

void FindDuplicates(Work& work) {
  const Duplicates duplicates(work);
  std::vector<std::vector<Definition>> found(work.files.size());
  ForEachIndex(work.input.jobs, found.size(),
               [&](std::size_t i) { found[i] = duplicates.Of(work.files[i]); });
  Alternatives alternatives(work);
  for (const std::vector<Definition>& of_file : found) {
    for (const Definition& second : of_file) {
      if (second.severity == Severity::kWarning) {
        alternatives.Add(second);
      } else {
        ReportDuplicate(work, second);
      }
    }
  }
  alternatives.Report();
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
      if (owner == nullptr && !existence.Has(*file.path))
        ReportMissing(work, fact.file, fact.value, fact.key);
    });
  }
}

void FindSecretValues(Work& work) {
  std::vector<std::string> paths;
  for (const ChangedFile& file : work.files) {
    for (const Fact& fact : file.examined.facts) {
      const bool values =
          fact.kind == static_cast<std::uint16_t>(FactKind::kReference) && fact.value[0] == 's';
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
    const Result<std::string> bytes = parsed ? work.input.after->Read(*parsed, work.limits.file_bytes)
                                             : Result<std::string>(parsed.error());
    if (!bytes) continue;  // told as missing
    Findings findings = policies::CheckEnvFile(path, *bytes);
    std::move(findings.begin(), findings.end(), std::back_inserter(work.verdict.findings));
  }
}

}  // namespace sluice::gate
