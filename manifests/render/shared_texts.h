// kustomize writes a new label or annotation to all its fields of one object as
// one and the same node. Whoever later changes one of these fields in place (a
// label of an overlay, a strategic merge, a replacement) changes them all: a
// label in metadata.labels alone moves the selectors that commonLabels made.
// Nobody meant it, but the cluster gets it, so a build follows. A JSON patch,
// which makes the whole object anew, ends it.
#pragma once

#include "manifests/render/resource.h"

namespace sluice::manifests::render {

// Notes that `text` (told by where it lies in memory) stands in several fields.
void NoteShared(Arena& arena, Resource& resource, std::string_view text);

// After an edit in place: what changed in one of such fields changes in all.
// `before`: the root until then. Returns how many nodes were looked at, about.
std::size_t FollowShared(Arena& arena, Resource& resource, const Node& before);

}  // namespace sluice::manifests::render
