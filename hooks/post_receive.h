// post-receive: after refs moved. Rejects nothing; records what moved, brings the
// index up to date.
#pragma once

#include "hooks/call.h"

namespace sluice::hooks {

// The exit code of a hook that was there before, else 0.
int PostReceive(const Call& call);

}  // namespace sluice::hooks
