// Keywords of a schema as its readers look at them.
#pragma once

#include <string_view>

#include "manifests/document.h"

namespace sluice::schemas {

// The value of a keyword; null where it is not written or null.
inline const manifests::Node* Word(const manifests::Node& schema, std::string_view word) {
  const manifests::Node* const found = schema.Find(word);
  return found == nullptr || found->kind == manifests::NodeKind::kNull ? nullptr : found;
}

inline bool IsTrue(const manifests::Node* node) {
  return node != nullptr && node->kind == manifests::NodeKind::kBool && node->value.boolean;
}
inline bool IsFalse(const manifests::Node* node) {
  return node != nullptr && node->kind == manifests::NodeKind::kBool && !node->value.boolean;
}

}  // namespace sluice::schemas
