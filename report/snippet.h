// The source line of a finding with its line number, and a caret run under the
// range:
//
//      9 |   replica: 3
//        |   ^~~~~~~
#pragma once

#include <string>
#include <string_view>

#include "base/finding.h"

namespace sluice::report {

// Two lines with their ends, or nothing where the finding shows no line. A line
// too wide for a terminal is cut on both sides of the caret. `caret_on` and
// `caret_off` enclose the run (colours; may be empty).
std::string Snippet(const Finding& finding, std::string_view caret_on, std::string_view caret_off);

}  // namespace sluice::report
