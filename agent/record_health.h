// The health of a whole record, folded from that of its objects, with a time-out for
// each. Not for two threads at a time.
//
//   RecordHealth record({.usual = std::chrono::minutes(5)});
//   for (object : recorded objects with apply: true) record.Expect(name, root, now);  // once applied
//   record.Refuse(name, "the API server's words", now);                             // what was not taken
//   record.Observe(name, HealthOf(live, now), now);                                 // each time it is seen
//   const RecordStanding& standing = record.Settle(now);
//
// What is expected before it is applied is expected anew by its apply. Settle again when something was
// observed, and now and then if nothing was: time-outs pass.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "agent/health.h"
#include "base/finding.h"

namespace sluice::agent {

// How long an object may be on its way. A row's empty group or kind fits every one;
// the first row that fits counts. The annotation sluice.dev/health-timeout of the
// recorded object ("90s", "30m", "2h"; 1 s to 24 h) stands above all rows.
struct HealthTimeout {
  std::string group{}, kind{};
  std::chrono::seconds time{0};
};
struct HealthSettings {
  std::chrono::seconds usual = std::chrono::minutes(5);
  std::vector<HealthTimeout> rows{};
};
inline constexpr std::string_view kTimeoutAnnotation = "sluice.dev/health-timeout";

// `recorded` may be null. An annotation that says no such time is as none.
std::chrono::seconds TimeoutFor(const HealthSettings& settings, const ObjectName& name,
                                const manifests::Node* recorded);

enum class RecordState : std::uint8_t {
  kApplied,   // objects are on their way, within their time
  kHealthy,   // all are current
  kDegraded,  // it was healthy; an object has failed since, or was not current for longer than its time-out
  kFailed,    // the same before it ever was healthy, or an object was refused
};
// A read that fails now and then tells nothing of an object.
inline constexpr std::chrono::minutes kUnseenTime{3};

// "applied", "healthy", "degraded", "failed", as promotion/outcome.h has them.
std::string_view StateWords(RecordState state);

struct Trouble {
  ObjectName object;
  Health health = Health::kUnknown;
  std::string reason;  // half a sentence; with the time-out where that has passed
};

struct RecordStanding {
  RecordState state = RecordState::kApplied;
  WallTime since{};               // when this state began
  std::size_t current = 0;        // objects that are
  std::size_t all = 0;            // of so many
  std::vector<Trouble> troubles;  // what keeps it from being healthy, what decided it first; at most 100
};

class RecordHealth {
 public:
  explicit RecordHealth(HealthSettings settings) : settings_(std::move(settings)) {}

  // Its time-out begins at `applied`. Again for the same object: it was applied anew.
  void Expect(const ObjectName& name, const manifests::Node* recorded, WallTime applied);
  void Forget(const ObjectName& name) { objects_.erase(name); }
  void Refuse(const ObjectName& name, std::string reason, WallTime now);
  // Of an object that nobody expects: nothing. What is kNotLookedAt keeps the record from being healthy, and
  // never fails it.
  void Observe(const ObjectName& name, ObjectHealth health, WallTime now);
  // It could not be asked for: what was observed last stands, for kUnseenTime; then it is unknown.
  void Miss(const ObjectName& name, std::string reason, WallTime now);

  const RecordStanding& Settle(WallTime now);

 private:
  struct Expected {
    std::chrono::seconds timeout{0};
    WallTime since{};  // not current since; that of the apply
    WallTime seen{};   // observed last; nothing: not yet
    ObjectHealth health{Health::kInProgress, "it has not been seen yet"};
    bool refused = false;
  };
  bool IsOver(const Expected& expected, WallTime now) const;
  std::vector<Trouble> Troubles(WallTime now) const;

  HealthSettings settings_;
  std::map<ObjectName, Expected> objects_;
  RecordStanding standing_;
  bool was_healthy_ = false;
  WallTime settled_{};  // the last time
};

}  // namespace sluice::agent
