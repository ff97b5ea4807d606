// RFC 6902 with the habits of evanphx/json-patch v4, which kustomize calls: an
// index may be negative, `replace` makes a member that is missing, `copy` from
// one gives null, and what stands before the first slash of a path is not looked
// at. The object is worked on as a draft whose mappings and lists are taken apart
// only along the paths, so an operation costs no more than these are wide.
// Tested by tests/manifests/render/json_patch_test.cc.
#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "manifests/render/draft.h"
#include "manifests/render/edit.h"
#include "manifests/render/merge_patch.h"

namespace sluice::manifests::render {
namespace {

constexpr std::size_t kSteps = 20'000'000;  // members and elements looked at
constexpr std::size_t kOperations = 10'000;

bool IsNumber(const Node& node) { return node.kind == NodeKind::kInteger || node.kind == NodeKind::kFloat; }

double NumberOf(const Node& node) {
  if (node.kind == NodeKind::kFloat) return node.value.number;
  return node.is_unsigned ? static_cast<double>(static_cast<std::uint64_t>(node.value.integer))
                          : static_cast<double>(node.value.integer);
}

// As JSON texts are: 1.0 is 1.
bool EqualScalars(const Node& a, const Node& b) {
  return IsNumber(a) && IsNumber(b) ? NumberOf(a) == NumberOf(b) && (a.kind != b.kind || SameValue(a, b))
                                    : SameValue(a, b);
}

class JsonPatcher {
 public:
  JsonPatcher(Arena& arena, const Limits& limits, const Node& object)
      : arena_(arena), limits_(limits), root_{object, false, {}} {}

  std::size_t steps() const { return kSteps - steps_; }

  bool Apply(const Node& operation) {
    operation_ = &operation;
    const Node* const name = operation.Find("op");
    const std::string_view op = name == nullptr || !name->IsString() ? "unknown" : name->text;
    for (const auto& [known, apply] : kKnown) {
      if (op == known) return (this->*apply)();
    }
    return Fail(fmt::format("Unexpected kind: {}", op));
  }

  Node Result() const { return PutTogether(arena_, root_); }
  RenderProblem TakeProblem() { return std::move(problem_); }

 private:
  // The place that a path names: a member or an element of `parent`.
  struct Spot {
    Draft* parent = nullptr;  // null: a part before the last is missing
    std::string key;
    std::size_t depth = 0;
  };

  bool Add() {
    return WithPath("path", [&](const Spot& spot) { return Insert(spot, Value()); });
  }

  bool Remove() {
    return WithPath("path", [&](const Spot& spot) { return Take(spot).has_value(); });
  }

  bool Replace() {
    if (PathText("path") == "") return ReplaceRoot();
    return WithPath("path", [&](const Spot& spot) {
      if (spot.parent->node.kind == NodeKind::kMapping) return Insert(spot, Value());
      Draft* const old = Get(spot);
      if (old == nullptr) return false;
      const Draft value = Value();
      if (!Fits(value, spot.depth)) return false;
      *old = value;
      return true;
    });
  }

  bool Move() {
    std::optional<Draft> taken;
    return WithPath("from", [&](const Spot& spot) { return (taken = Take(spot)).has_value(); }) &&
           WithPath("path", [&](const Spot& spot) { return Insert(spot, std::move(*taken)); });
  }

  bool Copy() {
    Draft copied = Absent();  // what a member that is missing gives
    const auto take = [&](const Spot& spot) {
      const Draft* const found = Get(spot);
      if (found == nullptr) return problem_.message.empty();
      if (!Fits(*found, spot.depth)) return false;
      copied = *found;
      return true;
    };
    return WithPath("from", take) &&
           WithPath("path", [&](const Spot& spot) { return Insert(spot, std::move(copied)); });
  }

  bool Test() {
    const std::optional<std::string_view> path = PathText("path");
    const Draft wanted = Value();
    if (path == "") return Equal(root_, wanted.node) || TestFailed(*path);
    return WithPath("path", [&](const Spot& spot) {
      const Draft* const found = Get(spot);
      if (found == nullptr && !problem_.message.empty()) return false;
      return Equal(found == nullptr ? Absent() : *found, wanted.node) || TestFailed(*path);
    });
  }

  // A draft holds its parts in one of two shapes.
  static const Node& NodeOf(const Draft& draft) { return draft.node; }
  static const Node& NodeOf(const Node& node) { return node; }

