// The last stage: what each file's findings are worth by the file's role, what
// was not judged and why, then severities, ratchet, waivers, outcome.
#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <unordered_set>

#include "gate/rules.h"
#include "gate/settle.h"
#include "gate/unknown_values.h"
#include "gate/work.h"
#include "git/entries.h"
#include "manifests/text.h"

namespace sluice::gate {
namespace {

void Append(Findings& to, Findings from) { std::move(from.begin(), from.end(), std::back_inserter(to)); }

// Whole objects that a build reads, and gives to nobody; plugins of kustomize's own it runs.
bool HoldsObjectsAsText(const Role& role, const Examined& examined) {
  return role.as_text &&
         std::any_of(examined.objects.begin(), examined.objects.end(),
                     [](const ExaminedObject& object) { return object.name.api_version != "builtin"; });
}

// Why the documents of a file are not judged as objects; empty: they are.
// `read`: by some build.
std::string SkipReason(const Roots& roots, const Role& role, const Examined& examined, bool read) {
  const bool built = read && !HoldsObjectsAsText(role, examined);
  if (!role.in_scope) return built ? "" : "outside the roots";
  if (!role.whole) return built ? "" : role.reason;
  if (!examined.readable) {
    const bool suspected = examined.like_manifest || role.deployed || !roots.WholeTree();
    return suspected ? "" : "not readable as YAML, and nothing refers to it";
  }
  if (examined.shape == manifests::Shape::kKustomization)
    return built ? "" : "a kustomization; what it builds was not judged";
  if (examined.shape == manifests::Shape::kOther && !examined.blank) return "no Kubernetes object";
  return {};
}

// What is known here comes first; that there is no schema is nothing where a cluster answered.
std::vector<Evidence> EvidenceOf(const ExaminedObject& object, std::vector<Evidence> asked) {
  std::vector<Evidence> evidence;
  const bool answered = std::any_of(asked.begin(), asked.end(),
                                    [](const Evidence& each) { return each.by == Evidence::By::kCluster; });
  if (object.by != Evidence::By::kUnverified || !answered)
    evidence.push_back({object.by, {}, std::string(object.reason)});
  std::move(asked.begin(), asked.end(), std::back_inserter(evidence));
  return evidence;
}

JudgedObject JudgedOf(const ChangedFile& file, ExaminedObject& object, ObjectContent& content) {
  return {file.change->path,
          object.place.line,
          std::move(object.name),
          std::move(content.digest),
          EvidenceOf(object, std::move(content.asked)),
          file.role.substituted && object.placeholders};
}

// Counts an object, and keeps it where somebody wants to see it.
void Count(Work& work, JudgedObject judged, std::string canonical, std::vector<std::string> paths) {
  Verdict& verdict = work.verdict;
  const Evidence::By by = KnownBy(judged.evidence);
  ++verdict.summary.objects;
  verdict.summary.unverified += by == Evidence::By::kUnverified;
  verdict.summary.by_cluster += by == Evidence::By::kCluster;
  if (by == Evidence::By::kUnverified || work.input.objects) verdict.objects.push_back(std::move(judged));
  if (work.input.canonical != nullptr) work.input.canonical->push_back(std::move(canonical));
  if (work.input.places != nullptr) work.input.places->push_back(std::move(paths));
}

// Those that no build takes in.
void TakeObjects(Work& work, ChangedFile& file) {
  for (ExaminedObject& object : file.examined.objects) {
    if (work.rendered.Builds(file.change->path, object.place)) continue;
    if (file.role.substituted && object.placeholders && object.reason.empty()) {
      object.reason = kReplacedByFlux;
    }
    ObjectContent content;
    if (object.content) content = std::move(*object.content);
    Count(work, JudgedOf(file, object, content), std::move(content.canonical), {file.change->path});
  }
  file.examined.objects = std::vector<ExaminedObject>();  // gives its memory back; `{}` would not
}

// Whether what is found in a file as a whole counts, and not only what always does.
bool CountsWhole(const std::string& skip_reason, const Role& role, const Examined& examined) {
  return (skip_reason.empty() && role.whole) || examined.shape == manifests::Shape::kKustomization;
}

// Of the objects of a file, those that a build takes in are judged as built.
void TakeFindings(const Role& role, std::vector<ExaminedFinding>& findings, bool whole,
                  const std::vector<bool>& built, Findings& out) {
  for (ExaminedFinding& examined : findings) {
    const bool unknown = role.substituted && examined.placeholder;
    const bool elsewhere = examined.object < built.size() && built[examined.object];
    if (examined.always || (whole && !unknown && !elsewhere)) out.push_back(std::move(examined.finding));
  }
}

// By the number of an object, from 1.
template <class IsBuilt>
std::vector<bool> BuiltObjects(const Examined& examined, const IsBuilt& is_built) {
  std::vector<bool> built(examined.objects.size() + 1, false);
  for (std::size_t i = 0; i < examined.objects.size(); ++i)
    built[i + 1] = is_built(examined.objects[i].place);
  return built;
}

// What an unchanged file is held for only now.
void TakeUnchanged(Work& work, ChangedFile& file, const std::vector<bool>& built) {
  const bool all = file.take == Take::kUnreadable && !file.examined.readable;
  for (ExaminedFinding& examined : file.examined.findings) {
    const bool counts = all || (file.take == Take::kPlaceholders && examined.placeholder);
    const bool elsewhere = examined.object < built.size() && built[examined.object];
    if (counts && !examined.always && !elsewhere)
      work.verdict.findings.push_back(std::move(examined.finding));
  }
}

void TakeFile(Work& work, ChangedFile& file) {
  Findings& findings = work.verdict.findings;
  if (!file.manifest || !file.unread.empty())
    return TakeFindings(file.role, file.examined.findings, false, {}, findings);
  const std::vector<bool> built = BuiltObjects(
      file.examined, [&](Position place) { return work.rendered.Builds(file.change->path, place); });
  if (file.take != Take::kAll) return TakeUnchanged(work, file, built);
  ++work.verdict.summary.files;
  const std::string reason = SkipReason(work.input.configuration->roots, file.role, file.examined,
                                        work.rendered.HasRead(file.change->path));
  const bool whole = CountsWhole(reason, file.role, file.examined);
  TakeFindings(file.role, file.examined.findings, whole, built, findings);
  TakeFindings(file.role, file.later_findings, whole, built, findings);
  if (reason.empty() && file.role.whole) {
    TakeObjects(work, file);
  } else if (!reason.empty()) {
    work.verdict.skipped.push_back({file.change->path, reason});
  }
}

// A build fails at what may have been told of its kustomization already.
void TakeBuilt(Work& work) {
  std::map<std::pair<std::string, std::uint32_t>, std::size_t> told;  // the first at each line
  bool doubled = false;  // the files alone show some object twice
  for (std::size_t i = 0; i < work.verdict.findings.size(); ++i) {
    const Finding& finding = work.verdict.findings[i];
    if (finding.rule.starts_with("kustomize/") || finding.rule.starts_with("yaml/") ||
        finding.rule == "object/duplicate")
      told.emplace(std::pair(finding.file, finding.range.begin.line), i);
    doubled |= finding.rule == "object/duplicate" && finding.severity == Severity::kError;
  }
  for (Finding& finding : work.rendered.findings) {
    const bool of_file = finding.rule.starts_with("kustomize/") || finding.rule.starts_with("yaml/");
    const auto before = told.find({finding.file, finding.range.begin.line});
    if (of_file && before != told.end()) {
      // What is known of the tree alone has no text to show.
      Finding& first = work.verdict.findings[before->second];
      if (first.source_line.empty()) first.source_line = std::move(finding.source_line);
      continue;
    }
    const bool twice = finding.rule == "kustomize/duplicate-object" && doubled;
    if (!twice) work.verdict.findings.push_back(std::move(finding));
  }
  for (BuiltRecord& object : work.rendered.objects)
    Count(work, std::move(object.judged), std::move(object.canonical), std::move(object.paths));
}

// A document that a schema is for must be readable; that may have been told already.
void CheckDocuments(Work& work) {
  std::set<std::string> told;
  for (const Finding& finding : work.verdict.findings) {
    if (finding.rule.starts_with("yaml/")) told.insert(finding.file);
  }
  for (const DocumentSchema& document : work.input.configuration->documents) {
    for (const ChangedFile& file : work.files) {
      if (!file.present || !document.schema || !GlobMatches(document.glob, file.change->path)) continue;
      Result<std::string> bytes = work.Read(file, false);
      if (!bytes) continue;
      const manifests::ParsedFile parsed =
          manifests::Parse(file.change->path, *std::move(bytes), work.limits);
      if (parsed.Readable()) {
        Append(work.verdict.findings, document.schema->Check(parsed));
      } else if (told.insert(file.change->path).second) {
        Append(work.verdict.findings, parsed.findings);
      }
    }
  }
}

// Directories in which some file defines an object; asked for when a link is in the change.
class ManifestDirectories {
 public:
  explicit ManifestDirectories(const Facts& facts) : facts_(facts) {}

