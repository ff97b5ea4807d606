#include "agent/record_health.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "cluster/members.h"
#include "cluster/served_kind.h"
#include "promotion/moment.h"

namespace sluice::agent {
namespace {

using std::chrono::seconds;

constexpr std::array<std::string_view, 4> kStates = {"applied", "healthy", "degraded", "failed"};
constexpr std::size_t kMostTold = 100;
constexpr seconds kLongest = std::chrono::hours(24);

struct Unit {
  char letter;
  seconds time;
};
constexpr Unit kUnits[] = {{'s', seconds(1)}, {'m', std::chrono::minutes(1)}, {'h', std::chrono::hours(1)}};

std::optional<seconds> ParseTimeout(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end + 1 != text.data() + text.size()) return std::nullopt;
  for (const Unit& unit : kUnits) {
    if (*end != unit.letter || number < 1 || number > kLongest / unit.time) continue;
    return number * unit.time;
  }
  return std::nullopt;
}

bool Fits(const HealthTimeout& row, const ObjectName& name) {
  return (row.group.empty() || row.group == cluster::GroupOf(name.api_version)) &&
         (row.kind.empty() || row.kind == name.kind);
}

}  // namespace

std::string_view StateWords(RecordState state) { return kStates[static_cast<std::size_t>(state)]; }

seconds TimeoutFor(const HealthSettings& settings, const ObjectName& name, const manifests::Node* recorded) {
  const std::string_view said = cluster::StringAt(recorded, {"metadata", "annotations", kTimeoutAnnotation});
  if (const std::optional<seconds> time = ParseTimeout(said)) return *time;
  for (const HealthTimeout& row : settings.rows) {
    if (Fits(row, name)) return row.time;
  }
  return settings.usual;
}

void RecordHealth::Expect(const ObjectName& name, const manifests::Node* recorded, WallTime applied) {
  Expected& expected = objects_[name];
  expected = {};
  expected.timeout = TimeoutFor(settings_, name, recorded);
  expected.since = applied;
}

void RecordHealth::Refuse(const ObjectName& name, std::string reason, WallTime now) {
  Expected& expected = objects_[name];
  expected.health = {Health::kFailed, std::move(reason)};
  expected.refused = true;
  expected.since = now;
}

void RecordHealth::Observe(const ObjectName& name, ObjectHealth health, WallTime now) {
  const auto found = objects_.find(name);
  if (found == objects_.end() || found->second.refused) return;
  Expected& expected = found->second;
  const bool leaves = expected.health.health == Health::kCurrent && health.health != Health::kCurrent;
  if (leaves) expected.since = now;
  expected.health = std::move(health);
  expected.seen = now;
}

void RecordHealth::Miss(const ObjectName& name, std::string reason, WallTime now) {
  const auto found = objects_.find(name);
  if (found == objects_.end() || now < found->second.seen + kUnseenTime) return;
  Observe(name, {Health::kUnknown, std::move(reason)}, now);
}

bool RecordHealth::IsOver(const Expected& expected, WallTime now) const {
  const Health health = expected.health.health;
  if (health == Health::kCurrent || health == Health::kNotLookedAt) return false;
  return expected.health.health == Health::kFailed || now >= expected.since + expected.timeout;
}

std::vector<Trouble> RecordHealth::Troubles(WallTime now) const {
  std::vector<Trouble> over, waits;
  for (const auto& [name, expected] : objects_) {
    const ObjectHealth& health = expected.health;
    if (health.health == Health::kCurrent) continue;
    const bool late = IsOver(expected, now) && health.health != Health::kFailed;
    const std::string words =
        late ? "not current for " + promotion::Words(expected.timeout) + ": " + health.reason : health.reason;
    std::vector<Trouble>& list = IsOver(expected, now) ? over : waits;
    if (list.size() < kMostTold) list.push_back({name, health.health, words});
  }
  over.insert(over.end(), waits.begin(), waits.end());
  if (over.size() > kMostTold) over.resize(kMostTold);
  return over;
}

const RecordStanding& RecordHealth::Settle(WallTime now) {
  const auto count = [this](const auto& holds) {
    return static_cast<std::size_t>(std::count_if(objects_.begin(), objects_.end(), holds));
  };
  const auto over = count([&](const auto& each) { return IsOver(each.second, now); });
  const auto refused = count([](const auto& each) { return each.second.refused; });
  const RecordState before = standing_.state;
  standing_.all = objects_.size();
  standing_.current = count([](const auto& each) { return each.second.health.health == Health::kCurrent; });
  if (refused > 0 || (over > 0 && !was_healthy_)) {
    standing_.state = RecordState::kFailed;
  } else if (over > 0) {
    standing_.state = RecordState::kDegraded;
  } else {
    standing_.state = standing_.current == standing_.all ? RecordState::kHealthy : RecordState::kApplied;
  }
  was_healthy_ = was_healthy_ || standing_.state == RecordState::kHealthy;
  if (settled_ == WallTime() || before != standing_.state) standing_.since = now;
  settled_ = now;
  standing_.troubles = Troubles(now);
  return standing_;
}

}  // namespace sluice::agent
