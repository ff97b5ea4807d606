// `sluice ledger`: the parts of one command, a file each.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hooks/places.h"
#include "promotion/recorder.h"

namespace CLI {
class App;
}

namespace sluice::cli {

void AddLedgerInit(CLI::App& ledger, int& exit_code);  // and `policy`
void AddLedgerReconcile(CLI::App& ledger, int& exit_code);
void AddLedgerLog(CLI::App& ledger, int& exit_code);
void AddLedgerVerify(CLI::App& ledger, int& exit_code);

// A server's repository with the environments of its settings.
struct LedgerPlace {
  hooks::Places places;
  promotion::RecorderPlace recorder;
  std::string policy_ref;
  std::vector<promotion::RecordedBranch> branches;
};
Result<LedgerPlace> FindLedger(const std::string& repository);

}  // namespace sluice::cli
