// From what the command line names to what the gate is asked.
#pragma once

#include "cli/ask_option.h"
#include "cli/helm_program.h"
#include "cli/subject.h"
#include "gate/gate.h"

namespace sluice::cli {

struct CheckWords {
  unsigned jobs = 0;  // see JobsOf
  HelmPlace helm;
  unsigned ask_seconds = 120;
};

// The same for every command that judges. A push's limits and roots that do not
// hold for this subject are taken out of `configuration`, which must outlive the
// input, as `subject` must; its `changes` are taken: of a large tree the list is a
// tenth of all memory.
gate::CheckInput InputOf(Subject& subject, gate::Configuration& configuration, const Questions& questions,
                         const CheckWords& words);

}  // namespace sluice::cli
