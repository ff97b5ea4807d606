// The compiled form of schemas: flat tables in one piece of memory, read in
// place, from the program itself or from a file. Little-endian, version 1.
//
//   Header      magic, version, size, checksum, then offset and count of each table
//   nodes       what a value may be; children are node numbers
//   slots       hash tables of members, one a node: 2^table_bits slots from `slots` on,
//               probed from hash & mask upwards, at least one of them empty
//   names       string references: required members, list keys, groups, short names
//   refs        node numbers: branches of compositions, roots of kinds (one a minor)
//   extras      what few nodes have: bounds, enum, pattern, compositions
//   values      enum values and defaults
//   patterns    string references, compiled when first needed
//   kinds, kind_table, lifecycle, lifecycle_table, minors, groups, text
//
// A string reference is an offset in `text`: four bytes of length, the bytes.
// Open checks every number of a bundle that is not our own against its table,
// once; after that no value of an object can lead outside (tests/fuzz/bundle_fuzz.cc).
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "base/result.h"
#include "schemas/graph.h"

namespace sluice::schemas {

inline constexpr std::uint32_t kNone = 0xffffffff;
inline constexpr std::uint32_t kBundleVersion = 1;
inline constexpr std::size_t kBundleBytes = 64u << 20;  // limit of a bundle from outside

struct NodeRow {
  std::uint8_t types, format, list_type, table_bits;  // table_bits 255: no members of its own
  std::uint16_t flags, required_count;
  std::uint8_t tracked, padding[3];  // the first `tracked` required names are bits 1.. of their slots
  std::uint32_t slots, required, additional, items, extra;
};

struct SlotRow {
  std::uint32_t hash, name, node;  // node kNone: an empty slot
  std::uint32_t marks;  // low 8 bits: 1 + place among `tracked`, or 0; rest: 1 + value of the default, or 0
  std::uint32_t Ordinal() const { return marks & 0xff; }
  std::uint32_t Fallback() const { return (marks >> 8) - 1; }  // a huge number where there is none
  bool HasFallback() const { return (marks >> 8) != 0; }
};

struct ExtraRow {
  double minimum, maximum, multiple_of;  // not a number: none
  std::uint32_t min_length, max_length, min_items, max_items, min_properties, max_properties;  // kNone: none
  std::uint32_t pattern, values, value_count, keys, key_count;
  std::uint32_t branches;  // first of all_of, then any_of, one_of, negated, in refs
  std::uint16_t all_of, any_of, one_of, negated;
};

enum class ValueKind : std::uint32_t { kNull, kFalse, kTrue, kInteger, kNumber, kString, kOther };

struct ValueRow {
  ValueKind kind;
  std::uint32_t json, text;  // canonical JSON; for kString what the string says
  std::uint32_t padding;
  std::int64_t integer;
  double number;
};

struct KindRow {
  std::uint32_t group, version, kind, plural, short_names, short_count, roots;
  std::uint8_t scope, origin, has_cel_rules, padding;
};

struct LifecycleRow {
  std::uint32_t group, version, kind, replacement;
  std::uint16_t introduced, deprecated, removed, padding;
};

enum Table : std::uint8_t {
  kNodes,
  kSlots,
  kNames,
  kRefs,
  kExtras,
  kValues,
  kPatterns,
  kKinds,
  kKindTable,
  kLifecycle,
  kLifecycleTable,
  kMinors,
  kGroups,
  kText,
  kTableCount,
};

struct TablePlace {
  std::uint32_t offset, count;
};

struct BundleHeader {
  std::array<char, 8> magic;  // "SLUICESB"
  std::uint32_t version, size;
  std::uint64_t checksum;  // of every byte after the header
  std::uint32_t object_meta, padding;
  std::array<TablePlace, kTableCount> tables;
};

enum class BundleTrust : std::uint8_t { kOwn, kOutside };

// Views into bytes that must live as long. Cheap to copy; safe to share.
struct Bundle {
  std::span<const NodeRow> nodes;
  std::span<const SlotRow> slots;
  std::span<const std::uint32_t> names, refs, patterns, kind_table, lifecycle_table, minors, groups;
  std::span<const ExtraRow> extras;
  std::span<const ValueRow> values;
  std::span<const KindRow> kinds;
  std::span<const LifecycleRow> lifecycle;
  std::string_view text;
  std::uint32_t object_meta = kNone;

  // `bytes` must be aligned to 8. kOwn looks at the header alone (a page of
  // memory); kOutside at everything, in linear time.
  static Result<Bundle> Open(std::string_view bytes, BundleTrust trust);

  std::string_view Text(std::uint32_t reference) const {
    std::uint32_t length;
    std::memcpy(&length, text.data() + reference, sizeof length);
    return {text.data() + reference + sizeof length, length};
  }
  // The member `name`, whose HashKey is `hash`; null where the node has none.
  const SlotRow* FindSlot(const NodeRow& node, std::uint32_t hash, std::string_view name) const {
    if (node.table_bits == 255) return nullptr;
    const std::uint32_t mask = (1u << node.table_bits) - 1;
    const SlotRow* const table = slots.data() + node.slots;
    for (std::uint32_t at = hash & mask; table[at].node != kNone; at = (at + 1) & mask) {
      if (table[at].hash == hash && Text(table[at].name) == name) return table + at;
    }
    return nullptr;
  }
  const KindRow* FindKind(std::string_view group, std::string_view version, std::string_view kind) const;
  const LifecycleRow* FindLifecycle(std::string_view group, std::string_view version,
                                    std::string_view kind) const;
  // The node of a kind in the minor with this index; kNone where it lacks the kind.
  std::uint32_t Root(const KindRow& kind, std::size_t minor) const { return refs[kind.roots + minor]; }
};

std::uint32_t HashKind(std::string_view group, std::string_view version, std::string_view kind);
std::uint64_t Checksum(std::string_view bytes);

// Compiles. Fails (kLimit) where a table would outgrow its numbers or kBundleBytes.
Result<std::string> WriteBundle(const SchemaGraph& graph);

// What is linked into this program: Kubernetes and the catalogue.
const Bundle& BuiltInBundle();

}  // namespace sluice::schemas
