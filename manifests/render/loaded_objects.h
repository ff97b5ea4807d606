// The objects of a file, a patch or an inline text, as kustomize takes them:
// lists flattened, each with a kind and a name (kyaml/kio, api/resource/factory.go).
#pragma once

#include <string>
#include <vector>

#include "manifests/render/problem.h"
#include "manifests/render/sources.h"

namespace sluice::manifests::render {

struct LoadedObjects {
  std::vector<Node> objects;
  std::vector<RenderProblem> problems;  // at most one; then the objects mean nothing
};

// REQUIRES: the file is readable.
LoadedObjects LoadObjects(Arena& arena, const Sources& sources, const SourceFile& file);

// A mapping of texts: labels, annotations. What is no text becomes what was
// written, as kustomize does where it sets them.
Node WithTexts(Arena& arena, const Node& mapping);
// The same for metadata.labels or metadata.annotations of an object; an empty
// one is taken away.
Node WithTextsAt(Arena& arena, const Node& root, std::string_view metadata_field);

}  // namespace sluice::manifests::render
