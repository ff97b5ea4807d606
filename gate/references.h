// What a kustomization names: files and directories of this repository, and
// what lies elsewhere.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/finding.h"
#include "base/rule.h"
#include "gate/facts.h"
#include "manifests/document.h"

namespace sluice::gate {

extern const Rule kOutsideRepositoryRule;  // kustomize/outside-repository

// Calls `visit` with each text by which the kustomization `root` refers to
// something, inline patches left out; "key=" of a generator is taken off.
using VisitReference =
    std::function<void(Reference reference, std::string_view text, const manifests::Node& node)>;
void EachReference(const manifests::Node& root, const VisitReference& visit);

// True where kustomize would fetch it: a URL, `git::…`, `git@host:…`, `github.com/org/repository`.
bool IsRemote(std::string_view text);

// Findings about local references that lead out of the repository. Appends the
// remote ones to `remote`.
Findings CheckReferences(const manifests::ParsedFile& kustomization, std::vector<std::string>& remote);

}  // namespace sluice::gate
