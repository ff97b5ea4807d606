// Masks are put by the way to a value, elements of lists called by their names: a
// value is compared with nothing but what stood at its own place, so that nobody
// can try out values beside it.
// Tested by tests/cluster/live_diff_test.cc and tests/cluster/planted_test.cc.
#include "cluster/live_diff.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "manifests/arena.h"
#include "manifests/object.h"

namespace sluice::cluster {
namespace {

using manifests::Arena;
using manifests::Node;
using manifests::NodeKind;

constexpr std::array<std::string_view, 6> kServerMetadata = {
    "managedFields", "resourceVersion", "uid", "generation", "creationTimestamp", "selfLink"};
constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

// What may be seen of a Secret, and everything below it that is no credential.
constexpr std::array<std::string_view, 9> kShownOfSecret = {"/apiVersion",
                                                            "/kind",
                                                            "/type",
                                                            "/immutable",
                                                            "/metadata/name",
                                                            "/metadata/namespace",
                                                            "/metadata/labels",
                                                            "/metadata/finalizers",
                                                            "/metadata/ownerReferences"};

bool IsNoise(std::string_view parent, const Node& member) {
  if (parent.empty()) return member.key == "status";
  if (parent == "/metadata") {
    const bool written =
        std::find(kServerMetadata.begin(), kServerMetadata.end(), member.key) != kServerMetadata.end();
    const bool empty =
        member.key == "annotations" && member.children.size() == 1 && member.children[0].key == kLastApplied;
    return written || empty;
  }
  return parent == "/metadata/annotations" && member.key == kLastApplied;
}

std::string Json(const Node& node) {
  std::string json;
  manifests::CanonicalJson(node, json);
  return json;
}

// The path of a member, as far as noise is told by it.
std::string_view PathBelow(std::string_view parent, std::string_view key) {
  if (parent.empty()) return key == "metadata" ? "/metadata" : "/";
  return parent == "/metadata" && key == "annotations" ? "/metadata/annotations" : "/";
}

bool SameWithoutNoise(const Node& a, const Node& b, std::string_view path);

// Every member of `a` that counts is in `b`; `count`: how many there are.
bool HasMembers(const Node& a, const Node& b, std::string_view path, std::size_t& count) {
  return std::all_of(a.children.begin(), a.children.end(), [&](const Node& member) {
    if (IsNoise(path, member)) return true;
    ++count;
    const Node* const other = b.Find(member.key);
    return other != nullptr && !IsNoise(path, *other) &&
           SameWithoutNoise(member, *other, PathBelow(path, member.key));
  });
}

bool SameWithoutNoise(const Node& a, const Node& b, std::string_view path) {
  if (a.kind == NodeKind::kMapping && b.kind == NodeKind::kMapping) {
    std::size_t count = 0;
    const auto is_noise = [&](const Node& member) { return IsNoise(path, member); };
    return HasMembers(a, b, path, count) &&
           count + static_cast<std::size_t>(std::count_if(b.children.begin(), b.children.end(), is_noise)) ==
               b.children.size();
  }
  if (a.kind == NodeKind::kSequence && b.kind == NodeKind::kSequence)
    return std::equal(a.children.begin(), a.children.end(), b.children.begin(), b.children.end(),
                      [](const Node& x, const Node& y) { return SameWithoutNoise(x, y, "/"); });
  if (a.IsString() && b.IsString()) return a.text == b.text;
  return a.kind == b.kind && Json(a) == Json(b);
}

// One side: its tree without noise, and its masked values by their places.
class Side {
 public:
  explicit Side(const Discretion& discretion) : discretion_(discretion) {}

  void Read(const Node& root) {
    tree_ = Cut(root, "");
    Find(tree_, "", false);
  }
  // `differs` marks masked values that are not those of `other`.
  std::string Masked(const Side& other, std::string_view differs) {
    return Json(Mask(tree_, "", false, other, differs));
  }

