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

// Takes those that are settled out of `owned`.
std::vector<PrunedObject> Prune(const std::vector<std::string>& paths, const Configuration& configuration,
                                const Places& places, const std::string& applyset,
                                std::map<std::string, Owned>& owned);

}  // namespace sluice::agent