  bool Equal(const Draft& a, const Node& b) {
    return a.apart ? EqualParts(a.node, a.children, b) : Equal(a.node, b);
  }
  bool Equal(const Node& a, const Node& b) {
    return a.children.empty() ? a.kind == b.kind || IsNumber(a) ? EqualLeaves(a, b) : false
                              : EqualParts(a, a.children, b);
  }
  static bool EqualLeaves(const Node& a, const Node& b) { return b.children.empty() && EqualScalars(a, b); }

  template <class Parts>
  bool EqualParts(const Node& a, const Parts& parts, const Node& b) {
    if (a.kind != b.kind || parts.size() != b.children.size() || !Spend(parts.size())) return false;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (a.kind == NodeKind::kMapping && !Spend(parts.size())) return false;
      const Node* const other = a.kind == NodeKind::kMapping ? b.Find(NodeOf(parts[i]).key) : &b.children[i];
      if (other == nullptr || !Equal(parts[i], *other)) return false;
    }
    return true;
  }

  bool TestFailed(std::string_view path) {
    if (exhausted_) return TooCostly();
    return Fail(fmt::format("testing value {} failed: test failed", path));
  }

  bool ReplaceRoot() {
    const Draft value = Value();
    if (value.node.kind != NodeKind::kMapping) return Fail("replace operation value must be an object");
    root_ = value;
    return Fits(value, 0);
  }

  // The value of the operation; null where there is none.
  Draft Value() const {
    const Node* const value = operation_->Find("value");
    return value == nullptr ? Absent() : Draft{*value, false, {}};
  }

  Draft Absent() const {
    Draft absent;
    absent.node.range = operation_->range;
    absent.node.text = "null";
    return absent;
  }

  std::optional<std::string_view> PathText(std::string_view field) const {
    const Node* const path = operation_->Find(field);
    if (path == nullptr || !path->IsString()) return std::nullopt;
    return path->text;
  }

  template <class Use>
  bool WithPath(std::string_view field, const Use& use) {
    const std::optional<std::string_view> path = PathText(field);
    if (!path) return Fail(fmt::format("{} operation has no {}: missing value", Op(), field));
    path_ = operation_->Find(field);
    const std::optional<Spot> spot = Find(*path);
    if (!spot) return TooCostly();
    if (spot->parent == nullptr) {
      return Fail(fmt::format("{} operation does not apply: doc is missing {}: \"{}\": missing value", Op(),
                              field == "from" ? "from path" : "path", *path));
    }
    return use(*spot);
  }

  std::string_view Op() const { return operation_->Find("op")->String(); }

  std::optional<Spot> Find(std::string_view path) {
    Spot spot;
    const std::vector<std::string> parts = PointerParts(path);
    if (parts.empty()) return spot;
    Draft* at = &root_;
    for (std::size_t i = 0; at != nullptr && i + 1 < parts.size(); ++i) {
      if (!Spend(*at)) return std::nullopt;
      at = Child(*at, parts[i]);
    }
    if (at == nullptr || !IsCollection(*at)) return spot;
    if (!Spend(*at)) return std::nullopt;
    TakeApart(*at);
    return Spot{at, parts.back(), parts.size()};
  }

  bool Spend(const Draft& draft) {
    return Spend(1 + std::max(draft.children.size(), draft.node.children.size()));
  }

  bool Spend(std::size_t width) {
    exhausted_ = exhausted_ || width > steps_;
    if (!exhausted_) steps_ -= width;
    return !exhausted_;
  }

  static Draft* Child(Draft& draft, std::string_view key) {
    if (!IsCollection(draft)) return nullptr;
    TakeApart(draft);
    if (draft.node.kind == NodeKind::kMapping) return MemberOf(draft, key);
    const std::optional<std::size_t> index = ElementIndex(draft, key, draft.children.size());
    return index ? &draft.children[*index] : nullptr;
  }

  static Draft* MemberOf(Draft& mapping, std::string_view key) {
    const auto found =
        std::ranges::find_if(mapping.children, [&](const Draft& child) { return child.node.key == key; });
    return found == mapping.children.end() ? nullptr : &*found;
  }

  // `end` is the first index that is too large; negative ones count from it.
  static std::optional<std::size_t> ElementIndex(const Draft&, std::string_view key, std::size_t end) {
    const std::optional<std::int64_t> written = PointerIndex(key);
    const auto size = static_cast<std::int64_t>(end);
    if (!written || *written >= size || *written < -size) return std::nullopt;
    return static_cast<std::size_t>(*written < 0 ? *written + size : *written);
  }

