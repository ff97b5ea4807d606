// What git hands to a receiving hook: its environment and its standard input.
// All of it may have been shaped by whoever pushes; what is read from it is
// listed here, and nothing else is.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gate/push.h"

namespace sluice::hooks {

struct Call {
  std::string hook;                      // path of the hook file, from the repository's directory on
  std::string platform;                  // from the hook file's own text; empty: settings.yaml says it
  std::vector<std::string> environment;  // "NAME=value", as git gave it
  std::string input;
  std::string trouble{};  // why the input could not be read; empty: it was
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();

  // A variable's value; nothing where it is not set.
  std::optional<std::string_view> Variable(std::string_view name) const;
};

// The environment, which the process itself is then without: nothing that we
// call can be led astray by it.
std::vector<std::string> TakeEnvironment();

// All of a descriptor; kLimit past 16 MiB (some 100,000 refs).
Result<std::string> ReadInput(int descriptor);

// The lines "<old> SP <new> SP <ref> LF".
Result<std::vector<gate::RefUpdate>> ParseUpdates(std::string_view input);

// `git push -o`: at most 16 of at most 1 KiB each, else kLimit.
Result<std::vector<std::string>> PushOptions(const Call& call);

}  // namespace sluice::hooks
