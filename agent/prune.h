// What the record holds no more goes, where the agent can show that it put it there.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/places.h"
#include "agent/state.h"

namespace sluice::agent {

struct PrunedObject {
  std::string path;
  enum class Fate : std::uint8_t {
    kDeleted,  // by us, now
    kGone,     // it was not there any more
    kLeft,     // not ours, or no longer: it is forgotten
    kKept,     // annotated, or of a kind that goes by rule alone: it stays known
    kLater,    // not yet: it ends, or the server was not ready
  } fate = Fate::kLater;
  std::string words;  // why, half a sentence
};

// Those of `owned` whose path is not in `recorded`, what others need last. Sorted
// so that what others stand in (namespaces, definitions) comes last.
std::vector<std::string> Superfluous(const std::map<std::string, Owned>& owned,
                                     const std::set<std::string>& recorded);

// How many objects `after` takes away from `before`, of those that are owned: what another record took away,
// and what is still there, does not count; and how many `before` had.
struct Removals {
  std::size_t removed = 0, of = 0;
};
Removals RemovalsOf(const std::map<std::string, Owned>& owned, const std::set<std::string>& before,
                    const std::set<std::string>& after);

// The paths of what stays in the cluster with that record. What is recorded as not applied we leave where it
// is; `flux` does not find it in the archive, and prunes it.
std::set<std::string> StayingPaths(const std::vector<RecordedObject>& objects, bool flux);

// Takes those that are settled out of `owned`, and forgets those that another path of `owned`, which is not
// among `paths`, is too.
std::vector<PrunedObject> Prune(const std::vector<std::string>& paths, const Configuration& configuration,
                                const Places& places, const std::string& applyset,
                                std::map<std::string, Owned>& owned);

}  // namespace sluice::agent
