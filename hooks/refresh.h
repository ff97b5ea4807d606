// The whole-tree index is brought up to date after a push, by a process that
// nobody waits for: its output is closed, so that git answers at once.
#pragma once

#include "gate/operator.h"
#include "hooks/places.h"

namespace sluice::hooks {

// What a judge found is left for post-receive to see: the index is missing or
// too far behind. Nothing is lost where that fails, the next push finds it again.
void AskForRefresh(const Places& places);
// Whether it was asked for, or there was none for a day (it removes old intents
// too); from then on it is not asked for.
bool TakeRefreshRequest(const Places& places);

// Starts it and returns. One runs at a time in a repository and one waits for
// it, which will see every push that came until then; more end at once.
void StartRefresh(const Places& places, const gate::HookSettings& settings);

// Does it here, in a child that is shut in.
Status RefreshShutIn(const Places& places, const gate::HookSettings& settings);

}  // namespace sluice::hooks
