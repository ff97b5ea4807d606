// `sluice diff --cluster`: what is desired against what runs, as the API server
// itself would store it. Never beside a comparison of two trees.
#pragma once

#include "cli/ask_option.h"
#include "cli/diff.h"
#include "cli/subject.h"
#include "gate/build_settings.h"

namespace sluice::cli {

struct LiveDiff {
  TreeDiff diff;          // one BuildDiff a cluster
  bool complete = false;  // every object was compared
};

// Of every object of the subject, of a range those that it changes. kFailed
// where no cluster answered at all; what is refused here or there, or cannot be
// told, is named as not compared. No value of a Secret is in the result.
Result<LiveDiff> CompareWithLive(const Subject& subject, const gate::Configuration& configuration,
                                 const gate::BuildSettings& settings, const Questions& questions,
                                 unsigned seconds);

}  // namespace sluice::cli
