#include "agent/drift_episodes.h"

#include <utility>

namespace sluice::agent {

DriftNews DriftEpisodes::Observe(const ObjectName& object, const Drift& drift, WallTime now) {
  DriftNews news;
  const auto found = objects_.find(object);
  if (drift.empty()) {
    if (found == objects_.end()) return news;
    news.ended = true;
    news.since = found->second.since;
    news.states = found->second.states;
    objects_.erase(found);
    return news;
  }
  Differing& differing = objects_[object];
  if (found == objects_.end()) differing.since = now;
  const bool planned = !drift.planned.empty();
  const auto before = std::exchange(differing.fields, {});
  for (const DriftedField& field : drift.fields) {
    const auto known = before.find(field.field);
    const bool goes_on = known != before.end() && (planned || !known->second.planned);
    if (!goes_on) news.fresh.fields.push_back(field);
    if (known == before.end() || known->second.fingerprint != field.fingerprint) ++differing.states;
    differing.fields[field.field] = {field.fingerprint, goes_on ? known->second.planned : planned};
  }
  news.fresh.planned = drift.planned;
  news.fresh.more = news.fresh.empty() ? 0 : drift.more;
  return news;
}

}  // namespace sluice::agent
