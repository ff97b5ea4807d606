// Zones, held against the C library's own reading of the same files.
#include "promotion/zone.h"

#include <dirent.h>
#include <sys/stat.h>
#include <time.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <sstream>

#include "tests/catch.h"

namespace sluice::promotion {
namespace {

using std::chrono::seconds;

constexpr const char* kZones = "/usr/share/zoneinfo";

bool HasZones() {
  const bool has = ReadZone("Europe/Berlin") && true;
  if (!has) std::puts("skipped: this machine has no tzdata");
  return has;
}

void Walk(const std::string& directory, const std::string& name, std::vector<std::string>& out) {
  DIR* const open = opendir(directory.c_str());
  if (open == nullptr) return;
  while (const dirent* entry = readdir(open)) {
    const std::string leaf = entry->d_name;
    const std::string path = directory + "/" + leaf, full = name.empty() ? leaf : name + "/" + leaf;
    struct stat status;
    if (leaf[0] == '.' || full == "right" || full == "posix" || stat(path.c_str(), &status) != 0) continue;
    if (S_ISDIR(status.st_mode)) Walk(path, full, out);
    if (!S_ISREG(status.st_mode)) continue;
    char magic[4] = {};
    std::ifstream(path, std::ios::binary).read(magic, 4);
    if (std::string_view(magic, 4) == "TZif") out.push_back(full);
  }
  closedir(open);
}

seconds OffsetOfLibrary(Moment moment) {
  const time_t time = moment.time_since_epoch().count();
  tm local;
  localtime_r(&time, &local);
  return seconds(local.tm_gmtoff);
}

void UseZone(const std::string& name) {
  setenv("TZ", (":" + name).c_str(), 1);
  tzset();
}

Moment At(int year, unsigned month, unsigned day, int hour, int minute = 0) {
  return Moment(std::chrono::sys_days(std::chrono::year(year) / static_cast<int>(month) /
                                      static_cast<int>(day))) +
         std::chrono::hours(hour) + std::chrono::minutes(minute);
}

WallTime Wall(int year, unsigned month, unsigned day, int hour, int minute = 0) {
  return WallTime(At(year, month, day, hour, minute).time_since_epoch());
}

TEST_CASE("every zone agrees with the C library, 1990 to 2120") {
  if (!HasZones()) return;
  std::vector<std::string> names;
  Walk(kZones, "", names);
  REQUIRE(names.size() > 300);
  std::size_t compared = 0, wrong = 0;
  for (const std::string& name : names) {
    const Result<Zone> zone = ReadZone(name);
    if (!zone) {
      UNSCOPED_INFO(name << ": " << zone.error().message);
      ++wrong;
      continue;
    }
    UseZone(name);
    std::vector<Moment> moments;
    for (Moment m = At(1990, 1, 1, 0); m < At(2120, 1, 1, 0); m += std::chrono::hours(24 * 29 + 5))
      moments.push_back(m);
    for (const Transition& change : zone->TransitionsIn(At(1990, 1, 1, 0), At(2060, 1, 1, 0)))
      for (const int off : {-1, 0, 1}) moments.push_back(change.at + seconds(off));
    for (const Moment moment : moments) {
      ++compared;
      if (zone->OffsetAt(moment) == OffsetOfLibrary(moment)) continue;
      if (++wrong < 5) UNSCOPED_INFO(name << " " << Text(moment) << " " << zone->OffsetAt(moment).count());
    }
  }
  UseZone("UTC");
  INFO(compared << " moments in " << names.size() << " zones");
  CHECK(compared > 500'000);
  CHECK(wrong == 0);
}

TEST_CASE("every wall time between two changes is one moment, and a gap none, and a fold two") {
  if (!HasZones()) return;
  const Zone berlin = *ReadZone("Europe/Berlin");
  CHECK(berlin.MomentsOf(Wall(2026, 11, 26, 22, 11)) == std::vector<Moment>{At(2026, 11, 26, 21, 11)});
  CHECK(berlin.MomentsOf(Wall(2027, 3, 28, 2, 30)).empty());
  CHECK(berlin.First(Wall(2027, 3, 28, 2, 30)) == At(2027, 3, 28, 1));
  CHECK(berlin.Last(Wall(2027, 3, 28, 2, 30)) == At(2027, 3, 28, 1));
  CHECK(berlin.MomentsOf(Wall(2027, 3, 28, 3, 0)) == std::vector<Moment>{At(2027, 3, 28, 1)});
  CHECK(berlin.MomentsOf(Wall(2027, 10, 31, 2, 30)) ==
        std::vector<Moment>{At(2027, 10, 31, 0, 30), At(2027, 10, 31, 1, 30)});
  CHECK(berlin.First(Wall(2027, 10, 31, 2, 30)) == At(2027, 10, 31, 0, 30));
  CHECK(berlin.Last(Wall(2027, 10, 31, 2, 30)) == At(2027, 10, 31, 1, 30));
  CHECK(berlin.MomentsOf(Wall(2099, 7, 1, 12)) == std::vector<Moment>{At(2099, 7, 1, 10)});  // by the rule
  // Samoa went over the date line: 30 December 2011 was no day there.
  const Zone apia = *ReadZone("Pacific/Apia");
  CHECK(apia.MomentsOf(Wall(2011, 12, 30, 12)).empty());
  CHECK(apia.First(Wall(2011, 12, 30, 12)) == At(2011, 12, 30, 10));
  // Half an hour of summer time.
  const Zone howe = *ReadZone("Australia/Lord_Howe");
  CHECK(howe.MomentsOf(Wall(2027, 4, 4, 1, 45)).size() == 2);
}

TEST_CASE("UTC needs no file") {
  CHECK(ReadZone("UTC")->OffsetAt(At(2026, 1, 1, 0)) == seconds(0));
  CHECK(Zone().MomentsOf(Wall(2026, 1, 1, 5)) == std::vector<Moment>{At(2026, 1, 1, 5)});
  CHECK(Zone().TransitionsIn(At(2000, 1, 1, 0), At(2100, 1, 1, 0)).empty());
}

TEST_CASE("names that lead elsewhere are no zones") {
  for (const char* name : {"", "/etc/passwd", "../../../etc/passwd", "Europe/../UTC", "Europe//Berlin",
                           "Europe/", "Europe/Berlin\n", "Europe Berlin", "Europe/B\xC3\xA9rlin", ".", "a\\b",
                           "$(id)", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
    CAPTURE(name);
    CHECK_FALSE(IsZoneName(name));
    CHECK_FALSE(ReadZone(name));
  }
  CHECK_FALSE(ReadZone("Europe/Atlantis"));
  CHECK_FALSE(ReadZone("Europe"));
  CHECK(IsZoneName("America/Argentina/Buenos_Aires"));
  CHECK(IsZoneName("Etc/GMT+12"));
}

std::string Bytes(const std::string& name) {
  std::ifstream file(std::string(kZones) + "/" + name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST_CASE("what is no zone file is refused, and never read past its end") {
  CHECK_FALSE(Zone::Parse(""));
  CHECK_FALSE(Zone::Parse("TZif"));
  CHECK_FALSE(Zone::Parse("nonsense"));
  if (!HasZones()) return;
  const std::string good = Bytes("Europe/Berlin");
  REQUIRE(Zone::Parse(good));
  for (std::size_t length = 0; length < good.size(); ++length)
    CHECK_FALSE(Zone::Parse(good.substr(0, length)));
  // Any byte may be another; whatever is read then must not crash.
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char byte : {'\0', '\x7f', '\xff'}) {
      std::string bad = good;
      bad[at] = byte;
      if (const Result<Zone> zone = Zone::Parse(bad)) zone->MomentsOf(Wall(2027, 10, 31, 2, 30));
    }
  }
  for (const char* rule :
       {"CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
        "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,M0.5.0,M10.5.0", "CET-1CEST,J0,J5", "CET-1CEST,366,5",
        "CET-1CEST,M3.5.0,M10.5.0/3x", "<CET-1", "-1", "CET-200"}) {
    CAPTURE(rule);
    const std::size_t footer = good.rfind('\n', good.size() - 2);
    CHECK_FALSE(Zone::Parse(good.substr(0, footer + 1) + rule + "\n"));
  }
}

}  // namespace
}  // namespace sluice::promotion
