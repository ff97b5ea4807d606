// Equality between nodes of a document and values of a schema.
#pragma once

#include <cstdint>

#include "manifests/document.h"
#include "schemas/bundle.h"

namespace sluice::schemas {

// The bits of SchemaNode::types that a value of this kind fits; null fits none.
constexpr std::uint8_t BitsOf(manifests::NodeKind kind) {
  constexpr std::uint8_t kBits[] = {0,         kBoolBit,  kIntegerBit | kNumberBit, kNumberBit, kStringBit,
                                    kArrayBit, kObjectBit};
  return kBits[static_cast<std::size_t>(kind)];
}

// Equal as JSON values: numbers by value, mappings whatever their order.
bool SameValue(const manifests::Node& a, const manifests::Node& b);
bool IsValue(const Bundle& bundle, const manifests::Node& node, const ValueRow& value);
// Equal values have equal hashes.
std::uint64_t HashValue(const manifests::Node& node);
std::uint64_t HashValue(const Bundle& bundle, const ValueRow& value);

// The integer that a node says, whole numbers with a fraction or exponent included.
bool IsWhole(const manifests::Node& node);
double NumberOf(const manifests::Node& node);

}  // namespace sluice::schemas
