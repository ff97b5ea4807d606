// Child processes: started with nothing that was not given, stopped as a whole
// group at the deadline, never an orphan, a zombie or a leaked descriptor.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "process/sandbox.h"

namespace sluice::process {

enum class Output : std::uint8_t {
  kCollect,  // into the result
  kInherit,  // ours: for a program that speaks to the same reader; limits do not apply
};

enum class BelowFloor : std::uint8_t {
  kRefuse,                 // an Error that names what the kernel does not give
  kRefuseWithoutLandlock,  // likewise, and where it cannot bound what is read
  kRun,                    // run all the same; the result says what is missing
};

// A child has the three standard descriptors and no other, a group of its own,
// and every signal at its default.
struct ChildOptions {
  std::vector<std::string> argv{};         // argv[0] is an absolute path
  std::vector<std::string> environment{};  // "NAME=value"; nothing is inherited
  std::string directory{};                 // working directory; empty: ours
  std::string input{};                     // bytes for its standard input
  std::size_t output_limit = 16u << 20;    // of standard output and of standard error, each
  std::chrono::milliseconds deadline{20'000};
  Sandbox sandbox{};               // default: no bound but the deadline; else with may_execute
  std::uint64_t memory_bytes = 0;  // without a sandbox: see BoundMemory; 0: unbounded
  BelowFloor below_floor = BelowFloor::kRefuse;
  Output where = Output::kCollect;
  // The controlling terminal, where there is one, is its own while it runs: it
  // may ask for a passphrase, and an interrupt there is for it. One at a time.
  bool terminal = false;
};

struct ChildResult {
  int exit_code = -1;  // -1: ended by a signal
  int signal = 0;
  bool timed_out = false;
  bool output_cut = false;  // the output limit was passed and the group stopped
  std::string output;
  std::string error_output;
  SandboxLevel level;  // what was reached, where a sandbox was asked for
};

// Runs a program to its end; whatever it left running in its group is killed
// then. An Error means that it could not be started; how it ended is in the
// result. May be called from any thread. The child dies with the calling thread.
// Needs Linux 5.3 (pidfd_open).
Result<ChildResult> Run(const ChildOptions& options);

// Ours, as "NAME=value".
std::vector<std::string> OwnEnvironment();

}  // namespace sluice::process
