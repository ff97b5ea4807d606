#include "agent/log.h"

#include <unistd.h>

#include <array>
#include <ctime>

#include "promotion/words.h"

namespace sluice::agent {
namespace {

constexpr std::array<std::string_view, 3> kLevels = {"info", "warning", "error"};

}  // namespace

void Log(Level level, std::string_view message, JsonMapping members) {
  members.Text("level", kLevels[static_cast<std::size_t>(level)]).Text("message", message);
  members.Text("time", promotion::TimeText(std::time(nullptr)));
  std::string line = members.End() + "\n";
  for (std::string_view rest = line; !rest.empty();) {
    const ssize_t written = write(STDERR_FILENO, rest.data(), rest.size());
    if (written <= 0) return;  // nobody reads it
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace sluice::agent
