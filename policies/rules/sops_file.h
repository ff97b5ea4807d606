// What the rules about Secrets and about SOPS files ask of each other.
#pragma once

#include <string_view>

#include "manifests/object.h"
#include "policies/native.h"

namespace sluice::policies {

bool IsSecret(const manifests::Object& object);  // v1 Secret

// secret/half-encrypted for a Secret that has SOPS metadata.
void CheckEncryptedSecret(const manifests::Object& object, const manifests::Node& metadata,
                          Findings& findings);

// True where a creation rule speaks of the file `path`.
bool HasCreationRule(const SopsRules& rules, std::string_view path);

}  // namespace sluice::policies
