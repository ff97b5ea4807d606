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

struct ChildOptions {
  std::vector<std::string> argv;         // argv[0] is an absolute path
  std::vector<std::string> environment;  // "NAME=value"; nothing is inherited
  std::string directory;                 // working directory; empty: ours
  std::string input;                     // bytes for its standard input
  std::size_t output_limit = 16u << 20;  // of standard output and of standard error, each
  std::chrono::milliseconds deadline{20'000};
  Sandbox sandbox;                       // default: no bound but the deadline
};

struct ChildResult {
  int exit_code = -1;        // -1: ended by a signal
  int signal = 0;
  bool timed_out = false;
  bool output_cut = false;   // the output limit was passed and the group stopped
  std::string output;
  std::string error_output;
};

// Runs a program to its end. An Error means that it could not be started; how
// it ended is in the result.
Result<ChildResult> Run(const ChildOptions& options);

}  // namespace sluice::process
