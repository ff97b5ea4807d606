// Drift is told once: when a field begins to differ, not each time that it is seen.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/drift.h"

namespace sluice::agent {

struct DriftNews {
  Drift fresh;             // the fields that began to differ; empty: there is nothing to tell
  bool ended = false;      // the object differed before and does no longer
  WallTime since{};        // of `ended`: when it began
  std::size_t states = 0;  // of `ended`: how many values the fields had meanwhile
};

// Not for two threads at a time.
class DriftEpisodes {
 public:
  // `drift` as it was just found, also where it is empty. An episode of a field goes on
  // while it differs, with whatever value. Where the plan has ended that a difference was
  // part of, it is told anew.
  DriftNews Observe(const ObjectName& object, const Drift& drift, WallTime now);
  // The object is no longer ours, or gone: its episodes end untold.
  void Forget(const ObjectName& object) { objects_.erase(object); }
  std::size_t size() const { return objects_.size(); }  // objects that differ

 private:
  struct Episode {
    std::size_t fingerprint = 0;
    bool planned = false;
  };
  struct Differing {
    std::map<std::string, Episode> fields;
    WallTime since{};
    std::size_t states = 0;
  };
  std::map<ObjectName, Differing> objects_;
};

}  // namespace sluice::agent
