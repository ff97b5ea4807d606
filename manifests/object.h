// Documents to Kubernetes objects: `List` kinds and any top-level `items` are
// flattened as kubectl does, each object knows its name and its place.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/finding.h"
#include "base/limits.h"
#include "manifests/document.h"

namespace sluice::manifests {

// One whole object in a parsed file; lives as long as the ParsedFile.
struct Object {
  const Node* root = nullptr;  // a mapping with apiVersion and kind
  std::string_view file;
  std::string_view api_version;
  std::string_view group;  // "" for the core group
  std::string_view version;
  std::string_view kind;
  std::string_view ns;         // metadata.namespace as written
  std::string_view name;       // metadata.name as written
  std::uint32_t document = 0;  // index in its file

  ObjectName Name() const;  // owned copies, for findings
};

// What a file holds, as far as its own text tells.
enum class Shape : std::uint8_t {
  kObjects,        // every document is a whole object
  kKustomization,  // in a file named kustomization.yaml|yml|Kustomization, or of kustomize.config.k8s.io
                   // without a name; none where something holds "items" at its top
  kOther,          // no document has apiVersion and kind: values, patches of other tools, plain data
  kUnreadable,
};

struct ObjectList {
  Shape shape = Shape::kOther;
  bool kustomization = false;   // kustomize reads a document of it as one, be there objects beside
  std::vector<Object> objects;  // without those that are too large: aliases may make gigabytes of them
  Findings findings;            // object/ rules: no kind, apiVersion not a string, a list inside a list…
};

ObjectList Objects(const ParsedFile& file, const Limits& limits);

// One of the three names that kustomize looks for in a directory.
bool IsKustomizationName(std::string_view path);

// Of a text that Parse refused: false where Kubernetes' tools, which take some
// of what we refuse, would find no object in it either. In doubt true.
bool MayHoldObjects(std::string_view bytes);

// One object before and after a change; null where it was or is not there.
struct Change {
  const Object* before = nullptr;
  const Object* after = nullptr;
  std::vector<std::string> through;  // kustomizations on the way, outermost last
};

// Canonical JSON, version 1 (docs/way-of-a-push.md): keys sorted by byte,
// integers exact, one float form, nulls kept, U+007F to U+009F and U+2028/2029
// escaped, other text raw. Appends to `out`.
void CanonicalJson(const Node& node, std::string& out);

// SHA-256 of an object's canonical JSON.
std::array<std::uint8_t, 32> Digest(const Object& object);

std::span<const Rule* const> ObjectRules();

}  // namespace sluice::manifests
