// Findings that need more than one file: the same object twice, kustomizations
// that name what is not there, plain values that become a Secret. Each looks up
// facts by key; none walks the tree.
#include <algorithm>
#include <atomic>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>

#include "gate/parallel.h"
#include "gate/rules.h"
#include "gate/work.h"
#include "manifests/render/remote.h"
#include "manifests/render/rules.h"

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

constexpr std::size_t kMostPairs = 50'000'000;  // definitions of one identity held against each other
constexpr std::size_t kMostErrors = 100;        // of doubled objects, listed of one file

class Duplicates {
 public:
  explicit Duplicates(const Work& work) : work_(work) {}

  // The first other definition that matters, of each object of a file.
  std::vector<Definition> Of(const ChangedFile& file) const {
    std::vector<Definition> found;
    if (!file.present || !IsJudged(file.role, file.examined)) return found;
    std::unordered_map<std::string, Position> above;  // in this file, which is looked at in its order
    for (const ExaminedObject& object : file.examined.objects) {
      if (work_.rendered.Builds(file.change->path, object.place)) continue;  // told of the build
      const ObjectName& name = object.name;
      if (name.name.empty() || HasPlaceholder(name.name) || HasPlaceholder(name.ns)) continue;
      const auto [first, is_new] = above.try_emplace(IdentityKey(name), object.place);
      if (!is_new) {
        found.push_back({&file, &object, Severity::kError, file.change->path, first->second});
      } else if (Definition other = InOtherFiles(file, object, first->first);
                 other.severity != Severity::kOff) {
        found.push_back(other);
      }
    }
    return found;
  }

  bool TooMany() const { return pairs_ > kMostPairs; }

 private:
  Definition InOtherFiles(const ChangedFile& file, const ExaminedObject& object,
                          const std::string& identity) const {
    Definition first{&file, &object, Severity::kOff, {}, {}};
    std::size_t seen = 0;
    work_.facts.Any(FactKind::kIdentity, identity, [&](const FactView& other) {
      ++seen;
      if (other.file == file.change->path || TooMany()) return false;
      first.other = other.file;
      first.place = ParsePlace(other.value);
      first.severity = Clash(file, other.file);
      return first.severity != Severity::kOff;
    });
    pairs_ += seen;
    return first;
  }

  Severity Clash(const ChangedFile& file, std::string_view other) const {
    const std::string& path = file.change->path;
    const bool same_directory = DirectoryOf(path) == DirectoryOf(other);
    if (!same_directory && file.role.kustomizations.empty()) return Severity::kOff;
    // Of two changed files the later one is told.
    const ChangedFile* const changed = work_.Find(other);
    if (changed != nullptr && other > path) return Severity::kOff;
    return Together(
        file, other,
        changed != nullptr ? changed->role : RoleOf(work_.facts, work_.input.configuration->roots, other));
  }

  // One build: the same kustomization, or one directory that something applies.
  // Files of a directory that nothing is known to apply may be alternatives.
  static Severity Together(const ChangedFile& file, std::string_view other_path, const Role& other) {
    if (!other.whole || !other.in_scope) return Severity::kOff;
    if (ShareKustomization(file.role, other)) return Severity::kError;
    const bool plain = file.role.kustomizations.empty() && other.kustomizations.empty();
    if (!plain || DirectoryOf(file.change->path) != DirectoryOf(other_path)) return Severity::kOff;
    return file.role.deployed ? Severity::kError : Severity::kWarning;
  }

  const Work& work_;
  mutable std::atomic<std::size_t> pairs_{0};
};

Finding DuplicateFinding(const Definition& second, std::string message, Severity severity) {
  const Position place = second.object->place;
  Finding finding = MakeFinding(*FindRule("object/duplicate"), second.file->change->path, {place, place},
                                std::move(message));
  finding.severity = severity;
  finding.object = second.object->name;
  return finding;
}

void ReportDuplicate(Work& work, const Definition& second) {
  const ObjectName& name = second.object->name;
  const bool here = second.other == second.file->change->path;
  work.verdict.findings.push_back(DuplicateFinding(
      second,
      name.kind + " " + (name.ns.empty() ? "" : name.ns + "/") + name.name + " is also defined at " +
          (here ? "line " : std::string(second.other) + ":") + std::to_string(second.place.line),
      second.severity));
}

void ReportMore(Work& work, const Definition& last, std::size_t more) {
  work.verdict.findings.push_back(
      DuplicateFinding(last, std::to_string(more) + " more of the same in this file, up to here, not listed",
                       Severity::kError));
  work.verdict.findings.back().object = {};
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

// What stands at the paths of the tree after the change; each directory is listed once.
class Existence {
 public:
  explicit Existence(const FileTree& tree) : tree_(tree) {}

  std::optional<FileKind> KindOf(const RepoPath& path) {
    if (path.IsRoot()) return FileKind::kDirectory;
    const std::vector<FileEntry>& entries = Entries(path.Parent());
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const FileEntry& entry) { return entry.name == path.Name(); });
    return found == entries.end() ? std::nullopt : std::optional(found->kind);
  }

  bool HoldsKustomization(const RepoPath& directory) {
    const std::vector<FileEntry>& entries = Entries(directory);
    return std::any_of(entries.begin(), entries.end(),
                       [](const FileEntry& entry) { return manifests::IsKustomizationName(entry.name); });
  }

 private:
  const std::vector<FileEntry>& Entries(const RepoPath& directory) {
    const auto [listed, is_new] = listings_.try_emplace(directory.text());
    if (is_new) {
      Result<std::vector<FileEntry>> entries = tree_.List(directory);
      if (entries) listed->second = *std::move(entries);
    }
    return listed->second;
  }

  const FileTree& tree_;
  std::unordered_map<std::string, std::vector<FileEntry>> listings_;
};

