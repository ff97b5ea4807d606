// The rules of this folder and the functions that apply them to one object,
// for native.cc, which lists them.
#pragma once

#include "base/rule.h"
#include "manifests/object.h"
#include "policies/native.h"

namespace sluice::policies {

extern const Rule kNameRule, kMissingNameRule, kGenerateNameRule;         // name.cc, generate_name.cc
extern const Rule kNamespaceRule, kNamespaceOnClusterScopedRule;          // namespace.cc
extern const Rule kLabelRule, kAnnotationRule;                            // metadata.cc
extern const Rule kDuplicateRule;                                         // duplicate.cc
extern const Rule kPlainSecretRule;                                       // plain_secret.cc
extern const Rule kHalfEncryptedRule, kSopsRequiredRule, kSopsRulesRule;  // sops_file.cc, sops_rules.cc
extern const Rule kGeneratorLiteralRule, kEnvFileRule;                    // secret_generator.cc, env_file.cc
extern const Rule kPrivateKeyRule, kEncryptedPrivateKeyRule;              // private_key.cc
extern const Rule kTokenRule, kWebTokenRule, kUrlPasswordRule;  // token.cc, web_token.cc, url_password.cc

void CheckName(const NativeContext& context, const manifests::Object& object, Findings& findings);
void CheckGenerateName(const manifests::Object& object, Findings& findings);
void CheckNamespace(const NativeContext& context, const manifests::Object& object, Findings& findings);
void CheckMetadata(const NativeContext& context, const manifests::Object& object, Findings& findings);
void CheckPlainSecret(const NativeContext& context, const manifests::Object& object, Findings& findings);

enum class Encoding : unsigned char { kText, kEncoded };  // kEncoded: in base64

// True for a value of a Secret that tells nobody a secret: empty, a placeholder
// as a whole (in base64 too), or encrypted by SOPS.
bool IsHarmless(const manifests::Node& value, Encoding encoding);

// Files that a tool reads and no API server ever sees (kubeconfig, kind,
// kustomize, kubeadm, …): the native/ rules do not hold for them.
bool IsReadFromFile(const manifests::Object& object);

}  // namespace sluice::policies
