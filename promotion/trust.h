// Whose keys count: trust.json and the file of allowed signers beside it, of one
// record of policy (docs/trust.md).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/allowed_signers.h"
#include "crypto/public_key.h"

namespace sluice::promotion {

struct TrustedKey {
  std::string line;  // "TYPE BASE64"
  crypto::PublicKey key;
};

struct Recorder {
  TrustedKey key;
  // Empty while it is in use; else for each chain the number of its last record.
  std::optional<std::map<std::string, std::uint64_t>> last;
};

struct ClusterKey {
  std::string name;
  TrustedKey key;
};

struct Trust {
  std::uint64_t count = 1;           // so many of
  std::vector<std::string> from;     // these must agree to the next record of policy
  std::vector<ClusterKey> clusters;  // sorted by name
  // Of version 2: records hold the operator's policies of this digest (FloorDigest), and no others.
  std::optional<std::string> floor{};
  std::optional<TrustedKey> operator_key;
  std::vector<Recorder> recorders;  // sorted by key
  std::string repository;
};

// From the bytes of trust.json; an Error names `what` and the byte.
Result<Trust> ReadTrust(const std::string& what, std::string_view bytes);
Result<std::string> TrustText(const Trust& trust);

// A file of allowed signers that means the same everywhere: no line is malformed,
// no time is local. An Error names the line.
Result<crypto::AllowedSigners> ReadPolicySigners(const std::string& what, std::string_view text);

// Whether this key may have signed the record of this number in this chain.
Status MayRecord(const Trust& trust, const crypto::PublicKey& key, const std::string& chain,
                 std::uint64_t sequence);

// Whether `next` may follow: the repository is the same, no recorder is dropped, a
// retired one neither comes back nor gets more.
Status MayFollow(const Trust& before, const Trust& next);

}  // namespace sluice::promotion
