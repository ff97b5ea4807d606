// What one scalar means: the table of YAML 1.1 as go-yaml v2 (resolve.go) has it.
#pragma once

#include <string>
#include <string_view>

#include "manifests/arena.h"
#include "manifests/document.h"

namespace sluice::manifests {

// Sets kind and value of a node from its `text`, as an untagged plain scalar.
// Whole floats stay kFloat (see WholeToInteger). False for NaN and infinities,
// which JSON cannot say.
bool ResolvePlain(Node& node);

enum class TagResult : unsigned char {
  kRead,
  kUnknown,   // not one of !!str !!int !!float !!bool !!null !!binary
  kMismatch,  // the text is nothing that the tag could name
  kNotFinite,
  kBadBase64,  // or base64 of something that is not UTF-8
};

// The same for a scalar with the tag `tag` in its long form. The text of a
// !!binary is decoded into `arena`.
TagResult ResolveTagged(std::string_view tag, Node& node, Arena& arena);

// The name that a scalar key gets: sigs.k8s.io/yaml's conversion. False where it
// refuses the key (null, an integer above int64). New text goes to `arena`.
bool KeyText(const Node& scalar, Arena& arena, std::string_view& key);

}  // namespace sluice::manifests
