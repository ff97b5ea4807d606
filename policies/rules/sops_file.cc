// secret/half-encrypted and secret/sops-required, over the documents of a file.
//
// A creation rule of .sops.yaml says how SOPS would encrypt a file, and many
// repositories match every manifest with one (`path_regex: .*\.yaml$`). Only a
// pattern that chooses files can say that one must be encrypted. The test: a
// pattern that also takes the kustomization.yaml beside the file, which nobody
// can encrypt, does not choose. Secrets need no pattern: they are
// secret/plain's wherever they stand. Tested by sops_test.cc.
#include "policies/rules/sops_file.h"

#include <algorithm>
#include <array>
#include <string>

#include "policies/placeholder.h"
#include "policies/rules/rules.h"
#include "policies/rules/sops_document.h"
#include "policies/rules/sops_rules.h"
#include "policies/rules/words.h"

namespace sluice::policies {

constexpr Rule kHalfEncryptedRule{
    .id = "secret/half-encrypted",
    .title = "a SOPS file of which a part is plain, or that nothing can decrypt",
    .why =
        "A value added by hand to an encrypted file stands there for all to read, and SOPS then refuses "
        "the whole file, because its checksum no longer fits.",
    .remedy = "edit encrypted files with `sops FILE`; change a secret that was plain where it is used",
    .fails = R"(apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: shop
stringData:
  user: ENC[AES256_GCM,data:p0lJyQ==,iv:hV0ztBHyUwVRlEqfIrOrv7Bpaa1xvDh+cBIsSEA5dNc=,tag:BzWpa1mEZ8dRPDkzP6R4nA==,type:str]
  password: correct horse battery staple
sops:
  age:
    - recipient: age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p
      enc: a data key, encrypted for the recipient
  lastmodified: "2025-11-03T09:12:44Z"
  mac: ENC[AES256_GCM,data:4J7mQw==,iv:0dZ0pBFrEo1m1UPVn4g7vQ0cm3c5yCEpgTpZgjPhgGU=,tag:9p6a6Yp0sPqqZ0mHNhD0gQ==,type:str]
  encrypted_regex: ^(data|stringData)$
  version: 3.10.2
)",
    .passes = R"(apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: shop
stringData:
  user: ENC[AES256_GCM,data:p0lJyQ==,iv:hV0ztBHyUwVRlEqfIrOrv7Bpaa1xvDh+cBIsSEA5dNc=,tag:BzWpa1mEZ8dRPDkzP6R4nA==,type:str]
  password: ENC[AES256_GCM,data:Ctx1Q1dA,iv:yqWxuyYTc2RrGkSVXZ1x7Bq8y1oDmkCpl1MyMnYx6TQ=,tag:o0z3h3RuqBqEhK4oCPrYUw==,type:str]
sops:
  age:
    - recipient: age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p
      enc: a data key, encrypted for the recipient
  lastmodified: "2025-11-03T09:12:44Z"
  mac: ENC[AES256_GCM,data:4J7mQw==,iv:0dZ0pBFrEo1m1UPVn4g7vQ0cm3c5yCEpgTpZgjPhgGU=,tag:9p6a6Yp0sPqqZ0mHNhD0gQ==,type:str]
  encrypted_regex: ^(data|stringData)$
  version: 3.10.2
)",
};

constexpr Rule kSopsRequiredRule{
    .id = "secret/sops-required",
    .title = "a plain file at a path that .sops.yaml keeps for encrypted ones",
    .why =
        "The repository has agreed that files of this name are encrypted; one that is not was forgotten, "
        "and what Git once held it keeps.",
    .remedy =
        "encrypt it with `sops --encrypt --in-place FILE`, or give it a name that the creation rule "
        "does not match",
    .fails = R"(-- .sops.yaml --
creation_rules:
  - path_regex: \.sops\.yaml$
    age: age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p
-- values.sops.yaml --
database:
  password: correct horse battery staple
)",
    .passes = R"(-- .sops.yaml --
