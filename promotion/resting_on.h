// The envelopes that a record rests on. Which they are is the judge's claim, and what
// it read was hostile: so each is read from its ref and opened again before a record
// names it.
#pragma once

#include <string>
#include <vector>

#include "git/object_writer.h"
#include "promotion/chain_head.h"

namespace sluice::promotion {

struct RestingOn {
  const RepositoryPointer& repository;
  const PolicyHead& policy;  // whose signers count
  std::string environment, change;
  std::int64_t judged = 0;
  const std::vector<ReceivedApproval>& approvals;
};

struct RestedOn {
  std::vector<git::NewFile> files;  // of the record, "approvals/DIGEST.json"
  std::vector<SignedApproval> approvals;
};

// kFailed where one is not there, not by that person, not of this environment and change,
// was not good then, or is named by a record already.
Result<RestedOn> ReadRestingOn(const RestingOn& record);

}  // namespace sluice::promotion
