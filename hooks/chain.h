// A hook that was there before Sluice: `HOOK.before-sluice` beside ours. It runs
// after us, only where we accept, so that it never acts on a push that will not
// land; it gets what git gave us, byte for byte, and its word counts as before.
#pragma once

#include "hooks/call.h"

namespace sluice::hooks {

constexpr std::string_view kBefore = ".before-sluice";

// Its exit code (1 where it could not be started or was killed); 0 where there
// is none. `directory` is the one that git runs hooks in.
int RunChained(const Call& call, const std::string& directory);

}  // namespace sluice::hooks
