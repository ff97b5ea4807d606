// Windows and freezes, with the gaps and folds of wall clocks.
#include "promotion/calendar.h"

#include "tests/catch.h"

namespace sluice::promotion {
namespace {

using namespace std::chrono_literals;

Moment At(int year, int month, int day, int hour, int minute = 0) {
  return Moment(std::chrono::sys_days(std::chrono::year(year) / month / day)) + std::chrono::hours(hour) +
         std::chrono::minutes(minute);
}

Window Make(const char* days, const char* hours, const char* zone = "UTC") {
  Window window;
  window.days = ParseDays(days).value();
  REQUIRE(ParseHours(hours, window));
  window.zone = zone;
  return window;
}

const Zones& TestZones() {
  static const Zones zones = [] {
    Zones made;
    for (const char* name : {"UTC", "Europe/Berlin", "Asia/Kolkata", "Pacific/Apia"})
      if (const Result<Zone> zone = ReadZone(name)) made[name] = *zone;
    return made;
  }();
  return zones;
}

bool HasZones() {
  if (TestZones().size() == 4) return true;
  std::puts("skipped: this machine has no tzdata");
  return false;
}

TEST_CASE("days are read") {
  CHECK(ParseDays("mon") == 0x01);
  CHECK(ParseDays("sun") == 0x40);
  CHECK(ParseDays("mon-thu") == 0x0f);
  CHECK(ParseDays("fri-mon") == 0x71);
  CHECK(ParseDays("mon,wed,sat-sun") == 0x65);
  CHECK(ParseDays("mon-sun") == 0x7f);
}

TEST_CASE("what are no days is not read") {
  for (const char* text : {"", ",", "mon,", ",mon", "mon-", "-mon", "Mon", "monday", "mon thu", "mon - thu",
                           "mon-thu-fri", "1-5", "*", "weekdays", "mon;tue"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseDays(text));
  }
}

TEST_CASE("what are no hours is not read") {
  for (const char* text : {"", "09:00", "9:00-16:00", "09:00-16", "0900-1600", "09:00 - 16:00", "24:00-01:00",
                           "25:00-26:00", "09:60-10:00", "09:00-24:01", "09:00-09:00", "-9:00-16:00",
                           "09:00-00:00", "09:00-16:000", "aa:bb-cc:dd", "09:00~16:00"}) {
    CAPTURE(text);
    Window window;
    CHECK_FALSE(ParseHours(text, window));
  }
}

TEST_CASE("dates are read, and no day that the calendar has not") {
  CHECK(ParseDay("2028-02-29")->whole);
  CHECK(ParseDay("2026-12-18T16:00")->begin.time_since_epoch() == At(2026, 12, 18, 16).time_since_epoch());
  CHECK_FALSE(ParseDay("2026-12-18T16:00")->whole);
  for (const char* text : {"", "2026-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-1-1",
                           "1999-12-31", "2026-12-18T24:00", "2026-12-18T16", "2026-12-18 16:00",
                           "2026-12-18T16:00Z", "18.12.2026", "2026/12/18", "x026-12-18"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseDay(text));
  }
}

TEST_CASE("a window is open on its days, from its beginning up to its end") {
  const Window window = Make("mon-thu", "09:00-16:00");  // 2026-11-26 is a Thursday
  const Zone utc;
  CHECK(IsOpen(window, utc, At(2026, 11, 26, 9)));
  CHECK(IsOpen(window, utc, At(2026, 11, 26, 15, 59)));
  CHECK_FALSE(IsOpen(window, utc, At(2026, 11, 26, 8, 59)));
  CHECK_FALSE(IsOpen(window, utc, At(2026, 11, 26, 16)));
  CHECK_FALSE(IsOpen(window, utc, At(2026, 11, 27, 9)));
  CHECK_FALSE(IsOpen(window, utc, At(2026, 11, 29, 9)));
}

TEST_CASE("a window over midnight is that of the day on which it opens") {
  const Window window = Make("fri", "22:00-04:00");
  const Zone utc;
  CHECK(IsOpen(window, utc, At(2026, 11, 27, 22)));
  CHECK(IsOpen(window, utc, At(2026, 11, 28, 3, 59)));
  CHECK_FALSE(IsOpen(window, utc, At(2026, 11, 28, 4)));
  CHECK_FALSE(IsOpen(window, utc, At(2026, 11, 27, 3)));
  CHECK_FALSE(IsOpen(window, utc, At(2026, 11, 28, 22)));
  CHECK_FALSE(IsOpen(window, utc, At(2026, 11, 27, 21, 59)));
}

TEST_CASE("a window follows the clock on its wall") {
  if (!HasZones()) return;
  const Window window = Make("mon-sun", "09:00-10:00", "Europe/Berlin");
  const Zone& berlin = TestZones().at("Europe/Berlin");
  CHECK(IsOpen(window, berlin, At(2026, 1, 15, 8)));
  CHECK_FALSE(IsOpen(window, berlin, At(2026, 1, 15, 7)));
  CHECK(IsOpen(window, berlin, At(2026, 7, 15, 7)));
  CHECK_FALSE(IsOpen(window, berlin, At(2026, 7, 15, 8)));
  // A day there is not a day in UTC.
  const Window monday = Make("mon", "00:00-05:00", "Asia/Kolkata");
  CHECK(IsOpen(monday, TestZones().at("Asia/Kolkata"), At(2026, 11, 29, 18, 30)));
  CHECK_FALSE(IsOpen(monday, TestZones().at("Asia/Kolkata"), At(2026, 11, 29, 18, 29)));
}

TEST_CASE("in a gap a window opens late, in a fold twice") {
  if (!HasZones()) return;
  const Zone& berlin = TestZones().at("Europe/Berlin");
  const Window late = Make("sun", "02:15-03:30", "Europe/Berlin");
  CHECK_FALSE(IsOpen(late, berlin, At(2027, 3, 28, 0, 59)));
  CHECK(IsOpen(late, berlin, At(2027, 3, 28, 1)));  // 03:00 there
  CHECK_FALSE(IsOpen(late, berlin, At(2027, 3, 28, 1, 30)));
  CHECK(NextOpen(std::array{late}, TestZones(), At(2027, 3, 27, 12)) == At(2027, 3, 28, 1));

  const Window skipped = Make("sun", "02:15-02:45", "Europe/Berlin");  // no such time on that day
  CHECK(NextOpen(std::array{skipped}, TestZones(), At(2027, 3, 27, 12)) == At(2027, 4, 4, 0, 15));

  const Window twice = Make("sun", "02:15-02:45", "Europe/Berlin");
  CHECK(IsOpen(twice, berlin, At(2027, 10, 31, 0, 15)));
  CHECK_FALSE(IsOpen(twice, berlin, At(2027, 10, 31, 0, 45)));
  CHECK(IsOpen(twice, berlin, At(2027, 10, 31, 1, 15)));
  CHECK(NextOpen(std::array{twice}, TestZones(), At(2027, 10, 31, 0, 50)) == At(2027, 10, 31, 1, 15));

  // Open until 02:30: the fold opens it again at 02:00, in its middle.
  const Window early = Make("sun", "01:00-02:30", "Europe/Berlin");
  CHECK_FALSE(IsOpen(early, berlin, At(2027, 10, 31, 0, 40)));
  CHECK(NextOpen(std::array{early}, TestZones(), At(2027, 10, 31, 0, 40)) == At(2027, 10, 31, 1));
}

TEST_CASE("the next opening is the first of all windows") {
  if (!HasZones()) return;
  const Window berlin = Make("mon-thu", "09:00-16:00", "Europe/Berlin");
  CHECK(NextOpen(std::array{berlin}, TestZones(), At(2026, 11, 26, 20)) == At(2026, 11, 30, 8));
  CHECK(NextOpen(std::array{berlin}, TestZones(), At(2026, 11, 26, 9)) == At(2026, 11, 26, 9));
  CHECK(NextOpen(std::array{berlin, Make("sat", "10:00-11:00")}, TestZones(), At(2026, 11, 26, 20)) ==
        At(2026, 11, 28, 10));
  CHECK_FALSE(NextOpen({}, TestZones(), At(2026, 11, 26, 20)));
}

TEST_CASE("the next opening is the first minute that is open") {
  if (!HasZones()) return;
  const std::array windows = {Make("sun", "02:10-02:50", "Europe/Berlin"),
                              Make("sat", "23:30-01:20", "Europe/Berlin"),
                              Make("sun", "00:00-00:05", "Asia/Kolkata")};
  for (const Moment start : {At(2027, 3, 27, 18), At(2027, 10, 30, 18), At(2027, 6, 5, 18)}) {
    for (Moment from = start; from < start + 12h; from += 7min) {
      Moment minute = from;
      const auto open = [&](const Window& w) { return IsOpen(w, TestZones().at(w.zone), minute); };
      while (!open(windows[0]) && !open(windows[1]) && !open(windows[2])) minute += 1min;
      CAPTURE(Text(from), Text(minute));
      CHECK(Text(NextOpen(windows, TestZones(), from).value()) == Text(minute));
    }
  }
}

TEST_CASE("a freeze holds from its beginning up to its end") {
  if (!HasZones()) return;
  Freeze freeze;
  freeze.begin = ParseDay("2026-12-18T16:00")->begin;
  freeze.end = ParseDay("2027-01-04")->begin;
  const Zone& berlin = TestZones().at("Europe/Berlin");
  CHECK_FALSE(FrozenUntil(freeze, berlin, At(2026, 12, 18, 14, 59)));
  CHECK(FrozenUntil(freeze, berlin, At(2026, 12, 18, 15)) == At(2027, 1, 3, 23));
  CHECK(FrozenUntil(freeze, berlin, At(2027, 1, 3, 22, 59)));
  CHECK_FALSE(FrozenUntil(freeze, berlin, At(2027, 1, 3, 23)));
  // It begins with the first and ends with the last of two equal wall times.
  freeze.begin = ParseDay("2027-10-31T02:30")->begin;
  freeze.end = ParseDay("2027-10-31T02:45")->begin;
  CHECK(FrozenUntil(freeze, berlin, At(2027, 10, 31, 0, 30)) == At(2027, 10, 31, 1, 45));
  CHECK(FrozenUntil(freeze, berlin, At(2027, 10, 31, 1, 15)));
}

TEST_CASE("a window in words") {
  CHECK(Words(Make("mon-thu", "09:00-16:00", "Europe/Berlin")) == "mon-thu 09:00-16:00 Europe/Berlin");
  CHECK(Words(Make("sat-mon", "00:00-24:00")) == "mon,sat-sun UTC");
  CHECK(Words(Window()) == "UTC");
}

}  // namespace
}  // namespace sluice::promotion
