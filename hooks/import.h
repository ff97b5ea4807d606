// `sluice hook import`: a branch that was there before the gate, judged once.
#pragma once

#include <string>
#include <string_view>

#include "hooks/judge.h"
#include "report/report.h"

namespace sluice::hooks {

struct Imported {
  Outcome outcome = Outcome::kUnjudged;
  std::string text;  // the verdict, without control characters but LF, TAB and colours
};
struct ImportWords {
  report::Format format = report::Format::kText;
  report::Options options;
};

// Judges all of the policy branch as one change, by the policy that judges a push, with
// the floor, and writes the index: for a mirror or a history that was there before the gate.
// Says nothing and changes nothing else; what it finds is counted as older from
// then on where `ratchet` is on. All that was pushed is read by a child that is shut in.
Result<Imported> Import(const std::string& repository, const ImportWords& words);

// How that child is shut in, and what its answer comes to: it is checked as if anybody had
// sent it. For Import and its test.
process::Sandbox ImportSandbox(const Task& task);
Result<Imported> ReadImported(std::string_view answer);

}  // namespace sluice::hooks
