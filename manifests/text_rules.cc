// The characters of the file are walked once; each is judged by what it stands
// in. What an escape hides ("\u202e") is looked for in the values themselves.
// Tested by tests/manifests/text_test.cc.
#include "manifests/text_rules.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "manifests/byte_scan.h"
#include "manifests/hidden.h"
#include "manifests/rules.h"
#include "manifests/text.h"

namespace sluice::manifests {
namespace {

constexpr std::size_t kMostFindings = 20;  // of one severity in one file

enum class Role : unsigned char { kKey, kName, kValue, kComment };

std::string_view RoleName(Role role) {
  constexpr std::array<std::string_view, 4> kNames = {"a key", "a name", "a value", "a comment"};
  return kNames[static_cast<std::size_t>(role)];
}

bool JoinersPass(Role role) { return role == Role::kValue || role == Role::kComment; }

// A key or scalar, where it stands in the file.
struct Piece {
  Range range;
  Role role = Role::kValue;
  std::string_view text;  // decoded
  bool reported = false;  // hidden characters stand in it as they are
};

class Report {
 public:
  Report(const std::string& path, Findings& findings) : path_(path), findings_(findings) {}

  void Add(const HiddenCharacter& found, Role role, std::string_view place, Range range) {
    if (found.joins_emoji && JoinersPass(role)) return;
    const Rule& rule = found.kind == Hidden::kBidirectional ? kBidirectionalRule : kInvisibleRule;
    const Severity severity = role == Role::kValue ? Severity::kWarning : rule.severity;
    const auto index = static_cast<std::size_t>(severity);
    if (counts_[index] == kMostFindings || SeenInLine(rule, severity, range.begin.line)) return;
    ++counts_[index];
    Finding finding =
        MakeFinding(rule, path_, range, fmt::format("{} in {}", CodePointName(found.value), place));
    finding.severity = severity;
    findings_.push_back(std::move(finding));
  }

 private:
  bool SeenInLine(const Rule& rule, Severity severity, std::uint32_t line) const {
    return std::ranges::any_of(findings_, [&](const Finding& f) {
      return f.range.begin.line == line && f.rule == rule.id && f.severity == severity;
    });
  }

  const std::string& path_;
  Findings& findings_;
  std::array<std::size_t, 4> counts_{};
};

Range OneCharacter(Position at) { return {at, {at.line, at.column + 1}}; }

bool IsName(const Node& member, const Node& mapping) {
  return mapping.key == "metadata" &&
         (member.key == "name" || member.key == "namespace" || member.key == "generateName");
}

void CollectPieces(const Node& root, std::vector<Piece>& pieces) {
  std::vector<const Node*> open = {&root};
  const auto visit = [&](const Node& node, Role role) {
    if (node.aliased) return;  // it is looked at where it was written
    if (node.kind == NodeKind::kMapping || node.kind == NodeKind::kSequence) {
      open.push_back(&node);
    } else {
      pieces.push_back({node.range, role, node.text});
    }
  };
  if (root.kind != NodeKind::kMapping && root.kind != NodeKind::kSequence) visit(root, Role::kValue);
  while (!open.empty()) {
    const Node& node = *open.back();
    open.pop_back();
    for (const Node& child : node.children) {
      const bool member = node.kind == NodeKind::kMapping;
      if (member && child.key_range.end.line != 0) pieces.push_back({child.key_range, Role::kKey, child.key});
      visit(child, member && IsName(child, node) ? Role::kName : Role::kValue);
    }
  }
}

// The piece that a place of the file is in; pieces are sorted and do not
// overlap. Null between them.
Piece* PieceAt(std::vector<Piece>& pieces, Position at) {
  const auto after =
      std::ranges::upper_bound(pieces, at, {}, [](const Piece& piece) { return piece.range.begin; });
  if (after == pieces.begin() || at >= std::prev(after)->range.end) return nullptr;
  return &*std::prev(after);
}

// Characters that stand in the file as they are.
void ReportRaw(const ParsedFile& file, std::vector<Piece>& pieces, Report& report) {
  HiddenCharacter found;
  const Position start{1, file.bytes->starts_with(kByteOrderMark) ? 0u : 1u};
  for (HiddenFinder finder(*file.bytes, start); finder.Next(found);) {
    if (found.at.column == 0) continue;  // the byte order mark in front
    Piece* piece = PieceAt(pieces, found.at);
    const Role role = piece == nullptr ? Role::kComment : piece->role;
    if (piece != nullptr) piece->reported = true;
    report.Add(found, role, RoleName(role), OneCharacter(found.at));
  }
}

// Characters that an escape writes.
void ReportEscaped(const std::vector<Piece>& pieces, Report& report) {
  HiddenCharacter found;
  for (const Piece& piece : pieces) {
    if (piece.reported || !HasHidden(piece.text)) continue;
    for (HiddenFinder finder(piece.text); finder.Next(found);) {
      report.Add(found, piece.role, RoleName(piece.role), piece.range);
    }
  }
}

}  // namespace

void CheckDocumentText(const ByteScan& scan, ParsedFile& file) {
  if (!scan.hidden && !scan.code_escape) return;  // nearly every file
  std::vector<Piece> pieces;
  for (const Document& document : file.documents) CollectPieces(*document.root, pieces);
  if (scan.hidden) std::ranges::sort(pieces, {}, [](const Piece& piece) { return piece.range.begin; });
  Report report(file.path, file.findings);
  if (scan.hidden) ReportRaw(file, pieces, report);
  if (scan.code_escape) ReportEscaped(pieces, report);
}

namespace {

// `role_of`: what a character counts as.
template <class RoleOf>
Findings CheckBytes(const std::string& path, std::string_view bytes, const RoleOf& role_of) {
  Findings findings;
  if (bytes.substr(0, 8000).find('\0') != std::string_view::npos) return findings;
  if (std::ranges::all_of(bytes, [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
    return findings;  // nearly every text
  Report report(path, findings);
  HiddenCharacter found;
  const Position start{1, bytes.starts_with(kByteOrderMark) ? 0u : 1u};
  for (HiddenFinder finder(bytes, start); finder.Next(found);) {
    if (found.at.column != 0) report.Add(found, role_of(found), "a text", OneCharacter(found.at));
  }
  return findings;
}

}  // namespace

Findings CheckText(const std::string& path, std::string_view bytes) {
  return CheckBytes(path, bytes, [](const HiddenCharacter&) { return Role::kComment; });
}

Findings CheckOtherText(const std::string& path, std::string_view bytes) {
  return CheckBytes(path, bytes, [](const HiddenCharacter& found) {
    return Reorders(found.value) ? Role::kComment : Role::kValue;
  });
}

Findings CheckPath(const std::string& path) {
  Findings findings;
  if (std::ranges::all_of(path, [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return findings;
  Report report(path, findings);
  HiddenCharacter found;
  for (HiddenFinder finder(path); finder.Next(found);) report.Add(found, Role::kName, "a path", {});
  return findings;
}

}  // namespace sluice::manifests