// What is wrong with a reference to `path`; empty: nothing.
std::string ReferenceFault(Existence& existence, Reference reference, const RepoPath& path) {
  const std::optional<FileKind> kind = existence.KindOf(path);
  const std::string name = path.IsRoot() ? "the directory ." : path.text();
  if (!kind) return name + " does not exist in the repository";
  if (*kind != FileKind::kDirectory || reference == Reference::kConfiguration) return {};
  if (reference != Reference::kResource) return name + " is a directory where a file is needed";
  return existence.HoldsKustomization(path) ? "" : name + " has no kustomization.yaml";
}

// References of one kustomization to what is not there, each told once.
class References {
 public:
  explicit References(Work& work) : work_(work), existence_(*work.input.after) {}

  void Check(std::string_view kustomization, std::string_view value, std::string_view key) {
    const Result<RepoPath> path = RepoPath::Parse(key);
    if (!path || value.empty()) return;
    std::string fault = ReferenceFault(existence_, static_cast<Reference>(value[0]), *path);
    if (fault.empty() || IsAddress(kustomization, key) || !told_.emplace(kustomization, value, key).second)
      return;
    const Position place = ParsePlace(value.substr(1));
    work_.verdict.findings.push_back(MakeFinding(
        manifests::render::kMissingFileRule, std::string(kustomization), {place, place}, std::move(fault)));
  }

  // References of files that did not change to a path of which something is gone.
  void CheckThoseTo(const std::string& path) {
    work_.facts.Find(FactKind::kReference, path, [&](const FactView& fact) {
      const bool looked_at = work_.Find(fact.file) != nullptr;
      if (!looked_at) Check(fact.file, fact.value, fact.key);
    });
  }

  // Of the remote parts of a kustomization, those that are no files of its own.
  void SkipRemote(const ChangedFile& file) {
    for (const std::string& remote : file.examined.remote) {
      const Result<RepoPath> path = file.Path().Parent().Resolve(remote);
      const bool here = path && remote.find("://") == remote.npos &&
                        ReferenceFault(existence_, Reference::kPatch, *path).empty();
      if (!here)
        work_.verdict.skipped.push_back(
            {file.change->path, "a remote base, not in this repository: " + remote});
    }
  }

 private:
  // What is named like one, and is no file, is fetched from there.
  static bool IsAddress(std::string_view kustomization, std::string_view key) {
    const std::size_t directory = kustomization.rfind('/') + 1;
    return key.starts_with(kustomization.substr(0, directory)) &&
           manifests::render::IsRemote(key.substr(directory));
  }

  Work& work_;
  Existence existence_;
  std::set<std::tuple<std::string, std::string, std::string>> told_;
};

// A kustomization that nobody builds from here may be anything, but for what holds always.
void LeaveOutOfScope(ChangedFile& file) {
  if (file.examined.shape != manifests::Shape::kKustomization || (file.role.in_scope && file.role.whole))
    return;
  std::erase_if(file.examined.findings, [](const ExaminedFinding& examined) { return !examined.always; });
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
    std::size_t errors = 0;
    const Definition* last = nullptr;
    for (const Definition& second : of_file) {
      if (second.severity == Severity::kWarning) {
        alternatives.Add(second);
      } else if (++errors <= kMostErrors) {
        ReportDuplicate(work, second);
      } else {
        last = &second;
      }
    }
    if (last != nullptr) ReportMore(work, *last, errors - kMostErrors);
  }
  alternatives.Report();
  if (!duplicates.TooMany()) return;
  work.verdict.findings.push_back(
      MakeFinding(kTooLargeRule, {}, {},
                  "objects of one name stand in so many files that they cannot be held against each other (" +
                      std::to_string(kMostPairs) + " pairs)"));
}

void FindMissingFiles(Work& work) {
  References references(work);
  for (ChangedFile& file : work.files) {
    LeaveOutOfScope(file);
    if (!file.role.in_scope || !file.named) continue;
    for (const Fact& fact : file.examined.facts) {
      if (fact.kind != static_cast<std::uint16_t>(FactKind::kReference)) continue;
      references.Check(file.change->path, fact.value, fact.key);
    }
    references.SkipRemote(file);
    if (file.present) continue;
    references.CheckThoseTo(file.change->path);
    if (manifests::IsKustomizationName(file.change->path))
      references.CheckThoseTo(file.Path().Parent().text());
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
