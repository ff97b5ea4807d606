// `sluice diff --cluster`: what is desired against what runs, as the API server
// itself would store it. Never beside a comparison of two trees.
#pragma once

#include "cli/ask_option.h"
#include "cli/diff.h"
#include "gate/gate.h"

namespace sluice::cli {

struct LiveDiff {
  TreeDiff diff;          // one BuildDiff a cluster
  bool complete = false;  // every object was compared, and nothing is refused
};

// Of every object of `input` (see InputOf), of a range those that it changes.
// kFailed where no cluster answered at all; what is refused here or there, was not
// asked about or cannot be told is named as not compared. No value of a Secret is in
// the result.
Result<LiveDiff> CompareWithLive(gate::CheckInput input, const Questions& questions);

}  // namespace sluice::cli
