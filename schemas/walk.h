// One object against one node of a bundle: the check itself. Decoding first
// (unknown fields, types, widths), then what a structural schema says of values.
//
// Nothing is allocated until there is a finding. The way from the root down is
// a chain of frames on the stack; depth and steps are bounded, so that neither
// a hostile object nor a hostile bundle can hold it up.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/finding.h"
#include "manifests/object.h"
#include "schemas/tables.h"
#include "schemas/words.h"

namespace sluice::schemas {

class Walker {
 public:
  static constexpr std::uint32_t kMaxDepth = 250;        // steps down, branches counted
  static constexpr std::uint32_t kMaxSteps = 5'000'000;  // nodes looked at, for one object
  static constexpr std::size_t kMaxFindings = 100;       // for one object

  // `built_in` holds ObjectMeta; `findings` gets what is wrong. All must outlive the walker.
  Walker(const SchemaTables& built_in, const manifests::Object& object, Findings& findings,
         std::uint32_t max_steps = kMaxSteps);

  void Check(const SchemaTables& tables, std::uint32_t root);

 private:
  using Node = manifests::Node;

  // A step on the way down. `node` is a member (its key) or the element `index`.
  struct Frame {
    const Frame* up;
    const Node* node;
    std::size_t index;
    enum class Step : std::uint8_t { kRoot, kMember, kElement } step;
  };

  // walk.cc: structure.
  bool Walk(const Node& node, std::uint32_t id, const Frame& frame);
  static bool IsPlain(const Node& node, const NodeRow& row);
  bool WalkTypeless(const Node& node, std::uint32_t id, const Frame& frame);
  bool Members(const Node& node, const NodeRow& row, const Frame& frame);
  bool Member(const Node& child, const NodeRow& row, const Frame& frame, std::uint64_t& seen,
              std::size_t& present);
  bool UnsetByNull(const Node& child, const NodeRow& row, const SlotRow* slot, const Frame& frame);
  bool Required(const Node& node, const NodeRow& row, std::uint64_t seen, const Frame& frame);
  bool Elements(const Node& node, const NodeRow& row, const Frame& frame);
  bool NullElement(const NodeRow& item, const Frame& step);
  // Past a limit nothing more is looked at, and Check says so: a limit may be
  // passed while a branch is only tried.
  bool WithinLimits() {
    if (++steps_ < max_steps_ && depth_ < kMaxDepth) return limit_.empty();
    if (limit_.empty()) {
      limit_ = depth_ >= kMaxDepth ? "the schema nests deeper than 250 levels"
                                   : "the object needs more than 5,000,000 checks against its schema";
    }
    return false;
  }

  // walk_scalar.cc: one value.
  bool Type(const Node& node, const NodeRow& row, const Frame& frame);
  bool Width(const Node& node, const NodeRow& row, const Frame& frame);
  bool Text(const Node& node, const NodeRow& row, const Frame& frame);
  bool Extras(const Node& node, const NodeRow& row, const ExtraRow& extra, const Frame& frame);
  bool Enum(const Node& node, const NodeRow& row, const ExtraRow& extra, const Frame& frame);
  bool NumberBounds(const Node& node, const NodeRow& row, const ExtraRow& extra, const Frame& frame);
  bool TextBounds(const Node& node, const ExtraRow& extra, const Frame& frame);
  bool Count(std::size_t count, std::uint32_t low, std::uint32_t high, std::string_view what,
             const Frame& frame);
  bool IsValue(const Node& node, const ValueRow& value) const;

  // walk_list.cc: elements among each other.
  bool ListMap(const Node& node, const NodeRow& row, const Frame& frame);
  bool ListSet(const Node& node, const NodeRow& row, const Frame& frame);
  bool HasKeys(const Node& node, const NodeRow& item, const ExtraRow& extra, const Frame& frame);
  const Node* KeyOf(const Node& element, std::uint32_t hash, std::string_view key) const;
  bool SameKeys(const Node& a, const Node& b, const NodeRow& item, const ExtraRow& extra) const;
  std::uint64_t KeysHash(const Node& element, const NodeRow& item, const ExtraRow& extra) const;
  std::string KeysText(const Node& element, const ExtraRow& extra) const;

  // walk_branch.cc: allOf, anyOf, oneOf, not.
  bool Branches(const Node& node, const ExtraRow& extra, std::uint32_t structural, const Frame& frame);
  bool Branch(const Node& node, std::uint32_t id, std::uint32_t structural, const Frame& frame);
  bool BranchMembers(const Node& node, const NodeRow& row, std::uint32_t structural, const Frame& frame);
  bool FallbackFits(const ValueRow& value, const NodeRow& row) const;
  bool Alternatives(const Node& node, std::span<const std::uint32_t> branches, std::uint32_t structural,
                    const Frame& frame, bool exactly_one);
  bool Silently(const Node& node, std::uint32_t branch, std::uint32_t structural, const Frame& frame);

  // findings
  bool Report(const Rule& rule, const Frame& frame, Range place, std::string message, std::string remedy = {},
              std::string_view member = {});
  Finding& Add(const Rule& rule, const Frame& frame, Range place, std::string message);
  bool UnknownField(const Node& child, const NodeRow& row, const Frame& frame);
  std::string Path(const Frame& frame, std::string_view member) const;
  std::string Value(const Node& node) const { return Shown(node, shown_); }

  const Bundle& b() const { return tables_->bundle; }

  const SchemaTables* tables_ = nullptr;
  const SchemaTables& built_in_;
  const manifests::Object& object_;
  Findings* findings_;  // null while a branch is only tried
  ValuesShown shown_;
  std::uint32_t max_steps_;
  std::uint32_t depth_ = 0;
  std::uint32_t steps_ = 0;
  std::string_view limit_;  // what was passed; empty: nothing
};

}  // namespace sluice::schemas
