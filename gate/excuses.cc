// One walk over a file in which `${` or `ENC[` stands; lookups by place after
// it. Invariant: a finding about a key is excused by that key alone, one about
// a value by that value alone; what is missing is excused by nothing.
// Tested by tests/gate/examine_test.cc.
#include "gate/excuses.h"

#include <algorithm>
#include <tuple>

#include "policies/placeholder.h"

namespace sluice::gate {
namespace {

using manifests::Node;

constexpr std::size_t kDepth = 200;  // above the parser's own limit

auto Key(const Range& range) {
  return std::tie(range.begin.line, range.begin.column, range.end.line, range.end.column);
}

void Sort(std::vector<Range>& ranges) {
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return Key(a) < Key(b); });
}

bool Holds(const std::vector<Range>& ranges, const Range& range) {
  return std::binary_search(ranges.begin(), ranges.end(), range,
                            [](const Range& a, const Range& b) { return Key(a) < Key(b); });
}

// `$${x}` is how Flux writes a plain `${x}`.
bool HoldsVariable(std::string_view text) {
  for (auto at = text.find("${"); at != text.npos; at = text.find("${", at + 2)) {
    const bool escaped = at > 0 && text[at - 1] == '$';
    if (!escaped && text.find('}', at) != text.npos) return true;
  }
  return false;
}

}  // namespace

Excuses::Excuses(const manifests::ParsedFile& file) {
  const std::string_view bytes = *file.bytes;
  has_placeholders_ = bytes.find("${") != bytes.npos;
  if (!has_placeholders_ && bytes.find("ENC[") == bytes.npos) return;
  for (const manifests::Document& document : file.documents) Walk(*document.root, 0);
  Sort(placeholders_);
  Sort(encrypted_);
}

Excuses::Excuses(const Node& root) {
  Walk(root, 0);
  has_placeholders_ = !placeholders_.empty();
  Sort(placeholders_);
  Sort(encrypted_);
}

void Excuses::Walk(const Node& node, std::size_t depth) {
  if (depth > kDepth) return;
  if (HoldsVariable(node.key)) placeholders_.push_back(node.key_range);
  if (HoldsVariable(node.String())) placeholders_.push_back(node.range);
  if (policies::IsSopsValue(node.String())) encrypted_.push_back(node.range);
  for (const Node& child : node.children) Walk(child, depth + 1);
}

bool Excuses::Placeholder(const Finding& finding) const {
  return finding.rule != "schema/required" && Holds(placeholders_, finding.range);
}

bool Excuses::Encrypted(const Finding& finding) const { return Holds(encrypted_, finding.range); }

}  // namespace sluice::gate
