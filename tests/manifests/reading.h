// What the tests of this folder say of a text, in one line.
#pragma once

#include <string>

#include "manifests/document.h"
#include "manifests/object.h"

namespace sluice::manifests {

inline ParsedFile ParseText(std::string text) { return Parse("file.yaml", std::move(text), Limits()); }

// The canonical JSON of all documents but null ones, with a blank between; or
// "refused: " and the first rule.
inline std::string Reading(std::string text) {
  const ParsedFile file = ParseText(std::move(text));
  for (const Finding& finding : file.findings) {
    if (finding.severity == Severity::kError) return "refused: " + finding.rule;
  }
  std::string reading;
  for (const Document& document : file.documents) {
    if (document.root->kind == NodeKind::kNull) continue;
    if (!reading.empty()) reading += ' ';
    CanonicalJson(*document.root, reading);
  }
  return reading;
}

// "rule line:column-line:column" of each finding, with a comma between.
inline std::string Places(const Findings& findings) {
  const auto place = [](Position at) { return std::to_string(at.line) + ":" + std::to_string(at.column); };
  std::string places;
  for (const Finding& finding : findings) {
    if (!places.empty()) places += ", ";
    places += finding.rule + " " + place(finding.range.begin) + "-" + place(finding.range.end);
  }
  return places;
}

}  // namespace sluice::manifests
