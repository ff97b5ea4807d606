// Where kustomize reads a scalar differently from Kubernetes. kustomize parses
// objects with go-yaml v3, which keeps "yes" and "off" as text and makes a time
// of what looks like one; what it writes is quoted, so the cluster sees its view.
#pragma once

#include <optional>

#include "manifests/arena.h"
#include "manifests/document.h"
#include "manifests/render/sources.h"

namespace sluice::manifests::render {

// Sets kind and value of a node from its text, as kustomize reads plain text.
void ReadPlain(Node& node);

// A document of a file with the scalars that kustomize reads as text (`changed`:
// nullopt where it reads everything as we do), and the first member whose key it
// takes for no text (null where there is none).
struct KustomizeReading {
  std::optional<Node> changed;
  const Node* odd_key = nullptr;
};
KustomizeReading AsKustomizeReads(Arena& arena, const Sources& sources, const Node& node);

// A key that kustomize, where it writes it without quotes, reads back as a number,
// a boolean, null or a date; it can print no object that has one.
bool IsNoTextKey(std::string_view key);

// Plain text that kustomize takes for a date or a time.
bool IsTime(std::string_view text);

// `node` with plain dates and times as kustomize prints them; nullopt where
// there are none.
std::optional<Node> WithTimes(Arena& arena, const Node& node);

}  // namespace sluice::manifests::render
