// The environment of a folder, by the repository's configuration and by the operator's, where
// one says that it moves by request: both mean the same one, or nothing moves it.
#pragma once

#include <string>

#include "gate/ref_content.h"

namespace sluice::gate {

// Why they do not, a sentence; empty: they do, or neither says so.
std::string WhyAtOdds(const Judges& judges, const std::string& ref, const std::string& folder);

}  // namespace sluice::gate
