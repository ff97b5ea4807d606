// Tested by tests/promotion/policy_record_test.cc and tests/push/ledger-commands.sh.
#include "promotion/trust_change.h"

#include <algorithm>

#include "promotion/chain.h"
#include "promotion/words.h"

namespace sluice::promotion {
namespace {

auto FindKey(std::vector<Recorder>& recorders, const std::string& line) {
  return std::find_if(recorders.begin(), recorders.end(),
                      [&](const Recorder& recorder) { return recorder.key.line == line; });
}

Status AddRecorders(const std::vector<std::string>& lines, Trust& trust) {
  for (const std::string& line : lines) {
    Result<TrustedKey> key = ReadTrustedKey(line);
    if (!key) return key.error();
    if (FindKey(trust.recorders, key->line) != trust.recorders.end())
      return Usage("the recorder's key " + Fingerprint(key->key) +
                   " is there already; a retired one stays so");
    trust.recorders.push_back({*std::move(key), std::nullopt});
  }
  return Ok{};
}

Status ChangeCluster(const ChangedCluster& change, std::vector<ClusterKey>& clusters) {
  if (!IsLabel(change.name)) return Usage("\"" + change.name + "\" is not a cluster's name: a DNS label");
  const std::size_t gone =
      std::erase_if(clusters, [&](const ClusterKey& known) { return known.name == change.name; });
  if (change.key.empty())
    return gone > 0 ? Status(Ok{}) : Status(Usage("no key of the cluster " + change.name + " is there"));
  Result<TrustedKey> key = ReadTrustedKey(change.key);
  if (!key) return key.error();
  clusters.push_back({change.name, *std::move(key)});
  return Ok{};
}

// Once it is held, each record of policy brings it up to date.
Status ChangeFloor(const TrustChange& change, Trust& trust) {
  if (change.drop_floor && !trust.floor) return Usage("no policies of the operator are held that could go");
  if (change.drop_floor) trust.floor.reset();
  if (change.drop_floor || !(change.hold_floor || trust.floor)) return Ok{};
  if (!change.floor)
    return Usage(trust.floor
                     ? "trust.json holds policies of the operator, and there are none here: --no-floor"
                     : "there are no policies of the operator here that could be held");
  trust.floor = change.floor;
  return Ok{};
}

// The number of the newest record of one chain that the key signed; 0: none.
Result<std::uint64_t> LastOf(const RepositoryPointer& repository, const crypto::PublicKey& key,
                             const std::string& chain) {
  const Result<std::vector<Oid>> commits = ReadChain(*repository, LedgerRef(chain));
  if (!commits) return commits.error();
  for (std::size_t number = commits->size(); number > 0; --number) {
    const Oid& commit = (*commits)[number - 1];
    const Result<std::string> bytes =
        ReadCommitFile(repository, commit, "envelope.json", LimitOf(PayloadType::kStatement));
    if (!bytes) return bytes.error();
    const Result<Envelope> envelope = ReadEnvelope(commit.Hex(), PayloadType::kStatement, *bytes);
    if (!envelope) return envelope.error();
    if (envelope->signature.key.plain == key.plain) return static_cast<std::uint64_t>(number);
  }
  return std::uint64_t{0};
}

}  // namespace

Result<TrustedKey> ReadTrustedKey(const std::string& line) {
  Result<crypto::PublicKey> key = crypto::ReadPublicKeyLine(line);
  if (!key) return Usage("\"" + line + "\" is not a public key: " + key.error().message);
  std::string plain = crypto::PublicKeyLine(*key);
  return TrustedKey{std::move(plain), *std::move(key)};
}

Result<std::map<std::string, std::uint64_t>> LastSigned(const RepositoryPointer& repository,
                                                        const crypto::PublicKey& key,
                                                        const std::vector<std::string>& chains) {
  std::map<std::string, std::uint64_t> last;
  for (const std::string& chain : chains) {
    const Result<std::uint64_t> number = LastOf(repository, key, chain);
    if (!number) return number.error();
    if (*number > 0) last[chain] = *number;
  }
  return last;
}

Result<Trust> ChangeTrust(const RepositoryPointer& repository, Trust trust, const TrustChange& change,
                          const std::string& signs, std::uint64_t sequence) {
  if (change.count != 0) trust.count = change.count;
  if (!change.from.empty()) trust.from = change.from;
  std::sort(trust.from.begin(), trust.from.end());
  if (!change.operator_key.empty()) {
    Result<TrustedKey> key = ReadTrustedKey(change.operator_key);
    if (!key) return key.error();
    trust.operator_key = *std::move(key);
  }
  if (Status added = AddRecorders(change.recorders, trust); !added) return added.error();
  for (const RetiredRecorder& retired : change.retired) {
    const Result<TrustedKey> key = ReadTrustedKey(retired.key);
    if (!key) return key.error();
    const auto found = FindKey(trust.recorders, key->line);
    if (found == trust.recorders.end())
      return Usage("the key " + Fingerprint(key->key) + " is not a recorder's, so it cannot be retired");
    Result<std::map<std::string, std::uint64_t>> last =
        found->last ? *found->last : LastSigned(repository, key->key, change.chains);
    if (!last) return last.error();
    if (key->line == signs) (*last)["policy"] = sequence;
    for (const auto& [chain, number] : retired.last) (*last)[chain] = number;
    found->last = *std::move(last);
  }
  for (const ChangedCluster& cluster : change.clusters)
    if (Status changed = ChangeCluster(cluster, trust.clusters); !changed) return changed.error();
  if (Status changed = ChangeFloor(change, trust); !changed) return changed.error();
  std::sort(trust.clusters.begin(), trust.clusters.end(),
            [](const ClusterKey& a, const ClusterKey& b) { return a.name < b.name; });
  std::sort(trust.recorders.begin(), trust.recorders.end(),
            [](const Recorder& a, const Recorder& b) { return a.key.line < b.key.line; });
  return trust;
}

}  // namespace sluice::promotion
