#include "hooks/operator_log.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "tests/hooks/repository.h"

namespace sluice::hooks {
namespace {

const LogLine kLine{.repository = "/srv/git/shop.git",
                    .project = "shop",
                    .user = "ana",
                    .mode = "enforce",
                    .verdict = "rejected",
                    .rules = {"schema/unknown-field", "secret/plain"},
                    .refs = 1,
                    .milliseconds = 3.14159,
                    .bypass = {},
                    .reason = {}};

TEST_CASE("a line is one JSON object with what the operator has to know") {
  CHECK(LogText(kLine, "2026-11-05T10:00:00Z") ==
        R"({"time":"2026-11-05T10:00:00Z","repository":"/srv/git/shop.git","project":"shop","user":"ana",)"
        R"("mode":"enforce","verdict":"rejected","rules":["schema/unknown-field","secret/plain"],"refs":1,)"
        R"("milliseconds":3.1})");
  LogLine line = kLine;
  line.rules.clear();
  line.bypass = "ana: fire";
  line.reason = "it took longer than 4 s";
  CHECK(
      LogText(line, "t").find(
          R"("rules":[],"refs":1,"milliseconds":3.1,"bypass":"ana: fire","reason":"it took longer than 4 s"})") !=
      std::string::npos);
}

TEST_CASE("text of people cannot break out of its line") {
  const std::pair<std::string, std::string> cases[] = {
      {"a\"b\\c", R"("a\"b\\c")"},
      {"a\nb\rc\x1b[0m", R"("a\u000ab\u000dc\u001b[0m")"},
      {"gr\xc3\xbcn \xf0\x9f\x91\x8d", "\"gr\xc3\xbcn \xf0\x9f\x91\x8d\""},
      {"\xff\xc3", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
      {"\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\""},                  // overlong
      {"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},  // a surrogate
      {std::string("a\0b", 3), R"("a\u0000b")"},
      {"\x7f", R"("\u007f")"},
  };
  for (const auto& [user, quoted] : cases) {
    LogLine line = kLine;
    line.user = user;
    CHECK(LogText(line, "t").find("\"user\":" + quoted + ",") != std::string::npos);
  }
}

TEST_CASE("a log file is appended to and not for everyone to read") {
  const TemporaryDirectory directory;
  const std::string log = directory.path + "/log";
  REQUIRE(WriteLog(kLine, log));
  REQUIRE(WriteLog(kLine, log));
  const std::string text = ReadFile(log);
  CHECK(std::count(text.begin(), text.end(), '\n') == 2);
  struct stat status;
  REQUIRE(stat(log.c_str(), &status) == 0);
  CHECK((status.st_mode & 0007) == 0);
}

TEST_CASE("a log that cannot be written is an error, no log is none") {
  const TemporaryDirectory directory;
  CHECK(WriteLog(kLine, ""));
  CHECK_FALSE(WriteLog(kLine, directory.path));
  CHECK_FALSE(WriteLog(kLine, directory.path + "/no/such/directory"));
  REQUIRE(symlink("/etc/motd", (directory.path + "/link").c_str()) == 0);
  CHECK_FALSE(WriteLog(kLine, directory.path + "/link"));
  REQUIRE(mkfifo((directory.path + "/pipe").c_str(), 0600) == 0);
  CHECK_FALSE(WriteLog(kLine, directory.path + "/pipe"));  // and nobody waits
}

}  // namespace
}  // namespace sluice::hooks
