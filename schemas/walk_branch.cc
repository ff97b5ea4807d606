#include <utility>
#include <vector>

#include "schemas/rules.h"
#include "schemas/values.h"
#include "schemas/walk.h"

// allOf, anyOf, oneOf and not of custom resources. A branch says nothing of
// what is unknown or null; what it finds missing may have a default in the
// structural node beside it (`structural`), which the API server fills in
// before it looks. Source: kube-openapi pkg/validation/validate/schema_props.go.
// Test: branch_test.cc.

namespace sluice::schemas {

using manifests::NodeKind;

bool Walker::Branches(const Node& node, const ExtraRow& extra, std::uint32_t structural, const Frame& frame) {
  std::span<const std::uint32_t> rest = b().refs.subspan(
      extra.branches, static_cast<std::size_t>(extra.all_of) + extra.any_of + extra.one_of + extra.negated);
  bool fits = true;
  for (const std::uint32_t branch : rest.first(extra.all_of))
    fits = Branch(node, branch, structural, frame) && fits;
  rest = rest.subspan(extra.all_of);
  if (extra.any_of > 0) fits = Alternatives(node, rest.first(extra.any_of), structural, frame, false) && fits;
  rest = rest.subspan(extra.any_of);
  if (extra.one_of > 0) fits = Alternatives(node, rest.first(extra.one_of), structural, frame, true) && fits;
  rest = rest.subspan(extra.one_of);
  if (extra.negated > 0 && Silently(node, rest.front(), structural, frame)) {
    fits = Report(kComposition, frame, node.range, "this is what the schema forbids here (not)");
  }
  return fits;
}

bool Walker::Branch(const Node& node, std::uint32_t id, std::uint32_t structural, const Frame& frame) {
  if (!WithinLimits()) return false;
  const NodeRow& row = b().nodes[id];
  if (!Type(node, row, frame)) return false;
  ++depth_;
  bool fits = true;
  if (node.kind == NodeKind::kMapping) {
    fits = BranchMembers(node, row, structural, frame);
  } else if (node.kind == NodeKind::kSequence && row.items != kNone) {
    const std::uint32_t below = structural == kNone ? kNone : b().nodes[structural].items;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const Frame step{&frame, &node.children[i], i, Frame::Step::kElement};
      if (node.children[i].kind != NodeKind::kNull)
        fits = Branch(node.children[i], row.items, below, step) && fits;
    }
  } else if (node.kind == NodeKind::kString) {
    fits = Text(node, row, frame);
  }
  if (row.extra != kNone) {
    const ExtraRow& extra = b().extras[row.extra];
    fits = Extras(node, row, extra, frame) && fits;
    fits = Branches(node, extra, structural, frame) && fits;
  }
  --depth_;
  return fits;
}

