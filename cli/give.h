// Giving an envelope to a repository: signed by ssh-keygen with a person's own key,
// kept as a blob, and pushed as a ref that is made once (docs/approvals.md).
#pragma once

#include <string>

#include "cli/command_line.h"
#include "cli/promotion_place.h"
#include "promotion/approval.h"

namespace sluice::cli {

struct Signer {
  std::string key_file;  // empty: git's user.signingKey, where gpg.format is ssh
  std::string person;    // empty: whose address user.email is, in `people`
  bool push = true;      // else the envelope stays in this clone, behind its ref
};

// Declares --key and --as.
void AddSigner(const Command& command, Signer& signer);

// With what was not written found. kUsage, with what to do, where it is not to be found.
Result<Signer> FindSigner(const PromotionPlace& place, Signer signer);

// The envelope, signed with the key of a file; ssh-keygen may ask for a passphrase.
Result<std::string> SignApproval(const promotion::Approval& approval, const std::string& key_file);

struct Gave {
  int code = 0;        // the exit code; what went wrong is said
  std::string digest;  // of the envelope; empty where `code` is not 0
};

// Fills in person, repository and time, signs, and pushes.
Gave Give(const PromotionPlace& place, const Signer& signer, promotion::Approval approval);

}  // namespace sluice::cli
