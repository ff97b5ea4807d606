// The native rules, a file each in policies/rules/: names, namespaces, labels,
// generateName, plain Secrets, credentials in any text. Free functions over
// objects and bytes; no rule knows of Git, configuration or words.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/finding.h"
#include "manifests/object.h"
#include "schemas/catalog.h"

namespace sluice::policies {

// What a `.sops.yaml` says must be encrypted, for the files of its directory
// and below; parsed once a verdict, shared by threads.
struct SopsRules;

struct LoadedSopsRules {
  std::shared_ptr<const SopsRules> rules;  // never null; empty where the file asks for nothing
  Findings findings;                       // secret/sops-rules: what of it cannot be read
};
LoadedSopsRules ParseSopsRules(const manifests::ParsedFile& file);

struct NativeContext {
  const schemas::Catalog* catalog = nullptr;  // never null; scope of kinds
  const SopsRules* sops = nullptr;            // null: no .sops.yaml
};

// Every rule that looks at one object alone.
Findings CheckObject(const NativeContext& context, const manifests::Object& object);

// Private keys and well-known token shapes in the bytes of any file, whatever
// its kind, commit messages included. One pass; safe on binary data.
Findings CheckCredentials(std::string_view path, std::string_view bytes);

// Half-encrypted SOPS files, and files that .sops.yaml says must be encrypted.
// v1 Secrets with SOPS metadata of their own, and plain ones, are CheckObject's:
// who calls both gets each fault once.
Findings CheckSopsFile(const NativeContext& context, const manifests::ParsedFile& file);

// secretGenerator literals of a kustomization, and the files it names (paths
// relative to it) that hold plain values: the caller reads those and asks
// CheckEnvFile.
struct SecretSources {
  Findings findings;
  std::vector<std::string> env_files;
};
SecretSources CheckSecretGenerators(const manifests::ParsedFile& kustomization);
Findings CheckEnvFile(std::string_view path, std::string_view bytes);

// secret/plain in the patches that stand as text in a kustomization.
Findings CheckInlinePatches(const NativeContext& context, const manifests::ParsedFile& kustomization,
                            const Limits& limits);

// kustomize/unknown-field and kustomize/wrong-type of a file that kustomize
// reads as a kustomization; nothing for a file of another name.
Findings CheckKustomization(const manifests::ParsedFile& kustomization);

// True for a document that SOPS encrypted, completely and so that it can be
// decrypted: its values do not fit their schema, and `sops` is a field of no
// kind.
bool IsSopsEncrypted(const manifests::Node& root);

// What the values of a v1 Secret are: kPlain where one of them can be read, kStandIn
// where others are for a tool to decrypt or to fill in. kNone for any other object.
enum class SecretValues : std::uint8_t { kNone, kPlain, kStandIn };
SecretValues ValuesOf(const manifests::Object& object);

// True where no line of this document may be shown (D18): it is a Secret or
// holds one, however misspelt, or anything that a secret/ rule finds something
// in. Reads the whole document. Findings of group secret/ never show a line,
// whatever this says.
bool HidesSource(const manifests::Node& root);

std::span<const Rule* const> NativeRules();

}  // namespace sluice::policies
