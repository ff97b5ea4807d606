#include "schemas/walk.h"

#include <utility>
#include <vector>

#include "manifests/nearest.h"
#include "schemas/rules.h"
#include "schemas/values.h"

// Structure: members, elements, what is required and what is unknown.
// Sources: sigs.k8s.io/json in strict mode for Kubernetes' own types;
// apiextensions-apiserver's pruning and defaulting, kube-openapi's validate and
// structured-merge-diff's typed/validate.go for the rest. Test: shape_test.cc.

namespace sluice::schemas {

using manifests::NodeKind;

Walker::Walker(const SchemaTables& built_in, const manifests::Object& object, Findings& findings,
               std::uint32_t max_steps)
    : built_in_(built_in),
      object_(object),
      findings_(&findings),
      shown_(object.kind == "Secret" && object.group.empty() ? ValuesShown::kHidden : ValuesShown::kShown),
      max_steps_(max_steps) {}

void Walker::Check(const SchemaTables& tables, std::uint32_t root) {
  tables_ = &tables;
  depth_ = 0;
  steps_ = 0;
  limit_ = {};
  const Frame frame{nullptr, object_.root, 0, Frame::Step::kRoot};
  Walk(*object_.root, root, frame);
  if (limit_.empty()) return;
  Add(kCrd, frame, object_.root->range, std::string(limit_));
}

// Most values are scalars of which the schema says a type and no more.
bool Walker::IsPlain(const Node& node, const NodeRow& row) {
  return row.format == 0 && row.extra == kNone && (BitsOf(node.kind) & row.types) != 0 &&
         node.kind != NodeKind::kMapping && node.kind != NodeKind::kSequence;
}

bool Walker::Walk(const Node& node, std::uint32_t id, const Frame& frame) {
  if (!WithinLimits()) return false;
  const NodeRow& row = b().nodes.data()[id];  // a bundle's numbers are checked when it is opened
  if (IsPlain(node, row)) return true;
  if ((row.flags & kTypeless) != 0) return WalkTypeless(node, id, frame);
  if (!Type(node, row, frame)) return false;
  if (static_cast<Format>(row.format) == Format::kObjectMeta && built_in_.bundle.object_meta != kNone) {
    const SchemaTables* const mine = std::exchange(tables_, &built_in_);
    const bool fits = Walk(node, b().object_meta, frame);
    tables_ = mine;
    if (row.extra == kNone) return fits;
  }
  ++depth_;
  bool fits = true;
  if (node.kind == NodeKind::kMapping) {
    if (static_cast<Format>(row.format) != Format::kObjectMeta) fits = Members(node, row, frame);
  } else if (node.kind == NodeKind::kSequence) {
    fits = Elements(node, row, frame);
  } else if (node.kind == NodeKind::kString) {
    fits = Text(node, row, frame);
  } else if (node.kind == NodeKind::kInteger || node.kind == NodeKind::kFloat) {
    fits = Width(node, row, frame);
  }
  if (row.extra != kNone) {
    const ExtraRow& extra = b().extras[row.extra];
    fits = Extras(node, row, extra, frame) && fits;
    fits = Branches(node, extra, id, frame) && fits;
  }
  --depth_;
  return fits;
}

// additionalProperties: true keeps scalars and prunes every field further down.
bool Walker::WalkTypeless(const Node& node, std::uint32_t id, const Frame& frame) {
  bool fits = true;
  ++depth_;
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const Node& child = node.children[i];
    if (node.kind == NodeKind::kMapping) {
      fits = UnknownField(child, b().nodes[id], frame) && fits;
    } else if (child.kind == NodeKind::kMapping || child.kind == NodeKind::kSequence) {
      fits = Walk(child, id, Frame{&frame, &child, i, Frame::Step::kElement}) && fits;
    }
  }
  --depth_;
  return fits;
}

bool Walker::Members(const Node& node, const NodeRow& row, const Frame& frame) {
  bool fits = true;
  std::uint64_t seen = 0;
  std::size_t present = 0;
  for (const Node& child : node.children) fits = Member(child, row, frame, seen, present) && fits;
  if (row.required_count > 0) fits = Required(node, row, seen, frame) && fits;
  if (row.extra == kNone) return fits;
  const ExtraRow& extra = b().extras[row.extra];
  return Count(present, extra.min_properties, extra.max_properties, "fields", frame) && fits;
}

bool Walker::Member(const Node& child, const NodeRow& row, const Frame& frame, std::uint64_t& seen,
                    std::size_t& present) {
  const SlotRow* const slot = b().FindSlot(row, child.key_hash, child.key);
  const std::uint32_t id = slot != nullptr ? slot->node : row.additional;
  if (id == kNone) return (row.flags & kOpen) != 0 || UnknownField(child, row, frame);
  if (child.kind == NodeKind::kNull && (b().nodes[id].flags & kNullable) == 0) {
    return UnsetByNull(child, b().nodes[id], slot, frame);
  }
  ++present;
  if (slot != nullptr && slot->Ordinal() != 0) seen |= std::uint64_t{1} << (slot->Ordinal() - 1);
  return Walk(child, id, Frame{&frame, &child, 0, Frame::Step::kMember});
}

