// Tested by tests/manifests/render/build_cases_test.cc.
#include "manifests/render/shared_texts.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "manifests/render/edit.h"

namespace sluice::manifests::render {
namespace {

bool IsText(const Node& node, const char* text) { return node.IsString() && node.text.data() == text; }

// What an edit made of shared texts. Edits share what they leave, so only what is
// another node is looked at; a mapping of another range took the place of the old
// one, and its fields.
struct Change {
  std::string_view text;
  const Node* now = nullptr;
};

class Changes {
 public:
  explicit Changes(const TextList* shared) : shared_(shared) {}

  std::vector<Change> found;
  std::size_t work = 0;

  void Look(const Node& before, const Node& after) {
    if (before.kind != NodeKind::kMapping || after.kind != NodeKind::kMapping ||
        before.range != after.range || before.children.data() == after.children.data()) {
      return;
    }
    work += before.children.size();
    for (std::size_t i = 0; i < before.children.size(); ++i) {
      const Node& member = before.children[i];
      const bool in_place = i < after.children.size() && after.children[i].key == member.key;
      if (!in_place) work += after.children.size() / 8;
      const Node* now = in_place ? &after.children[i] : after.Find(member.key);
      if (now == nullptr) continue;
      Look(member, *now);
      if (member.IsString() && now->text.data() != member.text.data()) Note(member.text, *now);
    }
  }

 private:
  void Note(std::string_view text, const Node& now) {
    const auto is_it = [text](std::string_view each) { return each.data() == text.data(); };
    if (std::ranges::any_of(found, is_it, &Change::text)) return;
    for (const TextList* each = shared_; each != nullptr; each = each->before, ++work) {
      if (is_it(each->text)) return found.push_back({text, &now});
    }
  }

  const TextList* shared_;
};

struct Replacing {
  const char* text;
  const Node& value;
  std::size_t& work;
};

// `node` with the value wherever the text stands, and where it stood before the
// edit in a mapping that is still there.
std::optional<Node> Replaced(Arena& arena, const Node* before, const Node& node, const Replacing& replacing) {
  ++replacing.work;
  if (IsText(node, replacing.text) || (before != nullptr && IsText(*before, replacing.text)))
    return AsMember(arena, replacing.value, node.key, node.key_range);
  const bool same = before != nullptr && before->kind == NodeKind::kMapping &&
                    node.kind == NodeKind::kMapping && before->range == node.range;
  std::vector<Node> children;
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const Node* old = same ? before->Find(node.children[i].key) : nullptr;
    if (same) replacing.work += before->children.size() / 8;
    const std::optional<Node> child = Replaced(arena, old, node.children[i], replacing);
    if (!child) continue;
    if (children.empty()) children.assign(node.children.begin(), node.children.end());
    children[i] = *child;
  }
  if (children.empty()) return std::nullopt;
  return WithChildren(arena, node, children);
}

}  // namespace

void NoteShared(Arena& arena, Resource& resource, std::string_view text) {
  if (!text.empty()) resource.shared = Add(arena, resource.shared, text);
}

std::size_t FollowShared(Arena& arena, Resource& resource, const Node& before) {
  if (resource.shared == nullptr) return 0;
  Changes changes(resource.shared);
  changes.Look(before, resource.root);
  for (const Change& change : changes.found) {
    Node value = *change.now;
    value.text = arena.Keep(change.now->text);  // what the fields share from now on
    std::size_t work = 0;
    const auto root = Replaced(arena, &before, resource.root, {change.text.data(), value, work});
    if (root) resource.root = *root;
    NoteShared(arena, resource, value.text);
    changes.work += work;
  }
  return changes.work;
}

}  // namespace sluice::manifests::render