creation_rules:
  - path_regex: \.sops\.yaml$
    age: age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p
-- values.yaml --
database:
  passwordFrom: db
)",
};

namespace {

using manifests::Document;
using manifests::Node;
using manifests::NodeKind;
using manifests::ParsedFile;

// Kinds that point at a secret and hold none, or hold it encrypted already;
// their fields are called `data` too.
constexpr std::array<std::string_view, 11> kReferringKinds = {
    "SealedSecret",       "ExternalSecret",     "ClusterExternalSecret", "SecretStore",
    "ClusterSecretStore", "PushSecret",         "ClusterPushSecret",     "SecretProviderClass",
    "VaultStaticSecret",  "VaultDynamicSecret", "OnePasswordItem"};

std::string_view Text(const Node& root, std::string_view key) {
  const Node* member = root.Find(key);
  return member == nullptr ? std::string_view() : member->String();
}

bool IsSecretDocument(const Node& root) {
  return Text(root, "kind") == "Secret" && Text(root, "apiVersion") == "v1";
}

bool Refers(const Node& root) {
  return std::find(kReferringKinds.begin(), kReferringKinds.end(), Text(root, "kind")) !=
         kReferringKinds.end();
}

std::string PlainCount(const SopsLeaves& leaves) {
  return leaves.plain == 1
             ? "1 value that its sops metadata wants encrypted is plain"
             : std::to_string(leaves.plain) + " values that its sops metadata wants encrypted are plain";
}

// The key of the first plain value, or the value itself in a list.
Range PlaceOf(const SopsLeaves& leaves) {
  return leaves.first->key.empty() ? leaves.first->range : leaves.first->key_range;
}

// What is wrong with an encrypted document; `place` and `field` say where.
struct Fault {
  std::string message;  // empty: nothing
  Range place;
  std::string field;
};

// A Secret that SOPS left plain as a whole, because its metadata says so.
bool HoldsValues(const Node& secret) {
  for (const std::string_view name : {"data", "stringData"}) {
    const Node* values = secret.Find(name);
    if (values != nullptr && !values->children.empty()) return true;
  }
  return false;
}

// Comments choose what is encrypted, and we do not see them: in a Secret
// everything must be then.
SopsSelector ValuesOfSecret() {
  SopsSelector selector;
  Result<manifests::Pattern> values = manifests::Pattern::Compile("^(data|stringData)$", kPatternBytes);
  if (values) selector.encrypted_regex = std::move(*values);
  return selector;
}

// Metadata first: what is incomplete costs no pattern.
Fault FaultOf(const Node& root, const Node& metadata) {
  if (std::string problem = MetadataProblem(metadata); !problem.empty()) {
    return {std::move(problem), metadata.key_range, "sops"};
  }
  const SopsSelector selector = SelectorOf(metadata);
  if (!selector.problem.empty()) return {"sops." + selector.problem, metadata.key_range, "sops"};
  const bool by_comment = selector.by_comment && IsSecretDocument(root);
  const SopsLeaves leaves = by_comment ? CountLeaves(root, ValuesOfSecret()) : CountLeaves(root, selector);
  if (leaves.plain > 0) return {PlainCount(leaves), PlaceOf(leaves), leaves.first_field};
  if (leaves.encrypted == 0 && IsSecretDocument(root) && HoldsValues(root)) {
    return {"sops metadata and not one encrypted value", metadata.key_range, "sops"};
  }
  return {};
}

// The object that the document is, as far as it names itself in plain text.
ObjectName NameOf(const Node& root) {
  const Node* metadata = root.Find("metadata");
  ObjectName name{std::string(Text(root, "apiVersion")), std::string(Text(root, "kind")), {}, {}};
  if (metadata == nullptr) return name;
  name.ns = Text(*metadata, "namespace");
  name.name = Text(*metadata, "name");
  return name;
}

void Report(const Rule& rule, const ParsedFile& file, const Node& root, Fault fault, Findings& findings) {
  findings.push_back(MakeFinding(rule, file.path, fault.place, std::move(fault.message)));
  findings.back().field = std::move(fault.field);
  findings.back().object = ShownName(NameOf(root));
}

void CheckEncrypted(const ParsedFile& file, const Node& root, const Node& metadata, Findings& findings) {
  Fault fault = FaultOf(root, metadata);
  if (!fault.message.empty()) Report(kHalfEncryptedRule, file, root, std::move(fault), findings);
}

// ENC[…] without the metadata that could decrypt it.
void CheckStrayValues(const ParsedFile& file, const Node& root, Findings& findings) {
  SopsSelector nothing;
  nothing.by_comment = true;
  const SopsLeaves leaves = CountLeaves(root, nothing);
  if (leaves.encrypted == 0) return;
  Report(kHalfEncryptedRule, file, root,
         {"values are encrypted by SOPS and the document has no sops metadata, so nothing can decrypt them",
          {root.range.begin, root.range.begin},
          ""},
         findings);
}

// The kustomization.yaml beside `path`.
std::string Neighbour(std::string_view path) {
  const auto slash = path.rfind('/');
  return std::string(path.substr(0, slash == std::string_view::npos ? 0 : slash + 1)) + "kustomization.yaml";
}

bool ChoosesFile(const SopsRules& rules, const CreationRule& rule, std::string_view path) {
  if (!rule.path) return false;
  const std::string neighbour = Neighbour(path);
  return !rule.path->Search(std::string_view(neighbour).substr(rules.directory.size())) && neighbour != path;
}

void CheckRequired(const ParsedFile& file, const Node& root, const CreationRule& rule, Findings& findings) {
  if (IsSecretDocument(root) || Refers(root)) return;
  const SopsLeaves leaves = CountLeaves(root, rule.selector);
  if (leaves.plain == 0) return;
  std::string message = ".sops.yaml has this path encrypted, and " + std::to_string(leaves.plain) +
                        (leaves.plain == 1 ? " value is plain" : " values are plain");
  Report(kSopsRequiredRule, file, root, {std::move(message), PlaceOf(leaves), leaves.first_field}, findings);
}

bool HasSopsValue(const ParsedFile& file) {
  return file.bytes != nullptr && file.bytes->find("ENC[AES256_GCM,") != std::string::npos;
}

}  // namespace

