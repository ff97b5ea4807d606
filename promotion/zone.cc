// Offsets and what follows from them. Between two changes a wall clock runs
// straight; at a change it jumps, over a gap or back into a fold. Held against
// the C library in every zone by tests/promotion/zone_test.cc.
#include "promotion/zone.h"

#include <algorithm>

namespace sluice::promotion {
namespace {

using std::chrono::days;
using std::chrono::seconds;

// No offset is a day or more, so what a wall shows lies within a day of UTC.
constexpr seconds kReach = days(1) + seconds(1);

Moment AsUtc(WallTime wall) { return Moment(wall.time_since_epoch()); }

int YearOf(Moment moment) {
  return static_cast<int>(std::chrono::year_month_day(std::chrono::floor<days>(moment)).year());
}

// Midnight of the day that the rule names, in a year.
std::chrono::sys_days DayOf(const YearlyRule& rule, int year) {
  using namespace std::chrono;
  const std::chrono::year y(year);
  switch (rule.form) {
    case YearlyRule::Form::kMonthWeekDay: {
      const std::chrono::month m(rule.month);
      const std::chrono::weekday w(rule.weekday);
      if (rule.week == 5) return sys_days(y / m / w[last]);
      return sys_days(y / m / w[rule.week]);
    }
    case YearlyRule::Form::kDayWithoutLeap: {
      const bool after_february = y.is_leap() && rule.day >= 60;
      return sys_days(y / January / 1) + days(rule.day - 1 + (after_february ? 1 : 0));
    }
    case YearlyRule::Form::kDay:
      break;
  }
  return sys_days(y / January / 1) + days(rule.day);
}

}  // namespace

void Zone::AddYear(int year, std::vector<Transition>& out) const {
  out.push_back({Moment(DayOf(starts_, year)) + starts_.time - standard_, summer_});
  out.push_back({Moment(DayOf(ends_, year)) + ends_.time - summer_, standard_});
}

std::vector<Transition> Zone::TransitionsIn(Moment from, Moment to) const {
  const auto by_time = [](const Transition& a, const Transition& b) { return a.at < b.at; };
  std::vector<Transition> found;
  const auto begin =
      std::upper_bound(transitions_.begin(), transitions_.end(), Transition{from, {}}, by_time);
  const auto end = std::upper_bound(begin, transitions_.end(), Transition{to, {}}, by_time);
  found.assign(begin, end);
  if (!HasRule()) return found;
  const Moment last = transitions_.empty() ? Moment::min() : transitions_.back().at;
  std::vector<Transition> yearly;
  for (int year = YearOf(std::max(from, last)) - 1; year <= YearOf(to) + 1; ++year) AddYear(year, yearly);
  std::stable_sort(yearly.begin(), yearly.end(), by_time);
  for (const Transition& transition : yearly)
    if (transition.at > std::max(from, last) && transition.at <= to) found.push_back(transition);
  return found;
}

seconds Zone::OffsetAt(Moment moment) const {
  const auto after = std::upper_bound(transitions_.begin(), transitions_.end(), moment,
                                      [](Moment m, const Transition& t) { return m < t.at; });
  const bool by_rule = after == transitions_.end() && HasRule();
  if (by_rule) {
    // A rule changes the offset at least once in any 400 days.
    const std::vector<Transition> recent = TransitionsIn(moment - days(400), moment);
    if (!recent.empty()) return recent.back().offset;
  }
  return after == transitions_.begin() ? first_ : std::prev(after)->offset;
}

WallTime Zone::Wall(Moment moment) const { return WallTime(moment.time_since_epoch() + OffsetAt(moment)); }

std::vector<Moment> Zone::MomentsOf(WallTime wall) const {
  const Moment around = AsUtc(wall);
  std::vector<seconds> offsets = {OffsetAt(around - kReach)};
  for (const Transition& transition : TransitionsIn(around - kReach, around + kReach))
    offsets.push_back(transition.offset);
  std::vector<Moment> moments;
  for (const seconds offset : offsets)
    if (OffsetAt(around - offset) == offset) moments.push_back(around - offset);
  std::sort(moments.begin(), moments.end());
  moments.erase(std::unique(moments.begin(), moments.end()), moments.end());
  return moments;
}

Moment Zone::First(WallTime wall) const {
  const std::vector<Moment> moments = MomentsOf(wall);
  return moments.empty() ? Last(wall) : moments.front();
}

// In a gap: the change that jumps over it.
Moment Zone::Last(WallTime wall) const {
  const std::vector<Moment> moments = MomentsOf(wall);
  if (!moments.empty()) return moments.back();
  const Moment around = AsUtc(wall);
  for (const Transition& transition : TransitionsIn(around - kReach, around + kReach))
    if (Wall(transition.at) >= wall && Wall(transition.at - seconds(1)) < wall) return transition.at;
  return around - OffsetAt(around);
}

}  // namespace sluice::promotion
