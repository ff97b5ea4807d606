// What a push changes of the policy, and what it changes besides: named, so that people
// can agree to the one, or to both as a pair (docs/approvals.md, section 4).
#pragma once

#include <string>
#include <vector>

#include "base/limits.h"
#include "promotion/digest_list.h"
#include "promotion/policy_files.h"

namespace sluice::gate {

struct ChangeOfPolicy {
  promotion::DigestList before;                 // all files of the policy, paths begin "policy/"
  std::vector<promotion::ChangedFile> policy;   // that differ; none: the rest is empty
  std::vector<promotion::ChangedFile> content;  // all others that differ, paths begin "files/"
  std::string digest;                           // of `policy`
  std::string pair;                             // of both; empty: there is none
  std::string no_pair;                          // then why, half a sentence
};

// Between two commits. Both sides of what differs are read, within limits.file_bytes and
// limits.push_bytes; past these there is no pair. An Error: it could not be told.
Result<ChangeOfPolicy> ReadChangeOfPolicy(const promotion::RepositoryPointer& repository, const Oid& before,
                                          const Oid& after, const Limits& limits);

}  // namespace sluice::gate
