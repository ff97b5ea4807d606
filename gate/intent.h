// What an accepted push leaves behind for the recorder (D10): which ref would
// move from where to where, and the canonical objects that were judged. It is
// an intent, no record: the ref has not moved yet, and may never.
#pragma once

#include <span>
#include <string>

#include "base/verdict.h"
#include "gate/push.h"

namespace sluice::gate {

// Hex SHA-256 of "REF LF OLD LF NEW LF": the file's name below
// $GIT_DIR/sluice/intents/.
std::string IntentName(const RefUpdate& update);

// One JSON document: {"schemaVersion":1,"ref","old","new","tree","policy",
// "engine","objects":[{"file","line","digest","object":{…}}]}. `canonical`
// holds the canonical JSON of verdict.objects, one for one.
std::string IntentText(const RefUpdate& update, const Oid& tree, const Verdict& verdict,
                       std::span<const std::string> canonical);

}  // namespace sluice::gate