// Null is unset: a Go type ignores it, a custom resource takes the default. Where
// there is none, a create drops the field and server-side apply refuses it, but
// for status, which neither keeps.
bool Walker::UnsetByNull(const Node& child, const NodeRow& row, const SlotRow* slot, const Frame& frame) {
  if ((row.flags & kGoType) != 0 || (slot != nullptr && slot->HasFallback())) return true;
  const Frame* top = frame.up == nullptr ? nullptr : &frame;
  while (top != nullptr && top->up->up != nullptr) top = top->up;
  const std::string_view field = top == nullptr ? child.key : top->node->key;
  if (field == "status") return true;
  return Report(kNullElement, Frame{&frame, &child, 0, Frame::Step::kMember}, child.range,
                "null is not allowed here: a create drops the field, server-side apply refuses it");
}

bool Walker::Required(const Node& node, const NodeRow& row, std::uint64_t seen, const Frame& frame) {
  const std::uint64_t all = row.tracked == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << row.tracked) - 1;
  if (seen == all && row.tracked == row.required_count) return true;
  bool fits = true;
  for (std::uint32_t i = 0; i < row.required_count; ++i) {
    if (i < row.tracked && (seen >> i & 1) != 0) continue;
    const std::string_view name = b().Text(b().names[row.required + i]);
    const Node* const found = i < row.tracked ? nullptr : node.Find(name);
    if (found != nullptr && found->kind != NodeKind::kNull) continue;
    const Range place = node.key_range.begin.line > 0 ? node.key_range : node.range;
    fits =
        Report(kRequired, frame, place, "required field \"" + Escaped(name, 60) + "\" is missing", {}, name);
  }
  return fits;
}

bool Walker::Elements(const Node& node, const NodeRow& row, const Frame& frame) {
  bool fits = true;
  const auto type = static_cast<ListType>(row.list_type);
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const Node& child = node.children[i];
    const Frame step{&frame, &child, i, Frame::Step::kElement};
    if (child.kind == NodeKind::kNull && row.items != kNone &&
        (b().nodes[row.items].flags & kNullable) == 0) {
      if ((row.flags & kNullElements) != 0) {
        fits = NullElement(b().nodes[row.items], step) && fits;
        continue;
      }
      const bool apply = (row.flags & kGoType) != 0;
      fits =
          Report(kNullElement, step, child.range,
                 apply ? "a list element is null (server-side apply refuses it)" : "a list element is null");
      continue;
    }
    if (type == ListType::kMap && child.kind != NodeKind::kMapping) {
      if (child.kind == NodeKind::kNull) continue;
      fits =
          Report(kWrongType, step, child.range, "expected a mapping, got " + std::string(KindWords(child)));
      continue;
    }
    if (row.items != kNone) fits = Walk(child, row.items, step) && fits;
  }
  if (type == ListType::kMap) fits = ListMap(node, row, frame) && fits;
  if (type == ListType::kSet || (row.flags & kUniqueItems) != 0) fits = ListSet(node, row, frame) && fits;
  return fits;
}

// A Go type takes null for an element of all zeros, which lacks what is required;
// a custom resource replaces it by the default.
bool Walker::NullElement(const NodeRow& item, const Frame& step) {
  if (item.required_count == 0 || (item.flags & kGoType) == 0) return true;
  if (findings_ == nullptr) return false;
  const std::string name(b().Text(b().names[item.required]));
  return Report(
      kNullElement, step, step.node->range,
      "a list element is null, which stands for an empty one: required field \"" + name + "\" is missing");
}

bool Walker::Report(const Rule& rule, const Frame& frame, Range place, std::string message,
                    std::string remedy, std::string_view member) {
  if (findings_ == nullptr || !limit_.empty()) return false;
  if (findings_->size() >= kMaxFindings) {
    limit_ = "more than 100 findings in this object: the others are not shown";
    return false;
  }
  Finding& finding = Add(rule, frame, place, std::move(message));
  finding.field = Path(frame, member);
  finding.remedy = std::move(remedy);
  return false;
}

Finding& Walker::Add(const Rule& rule, const Frame& frame, Range place, std::string message) {
  Finding finding = MakeFinding(rule, std::string(object_.file), place, std::move(message));
  finding.field = Path(frame, {});
  finding.object = object_.Name();
  return findings_->emplace_back(std::move(finding));
}

std::string Walker::Path(const Frame& frame, std::string_view member) const {
  std::vector<manifests::FieldStep> steps;
  if (!member.empty()) steps.push_back({member, 0});
  for (const Frame* at = &frame; at != nullptr; at = at->up) {
    if (at->step == Frame::Step::kMember) steps.push_back({at->node->key, 0});
    if (at->step == Frame::Step::kElement) steps.push_back({{}, at->index});
  }
  return manifests::FieldPath(std::vector<manifests::FieldStep>(steps.rbegin(), steps.rend()));
}

bool Walker::UnknownField(const Node& child, const NodeRow& row, const Frame& frame) {
  if (findings_ == nullptr) return false;
  std::vector<std::string_view> names;
  if (row.table_bits != 255) {
    for (std::size_t i = 0; i < std::size_t{1} << row.table_bits; ++i) {
      const SlotRow& slot = b().slots[row.slots + i];
      if (slot.node != kNone) names.push_back(b().Text(slot.name));
    }
  }
  std::string message = "unknown field \"" + Escaped(child.key, 60) + "\"";
  const std::string_view near = manifests::Nearest(child.key, names);
  if (!near.empty()) message += ", did you mean \"" + std::string(near) + "\"";
  return Report(kUnknownField, frame, child.key_range, std::move(message), Suggestion(near), child.key);
}

}  // namespace sluice::schemas
