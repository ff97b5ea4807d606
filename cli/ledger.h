// `sluice ledger`: the parts of one command, a file each.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/command_line.h"
#include "gate/operator.h"
#include "hooks/places.h"
#include "promotion/recorder.h"

namespace sluice::cli {

void AddLedgerInit(const Command& ledger);  // and `policy`
void AddLedgerReconcile(const Command& ledger);
void AddLedgerLog(const Command& ledger);
void AddLedgerObjects(const Command& ledger);  // `diff` and `export`
void AddLedgerRefresh(const Command& ledger);
void AddLedgerVerify(const Command& ledger);

// A server's repository with the environments of its settings.
struct LedgerPlace {
  hooks::Places places;
  gate::HookSettings settings;
  promotion::RecorderPlace recorder;
  std::string policy_ref;
  std::vector<promotion::RecordedBranch> branches;
};
Result<LedgerPlace> FindLedger(const std::string& repository);
// kUsage, with what to do: its settings name no branch.
Error NoEnvironments(const std::string& repository);

// Who says why, and whose move it is taken for: a person of `people`, who then does not
// count among those who agree; empty: nobody's, which is refused where people are asked.
struct Judging {
  std::string reason, person;
};

// Where a branch stands that no accepted push leads to, judged as it stands, and
// recorded where it is accepted; else its verdict is printed. For somebody who says why.
Result<promotion::Recording> JudgeAndRecord(const LedgerPlace& place, const promotion::RecordedBranch& branch,
                                            const promotion::Recording& left_behind, const Judging& judging);

}  // namespace sluice::cli
