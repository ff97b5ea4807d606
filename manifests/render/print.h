// Built objects as YAML for people, each as a document, written by yaml-cpp.
// Reading it back with Parse() gives the same values.
#pragma once

#include <span>
#include <string>

#include "manifests/render/build.h"

namespace sluice::manifests::render {

// `origin`: where not null, comments name the place of each object (file:line
// and the kustomizations on its way) and of each of its values. It shows every
// value, those of Secrets too: for the terminal of who asks, never for a log.
std::string ShownYaml(std::span<const BuiltObject> objects, const Sources* origin);

// "apps/base/web.yaml:12"; empty for a range of no file.
std::string PlaceWords(const Sources& sources, const Range& range);

}  // namespace sluice::manifests::render
