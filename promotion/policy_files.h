// The files of a commit that say what may be pushed, as a record keeps them: below
// policy/, those of the operator below floor/, each part of a path a component
// (docs/ledger.md, section 4).
#pragma once

#include <string>
#include <vector>

#include "git/repository.h"
#include "promotion/chain_head.h"
#include "promotion/digest_list.h"

namespace sluice::promotion {

struct PolicyFile {
  std::string path;  // "policy/%2Esluice/sluice.yaml"
  std::string bytes;
};

// .sluice/** and CODEOWNERS where forges look for it; sorted by path. kLimit past
// 50,000 files or 1 MiB of one.
Result<std::vector<PolicyFile>> ReadPolicyFiles(const RepositoryPointer& repository, const Oid& commit,
                                                const std::string& below = "policy");

DigestList ListOf(const std::vector<PolicyFile>& files);

// What trust.json calls the operator's policies by: the digest of the lines of policy.sha256 that
// begin with floor/.
std::string FloorDigest(const DigestList& floor);

}  // namespace sluice::promotion
