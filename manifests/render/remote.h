// What kustomize would fetch: after api/internal/git/repospec.go.
#pragma once

#include <string_view>

namespace sluice::manifests::render {

// A URL, `git::…`, `git@host:…`, `github.com/org/repository`; never a file:// URL.
bool IsRemote(std::string_view text);
bool IsFileUrl(std::string_view text);

}  // namespace sluice::manifests::render
