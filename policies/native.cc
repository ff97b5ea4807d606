// The table of contents of the native rules: what runs over an object, what
// hides one, and the list of all.
#include "policies/native.h"

#include <algorithm>
#include <array>

#include "policies/rules/credentials.h"
#include "policies/rules/rules.h"
#include "policies/rules/sops_file.h"

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

bool IsSecretKind(std::string_view kind) {
  constexpr std::string_view kSecret = "secret";
  return kind.size() == kSecret.size() && std::equal(kind.begin(), kind.end(), kSecret.begin(),
                                                     [](char a, char b) { return (a | 0x20) == b; });
}

// A Secret inside another object (a template's, a generator's) counts as one,
// and so does one with a misspelt `kind`: `stringData` is a Secret's word.
bool HoldsSecret(const Node& node, std::size_t depth) {
  if (depth > kDepth) return true;
  if (node.IsString()) return HoldsCredential(node.text);
  return std::any_of(node.children.begin(), node.children.end(), [depth](const Node& child) {
    return child.key == "stringData" || (child.key == "kind" && IsSecretKind(child.String())) ||
           HoldsCredential(child.key) || HoldsSecret(child, depth + 1);
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

bool HidesSource(const manifests::Object& object) { return HoldsSecret(*object.root, 0); }

std::span<const Rule* const> NativeRules() { return kRules; }

}  // namespace sluice::policies
