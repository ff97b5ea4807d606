// What kind of move a push makes of an environment that is a folder. Folders are not
// merged: a promotion is told by the objects, whatever commit brings it. What `carry`
// names has to be what a predecessor recorded; all else is the folder's own.
#pragma once

#include "gate/environment_move.h"

namespace sluice::gate {

// Records of a predecessor that are looked at, newest first.
inline constexpr std::size_t kMostCompared = 64;

// Fills `move.kind`; of one that is asked to go back kRollback, or an Error: the commit is not that
// of the record, or makes other objects today. Else, where something that is carried changes,
// `move.predecessors`: of each the records that hold all of it count as the same objects, of the commit that
// is pushed, since that is what ran there. `move` has its head and what would be next. An Error: an object or
// a ledger that cannot be read.
Status TellFolderMove(const EnvironmentPush& push, EnvironmentMove& move);

}  // namespace sluice::gate
