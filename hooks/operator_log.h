// One JSON line a push for the operator: {"time","repository","project","user",
// "mode","verdict","rules","refs","milliseconds","bypass","reason"}; the last
// two only where there is something to say. No text of a finding and no value
// of the repository is in it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sluice::hooks {

struct LogLine {
  std::string repository{};
  std::string project{};
  std::string user{};
  std::string mode{};
  std::string verdict{};  // "accepted", "rejected", "unjudged"
  std::vector<std::string> rules{};
  std::size_t refs = 0;
  double milliseconds = 0;
  std::string bypass{};  // "ana: reason"
  std::string reason{};  // why it could not be judged
};

// One line without its end. Bytes that are not UTF-8 become U+FFFD.
std::string LogText(const LogLine& line, std::string_view time);

// Appends to `log`: "syslog" (a datagram to /dev/log), a path (made with mode
// 0640, appended to in one write), or empty: nothing.
Status WriteLog(const LogLine& line, const std::string& log);

}  // namespace sluice::hooks
