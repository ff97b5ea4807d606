// Patterns of paths, as Argo CD takes them: "*", "?", "[a-z]", "{a,b}", "\x".
#pragma once

#include <string_view>

namespace sluice::manifests::render {

struct GlobOptions {
  bool crosses_slashes = true;  // "*" and "?" take "/" (gobwas/glob, git ls-files); else Go's path.Match
};

// Work is bounded by 100,000 steps; past them, and for a pattern that is none,
// nothing matches.
bool GlobMatches(std::string_view pattern, std::string_view path, const GlobOptions& options = {});

// Whether it holds any of the signs above.
bool IsGlob(std::string_view text);

}  // namespace sluice::manifests::render