void CheckEncryptedSecret(const manifests::Object& object, const Node& metadata, Findings& findings) {
  Fault fault = FaultOf(*object.root, metadata);
  if (fault.message.empty()) return;
  findings.push_back(
      FindingIn(kHalfEncryptedRule, object, fault.place, std::move(fault.field), std::move(fault.message)));
}

bool IsSopsEncrypted(const Node& root) {
  const Node* metadata = SopsMetadata(root);
  return metadata != nullptr && FaultOf(root, *metadata).message.empty();
}

Findings CheckSopsFile(const NativeContext& context, const ParsedFile& file) {
  Findings findings;
  const CreationRule* rule = context.sops == nullptr ? nullptr : context.sops->Find(file.path);
  if (rule != nullptr && !ChoosesFile(*context.sops, *rule, file.path)) rule = nullptr;
  const bool may_be_encrypted = HasSopsValue(file);
  for (const Document& document : file.documents) {
    if (IsFull(findings)) break;
    const Node& root = *document.root;
    if (const Node* metadata = SopsMetadata(root)) {
      if (!IsSecretDocument(root)) CheckEncrypted(file, root, *metadata, findings);
      continue;
    }
    if (may_be_encrypted) CheckStrayValues(file, root, findings);
    if (rule != nullptr) CheckRequired(file, root, *rule, findings);
  }
  return findings;
}

}  // namespace sluice::policies
