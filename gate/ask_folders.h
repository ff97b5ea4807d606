// Environments that are folders of the branch that moves: which of them the push moves,
// and what they ask. For push.cc.
#pragma once

#include "gate/ref_content.h"

namespace sluice::gate {

// Each of them that the push reaches is built as a whole, and held against its newest
// record; what is the same asks for nothing. The cost is that of its builds. Findings
// and errors go to `content`, turns and intents to `out`.
void AskFolders(const Judges& judges, const RefMove& move, Content& content, RefVerdict& out);

}  // namespace sluice::gate
