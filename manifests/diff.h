// What differs between two sets of objects: objects, and within those that are
// on both sides their fields.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "manifests/object.h"

namespace sluice::manifests {

// A field that differs; null on the side where it is absent. The nodes are
// those of the objects.
struct FieldDifference {
  std::string field;  // "spec.containers[0].image": an element's number is that of `after`, where it is there
  const Node* before = nullptr;
  const Node* after = nullptr;
};

struct ObjectDifference {
  const Object* before = nullptr;       // null: the object is new
  const Object* after = nullptr;        // null: it is gone
  std::vector<FieldDifference> fields;  // of an object on both sides; in the order of its fields
};

// The objects that differ, by kind, namespace and name. Objects of one name are
// paired; so are a ConfigMap or a Secret whose name ends in the hash of its
// content with the one that it takes the place of. Elements of lists are paired
// by `name`, `key`, `mountPath`, `containerPort`, `port` or `ip` where each of both
// lists has it once, else by their order. A field that is a mapping or a list on
// one side alone is one difference. The objects must outlive the result.
// Objects are sorted, n·log n; fields cost the nodes of both sides. A list that is
// paired by a key costs its length times the logarithm of it, a mapping the product
// of both sizes, which Limits::mapping_keys bounds; depth is that of the
// documents, which Limits::depth bounds.
std::vector<ObjectDifference> Differences(std::span<const Object* const> before,
                                          std::span<const Object* const> after);

// One difference for each scalar, empty collections included, of a whole node.
std::vector<FieldDifference> FieldDifferences(const Node& before, const Node& after);

}  // namespace sluice::manifests
