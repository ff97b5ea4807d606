// The YAML that Go programs of the field print of an object: sigs.k8s.io/yaml
// (go-yaml v2), which is what kustomize's AsYAML and so Flux' substitution sees.
// Lines fold at 80 columns, text with line breaks is a literal block, text that
// would read as another type is quoted. Keys stand in the order of the node.
#pragma once

#include <string>

#include "manifests/document.h"

namespace sluice::manifests::render {

// Empty where libyaml refuses, which it does for text that is not UTF-8.
std::string YamlText(const Node& root);

}  // namespace sluice::manifests::render