 private:
  static std::string StepTo(const Node& parent, std::size_t index) {
    const Node& child = parent.children[index];
    if (parent.kind == NodeKind::kMapping) return '/' + std::string(child.key);
    const Node* const name = child.Find("name");
    return name != nullptr && name->IsString() ? "/=" + std::string(name->text) : '/' + std::to_string(index);
  }

  Node Cut(const Node& node, const std::string& path) {
    std::vector<Node> children;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const Node& child = node.children[i];
      if (node.kind == NodeKind::kMapping && IsNoise(path, child)) continue;
      children.push_back(Cut(child, path + StepTo(node, i)));
    }
    Node cut = node;
    cut.children = arena_.Keep(std::span<const Node>(children));
    return cut;
  }

  // A value of a Secret, or one that is masked wherever it stands.
  bool IsHidden(const Node& parent, const Node& child, bool shown) const {
    if (child.kind == NodeKind::kMapping || child.kind == NodeKind::kSequence) return false;
    if (discretion_.silent() && !shown) return true;
    return parent.kind == NodeKind::kMapping ? IsMasked(parent, child)
                                             : child.IsString() && IsMaskedText(child.text);
  }

  static bool IsShown(const std::string& path) {
    return std::find(kShownOfSecret.begin(), kShownOfSecret.end(), path) != kShownOfSecret.end();
  }

  void Find(const Node& node, const std::string& path, bool shown) {
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const std::string step = path + StepTo(node, i);
      const bool visible = shown || IsShown(step);
      if (IsHidden(node, node.children[i], visible)) masked_[step] += Json(node.children[i]);
      Find(node.children[i], step, visible);
    }
  }

  bool Differs(const Side& other, const std::string& step) const {
    const auto own = masked_.find(step), theirs = other.masked_.find(step);
    return own != masked_.end() && theirs != other.masked_.end() && own->second != theirs->second;
  }

  Node Mask(const Node& node, const std::string& path, bool shown, const Side& other,
            std::string_view differs) {
    std::vector<Node> children;
    std::size_t secret_keys = 0;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const std::string step = path + StepTo(node, i);
      const bool visible = shown || IsShown(step);
      Node child = Mask(node.children[i], step, visible, other, differs);
      if (IsHidden(node, node.children[i], visible)) {
        child.kind = NodeKind::kString;
        child.text = Differs(other, step) ? differs : "***";
      }
      if (IsMaskedText(child.key)) child.key = arena_.Keep("*** " + std::to_string(++secret_keys));
      children.push_back(child);
    }
    Node masked = node;
    masked.children = arena_.Keep(std::span<const Node>(children));
    return masked;
  }

  const Discretion& discretion_;
  Arena arena_{4096};
  Node tree_;
  std::map<std::string, std::string> masked_;
};

}  // namespace

bool IsWrittenByServers(std::string_view field) {
  constexpr std::string_view kMetadata = "metadata.";
  const std::string_view top = field.substr(0, field.find_first_of(".["));
  if (top == "status") return true;
  if (!field.starts_with(kMetadata)) return false;
  field.remove_prefix(kMetadata.size());
  const std::string_view member = field.substr(0, field.find_first_of(".["));
  return std::find(kServerMetadata.begin(), kServerMetadata.end(), member) != kServerMetadata.end() ||
         field == "annotations." + std::string(kLastApplied);
}

bool IsSame(const Node& live, const Node& taken) { return SameWithoutNoise(live, taken, ""); }

Compared Compare(const Node* live, const Node* taken, const Discretion& discretion) {
  Side before(discretion), after(discretion);
  if (live != nullptr) before.Read(*live);
  if (taken != nullptr) after.Read(*taken);
  Compared compared;
  if (live != nullptr) compared.live = before.Masked(after, "*** (before)");
  if (taken != nullptr) compared.taken = after.Masked(before, "*** (after)");
  return compared;
}

}  // namespace sluice::cluster