  // What stands there; null for a member that is missing, and, with a problem,
  // for an index that is none.
  Draft* Get(const Spot& spot) {
    if (spot.parent->node.kind == NodeKind::kMapping) return MemberOf(*spot.parent, spot.key);
    Draft* const found = Child(*spot.parent, spot.key);
    if (found == nullptr) BadIndex(spot);
    return found;
  }

  std::optional<Draft> Take(const Spot& spot) {
    Draft* const found = Get(spot);
    if (found == nullptr) {
      if (problem_.message.empty()) {
        Fail(fmt::format("error in {} for path: '{}': Unable to remove nonexistent key: {}: missing value",
                         Op(), path_->text, spot.key));
      }
      return std::nullopt;
    }
    Draft taken = std::move(*found);
    std::vector<Draft>& children = spot.parent->children;
    children.erase(children.begin() + (found - children.data()));
    return taken;
  }

  bool Insert(const Spot& spot, Draft value) {
    if (!Fits(value, spot.depth)) return false;
    std::vector<Draft>& children = spot.parent->children;
    if (spot.parent->node.kind == NodeKind::kMapping) {
      Draft* const old = MemberOf(*spot.parent, spot.key);
      const Range key_range = old == nullptr ? path_->range : old->node.key_range;
      value.node = AsMember(arena_, value.node, spot.key, key_range);
      if (old != nullptr) {
        *old = std::move(value);
      } else {
        children.push_back(std::move(value));
      }
      return true;
    }
    const auto index =
        spot.key == "-" ? children.size() : ElementIndex(*spot.parent, spot.key, children.size() + 1);
    if (!index) return BadIndex(spot);
    children.insert(children.begin() + static_cast<std::ptrdiff_t>(*index), std::move(value));
    return true;
  }

  bool BadIndex(const Spot& spot) {
    const std::string start = fmt::format("error in {} for path: '{}': ", Op(), path_->text);
    if (PointerIndex(spot.key))
      return Fail(start +
                  fmt::format("Unable to access invalid index: {}: invalid index referenced", spot.key));
    return Fail(start + fmt::format("value was not a proper array index: '{}'", spot.key));
  }

  // Operations may not build what no file could hold.
  bool Fits(const Draft& value, std::size_t depth) {
    Extent extent{limits_};
    extent.Add(value, depth);
    added_ += extent.nodes;
    if (extent.depth > limits_.depth)
      return Fail(fmt::format("nests more than {} levels deep (limit depth)", limits_.depth));
    if (added_ > limits_.expansion_nodes)
      return Fail(
          fmt::format("the patch adds more than {} values (limit expansionNodes)", limits_.expansion_nodes));
    return true;
  }

  bool TooCostly() { return Fail(fmt::format("the patch looks at more than {} values", kSteps)); }

  bool Fail(std::string message) {
    problem_ = {std::move(message), operation_->range};
    return false;
  }

  using Operation = bool (JsonPatcher::*)();
  static constexpr std::pair<std::string_view, Operation> kKnown[] = {
      {"add", &JsonPatcher::Add},   {"remove", &JsonPatcher::Remove}, {"replace", &JsonPatcher::Replace},
      {"move", &JsonPatcher::Move}, {"copy", &JsonPatcher::Copy},     {"test", &JsonPatcher::Test},
  };

  Arena& arena_;
  const Limits& limits_;
  Draft root_;
  const Node* operation_ = nullptr;
  const Node* path_ = nullptr;  // the node of the path that is worked on
  std::size_t steps_ = kSteps;
  bool exhausted_ = false;
  std::size_t added_ = 0;
  RenderProblem problem_;
};

}  // namespace

PatchResult JsonPatch(Arena& arena, const Node& object, const Node& operations, const Limits& limits) {
  PatchResult result;
  const auto fail = [&](std::string message, Range place) {
    result.problems.push_back({std::move(message), place});
    return result;
  };
  if (operations.kind != NodeKind::kSequence)
    return fail("a JSON patch is a list of operations", operations.range);
  if (operations.children.size() > kOperations)
    return fail(fmt::format("a JSON patch has at most {} operations", kOperations), operations.range);
  JsonPatcher patcher(arena, limits, object);
  for (const Node& operation : operations.children) {
    if (operation.kind != NodeKind::kMapping)
      return fail("an operation of a JSON patch is a mapping with op and path", operation.range);
    const bool done = patcher.Apply(operation);
    result.steps = patcher.steps();
    if (!done) {
      result.problems.push_back(patcher.TakeProblem());
      return result;
    }
  }
  result.root = patcher.Result();
  return result;
}

}  // namespace sluice::manifests::render
