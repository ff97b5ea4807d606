// What a kustomization names: files and directories of this repository, and
// what lies elsewhere.
#pragma once

#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/finding.h"
#include "gate/facts.h"
#include "manifests/document.h"
#include "manifests/render/remote.h"
#include "manifests/render/rules.h"

namespace sluice::gate {

using manifests::render::IsRemote;
using manifests::render::kOutsideRepositoryRule;

// Calls `visit` with each text by which the kustomization `root` refers to
// something, inline patches left out; "key=" of a generator is taken off.
using VisitReference =
    std::function<void(Reference reference, std::string_view text, const manifests::Node& node)>;
void EachReference(const manifests::Node& root, const VisitReference& visit);

// Paths that these facts name as resources and that are not named like
// manifests: files that kustomize takes all the same, and directories.
std::set<std::string> OddResources(std::span<const FileFacts> facts);

// Findings about local references that lead out of the repository. Appends the
// remote ones to `remote`.
Findings CheckReferences(const manifests::ParsedFile& kustomization, std::vector<std::string>& remote);

}  // namespace sluice::gate
