// One document as SOPS encrypted it: which of its values its metadata wants
// encrypted, and which of those are plain.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "manifests/document.h"
#include "manifests/pattern.h"

namespace sluice::policies {

// RE2's memory for one pattern of SOPS: they are short, and a file may have many.
inline constexpr std::size_t kPatternBytes = 256u << 10;

// Which values SOPS encrypts: `encrypted_regex` and its kin, of a document's
// metadata or of a creation rule, with SOPS's own default.
struct SopsSelector {
  std::string unencrypted_suffix;
  std::string encrypted_suffix;
  std::optional<manifests::Pattern> unencrypted_regex;
  std::optional<manifests::Pattern> encrypted_regex;
  bool by_comment = false;  // *_comment_regex: comments choose, and we do not see them
  std::string problem;      // a pattern that cannot be compiled: which

  // Which of the four speak of a part of a path.
  struct Marks {
    bool unencrypted_suffix = false, encrypted_suffix = false;
    bool unencrypted_regex = false, encrypted_regex = false;
  };
  // `marks` of the parts above, and of `part`: each part is matched once.
  Marks With(Marks marks, std::string_view part) const;

  // As sops.go, Tree.shouldBeEncrypted: any part of the path decides.
  bool WantsEncrypted(const Marks& marks) const;
  bool WantsEncrypted(std::string_view key) const { return WantsEncrypted(With({}, key)); }
};

// From a mapping with the keys unencrypted_suffix, encrypted_regex, ….
SopsSelector SelectorOf(const manifests::Node& mapping);

// The document's `sops` metadata, or null. A mapping `sops` of another meaning
// (neither mac nor lastmodified) is none.
const manifests::Node* SopsMetadata(const manifests::Node& root);

// What keeps the metadata from being complete: no mac, no key. Empty: nothing.
std::string MetadataProblem(const manifests::Node& metadata);

struct SopsLeaves {
  std::size_t encrypted = 0;
  std::size_t plain = 0;                   // wanted encrypted, not empty, and plain
  const manifests::Node* first = nullptr;  // of the plain ones
  std::string first_field;
};

// Counts the values of a document, `sops` itself left out.
SopsLeaves CountLeaves(const manifests::Node& root, const SopsSelector& selector);

}  // namespace sluice::policies
