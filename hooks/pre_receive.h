// pre-receive: judges a push before any ref moves.
#pragma once

#include "hooks/call.h"

namespace sluice::hooks {

// The exit code for git: 0 lets every ref through, 1 none. Prints what the
// person who pushes has to know. The working directory is the repository.
int PreReceive(const Call& call);

}  // namespace sluice::hooks
