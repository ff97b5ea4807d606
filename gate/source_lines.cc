// Lines are found by an index made once a file, documents by binary search, so
// that the work grows with the file and its findings, not with their product.
// A document is asked whether it is a Secret when a line of it is first wanted.
// Tested by tests/gate/examine_test.cc and tests/secrets/.
#include "gate/source_lines.h"

#include <algorithm>

#include "policies/native.h"

namespace sluice::gate {
namespace {

// An end at the beginning of a line is that of the line before.
std::uint32_t LastLine(const Range& range) {
  return range.end.column <= 1 && range.end.line > range.begin.line ? range.end.line - 1 : range.end.line;
}

}  // namespace

SourceLines::SourceLines(const manifests::ParsedFile& file, std::uint32_t first)
    : file_(file), first_(first) {
  for (std::size_t i = 0; i < file.documents.size(); ++i) {
    const Range& range = file.documents[i].range;
    const bool shares_line = i > 0 && range.begin.line <= LastLine(file.documents[i - 1].range);
    if (!shares_line) groups_.push_back({range.begin.line, i, i, Group::State::kUnknown});
    groups_.back().end = i + 1;
  }
}

// A line between two documents belongs to the one before it.
SourceLines::Group* SourceLines::GroupAt(std::uint32_t line) {
  const auto after =
      std::upper_bound(groups_.begin(), groups_.end(), line,
                       [](std::uint32_t wanted, const Group& group) { return wanted < group.line; });
  if (groups_.empty()) return nullptr;
  return after == groups_.begin() ? &groups_.front() : &*(after - 1);
}

void SourceLines::Hide(const Position& place) {
  if (Group* group = GroupAt(place.line)) group->state = Group::State::kHidden;
}

bool SourceLines::IsShown(std::uint32_t line) {
  Group* const group = GroupAt(line);
  if (group == nullptr) return false;  // not readable
  if (group->state == Group::State::kUnknown) {
    const std::span documents = std::span(file_.documents).subspan(group->first, group->end - group->first);
    const bool hides = std::any_of(
        documents.begin(), documents.end(),
        [](const manifests::Document& document) { return policies::HidesSource(*document.root); });
    group->state = hides ? Group::State::kHidden : Group::State::kShown;
  }
  return group->state == Group::State::kShown;
}

void SourceLines::Show(Finding& finding) {
  if (finding.rule.starts_with("secret/") || finding.range.begin.line == 0) return;
  if (IsShown(finding.range.begin.line)) finding.source_line = Line(finding.range.begin.line - first_);
}

std::string_view SourceLines::Line(std::uint32_t line) {
  const std::string_view bytes = *file_.bytes;
  if (starts_.empty()) {
    starts_.push_back(0);
    for (auto end = bytes.find('\n'); end != bytes.npos; end = bytes.find('\n', end + 1)) {
      starts_.push_back(end + 1);
    }
  }
  if (line > starts_.size()) return {};
  return manifests::LineOf(bytes.substr(starts_[line - 1]), 1);
}

}  // namespace sluice::gate
