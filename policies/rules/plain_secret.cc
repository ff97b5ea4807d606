// secret/plain: a v1 Secret whose values can be read. What passes is told
// value by value: empty, a placeholder as a whole (also in base64), encrypted by
// SOPS; and key by key where a tool keeps settings in Secrets. A Secret with
// SOPS metadata of its own is secret/half-encrypted's. No value ever reaches a
// message. Tested by secret_test.cc.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "policies/placeholder.h"
#include "policies/rules/base64.h"
#include "policies/rules/rules.h"
#include "policies/rules/sops_document.h"
#include "policies/rules/sops_file.h"
#include "policies/rules/words.h"

namespace sluice::policies {

constexpr Rule kPlainSecretRule{
    .id = "secret/plain",
    .title = "a Secret whose values can be read",
    .why =
        "Whoever can read the repository, its clones or its backups, now or later, has the secret: base64 "
        "is not encryption, and what Git once held it keeps.",
    .remedy =
        "change the secret where it is used, then commit it encrypted (SOPS, SealedSecret) or by "
        "reference (ExternalSecret, a placeholder)",
    .fails = R"(apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: shop
stringData:
  password: correct horse battery staple
)",
    .passes = R"(apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: shop
stringData:
  password: ${DB_PASSWORD}
)",
};

namespace {

using manifests::Node;
using manifests::NodeKind;
using manifests::Object;

constexpr std::size_t kPlaceholderBytes = 4096;  // of base64 that is decoded to look for one
constexpr std::size_t kNamedKeys = 5;            // in a message
constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

// Secrets in which a tool keeps settings beside credentials, known by a label:
// these keys of theirs are no secret.
constexpr std::string_view kSettingsLabel = "argocd.argoproj.io/secret-type";
constexpr std::array<std::string_view, 2> kValueMaps = {"data", "stringData"};
constexpr std::array<std::string_view, 20> kSettingsKeys = {"type",
                                                            "url",
                                                            "name",
                                                            "project",
                                                            "server",
                                                            "namespaces",
                                                            "clusterResources",
                                                            "shard",
                                                            "insecure",
                                                            "insecureIgnoreHostKey",
                                                            "forceHttpBasicAuth",
                                                            "proxy",
                                                            "noProxy",
                                                            "enableLfs",
                                                            "enableOCI",
                                                            "depth",
                                                            "githubAppID",
                                                            "githubAppInstallationID",
                                                            "githubAppEnterpriseBaseUrl",
                                                            "useAzureWorkloadIdentity"};

const Node* MetadataMap(const Object& object, std::string_view name) {
  const Node* metadata = object.root->Find("metadata");
  return metadata == nullptr ? nullptr : metadata->Find(name);
}

bool IsSetting(const Object& object, std::string_view key) {
  const Node* labels = MetadataMap(object, "labels");
  return labels != nullptr && labels->Find(kSettingsLabel) != nullptr &&
         std::find(kSettingsKeys.begin(), kSettingsKeys.end(), key) != kSettingsKeys.end();
}

struct PlainValue {
  std::string_view map;  // "data" or "stringData"
  const Node* value;
};

void AddPlainValues(const Object& object, std::string_view name, Encoding encoding,
                    std::vector<PlainValue>& plain) {
  const Node* values = object.root->Find(name);
  if (values == nullptr) return;
  if (values->kind != NodeKind::kMapping) {  // the wrong type may still be a secret
    if (!IsHarmless(*values, encoding)) plain.push_back({name, values});
    return;
  }
  for (const Node& value : values->children) {
    if (!IsHarmless(value, encoding) && !IsSetting(object, value.key)) plain.push_back({name, &value});
  }
}

std::vector<PlainValue> PlainValues(const Object& object) {
  std::vector<PlainValue> plain;
  AddPlainValues(object, "data", Encoding::kEncoded, plain);
  AddPlainValues(object, "stringData", Encoding::kText, plain);
  return plain;
}

// Encrypted, or a placeholder.
bool HoldsStandIns(const Object& object) {
  if (SopsMetadata(*object.root) != nullptr) return true;
  for (const std::string_view map : kValueMaps) {
    const Node* values = object.root->Find(map);
    if (values == nullptr) continue;
    if (std::any_of(values->children.begin(), values->children.end(), [&](const Node& value) {
          return value.IsString() && !value.text.empty() && !IsSetting(object, value.key);
        }))
      return true;
  }
  return false;
}

// "password, token and 3 more"
std::string KeyList(const std::vector<PlainValue>& plain) {
  std::string list;
  for (std::size_t i = 0; i < plain.size() && i < kNamedKeys; ++i) {
    list.append(i == 0 ? "" : ", ").append(Quoted(plain[i].value->key));
  }
  if (plain.size() > kNamedKeys) list += " and " + std::to_string(plain.size() - kNamedKeys) + " more";
  return list;
}

// Whether the text holds values of a Secret: it may be written with blanks and escapes. What
// cannot be read may.
bool HoldsValues(std::string_view copy, const Limits& limits) {
  const manifests::ParsedFile file = manifests::Parse("a copy", std::string(copy), limits);
  if (!file.Readable()) return true;
  return std::any_of(file.documents.begin(), file.documents.end(), [](const manifests::Document& document) {
    if (document.root == nullptr) return false;
    return std::any_of(std::begin(kValueMaps), std::end(kValueMaps), [&](std::string_view map) {
      const Node* const values = document.root->Find(map);
      return values != nullptr && !values->children.empty();
    });
  });
}

// `kubectl get -o yaml` brings the values a second time, inside an annotation.
void CheckLastApplied(const Object& object, Findings& findings) {
  const Node* annotations = MetadataMap(object, "annotations");
  const Node* copy = annotations == nullptr ? nullptr : annotations->Find(kLastApplied);
  if (copy == nullptr || copy->String().empty() || !HoldsValues(copy->String(), Limits())) return;
  findings.push_back(
      FindingIn(kPlainSecretRule, object, copy->key_range, "metadata.annotations",
                "annotation " + std::string(kLastApplied) + " holds a copy of the Secret's values"));
}

std::string RemedyOf(const NativeContext& context, const Object& object) {
  if (context.sops == nullptr || !HasCreationRule(*context.sops, object.file)) return {};
  return "change the secret where it is used, then encrypt the file: sops --encrypt --in-place " +
         std::string(object.file);
}

}  // namespace

