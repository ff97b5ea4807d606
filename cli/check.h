// `sluice check`: the gate over what the command line names.
#pragma once

#include <string>
#include <vector>

#include "base/verdict.h"
#include "cli/ask_option.h"
#include "cli/helm_program.h"
#include "cli/subject.h"
#include "gate/configuration.h"

namespace sluice::cli {

struct CheckOptions {
  std::vector<std::string> what;  // paths, globs, one range of commits, or "-"
  bool staged = false;
  std::vector<std::string> kubernetes;  // minors; empty: the configuration's
  std::string output = "text";
  std::string config;
  unsigned jobs = 0;  // 0: as many as there are processors
  bool quiet = false;
  bool no_color = false;
  std::string color = "auto";
  HelmPlace helm;
  AskOptions ask;
};

// Runs and prints; returns the exit code.
int RunCheck(const CheckOptions& options);

// The verdict alone, for `sluice init`. Takes subject.changes away.
Verdict Judge(Subject& subject, gate::Configuration configuration, const CheckOptions& options,
              const Questions& questions = {});

}  // namespace sluice::cli