bool Walker::BranchMembers(const Node& node, const NodeRow& row, std::uint32_t structural,
                           const Frame& frame) {
  const NodeRow* const beside = structural == kNone ? nullptr : &b().nodes[structural];
  const auto slot_beside = [&](std::uint32_t hash, std::string_view name) {
    return beside == nullptr ? nullptr : b().FindSlot(*beside, hash, name);
  };
  bool fits = true;
  std::size_t present = 0;
  for (const Node& child : node.children) {
    const SlotRow* const known = slot_beside(child.key_hash, child.key);
    const std::uint32_t below = known != nullptr    ? known->node
                                : beside != nullptr ? beside->additional
                                                    : kNone;
    if (child.kind == NodeKind::kNull && below != kNone && (b().nodes[below].flags & kNullable) == 0)
      continue;
    ++present;
    const SlotRow* const slot = b().FindSlot(row, child.key_hash, child.key);
    const std::uint32_t id = slot != nullptr ? slot->node : row.additional;
    if (id == kNone || child.kind == NodeKind::kNull) continue;
    fits = Branch(child, id, below, Frame{&frame, &child, 0, Frame::Step::kMember}) && fits;
  }
  for (std::uint32_t i = 0; i < row.required_count; ++i) {
    const std::string_view name = b().Text(b().names[row.required + i]);
    const SlotRow* const known = slot_beside(manifests::HashKey(name), name);
    const Node* const found = node.Find(name);
    const bool nullable = known != nullptr && (b().nodes[known->node].flags & kNullable) != 0;
    if (found != nullptr && (found->kind != NodeKind::kNull || nullable)) continue;
    if (known != nullptr && known->HasFallback()) continue;
    fits = Report(kRequired, frame, node.range, "required field \"" + Escaped(name, 60) + "\" is missing", {},
                  name);
  }
  if (row.table_bits != 255 && beside != nullptr) {
    for (const SlotRow& slot : b().slots.subspan(row.slots, std::size_t{1} << row.table_bits)) {
      if (slot.node == kNone || node.Find(b().Text(slot.name)) != nullptr) continue;
      const SlotRow* const known = slot_beside(slot.hash, b().Text(slot.name));
      if (known == nullptr || !known->HasFallback()) continue;
      if (FallbackFits(b().values[known->Fallback()], b().nodes[slot.node])) continue;
      fits = Report(kComposition, frame, node.range,
                    "the default of \"" + std::string(b().Text(slot.name)) + "\" does not fit here", {},
                    b().Text(slot.name));
    }
  }
  if (row.extra == kNone) return fits;
  const ExtraRow& extra = b().extras[row.extra];
  return Count(present, extra.min_properties, extra.max_properties, "fields", frame) && fits;
}

// Whether a default fits a branch: as far as enum and pattern say.
bool Walker::FallbackFits(const ValueRow& value, const NodeRow& row) const {
  if (row.extra == kNone) return true;
  const ExtraRow& extra = b().extras[row.extra];
  bool listed = extra.value_count == 0;
  for (const ValueRow& each : b().values.subspan(extra.values, extra.value_count)) {
    listed = listed || b().Text(each.json) == b().Text(value.json);
  }
  if (!listed || extra.pattern == kNone || value.kind != ValueKind::kString) return listed;
  const manifests::Pattern* const pattern = tables_->patterns->Get(extra.pattern);
  return pattern != nullptr && pattern->Search(b().Text(value.text));
}

bool Walker::Silently(const Node& node, std::uint32_t branch, std::uint32_t structural, const Frame& frame) {
  Findings* const findings = std::exchange(findings_, nullptr);
  const bool fits = Branch(node, branch, structural, frame);
  findings_ = findings;
  return fits;
}

bool Walker::Alternatives(const Node& node, std::span<const std::uint32_t> branches, std::uint32_t structural,
                          const Frame& frame, bool exactly_one) {
  std::size_t fitting = 0;
  for (const std::uint32_t branch : branches) {
    if (Silently(node, branch, structural, frame) && (++fitting, !exactly_one)) return true;
  }
  if (exactly_one && fitting == 1) return true;
  if (findings_ == nullptr || !limit_.empty()) return false;
  const std::string count = std::to_string(branches.size());
  if (fitting > 1) {
    return Report(
        kComposition, frame, node.range,
        "fits " + std::to_string(fitting) + " of " + count + " alternatives where one alone may fit (oneOf)");
  }
  // What keeps it from the nearest alternative explains most.
  Findings nearest;
  for (const std::uint32_t branch : branches) {
    Findings faults;
    Findings* const findings = std::exchange(findings_, &faults);
    Branch(node, branch, structural, frame);
    findings_ = findings;
    if (nearest.empty() || faults.size() < nearest.size()) nearest = std::move(faults);
  }
  std::string message =
      "fits none of " + count + (exactly_one ? " alternatives (oneOf)" : " alternatives (anyOf)");
  if (!nearest.empty()) message += "; nearest: " + nearest.front().field + ": " + nearest.front().message;
  return Report(kComposition, frame, node.range, std::move(message));
}

}  // namespace sluice::schemas
