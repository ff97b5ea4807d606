// The last stage: what each file's findings are worth by the file's role, what
// was not judged and why, then severities, ratchet, waivers, outcome.
#include <algorithm>
#include <iterator>
#include <map>

#include "gate/rules.h"
#include "gate/settle.h"
#include "gate/work.h"
#include "git/entries.h"
#include "manifests/text.h"

namespace sluice::gate {
namespace {

void Append(Findings& to, Findings from) { std::move(from.begin(), from.end(), std::back_inserter(to)); }

// Why the documents of a file are not judged as objects; empty: they are.
std::string SkipReason(const ChangedFile& file, const Roots& roots) {
  const Examined& examined = file.examined;
  if (!file.role.in_scope) return "outside the roots";
  if (!file.role.whole) return file.role.reason;
  if (!examined.readable) {
    const bool suspected = examined.like_manifest || file.role.deployed || !roots.WholeTree();
    return suspected ? "" : "not readable as YAML, and nothing refers to it";
  }
  if (examined.shape == manifests::Shape::kKustomization)
    return "a kustomization; what it builds is not rendered";
  if (examined.shape == manifests::Shape::kOther && !examined.blank) return "no Kubernetes object";
  return {};
}

void TakeObjects(Work& work, ChangedFile& file) {
  for (ExaminedObject& object : file.examined.objects) {
    Evidence& evidence = object.judged.evidence.front();
    if (file.role.substituted && object.placeholders && evidence.reason.empty()) {
      evidence.reason = "${...} is replaced by Flux";
    }
    work.verdict.summary.unverified += evidence.by == Evidence::By::kUnverified;
    work.verdict.objects.push_back(std::move(object.judged));
    if (work.input.canonical != nullptr) work.input.canonical->push_back(std::move(object.canonical));
  }
  file.examined.objects = {};
}

void TakeFindings(const ChangedFile& file, std::vector<ExaminedFinding>& findings, bool whole,
                  Findings& out) {
  for (ExaminedFinding& examined : findings) {
    const bool unknown = file.role.substituted && examined.placeholder;
    if (examined.always || (whole && !unknown)) out.push_back(std::move(examined.finding));
  }
}

void TakeFile(Work& work, ChangedFile& file) {
  Findings& findings = work.verdict.findings;
  if (!file.manifest || !file.unread.empty())
    return TakeFindings(file, file.examined.findings, false, findings);
  ++work.verdict.summary.files;
  const std::string reason = SkipReason(file, work.input.configuration->roots);
  const bool whole = reason.empty() || file.examined.shape == manifests::Shape::kKustomization;
  TakeFindings(file, file.examined.findings, whole, findings);
  TakeFindings(file, file.later_findings, whole, findings);
  if (reason.empty()) {
    TakeObjects(work, file);
  } else {
    work.verdict.skipped.push_back({file.change->path, reason});
  }
}

void CheckDocuments(Work& work) {
  for (const DocumentSchema& document : work.input.configuration->documents) {
    for (const ChangedFile& file : work.files) {
      if (!file.present || !document.schema || !GlobMatches(document.glob, file.change->path)) continue;
      Result<std::string> bytes = work.Read(file, false);
      if (!bytes) continue;
      const manifests::ParsedFile parsed =
          manifests::Parse(file.change->path, *std::move(bytes), work.limits);
      if (parsed.Readable()) Append(work.verdict.findings, document.schema->Check(parsed));
    }
  }
}

// Links and submodules matter where manifests are; odd names everywhere.
void CheckEntries(Work& work) {
  const Roots& roots = work.input.configuration->roots;
  for (Finding& finding : git::CheckEntries(work.input.changes)) {
    const bool odd = finding.rule == "git/odd-path" || finding.rule == "git/odd-mode";
    const Role role = odd ? Role() : RoleOf(work.facts, roots, finding.file);
    const bool among_manifests = IsManifestName(finding.file) || role.deployed || !roots.WholeTree();
    if (odd || (role.in_scope && among_manifests)) work.verdict.findings.push_back(std::move(finding));
  }
  for (const git::FileChange& file : work.input.changes) {
    if (file.old_id.IsZero()) Append(work.verdict.findings, manifests::CheckPath(file.path));
  }
}

// One note for each kind that nobody has a schema for.
void NoteUnknownKinds(Work& work) {
  std::map<std::pair<std::string, std::string>, std::pair<const JudgedObject*, std::size_t>> kinds;
  for (const JudgedObject& object : work.verdict.objects) {
    if (object.evidence.front().by != Evidence::By::kUnverified) continue;
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

// What the changed files held before, under the same roles and schemas.
Findings OlderFindings(Work& work) {
  Findings older;
  ExamineOptions options = work.Options();
  options.digests = options.canonical = false;
  for (const ChangedFile& file : work.files) {
    if (file.change->old_id.IsZero() || !file.path || file.change->old_kind != FileKind::kFile) continue;
    Result<std::string> bytes = work.Read(file, true);
    if (!bytes || work.Late()) continue;
    Examined examined = file.manifest ? Examine(file.change->path, *std::move(bytes), options)
                                      : ExamineOther(file.change->path, *bytes);
    TakeFindings(file, examined.findings, true, older);
  }
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
  std::size_t objects = 0;
  for (const ChangedFile& file : work.files) objects += file.examined.objects.size();
  verdict.objects.reserve(objects);
  for (ChangedFile& file : work.files) {
    if (file.present) TakeFile(work, file);
  }
  CheckDocuments(work);
  NoteUnknownKinds(work);
  verdict.summary.objects = verdict.objects.size();
  verdict.summary.judged = verdict.summary.objects - verdict.summary.unverified;
  if (verdict.objects.size() > work.limits.push_objects) {
    verdict.findings.push_back(
        MakeFinding(kTooLargeRule, {}, {},
                    "the change has more than " + std::to_string(work.limits.push_objects) + " objects"));
  }
  ApplySeverities(configuration, verdict.findings);
  if (configuration.ratchet && work.input.before != nullptr && HasErrors(verdict.findings)) {
    ApplyRatchet(OlderFindings(work), verdict);
  }
  ApplyWaivers(configuration, work.input.now, verdict);
  Settle(verdict);
}

}  // namespace sluice::gate
