// Which environments of folders move by request: by the repository's configuration and by the
// operator's, who both mean the same one, or nothing moves it.
#pragma once

#include <string>

#include "gate/ref_content.h"

namespace sluice::gate {

// Why they do not, a sentence; empty: they do, or neither says so.
std::string WhyAtOdds(const Judges& judges, const std::string& ref, const std::string& folder);

// Of the repository's own configuration, recorded by the operator under this name, and moved by
// request. kUsage else.
Result<const promotion::Environment*> FindMovedByRequest(const Judges& judges, const std::string& name);

// What a push leaves where it is, and what would move it: one sentence.
std::string StaysWords(const Judges& judges, const std::string& environment);

}  // namespace sluice::gate
