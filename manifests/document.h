// Bytes to documents: what a file of YAML or JSON says to Kubernetes, every
// node with its place. Read as sigs.k8s.io/yaml (go-yaml v2) reads it; where
// two readers of the field could disagree, the file is refused with a finding.
//
//   ParsedFile file = Parse("apps/web.yaml", bytes, limits);
//   for (const Document& document : file.documents) Use(*document.root);
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/finding.h"
#include "base/limits.h"
#include "base/range.h"

namespace sluice::manifests {

enum class NodeKind : std::uint8_t { kNull, kBool, kInteger, kFloat, kString, kSequence, kMapping };

enum class NodeStyle : std::uint8_t {
  kPlain,
  kSingleQuoted,
  kDoubleQuoted,
  kLiteral,
  kFolded,
  kFlow,
  kBlock
};

// One node. Plain data in its file's arena: trivially destructible, never
// changed after the parse, readable from many threads. The child of an alias
// or a merge key is shared or copied: its range is where it was written.
struct Node {
  NodeKind kind = NodeKind::kNull;
  NodeStyle style = NodeStyle::kPlain;
  bool is_unsigned = false;    // kInteger: above 2^63-1, read `integer` as uint64
  bool aliased = false;        // came here through an alias or a merge key
  std::uint32_t key_hash = 0;  // HashKey(key), for members of a mapping
  std::string_view key;        // for members of a mapping; after YAML 1.1 key conversion
  Range key_range;
  Range range;
  std::string_view text;  // kString: its value; numbers and booleans: as they were written
  union {
    bool boolean;
    std::int64_t integer;
    double number;
  } value{};
  std::span<const Node> children;  // kSequence: elements; kMapping: members in order, keys unique

  // The member `name` of a mapping, or null (also where this is no mapping).
  const Node* Find(std::string_view name) const;
  bool IsString() const { return kind == NodeKind::kString; }
  // The text of a string, else empty.
  std::string_view String() const { return IsString() ? text : std::string_view(); }
};

// FNV-1a, 32 bit: the hash under which schemas keep field names.
constexpr std::uint32_t HashKey(std::string_view key) {
  std::uint32_t hash = 2166136261u;
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}

struct Document {
  const Node* root = nullptr;  // never null; kNull for an empty document
  Range range;                 // of the document in its file
};

class Arena;

// A file after the parse. Moves, never copies; nodes live as long as it does.
struct ParsedFile {
  std::string path;
  std::shared_ptr<const std::string> bytes;  // what was read
  std::vector<Document> documents;           // empty where the text could not be read
  Findings findings;                         // yaml/ and text/ rules; see Readable
  bool aliases = false;                      // some node stands in more than one place
  std::shared_ptr<Arena> arena;

  // False where an error of a yaml/ rule says that the text means nothing safe:
  // nothing in it can be judged.
  bool Readable() const;
};

// Reads YAML or JSON (told apart by content, as kubectl does). Never throws,
// never recurses on the input, bounded by `limits` in time and memory.
ParsedFile Parse(std::string path, std::string bytes, const Limits& limits);

// The text of a 1-based line of `bytes` without its end; empty past the end.
std::string_view LineOf(std::string_view bytes, std::uint32_t line);

// "spec.containers[0].image" for the way from the root down to a node.
struct FieldStep {
  std::string_view key;   // of a member, or
  std::size_t index = 0;  // of an element, where key is empty
};
std::string FieldPath(std::span<const FieldStep> steps);

// Every rule that Parse can report.
std::span<const Rule* const> DocumentRules();

}  // namespace sluice::manifests
