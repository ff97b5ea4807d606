// The one that writes records (D10): after a ref moved, under one lock, as the
// owner of the repository, with the one key that it alone opens. It judges and
// renders nothing. Whoever calls it, a hook, a command or a service, gets the
// same records, and calling it again writes none twice.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "promotion/reconcile.h"

namespace sluice::promotion {

struct RecorderPlace {
  std::string git_dir;  // of the repository, absolute; the common one
  std::string ssh_keygen = "/usr/bin/ssh-keygen";
  std::string floor, floor_ref;  // of the operator's policies: git_dir and ref; empty: there are none
  std::chrono::milliseconds wait{30'000};  // for the lock

  std::string Own() const { return git_dir + "/sluice"; }
  // An SSH private key without a passphrase, or a link to one; nobody but the
  // owner may read it.
  std::string KeyFile() const { return Own() + "/recorder"; }
};

// A branch whose content, or a folder of which, is an environment's.
struct RecordedBranch {
  std::string environment;
  std::string ref;
  std::string folder{};  // empty: the whole branch

  // As intents call it.
  std::string Place() const { return folder.empty() ? ref : ref + ":" + folder; }
};

struct Recording {
  std::string environment;
  Standing standing = Standing::kInStep;  // before
  std::uint64_t written = 0;              // records
  std::uint64_t sequence = 0;             // of the newest record; 0: there is none
  std::string trouble;                    // why the rest is not recorded; empty: all is
  bool by_request = false;                // moved by requests alone: to be behind its branch is in order
  std::optional<Oid> recorded, tip;       // source of the newest record, and where the branch stands
};

// Whether this repository has a recorder's key: two system calls.
bool HasRecorder(const RecorderPlace& place);

// Brings the ledger of each environment to where its branch stands, move by move.
// What cannot be recorded is said in `trouble`; the ledger then ends before it.
// An Error: nothing could be done at all (no key, one that
// the trust in force does not name, no lock, no chain of policy).
Result<std::vector<Recording>> RecordBranches(const RecorderPlace& place,
                                              const std::vector<RecordedBranch>& branches);

// One record of where a branch stands that no push which was accepted leads to, or
// none that can be recorded: judged again as it stands, by somebody with a reason.
// `intent` is what the gate says of the move from the newest record to the tip;
// intents of moves before it are done with. kUsage where either moved meanwhile.
Result<Recording> RecordJudged(const RecorderPlace& place, const RecordedBranch& branch,
                               const std::string& name, std::string intent);

// One record of an environment that moves by request: `intent` is what the gate says of
// its folder at the commit that was asked for, and names the request. kUsage where the ledger or
// the branch moved meanwhile, or the commit is not ahead on it.
Result<Recording> RecordRequested(const RecorderPlace& place, const RecordedBranch& branch,
                                  const std::string& name, std::string intent);

// How branches stand, without writing or opening a key.
Result<std::vector<Recording>> CompareBranches(const RecorderPlace& place,
                                               const std::vector<RecordedBranch>& branches);

}  // namespace sluice::promotion
