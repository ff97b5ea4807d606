// The order of the looks at a file: its size, its bytes, its language, then the
// characters that people cannot see. After the first that fails, nothing more
// is said about the file.
// Tested by everything in tests/manifests/.
#include "manifests/document.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

#include "manifests/arena.h"
#include "manifests/byte_scan.h"
#include "manifests/compose.h"
#include "manifests/json.h"
#include "manifests/last_key_wins.h"
#include "manifests/plain_yaml.h"
#include "manifests/problems.h"
#include "manifests/rules.h"
#include "manifests/text_rules.h"

namespace sluice::manifests {
namespace {

constexpr std::array kRules = {
    &kSyntaxRule, &kJsonRule,         &kEncodingRule,      &kLineBreakRule, &kDocumentRule,
    &kValueRule,  &kDuplicateKeyRule, &kKeyRule,           &kAliasRule,     &kMergeRule,
    &kTagRule,    &kLimitRule,        &kBidirectionalRule, &kInvisibleRule,
};

void Read(const Limits& limits, DuplicateKeys duplicates, ParsedFile& file) {
  Problems problems(file);
  if (file.bytes->size() > limits.file_bytes) {
    problems.Add(kLimitRule, {},
                 fmt::format("the file has {} bytes, more than {} (limit fileBytes)", file.bytes->size(),
                             limits.file_bytes));
    return;
  }
  ByteScan scan = ScanBytes(*file.bytes, limits.push_objects);
  const bool json = LooksLikeJson(*file.bytes);
  if (!json && !scan.problem) scan.problem = std::move(scan.separator);
  if (scan.problem) {
    problems.Add(std::move(*scan.problem));
    return;
  }
  if (json) {
    ReadJson(limits, file);
  } else if (duplicates == DuplicateKeys::kLastWins || !ReadPlainYaml(scan, limits, file)) {
    ComposeYaml(scan, limits, file, duplicates);
  }
  if (file.Readable()) CheckDocumentText(scan, file);
}

ParsedFile ParseBy(DuplicateKeys duplicates, std::string path, std::shared_ptr<const std::string> bytes,
                   const Limits& limits) {
  ParsedFile file;
  file.path = std::move(path);
  file.bytes = std::move(bytes);
  file.arena = std::make_shared<Arena>(4 * file.bytes->size());
  Read(limits, duplicates, file);
  if (!file.Readable()) file.documents.clear();
  return file;
}

}  // namespace

const Node* Node::Find(std::string_view name) const {
  if (kind != NodeKind::kMapping) return nullptr;
  const std::uint32_t hash = HashKey(name);
  for (const Node& member : children) {
    if (member.key_hash == hash && member.key == name) return &member;
  }
  return nullptr;
}

bool ParsedFile::Readable() const {
  return std::ranges::none_of(findings, [](const Finding& finding) {
    return finding.severity == Severity::kError && finding.rule.starts_with("yaml/");
  });
}

ParsedFile Parse(std::string path, std::string bytes, const Limits& limits) {
  return ParseBy(DuplicateKeys::kRefused, std::move(path),
                 std::make_shared<const std::string>(std::move(bytes)), limits);
}

ParsedFile ParseLastKeyWins(std::string path, std::shared_ptr<const std::string> bytes,
                            const Limits& limits) {
  return ParseBy(DuplicateKeys::kLastWins, std::move(path), std::move(bytes), limits);
}

std::string_view LineOf(std::string_view bytes, std::uint32_t line) {
  if (line == 0) return {};
  for (; line > 1; --line) {
    const std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos) return {};
    bytes.remove_prefix(end + 1);
  }
  bytes = bytes.substr(0, bytes.find('\n'));
  if (bytes.ends_with('\r')) bytes.remove_suffix(1);
  return bytes;
}

std::string FieldPath(std::span<const FieldStep> steps) {
  std::string path;
  for (const FieldStep& step : steps) {
    if (step.key.empty()) {
      path += fmt::format("[{}]", step.index);
    } else {
      if (!path.empty()) path += '.';
      path += step.key;
    }
  }
  return path;
}

std::span<const Rule* const> DocumentRules() { return kRules; }

}  // namespace sluice::manifests
