// What a `.gitattributes` file makes of other files on checkout (gitattributes(5)).
#pragma once

#include <string>
#include <string_view>

#include "base/finding.h"

namespace sluice::git {

// Finds the attributes by which git itself writes other bytes into a work tree
// than the blob holds, where their pattern could match a manifest: a controller
// that applies a checkout would then apply what nobody judged. Filters are not
// among them: they need a configuration that no repository brings, and pointers
// of Git LFS are found in the file itself (git/lfs-pointer).
// `path` is where the file lies. One pass over `bytes`, which may be anything.
Findings CheckAttributes(std::string_view path, std::string_view bytes);

}  // namespace sluice::git
