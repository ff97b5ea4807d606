// Hidden characters in text that people review (CVE-2021-42574): what is seen
// must be what is meant. Parse looks at manifests by itself; these functions are
// for everything else that a push holds.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/finding.h"

namespace sluice::manifests {

// A commit message, a name: each bidirectional or invisible
// character is an error, emoji joiners pass. At most one finding a line and
// rule, at most 20. Nothing for bytes with a NUL in the first 8,000: that is
// not text (git's own rule). `path` names it in the findings.
Findings CheckText(const std::string& path, std::string_view bytes);

// The same where nobody can tell data from what is read as code: what Parse did not
// take, templates, programs, prose. What reorders a text is an error; other hidden
// characters are warnings, for some languages are written with them.
Findings CheckOtherText(const std::string& path, std::string_view bytes);

// The path itself; here emoji joiners do not pass.
Findings CheckPath(const std::string& path);

}  // namespace sluice::manifests
