// Tests: tests/cli/diff_test.py, and of records and reviews tests/push/.
#include "cli/diff_lines.h"

#include "policies/native.h"

namespace sluice::cli {
namespace {

using manifests::FieldDifference;
using manifests::Node;
using manifests::ObjectDifference;

// Names and type of a Secret may be seen; what it holds may not.
bool IsShownOfSecret(std::string_view field) {
  return field.starts_with("metadata.name") || field == "type" || field == "kind";
}

std::string Shown(const Node* node, bool hidden) {
  return hidden && node != nullptr ? std::string("*") : JsonOf(node);
}

}  // namespace

std::string JsonOf(const Node* node) {
  std::string text;
  if (node != nullptr) manifests::CanonicalJson(*node, text);
  return text;
}

bool HidesValues(const Node* before, const Node* after) {
  return (before != nullptr && policies::HidesSource(*before)) ||
         (after != nullptr && policies::HidesSource(*after));
}

bool HidesValues(const ObjectDifference& difference) {
  return HidesValues(difference.before == nullptr ? nullptr : difference.before->root,
                     difference.after == nullptr ? nullptr : difference.after->root);
}

FieldLine LineOf(const FieldDifference& field, bool hides) {
  FieldLine line;
  line.field = field.field;
  line.hidden = hides && !IsShownOfSecret(field.field);
  line.before = Shown(field.before, line.hidden);
  line.after = Shown(field.after, line.hidden);
  return line;
}

ObjectLines LinesOf(const ObjectDifference& difference) {
  ObjectLines lines;
  lines.sign = difference.before == nullptr ? '+' : difference.after == nullptr ? '-' : '~';
  lines.name = (difference.after != nullptr ? *difference.after : *difference.before).Name();
  const bool hides = HidesValues(difference);
  for (const FieldDifference& field : difference.fields) lines.fields.push_back(LineOf(field, hides));
  return lines;
}

void Add(ObjectLines lines, BuildDiff& diff) {
  diff.added += lines.sign == '+';
  diff.removed += lines.sign == '-';
  diff.changed += lines.sign == '~';
  diff.objects.push_back(std::move(lines));
}

}  // namespace sluice::cli
