#include "cli/output.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/write_all.h"
#include "cli/commands.h"
#include "report/report.h"

namespace sluice::cli {
namespace {

std::string_view Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

void ToStandardError(std::string_view kind, std::string_view message) {
  const std::string line = std::string(kind) + ": " + report::Printable(message) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace

bool UseColour(When when) {
  if (when != When::kAuto) return when == When::kAlways;
  return Environment("NO_COLOR").empty() && Environment("TERM") != "dumb" && isatty(STDOUT_FILENO) == 1;
}

bool IsInteractive() { return Environment("TERM") != "dumb" && isatty(STDERR_FILENO) == 1; }

bool Print(std::string_view text) {
  if (WriteAll(STDOUT_FILENO, text) || errno == EPIPE) return true;
  PrintError(std::string("cannot write the result: ") + std::strerror(errno));
  return false;
}

void PrintError(std::string_view message) { ToStandardError("error", message); }
void PrintHint(std::string_view message) { ToStandardError("hint", message); }

int Fail(const Error& error) {
  PrintError(error.Text());
  const bool usage = error.kind == ErrorKind::kUsage || error.kind == ErrorKind::kConfiguration;
  return usage ? kWrongUsage : kUnjudged;
}

int ExitCodeOf(Outcome outcome) {
  if (outcome == Outcome::kAccepted) return kAccepted;
  return outcome == Outcome::kRejected ? kRejected : kUnjudged;
}

}  // namespace sluice::cli
