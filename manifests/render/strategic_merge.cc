// A patch and an object are walked side by side, and what comes out is new along
// the ways that the patch touches. Like kustomize's, the walk also goes through
// what only one side has: nulls without a word are dropped, directives in an
// added mapping count, lists that merge lose what they hold twice.
// Tested by tests/manifests/render/merge_test.cc and patch_differential.py.
#include <fmt/core.h>

#include <utility>

#include "manifests/render/edit.h"
#include "manifests/render/merge_list.h"
#include "manifests/render/merge_patch.h"

namespace sluice::manifests::render {
namespace {

// What is known of a value: its type, and how it merges where it is a list.
struct Known {
  TypeId type = 0;
  const FieldFacts* list = nullptr;
};

enum class Directive { kMerge, kReplace, kDelete, kUnknown };

constexpr std::string_view kDirectiveKey = "$patch";

Directive DirectiveOf(std::string_view text) {
  if (text == "merge") return Directive::kMerge;
  if (text == "replace") return Directive::kReplace;
  return text == "delete" ? Directive::kDelete : Directive::kUnknown;
}

bool IsPresent(const Node* node) { return node != nullptr && node->kind != NodeKind::kNull; }

std::string_view ShapeName(const Node& node) {
  if (IsScalar(node)) return "ScalarNode";
  return node.kind == NodeKind::kMapping ? "MappingNode" : "SequenceNode";
}

class Merger {
 public:
  Merger(Arena& arena, const KindFacts& facts, const Limits& limits, std::vector<RenderProblem>& problems)
      : arena_(arena), facts_(facts), problems_(problems), most_depth_(2 * limits.depth) {}

  // nullopt: a problem was told. `base` and `patch` are null where absent, and
  // one node where only the patch stands.
  std::optional<MergedElement> Merge(const Node* base, const Node* patch, Known known) {
    const Node* const first = IsPresent(base) ? base : patch;
    if (!IsPresent(first)) return MergeNulls(base, patch);
    if (IsPresent(patch) && ShapeName(*patch) != ShapeName(*first)) {
      return Fail(*patch, fmt::format("wrong node kind: expected {} but got {}", ShapeName(*first),
                                      ShapeName(*patch)));
    }
    if (++depth_ > most_depth_)
      return Fail(*first, fmt::format("is nested more than {} levels deep", most_depth_));
    auto merged = IsScalar(*first)                    ? Replace(base, patch)
                  : first->kind == NodeKind::kMapping ? MergeMappings(base, patch, known)
                                                      : MergeLists(base, patch, known);
    --depth_;
    return merged;
  }

  std::size_t steps() const { return MergeBudget::kMost - budget_.steps; }

 private:
  std::optional<MergedElement> Fail(const Node& culprit, std::string message) {
    if (!culprit.key.empty()) message += fmt::format(" in field \"{}\"", culprit.key);
    problems_.push_back({std::move(message), culprit.range});
    return std::nullopt;
  }

  static MergedElement Nothing() { return {}; }

  // A null that was written as a word stays where no patch speaks of it.
  static MergedElement MergeNulls(const Node* base, const Node* patch) {
    if (patch != nullptr || base == nullptr || base->text.empty()) return Nothing();
    return {*base, false};
  }

  static MergedElement Replace(const Node* base, const Node* patch) {
    if (patch == nullptr) return {*base, false};
    if (patch->kind == NodeKind::kNull) return Nothing();
    return {*patch, true};
  }

  std::optional<MergedElement> MergeMappings(const Node* base, const Node* patch, Known known) {
    if (patch == nullptr) return Members(*base, nullptr, known);
    if (patch->kind == NodeKind::kNull) return Nothing();
    const Node* const word = patch->Find(kDirectiveKey);
    const Directive directive = word == nullptr ? Directive::kMerge : DirectiveOf(ComparedText(*word));
    if (directive == Directive::kDelete) return Nothing();
    if (directive == Directive::kUnknown && IsPresent(base)) return UnknownDirective(*word);
    // Where the base has nothing, kustomize does not look at what the word is.
    const Node rest =
        directive == Directive::kUnknown ? *patch : WithoutMember(arena_, *patch, kDirectiveKey);
    const bool alone = !IsPresent(base) || base == patch || directive == Directive::kReplace;
    return Members(alone ? rest : *base, &rest, known, alone);
  }

  std::optional<MergedElement> UnknownDirective(const Node& word) {
    return Fail(word, fmt::format("unknown patch strategy '{}'", ComparedText(word)));
  }

  // The members of both sides; `alone`: of the patch, in the place of the base.
  std::optional<MergedElement> Members(const Node& base, const Node* patch, Known known, bool alone = false) {
    known.type = TypeOf(base, patch, known.type);
    std::vector<Node> members;
    for (const Node& member : base.children) {
      const Node* const other = alone ? &member : patch == nullptr ? nullptr : patch->Find(member.key);
      if (!Member(&member, other, known.type, members)) return std::nullopt;
    }
    if (patch != nullptr && !alone) {
      if (!budget_.Spend(base.children.size() * patch->children.size() / 16))
        return Fail(*patch, "this mapping and its target are too wide to be merged");
      for (const Node& member : patch->children) {
        if (base.Find(member.key) != nullptr) continue;
        if (!Member(nullptr, &member, known.type, members)) return std::nullopt;
      }
    }
    return MergedElement{WithChildren(arena_, base, members), alone};
  }