  bool HasThatOf(std::string_view path) {
    if (!made_) {
      made_ = true;
      facts_.ForEach(FactKind::kIdentity,
                     [this](const FactView& fact) { known_.emplace(Directory(fact.file)); });
    }
    return known_.contains(std::string(Directory(path)));
  }

 private:
  static std::string_view Directory(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return path.substr(0, slash == path.npos ? 0 : slash);
  }

  const Facts& facts_;
  std::unordered_set<std::string> known_;
  bool made_ = false;
};

// README.md, LICENSE: no tool takes these for manifests or for a directory of them.
bool IsNameOfText(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const std::size_t dot = name.rfind('.');
  const auto letters = [](std::string_view text, char first, char last) {
    return std::all_of(text.begin(), text.end(), [=](char c) { return c >= first && c <= last; });
  };
  if (dot == name.npos || dot == 0) return letters(name, 'A', 'Z');
  const std::string_view extension = name.substr(dot + 1);
  return extension.size() >= 2 && extension.size() <= 5 && letters(extension, 'a', 'z') &&
         !IsManifestName(name);
}

// Where manifests are, a link or a submodule may bring some that nobody judged;
// elsewhere it is said that it was not looked into.
void TakeLink(Work& work, ManifestDirectories& directories, Finding finding) {
  const Roots& roots = work.input.configuration->roots;
  const Role role = RoleOf(work.facts, roots, finding.file);
  if (!role.in_scope) return;
  const bool submodule = finding.rule == "git/submodule";
  const bool text = !submodule && IsNameOfText(finding.file);
  const bool among_manifests = IsManifestName(finding.file) || role.deployed || !roots.WholeTree() ||
                               (!text && directories.HasThatOf(finding.file));
  if (!among_manifests) {
    finding.severity = Severity::kWarning;
    work.verdict.skipped.push_back({finding.file, submodule
                                                      ? "a submodule, whose files are not in this repository"
                                                      : "a symbolic link, which is not followed"});
  }
  if (among_manifests || !text) work.verdict.findings.push_back(std::move(finding));
}

// JSON is often data, which nobody applies.
void CheckLfsPointers(Work& work) {
  for (const ChangedFile& file : work.files) {
    const bool manifest = file.role.deployed || !file.change->path.ends_with(".json");
    if (!file.present || !file.examined.lfs_pointer || !file.role.in_scope || !manifest) continue;
    work.verdict.findings.push_back(
        MakeFinding(kLfsPointerRule, file.change->path, {{1, 1}, {1, 1}},
                    "the file is a pointer of Git LFS, its content is elsewhere"));
  }
}

// Links and submodules matter where manifests are; odd names everywhere.
void CheckEntries(Work& work) {
  ManifestDirectories directories(work.facts);
  for (Finding& finding : git::CheckEntries(work.input.changes)) {
    const bool odd = finding.rule == "git/odd-path" || finding.rule == "git/odd-mode";
    if (odd) {
      work.verdict.findings.push_back(std::move(finding));
    } else {
      TakeLink(work, directories, std::move(finding));
    }
  }
  CheckLfsPointers(work);
  for (const git::FileChange& file : work.input.changes) {
    if (file.old_id.IsZero()) Append(work.verdict.findings, manifests::CheckPath(file.path));
  }
}

// One note for each kind that nobody has a schema for.
void NoteUnknownKinds(Work& work) {
  std::map<std::pair<std::string, std::string>, std::pair<const JudgedObject*, std::size_t>> kinds;
  for (const JudgedObject& object : work.verdict.objects) {
    const Evidence& here = object.evidence.front();
    if (here.by != Evidence::By::kUnverified || !here.cluster.empty()) continue;
    auto& [first, count] = kinds[{object.name.api_version, object.name.kind}];
    if (count++ == 0) first = &object;
  }
  const Rule* rule = FindRule("schema/unknown-kind");
  for (const auto& [kind, seen] : kinds) {
    Finding note = MakeFinding(*rule, seen.first->file, {{seen.first->line, 1}, {seen.first->line, 1}},
                               "no schema for " + kind.second + " of " + kind.first + ": " +
                                   std::to_string(seen.second) +
                                   (seen.second == 1 ? " object is" : " objects are") + " not verified");
    note.severity = Severity::kNote;
    note.object = seen.first->name;
    note.remedy = "add its CustomResourceDefinition to the repository, or `sluice schemas import` it";
    work.verdict.findings.push_back(std::move(note));
  }
}

// What a changed file held before: under the same schemas, and as far as it was
// judged then. What was no manifest of anybody's has nothing older.
void OlderOf(Work& work, const ChangedFile& file, std::string bytes, Findings& older) {
  const std::string& path = file.change->path;
  const Roots& roots = work.input.configuration->roots;
  Role role = RoleOf(*work.facts_before, roots, path);
  LookInside(role, bytes);
  ExamineOptions options = work.Options(path);
  options.digests = options.canonical = false;
  const bool manifest = IsManifestName(path) || !role.kustomizations.empty();
  Examined examined = manifest ? Examine(path, std::move(bytes), options) : ExamineOther(path, bytes);
  const std::vector<bool> built = BuiltObjects(examined, [&](Position place) {
    return work.rendered.objects_before.contains(path + ":" + std::to_string(place.line));
  });
  const std::string reason = SkipReason(roots, role, examined, work.rendered.read_before.contains(path));
  TakeFindings(role, examined.findings, manifest && CountsWhole(reason, role, examined), built, older);
}

Findings OlderFindings(Work& work) {
  Findings older;
  if (!work.facts_before) return older;
  for (const ChangedFile& file : work.files) {
    if (file.change->old_id.IsZero() || !file.named || file.change->old_kind != FileKind::kFile) continue;
    Result<std::string> bytes = work.Read(file, true);
    if (bytes && !work.Late()) OlderOf(work, file, *std::move(bytes), older);
  }
  std::move(work.rendered.older.begin(), work.rendered.older.end(), std::back_inserter(older));
  return older;
}

bool HasErrors(const Findings& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.severity == Severity::kError; });
}

}  // namespace

void Conclude(Work& work) {
  Verdict& verdict = work.verdict;
  const Configuration& configuration = *work.input.configuration;
  CheckEntries(work);
  work.facts = Facts();  // of a large tree they weigh as much as the verdict
  for (ChangedFile& file : work.files) {
    if (file.present) TakeFile(work, file);
  }
  TakeBuilt(work);
  CheckDocuments(work);
  NoteUnknownKinds(work);
  verdict.summary.judged = verdict.summary.objects - verdict.summary.unverified;
  if (verdict.summary.objects > work.limits.push_objects) {
    verdict.findings.push_back(
        MakeFinding(kTooLargeRule, {}, {},
                    "the change has more than " + std::to_string(work.limits.push_objects) + " objects"));
  }
  ApplySeverities(configuration, verdict.findings);
  if (configuration.ratchet && work.input.before != nullptr && HasErrors(verdict.findings)) {
    ApplyRatchet(OlderFindings(work), verdict);
  }
  ApplyWaivers(configuration, work.input.now, verdict);
  verdict.findings = MergeBuilt(std::move(verdict.findings));
  Settle(verdict);
}

}  // namespace sluice::gate
