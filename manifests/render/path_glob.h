// Patterns of paths, as Argo CD takes them: "*", "?", "[a-z]", "{a,b}", "\x".
#pragma once

#include <cstddef>
#include <string_view>

namespace sluice::manifests::render {

struct GlobOptions {
  bool crosses_slashes = true;  // "*" and "?" take "/" (gobwas/glob, git ls-files); else Go's path.Match
};

// Bytes of a pattern. A longer one matches nothing: callers refuse it first.
inline constexpr std::size_t kLongestGlob = 1'024;

// A pattern that is none matches nothing. Work is at most the product of the two
// lengths, braces and stars or not; there is no recursion but one level of braces.
bool GlobMatches(std::string_view pattern, std::string_view path, const GlobOptions& options = {});

// Whether it holds any of the signs above.
bool IsGlob(std::string_view text);

}  // namespace sluice::manifests::render
