// What rendering must know of kinds, and manifests/ may not ask schemas/ for:
// how lists merge in a strategic merge patch, and what lives in a namespace. A
// table; schemas/ fills it (schemas/rendering.h), tests may write their own.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace sluice::manifests::render {

// Numbers a type of the API ("io.k8s.api.core.v1.PodSpec"). 0: nothing is known
// of it, its lists are replaced as a whole.
using TypeId = std::uint16_t;

struct FieldFacts {
  TypeId owner = 0;             // the type that has the field
  std::string_view field;       // "containers"; "*": the values of a map
  TypeId type = 0;              // of the value, or of the elements of the list
  bool merge = false;           // a list, and its patchStrategy holds "merge"
  std::string_view merge_key;   // "containerPort"; empty with `merge`: a list of scalars
  std::string_view second_key;  // "protocol", where elements need two keys to be told apart
};

enum class KindScope : std::uint8_t { kUnknown, kNamespaced, kCluster };

struct KindRow {
  std::string_view group, version, kind;
  TypeId type = 0;
  KindScope scope = KindScope::kUnknown;
};

// Views into memory that outlives it (built-in data). Immutable.
struct KindFacts {
  std::span<const KindRow> kinds;      // sorted by group, version, kind
  std::span<const FieldFacts> fields;  // sorted by owner, field

  TypeId TypeOf(std::string_view group, std::string_view version, std::string_view kind) const;
  KindScope ScopeOf(std::string_view group, std::string_view version, std::string_view kind) const;
  const FieldFacts* Find(TypeId owner, std::string_view field) const;  // null: unknown
};

}  // namespace sluice::manifests::render
