// A node of a built object says by its line which file it is of, so a finding
// at a patched field points at the patch and one at a prefixed name at the
// kustomization that sets the prefix.
// Tested by tests/gate/render_test.cc and tests/secrets/.
#include "gate/built_object.h"

#include <algorithm>

#include "gate/field_node.h"
#include "gate/unknown_values.h"
#include "policies/native.h"

namespace sluice::gate {
namespace {

using manifests::render::BuiltObject;
using manifests::render::Place;
using manifests::render::SourceFile;
using manifests::render::Sources;

// Where a finding is; what has no place of its own is where its object begins.
Place PlaceOf(const Sources& sources, const Finding& finding, const BuiltObject& object) {
  const Place place = sources.Resolve(finding.range);
  return place.file != nullptr ? place : sources.Resolve(object.object.root->range);
}

// Takes the range of line space to that of a file.
void MoveTo(const Place& place, Finding& finding) {
  if (place.file == nullptr) return;
  finding.file = place.file->path.text();
  finding.range = place.range;
}

// Never empty: that is how findings of what is built are told from those of files.
std::vector<std::string> WayTo(const BuiltObject& object, const std::string& root_file) {
  std::vector<std::string> way = object.through;
  if (way.empty() || way.back() != root_file) way.push_back(root_file);
  return way;
}

// From line space to the file, with the line and the way.
void Settle(const BuiltContext& context, const BuiltObject& object, bool hidden, Finding& finding) {
  const Place place = PlaceOf(*context.sources, finding, object);
  const bool has_place = context.sources->Resolve(finding.range).file != nullptr;
  if (!has_place) finding.range = object.object.root->range;
  if (place.file != nullptr && !hidden) context.lines->Show(*place.file, finding);
  MoveTo(place, finding);
  finding.through = WayTo(object, context.root_file);
}

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

void BuiltLines::Show(const SourceFile& file, Finding& finding) {
  const std::lock_guard lock(mutex_);
  const auto [entry, is_new] = files_.try_emplace(&file, file.parsed, file.first);
  SourceLines& lines = entry->second;
  if (is_new) {
    for (const Finding& secret : policies::CheckCredentials(file.path.text(), *file.parsed.bytes))
      lines.Hide({secret.range.begin.line + file.first, 1});
  }
  lines.Show(finding);
}

void BuiltLines::ShowInFile(Sources& sources, Finding& finding) {
  const Result<RepoPath> path = RepoPath::Parse(finding.file);
  if (!path || finding.range.begin.line == 0 || !finding.source_line.empty()) return;
  const Result<std::shared_ptr<const SourceFile>> file = sources.Read(*path);
  if (!file) return;
  Finding moved = finding;
  moved.range.begin.line += (*file)->first;
  if (moved.range.end.line != 0) moved.range.end.line += (*file)->first;
  Show(**file, moved);
  finding.source_line = std::move(moved.source_line);
}

namespace {

// `root`: of the object, or with the defaults of what is not known.
Findings CheckRoot(const BuiltContext& context, const BuiltObject& object, const manifests::Node& root) {
  manifests::Object judged = object.object;
  judged.root = &root;
  const Excuses excuses(root);
  Findings findings = CheckOneObject(*context.options, excuses, judged);
  if (context.substituted || !object.unknown.empty())
    std::erase_if(findings, [&](const Finding& finding) { return excuses.Placeholder(finding); });
  return findings;
}

void AddOfDefaults(Findings more, Findings& findings) {
  for (Finding& finding : more) {
    const bool told = std::any_of(findings.begin(), findings.end(), [&](const Finding& other) {
      return other.rule == finding.rule && other.range == finding.range;
    });
    if (told) continue;
    finding.message += ", with the default of a variable that only the cluster knows";
    findings.push_back(std::move(finding));
  }
}

}  // namespace

Findings CheckBuilt(const BuiltContext& context, const BuiltObject& object) {
  Findings findings = CheckRoot(context, object, *object.object.root);
  if (object.with_defaults != nullptr)
    AddOfDefaults(CheckRoot(context, object, *object.with_defaults), findings);
  if (findings.empty()) return findings;
  const bool hidden = policies::HidesSource(*object.object.root);
  for (Finding& finding : findings) Settle(context, object, hidden, finding);
  return findings;
}

void PlaceAt(const BuiltContext& context, const BuiltObject& object, std::string_view field,
             Finding& finding) {
  finding.range = RangeOfField(*object.object.root, field);
  Settle(context, object, policies::HidesSource(*object.object.root), finding);
}

BuiltRecord RecordBuilt(const BuiltContext& context, const BuiltObject& object) {
  const Excuses excuses(*object.object.root);
  ExaminedObject examined = RecordOf(*context.options, excuses, object.object);
  ObjectContent content;
  if (examined.content) content = std::move(*examined.content);
  const Place place = context.sources->Resolve(object.object.root->range);
  std::string reason(examined.reason), unknown;
  if (!object.unknown.empty()) unknown = std::string(kNotKnownHere) + Joined(object.unknown);
  if (!unknown.empty() && examined.by == Evidence::By::kOffline) reason = unknown;
  if (context.substituted && examined.placeholders) {
    unknown = kReplacedByFlux;
    if (reason.empty()) reason = unknown;
  }
  return {{place.file == nullptr ? std::string(object.object.file) : place.file->path.text(),
           place.range.begin.line,
           std::move(examined.name),
           std::move(content.digest),
           {{examined.by, {}, std::move(reason)}},
           !unknown.empty()},
          std::move(content.canonical),
          examined.encrypted,
          std::move(unknown)};
}

std::string OriginOf(const Sources& sources, const manifests::Object& object) {
  const Place place = sources.Resolve(object.root->range);
  if (place.file == nullptr) return {};
  return place.file->path.text() + ":" + std::to_string(place.range.begin.line);
}

}  // namespace sluice::gate
