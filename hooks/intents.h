// `$GIT_DIR/sluice/intents/NAME`: what an accepted push was judged to be, one
// file a ref update, for the recorder that finds it once the ref has moved.
// NAME is gate::IntentName, the hex SHA-256 of "REF LF OLD LF NEW LF"; a move that is
// made again before the first was recorded gets NAME.1 to NAME.99. A file
// is whole or not there, and on the disk before git is told to go on. Tested by
// tests/hooks/intents_test.cc.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"
#include "hooks/answer.h"
#include "hooks/places.h"

namespace sluice::hooks {

Status KeepIntents(const Places& places, const std::vector<Intent>& intents);

// Removes those older than `age`: their ref has moved long ago, or never will.
void RemoveOldIntents(const Places& places, std::chrono::hours age);

// $GIT_DIR/sluice and what is below, with the mode of the repository's own
// directory, so that all who may push may write there.
Status MakeOwnDirectory(const Places& places, const std::string& name = {});

}  // namespace sluice::hooks
