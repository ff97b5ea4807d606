// The end of a chain as its writer sees it: enough to write the next record and to
// notice that somebody else wrote, cut off or replaced the last one. Verifying a
// whole chain is ledger.h's.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "git/repository.h"
#include "promotion/chain.h"
#include "promotion/digest_list.h"
#include "promotion/record.h"
#include "promotion/trust.h"

namespace sluice::promotion {

// The newest record of policy, and the files beside it.
struct PolicyHead {
  Oid commit;
  std::string digest;  // of the envelope
  PolicyRecord record;
  Trust trust;
  DigestList files;  // policy.sha256
  Oid policy_tree;   // of policy/; zero where there is none
};

struct RecordHeadOf {
  Oid commit;
  std::string digest;
  Record record;
  DigestList objects;  // objects.sha256
};

using RepositoryPointer = std::shared_ptr<const git::Repository>;

// Nothing where there is no such ref. An Error where the record is not as
// docs/ledger.md says, or its signature is no recorder's of `policy`.
Result<std::optional<PolicyHead>> ReadPolicyHead(const RepositoryPointer& repository);
Result<std::optional<RecordHeadOf>> ReadRecordHead(const RepositoryPointer& repository,
                                                   const std::string& environment, const PolicyHead& policy);

// Of all records of a chain, as they say themselves; nothing where there is no chain.
// The cost is that of its length.
Result<UsedApprovals> ReadUsedApprovals(const RepositoryPointer& repository, const std::string& chain);

// A file of a commit's tree.
Result<std::string> ReadCommitFile(const RepositoryPointer& repository, const Oid& commit,
                                   const std::string& path, std::size_t limit);

}  // namespace sluice::promotion
