// The table of contents of the native rules: what runs over an object, what
// hides one, and the list of all.
#include "policies/native.h"

#include <algorithm>
#include <array>

#include "manifests/nearest.h"
#include "policies/rules/credentials.h"
#include "policies/rules/rules.h"
#include "policies/rules/sops_file.h"
#include "schemas/words.h"

namespace sluice::policies {
namespace {

using manifests::Node;

constexpr std::size_t kDepth = 200;  // above the parser's own limit

constexpr std::array kRules = {
    &kAnnotationRule,
    &kDuplicateRule,
    &kEncryptedPrivateKeyRule,
    &kEnvFileRule,
    &kGenerateNameRule,
    &kGeneratorLiteralRule,
    &kHalfEncryptedRule,
    &kLabelRule,
    &kMissingNameRule,
    &kNameRule,
    &kNamespaceOnClusterScopedRule,
    &kNamespaceRule,
    &kPlainSecretRule,
    &kPrivateKeyRule,
    &kSopsRequiredRule,
    &kSopsRulesRule,
    &kTokenRule,
    &kUrlPasswordRule,
    &kWebTokenRule,
};

bool EqualFold(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool NamesSecret(std::string_view kind) {
  constexpr std::array<std::string_view, 2> kSecrets = {"Secret", "SecretList"};
  return !manifests::Nearest(kind, kSecrets).empty();
}

// "Secret", misspelt or inside a list too.
bool MeansSecret(const Node& kind) {
  if (kind.IsString()) return NamesSecret(kind.text);
  return std::ranges::any_of(kind.children, [](const Node& child) { return NamesSecret(child.String()); });
}

const Node* FindFolded(const Node& mapping, std::string_view key) {
  const auto found =
      std::ranges::find_if(mapping.children, [key](const Node& child) { return EqualFold(child.key, key); });
  return found == mapping.children.end() ? nullptr : &*found;
}

// A Secret inside another object (a template's, a generator's) counts as one,
// and so does one whose keys are misspelt or whose kind is missing.
bool LooksLikeSecret(const Node& mapping) {
  if (mapping.kind != manifests::NodeKind::kMapping) return false;
  for (const std::string_view key : {"stringData", "secretGenerator"}) {
    if (FindFolded(mapping, key) != nullptr) return true;
  }
  const Node* kind = FindFolded(mapping, "kind");
  if (kind != nullptr) return MeansSecret(*kind);
  return FindFolded(mapping, "data") != nullptr &&
         (FindFolded(mapping, "apiVersion") != nullptr || FindFolded(mapping, "type") != nullptr);
}

// A patch that stands as text in another object.
bool IsTextOfSecret(std::string_view text) {
  return text.find('\n') != text.npos &&
         (text.find("stringData") != text.npos || text.find("kind: Secret") != text.npos);
}

bool HoldsSecret(const Node& node, std::size_t depth) {
  if (depth > kDepth) return true;
  if (node.IsString()) return HoldsCredential(node.text) || IsTextOfSecret(node.text);
  return LooksLikeSecret(node) || std::ranges::any_of(node.children, [depth](const Node& child) {
           return HoldsCredential(child.key) || HoldsSecret(child, depth + 1);
         });
}

}  // namespace

Findings CheckObject(const NativeContext& context, const manifests::Object& object) {
  Findings findings;
  CheckPlainSecret(context, object, findings);
  if (IsReadFromFile(object)) return findings;
  CheckName(context, object, findings);
  CheckGenerateName(object, findings);
  CheckNamespace(context, object, findings);
  CheckMetadata(context, object, findings);
  return findings;
}

bool HidesSource(const manifests::Node& root) { return HoldsSecret(root, 0); }

std::span<const Rule* const> NativeRules() { return kRules; }

}  // namespace sluice::policies
