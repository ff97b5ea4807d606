// Time zones, read from the system's tzdata (TZif, RFC 9636): a static program
// has no zones of its own, and the C library's follow the environment.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "promotion/moment.h"

namespace sluice::promotion {

// What a clock on the wall shows, as if it were UTC.
using WallTime = std::chrono::local_seconds;

// From `at` on clocks stand `offset` ahead of UTC.
struct Transition {
  Moment at;
  std::chrono::seconds offset;
};

// A day of a year and a time on it, as the rule at the end of a TZif file has it.
struct YearlyRule {
  enum class Form : std::uint8_t { kMonthWeekDay, kDayWithoutLeap, kDay } form = Form::kDay;
  unsigned month = 1, week = 1, weekday = 0;  // kMonthWeekDay: week 5 is the last, weekday 0 is Sunday
  unsigned day = 0;  // kDayWithoutLeap: 1 to 365, 29 February is no day; kDay: 0 to 365
  std::chrono::seconds time = std::chrono::hours(2);  // on the wall, before the change; may be negative
};

// Thread-safe. Memory: some KiB.
class Zone {
 public:
  Zone() = default;  // UTC
  // The bytes of a TZif file of version 2 or later, without leap seconds.
  static Result<Zone> Parse(std::string_view bytes);

  std::chrono::seconds OffsetAt(Moment moment) const;
  WallTime Wall(Moment moment) const;
  // When clocks show `wall`: none in a gap, two in a fold, in order.
  std::vector<Moment> MomentsOf(WallTime wall) const;
  // The first moment at which clocks show `wall` or, where they skip it, what
  // comes after; the last such moment.
  Moment First(WallTime wall) const;
  Moment Last(WallTime wall) const;
  // Every change of the offset after `from`, up to and with `to`; spans of years cost.
  std::vector<Transition> TransitionsIn(Moment from, Moment to) const;

 private:
  friend class ZoneReader;
  bool HasRule() const { return standard_ != summer_; }
  void AddYear(int year, std::vector<Transition>& out) const;

  std::chrono::seconds first_{0};                 // before any transition
  std::vector<Transition> transitions_;           // by time
  std::chrono::seconds standard_{0}, summer_{0};  // after the last of them; equal: no change any more
  YearlyRule starts_, ends_;
};

using Zones = std::map<std::string, Zone, std::less<>>;

// "Europe/Berlin", "UTC": letters, digits, `_+-` in parts between slashes.
bool IsZoneName(std::string_view name);

// From /usr/share/zoneinfo; UTC is always there. kNotFound where there is no
// such zone, kFailed where this machine has no tzdata.
Result<Zone> ReadZone(std::string_view name);

}  // namespace sluice::promotion