  bool Member(const Node* base, const Node* patch, TypeId owner, std::vector<Node>& members) {
    const Node& named = base == nullptr ? *patch : *base;
    const FieldFacts* const facts = facts_.Find(owner, named.key);
    const Known known = facts == nullptr ? Known{} : Known{facts->type, facts->merge ? facts : nullptr};
    const auto merged = Merge(base, patch, known);
    if (!merged) return false;
    if (!merged->value) return true;
    members.push_back(*merged->value);
    if (base != nullptr && merged->of_patch) KeepStyle(*base, members.back());
    members.back().key = named.key;
    members.back().key_hash = named.key_hash;
    return true;
  }

  // A value takes the style of the one that it replaces: where that is in quotes
  // or a block, the new one becomes a text too.
  static void KeepStyle(const Node& base, Node& value) {
    if (!IsScalar(base) || !IsScalar(value)) return;
    value.style = base.style;
    if (base.style != NodeStyle::kPlain) value.kind = NodeKind::kString;
  }

  // Where no schema is known, one that the value names itself: an object inside an
  // object of a custom kind merges as the kind that it is.
  TypeId TypeOf(const Node& base, const Node* patch, TypeId type) const {
    for (const Node* const node : {&base, patch}) {
      if (type != 0 || node == nullptr) return type;
      const Node* const version = node->Find("apiVersion");
      const Node* const kind = node->Find("kind");
      if (version == nullptr || kind == nullptr) continue;
      const std::string_view text = version->String();
      const std::size_t slash = text.find('/');
      type = slash == text.npos
                 ? facts_.TypeOf("", text, kind->String())
                 : facts_.TypeOf(text.substr(0, slash), text.substr(slash + 1), kind->String());
    }
    return type;
  }

  std::optional<MergedElement> MergeLists(const Node* base, const Node* patch, Known known) {
    if (known.list == nullptr) return Replace(base, patch);
    if (patch == nullptr) return Elements(*base, nullptr, *known.list);
    if (!IsPresent(base)) return Elements(*patch, patch, *known.list);
    if (patch->kind == NodeKind::kNull) return Nothing();
    const Node* const word = ListDirective(*patch);
    if (word == nullptr) return Elements(*base, patch, *known.list);
    const Directive directive = DirectiveOf(ComparedText(*word));
    if (directive == Directive::kDelete) return Nothing();
    if (directive == Directive::kUnknown) return UnknownDirective(*word);
    const Node rest =
        WithChildren(arena_, *patch, WithoutMatching(patch->children, kDirectiveKey, ComparedText(*word)));
    const bool alone = base == patch || directive == Directive::kReplace;
    return Elements(alone ? rest : *base, &rest, *known.list);
  }

  // An element that holds the directive and nothing else speaks for the list; only
  // the first one with a directive is asked.
  static const Node* ListDirective(const Node& list) {
    for (const Node& element : list.children) {
      const Node* const word = element.Find(kDirectiveKey);
      if (word != nullptr) return element.children.size() == 1 ? word : nullptr;
    }
    return nullptr;
  }

  std::optional<MergedElement> Elements(const Node& base, const Node* patch, const FieldFacts& facts) {
    std::vector<std::string_view> keys{facts.merge_key};
    if (!facts.second_key.empty()) keys.push_back(facts.second_key);
    ListMergeResult merged =
        MergeByKeys(arena_, base, patch, std::move(keys), budget_, [&](const Node* a, const Node* b) {
          return Merge(a, b, Known{facts.type, nullptr});
        });
    if (!merged.failed) return MergedElement{WithChildren(arena_, base, merged.elements), &base == patch};
    if (!merged.problem.empty()) {
      Node culprit = patch == nullptr ? base : *patch;
      if (merged.place.begin.line != 0) culprit.range = merged.place;
      return Fail(culprit, std::move(merged.problem));
    }
    return std::nullopt;
  }

  Arena& arena_;
  const KindFacts& facts_;
  std::vector<RenderProblem>& problems_;
  std::size_t most_depth_;
  MergeBudget budget_;
  std::size_t depth_ = 0;
};

}  // namespace

PatchResult StrategicMerge(Arena& arena, const KindFacts& facts, TypeId type, const Node& object,
                           const Node& patch, const Limits& limits) {
  PatchResult result;
  Merger merger(arena, facts, limits, result.problems);
  const auto merged = merger.Merge(&object, &patch, Known{type, nullptr});
  result.steps = merger.steps();
  if (!merged) return result;
  result.deleted = !merged->value;
  // kustomize lets `$patch: replace` of a whole object go to nothing.
  if (merged->value) result.root = merged->of_patch ? object : *merged->value;
  return result;
}

}  // namespace sluice::manifests::render
