// The meaning of SOPS's metadata, after getsops/sops: sops.go (walkBranch,
// shouldBeEncrypted) and stores/stores.go (Metadata). The invariant: a value
// that SOPS would have encrypted and that is not is always counted, whatever
// the metadata says of itself. Tested by sops_test.cc.
#include "policies/rules/sops_document.h"

#include <algorithm>
#include <array>

#include "policies/placeholder.h"

namespace sluice::policies {
namespace {

using manifests::FieldStep;
using manifests::Node;
using manifests::NodeKind;

constexpr std::size_t kDepth = 200;  // above the parser's own limit

// Where the keys are kept; one of them must hold something.
constexpr std::array<std::string_view, 9> kKeyLists = {
    "age", "pgp", "kms", "gcp_kms", "azure_kv", "hc_vault", "hckms", "plugins", "key_groups"};

std::string_view Text(const Node& mapping, std::string_view key) {
  const Node* member = mapping.Find(key);
  return member == nullptr ? std::string_view() : member->String();
}

std::optional<manifests::Pattern> Compile(const Node& mapping, std::string_view key, std::string& problem) {
  const std::string_view text = Text(mapping, key);
  if (text.empty()) return std::nullopt;
  Result<manifests::Pattern> pattern = manifests::Pattern::Compile(text, kPatternBytes);
  if (pattern) return std::move(*pattern);
  problem = std::string(key) + " is not a regular expression that can be used";
  return std::nullopt;
}

struct Walk {
  const SopsSelector& selector;
  SopsLeaves& leaves;
  std::vector<FieldStep> steps;

  using Marks = SopsSelector::Marks;  // of the keys on the way; indexes do not count

  void Leaf(const Node& node, const Marks& marks) {
    const bool is_empty = node.kind == NodeKind::kNull || (node.IsString() && node.text.empty());
    if (is_empty) return;  // SOPS leaves these alone
    if (IsSopsValue(node.String())) {
      ++leaves.encrypted;
      return;
    }
    if (selector.by_comment || !selector.WantsEncrypted(marks)) return;
    if (leaves.plain++ > 0) return;
    leaves.first = &node;
    leaves.first_field = manifests::FieldPath(steps);
  }

  void Visit(const Node& node, const Marks& marks) {
    if (steps.size() > kDepth) return;
    if (node.kind == NodeKind::kMapping) {
      for (const Node& member : node.children) Member(member, marks);
    } else if (node.kind == NodeKind::kSequence) {
      for (std::size_t i = 0; i < node.children.size(); ++i) {
        steps.push_back({.key = {}, .index = i});
        Visit(node.children[i], marks);
        steps.pop_back();
      }
    } else {
      Leaf(node, marks);
    }
  }

  void Member(const Node& member, const Marks& above) {
    if (steps.empty() && member.key == "sops") return;
    steps.push_back({.key = member.key});
    Visit(member, selector.With(above, member.key));
    steps.pop_back();
  }
};

}  // namespace

SopsSelector::Marks SopsSelector::With(Marks marks, std::string_view part) const {
  marks.unencrypted_suffix |= !unencrypted_suffix.empty() && part.ends_with(unencrypted_suffix);
  marks.encrypted_suffix |= !encrypted_suffix.empty() && part.ends_with(encrypted_suffix);
  const auto matches = [part](const auto& pattern) { return pattern && pattern->Search(part); };
  marks.unencrypted_regex = marks.unencrypted_regex || matches(unencrypted_regex);
  marks.encrypted_regex = marks.encrypted_regex || matches(encrypted_regex);
  return marks;
}

// Each stage overrules the one before, as in SOPS.
bool SopsSelector::WantsEncrypted(const Marks& marks) const {
  bool wanted = !marks.unencrypted_suffix;
  if (!encrypted_suffix.empty()) wanted = marks.encrypted_suffix;
  if (marks.unencrypted_regex) wanted = false;
  if (encrypted_regex) wanted = marks.encrypted_regex;
  return wanted;
}

SopsSelector SelectorOf(const Node& mapping) {
  SopsSelector selector;
  selector.unencrypted_suffix = Text(mapping, "unencrypted_suffix");
  selector.encrypted_suffix = Text(mapping, "encrypted_suffix");
  selector.unencrypted_regex = Compile(mapping, "unencrypted_regex", selector.problem);
  selector.encrypted_regex = Compile(mapping, "encrypted_regex", selector.problem);
  selector.by_comment = !Text(mapping, "encrypted_comment_regex").empty() ||
                        !Text(mapping, "unencrypted_comment_regex").empty();
  const bool chooses = !selector.unencrypted_suffix.empty() || !selector.encrypted_suffix.empty() ||
                       selector.unencrypted_regex || selector.encrypted_regex || selector.by_comment;
  if (!chooses) selector.unencrypted_suffix = "_unencrypted";  // sops.DefaultUnencryptedSuffix
  return selector;
}

const Node* SopsMetadata(const Node& root) {
  const Node* metadata = root.Find("sops");
  if (metadata == nullptr || metadata->kind != NodeKind::kMapping) return nullptr;
  return metadata->Find("mac") != nullptr || metadata->Find("lastmodified") != nullptr ? metadata : nullptr;
}

std::string MetadataProblem(const Node& metadata) {
  if (!IsSopsValue(Text(metadata, "mac"))) return "sops.mac is missing, or is not as SOPS writes it";
  const bool has_key = std::any_of(kKeyLists.begin(), kKeyLists.end(), [&metadata](std::string_view list) {
    const Node* keys = metadata.Find(list);
    return keys != nullptr && keys->kind == NodeKind::kSequence && !keys->children.empty();
  });
  return has_key ? std::string() : "sops holds no key that could decrypt the file";
}

SopsLeaves CountLeaves(const Node& root, const SopsSelector& selector) {
  SopsLeaves leaves;
  Walk{.selector = selector, .leaves = leaves, .steps = {}}.Visit(root, {});
  return leaves;
}

}  // namespace sluice::policies
