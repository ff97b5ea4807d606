// How trust goes on from one record of policy to the next: who agrees, and which
// keys of recorders come and go (docs/trust.md, sections 3 and 5).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "promotion/chain_head.h"
#include "promotion/trust.h"

namespace sluice::promotion {

struct RetiredRecorder {
  std::string key;  // "TYPE BASE64"
  std::map<std::string, std::uint64_t>
      last;  // its last record of these chains, where it is not what it signed
};

struct ChangedCluster {
  std::string name;
  std::string key;  // "TYPE BASE64"; empty: its outcomes count no more
};

struct TrustChange {
  std::uint64_t count = 0;             // so many of `from`; 0: as before, 1 in the first
  std::vector<std::string> from;       // who agree to the next one; empty: as before
  std::string operator_key;            // "TYPE BASE64"; empty: as before, none in the first
  std::vector<std::string> recorders;  // keys that come
  std::vector<RetiredRecorder> retired;
  std::vector<ChangedCluster> clusters;  // that come, get another key, or go
  bool hold_floor = false;               // from now on records hold the operator's policies as they are
  bool drop_floor = false;               // not from now on
  std::optional<std::string> floor{};    // FloorDigest of those in force; none: there are none
  std::vector<std::string>
      chains;  // all that are there, "policy" among them: where a retired key may have signed
};

// The numbers of the last records that a key signed, by chain. Walks each chain back
// to that record.
Result<std::map<std::string, std::uint64_t>> LastSigned(const RepositoryPointer& repository,
                                                        const crypto::PublicKey& key,
                                                        const std::vector<std::string>& chains);

// kUsage for a key that is none, that is there already, or that retires and is no
// recorder's, and for a cluster that goes and is not there. `signs` is the key that signs this record, of
// number `sequence`.
Result<Trust> ChangeTrust(const RepositoryPointer& repository, Trust trust, const TrustChange& change,
                          const std::string& signs, std::uint64_t sequence);

Result<TrustedKey> ReadTrustedKey(const std::string& line);

}  // namespace sluice::promotion