bool IsHarmless(const Node& value, Encoding encoding) {
  if (value.kind == NodeKind::kNull) return true;
  if (!value.IsString()) return false;
  if (value.text.empty() || IsSopsValue(value.text) || IsPlaceholder(value.text)) return true;
  if (encoding == Encoding::kText || !IsBase64(value.text)) return false;
  const std::string decoded = DecodeBase64(value.text, kPlaceholderBytes);
  return decoded.size() < kPlaceholderBytes && IsPlaceholder(decoded);
}

bool IsSecret(const Object& object) { return object.group.empty() && object.kind == "Secret"; }

SecretValues ValuesOf(const Object& object) {
  if (!IsSecret(object)) return SecretValues::kNone;
  Findings copies;
  CheckLastApplied(object, copies);
  if (!copies.empty() || !PlainValues(object).empty()) return SecretValues::kPlain;
  return HoldsStandIns(object) ? SecretValues::kStandIn : SecretValues::kNone;
}

void CheckPlainSecret(const NativeContext& context, const Object& object, Findings& findings) {
  if (!IsSecret(object)) return;
  CheckLastApplied(object, findings);
  if (const Node* metadata = SopsMetadata(*object.root)) {
    const std::size_t before = findings.size();
    CheckEncryptedSecret(object, *metadata, findings);
    if (findings.size() != before) return;  // else what its selector leaves out is plain all the same
  }
  const std::vector<PlainValue> plain = PlainValues(object);
  if (plain.empty()) return;
  const PlainValue& first = plain.front();
  std::vector<manifests::FieldStep> field = {{.key = first.map}};
  if (first.value != object.root->Find(first.map)) field.push_back({.key = first.value->key});
  findings.push_back(FindingIn(kPlainSecretRule, object, first.value->key_range, manifests::FieldPath(field),
                               "Secret holds " + std::to_string(plain.size()) +
                                   (plain.size() == 1 ? " value" : " values") +
                                   " in plain text: " + KeyList(plain)));
  findings.back().remedy = RemedyOf(context, object);
}

}  // namespace sluice::policies
