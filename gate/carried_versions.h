// The fields of an object that `carry` names: images and versions of charts, each with
// where it stands in the object.
#pragma once

#include <string>
#include <vector>

#include "manifests/object.h"
#include "promotion/environment.h"

namespace sluice::gate {

struct CarriedVersion {
  std::string field;  // "spec.template.spec.containers[0].image"
  std::string place;  // the same with the `name` of an element in place of its number, where it has one
  const manifests::Node* node = nullptr;
};

// In the order of the object's fields. The nodes are the object's.
std::vector<CarriedVersion> VersionsIn(const promotion::Carry& carry, const manifests::Object& object);

}  // namespace sluice::gate
