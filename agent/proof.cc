// Tested by tests/agent/agent_test.py.
#include "agent/proof.h"

#include <algorithm>
#include <array>

#include "promotion/approval.h"
#include "promotion/chain_head.h"
#include "promotion/digest_list.h"
#include "promotion/envelope.h"
#include "promotion/record_rules.h"
#include "promotion/words.h"

namespace sluice::agent {
namespace {

using promotion::FreshnessRef;
using promotion::PayloadType;

constexpr std::array<std::string_view, 7> kCauses = {"none",  "unreachable", "refused", "cluster",
                                                     "stale", "clock",       "removals"};
constexpr std::int64_t kClockSkew = 300;  // seconds that a recorder may be ahead of us
constexpr std::size_t kObjectBytes = 3u << 20;

// By a recorder's key that is in use: one that was stolen and retired keeps nothing alive.
Status CheckFreshnessKey(const promotion::Trust& trust, const crypto::PublicKey& key) {
  for (const promotion::Recorder& recorder : trust.recorders)
    if (!recorder.last && recorder.key.key.plain == key.plain) return Ok{};
  return Failed("it is not signed by a recorder's key that is in use");
}

// None where there is no such ref.
Result<std::optional<promotion::Freshness>> ReadFresh(const git::Repository& repository,
                                                      const std::string& environment,
                                                      const promotion::Trust& trust) {
  const Result<Oid> id = repository.ResolveRef(FreshnessRef(environment));
  if (!id && id.error().kind == ErrorKind::kNotFound) return std::optional<promotion::Freshness>();
  if (!id) return id.error();
  const Result<git::RawObject> blob = repository.Read(*id, promotion::LimitOf(PayloadType::kFreshness));
  if (!blob) return blob.error();
  if (blob->type != git::ObjectType::kBlob) return Failed("it is no blob");
  const Result<promotion::Envelope> envelope =
      promotion::ReadEnvelope("the freshness", PayloadType::kFreshness, blob->bytes);
  if (!envelope) return envelope.error();
  if (const auto held = promotion::VerifyEnvelope(*envelope); !held) return held.error();
  if (Status key = CheckFreshnessKey(trust, envelope->signature.key); !key) return key.error();
  Result<promotion::Freshness> freshness = promotion::ReadFreshness("the freshness", envelope->payload);
  if (!freshness) return freshness.error();
  if (freshness->repository != trust.repository) return Failed("it is of another repository");
  if (freshness->environment != environment) return Failed("it is of another environment");
  return std::optional<promotion::Freshness>(*std::move(freshness));
}

// Whether the chains are those that the freshness speaks of: not cut off behind it.
Status CheckReaches(const promotion::Freshness& fresh, const promotion::Ledger& ledger,
                    const promotion::PolicyChain& policy) {
  if (fresh.sequence > ledger.records)
    return Failed("it names record " + std::to_string(fresh.sequence) + ", and only " +
                  std::to_string(ledger.records) + " are given to us: the newest is withheld");
  if (fresh.sequence == ledger.records && fresh.head && *fresh.head != ledger.digest)
    return Failed("it names another record of that number");
  if (fresh.policy_sequence > policy.versions.size())
    return Failed("it names record " + std::to_string(fresh.policy_sequence) +
                  " of policy, which is withheld from us");
  if (policy.versions[fresh.policy_sequence - 1].digest != fresh.policy_digest)
    return Failed("it names another record of policy");
  return Ok{};
}

Hold HoldOf(const Configuration& configuration, const promotion::Ledger& ledger, const Believed& believed,
            std::int64_t now) {
  const promotion::Record& record = ledger.newest;
  const auto& fresh = believed.freshness;
  if (std::max(record.head.recorded, fresh ? fresh->made : 0) > now + kClockSkew)
    return {HoldCause::kClock, "our clock is behind the recorder's: it says " + promotion::TimeText(now)};
  if (std::string stale = StaleWords(configuration, believed, now); !stale.empty())
    return {HoldCause::kStale, std::move(stale)};
  const auto& clusters = record.clusters;
  if (!clusters.empty() &&
      std::find(clusters.begin(), clusters.end(), configuration.cluster) == clusters.end())
    return {HoldCause::kCluster,
            "record " + std::to_string(ledger.records) + " is not for the cluster " + configuration.cluster};
  return {};
}

// Whether the chain that was verified ends where the ref stands, and in what is remembered: nothing of it can
// have become another one.
bool StandsAt(const git::Repository& repository, const std::string& ref, const Oid& commit) {
  const Result<Oid> tip = repository.ResolveRef(ref);
  return tip && *tip == commit;
}

bool IsRemembered(const std::optional<promotion::RememberedRecord>& remembered, std::uint64_t sequence,
                  const std::string& digest) {
  return remembered && remembered->sequence == sequence && remembered->digest == digest;
}

using PolicyProof = std::shared_ptr<const promotion::PolicyChain>;
using LedgerProof = std::shared_ptr<const promotion::Ledger>;

Result<PolicyProof> ProvePolicy(const git::Repository& repository, const Configuration& configuration,
                                const Believed& before, const Verified& verified) {
  if (verified.policy) {
    const promotion::PolicyVersion& newest = verified.policy->newest();
    if (StandsAt(repository, promotion::LedgerRef("policy"), newest.commit) &&
        IsRemembered(before.policy, verified.policy->versions.size(), newest.digest))
      return verified.policy;
  }
  Result<promotion::PolicyChain> policy =
      promotion::VerifyPolicy(repository, {configuration.pin, before.policy});
  if (!policy) return policy.error();
  return std::make_shared<const promotion::PolicyChain>(*std::move(policy));
}

// Who must agree is asked of the rules that each record holds; of the source, which is not
// fetched, nothing is. Another policy may take back who was allowed to record: all is verified anew by it.
// Where the ledger does not go on from what was verified, the whole of it says why.
Result<LedgerProof> ProveLedger(const std::shared_ptr<const git::Repository>& repository,
                                const Configuration& configuration, const PolicyProof& policy,
                                const Believed& before, const Verified& verified) {
  promotion::RecordRules rules(repository);
  const promotion::WeighApprovals weigh = [&](const promotion::WeighedRecord& weighed) {
    const Status late = before.freshness ? MayFollow(*before.freshness, weighed.record) : Status(Ok{});
    return late ? rules.Check(weighed) : late;
  };
  const bool known = verified.ledger && verified.policy == policy &&
                     IsRemembered(before.record, verified.ledger->records, verified.ledger->digest);
  if (known) {
    const std::string ref = promotion::LedgerRef(configuration.environment);
    if (StandsAt(*repository, ref, verified.ledger->commit)) return verified.ledger;
    Result<promotion::Ledger> more =
        promotion::VerifyMore(*repository, configuration.environment, *policy, *verified.ledger, weigh);
    if (more) return std::make_shared<const promotion::Ledger>(*std::move(more));
  }
  Result<promotion::Ledger> ledger =
      promotion::VerifyLedger(*repository, configuration.environment, *policy, before.record, weigh);
  const bool none = !ledger && ledger.error().kind == ErrorKind::kNotFound && !before.record;
  if (none) return std::make_shared<const promotion::Ledger>();
  if (!ledger) return ledger.error();
  return std::make_shared<const promotion::Ledger>(*std::move(ledger));
}

// The newest of the freshness that is there and the one that was seen.
Result<std::optional<promotion::Freshness>> ProveFreshness(const git::Repository& repository,
                                                           const Configuration& configuration,
                                                           const promotion::PolicyChain& policy,
                                                           const promotion::Ledger& ledger,
                                                           const Believed& before) {
  const std::string what = FreshnessRef(configuration.environment) + ": ";
  Result<std::optional<promotion::Freshness>> fresh =
      ReadFresh(repository, configuration.environment, policy.newest().trust);
  if (!fresh) return Failed(what + fresh.error().message);
  if (*fresh && before.freshness)
    if (Status may = promotion::MayReplace(*before.freshness, **fresh); !may)
      return Failed(what + may.error().message);
  if (!*fresh) *fresh = before.freshness;
  if (*fresh)
    if (Status reaches = CheckReaches(**fresh, ledger, policy); !reaches)
      return Failed(what + reaches.error().message);
  return fresh;
}

// Of the proven chain, whose parents were verified.
Result<Oid> BeforeOf(const Proof& proof, const Oid& commit) {
  const Result<git::Commit> read = git::ReadCommit(*proof.repository, commit);
  if (!read) return read.error();
  if (read->parents.size() != 1) return Failed("the chain ends early");
  return read->parents.front();
}

Result<Oid> CommitOf(const Proof& proof, std::uint64_t sequence) {
  if (sequence == 0 || sequence > proof.ledger->records)
    return Failed("there is no record " + std::to_string(sequence));
  Oid commit = proof.ledger->commit;
  for (std::uint64_t at = proof.ledger->records; at > sequence; --at) {
    const Result<Oid> before = BeforeOf(proof, commit);
    if (!before) return before.error();
    commit = *before;
  }
  return commit;
}

struct OpenedRecord {
  std::unique_ptr<FileTree> tree;
  promotion::Record record;
};

Result<OpenedRecord> OpenRecord(const Proof& proof, const Oid& commit, const std::string& digest) {
  const Result<Oid> tree = git::TreeOf(*proof.repository, commit);
  if (!tree) return tree.error();
  OpenedRecord opened{git::OpenTree(proof.repository, *tree), {}};
  const Result<std::string> bytes =
      opened.tree->Read(*RepoPath::Parse("envelope.json"), promotion::LimitOf(PayloadType::kStatement));
  if (!bytes) return bytes.error();
  if (!digest.empty() && promotion::DigestOf(*bytes) != digest)
    return Failed("the record is not the one that was proven");
  const Result<promotion::Envelope> envelope =
      promotion::ReadEnvelope("envelope.json", PayloadType::kStatement, *bytes);
  if (!envelope) return envelope.error();
  Result<promotion::Record> record = promotion::ReadRecord("envelope.json", envelope->payload);
  if (!record) return record.error();
  opened.record = *std::move(record);
  return opened;
}

// Of a record of the proven chain.
Result<OpenedRecord> OpenRecord(const Proof& proof, std::uint64_t sequence, const std::string& digest) {
  const Result<Oid> commit = CommitOf(proof, sequence);
  if (!commit) return commit.error();
  return OpenRecord(proof, *commit, digest);
}

Result<promotion::DigestList> ReadList(const OpenedRecord& opened) {
  const Result<std::string> text =
      opened.tree->Read(*RepoPath::Parse("objects.sha256"), promotion::kListBytes);
  if (!text) return text.error();
  if (promotion::DigestOf(*text) != opened.record.set) return Failed("objects.sha256 is not what was signed");
  return promotion::ReadDigestList("objects.sha256", *text);
}

std::string ObjectPathOf(const promotion::ListedFile& file) {
  return file.path.substr(std::string_view("objects/").size());
}

Result<std::string> ReadListed(const FileTree& tree, const promotion::ListedFile& file) {
  const Result<RepoPath> path = RepoPath::Parse(file.path);
  if (!path) return path.error();
  Result<std::string> bytes = tree.Read(*path, kObjectBytes);
  if (!bytes) return Failed(file.path + ": " + bytes.error().message);
  if (promotion::DigestOf(*bytes) != file.digest) return Failed(file.path + " is not what was signed");
  return bytes;
}

// The largest consent of the record: two who consent to the same do not add up. Each
// was verified with the chain.
Result<std::uint64_t> ConsentOf(const OpenedRecord& opened) {
  std::uint64_t most = 0;
  for (const promotion::ReceivedApproval& listed : opened.record.head.approvals) {
    if (listed.kind != promotion::ApprovalKind::kConsent) continue;
    const Result<RepoPath> path = RepoPath::Parse("approvals/" + listed.digest + ".json");
    if (!path) return path.error();
    const Result<std::string> bytes = opened.tree->Read(*path, promotion::LimitOf(PayloadType::kApproval));
    if (!bytes) return bytes.error();
    const auto envelope = promotion::ReadEnvelope("a consent", PayloadType::kApproval, *bytes);
    if (!envelope) return envelope.error();
    const Result<promotion::Approval> consent = promotion::ReadApproval("a consent", envelope->payload);
    if (!consent) return consent.error();
    most = std::max(most, consent->removes);
  }
  return most;
}

}  // namespace

std::string_view NameOf(HoldCause cause) { return kCauses[static_cast<std::size_t>(cause)]; }

std::string StaleWords(const Configuration& configuration, const Believed& believed, std::int64_t now) {
  if (!configuration.require_freshness) return {};
  const auto& fresh = believed.freshness;
  if (!fresh && !believed.record) return {};  // there was nothing that could be withheld
  if (!fresh)
    return "there is no " + FreshnessRef(configuration.environment) + ": sluice ledger refresh writes it";
  if (fresh->expires > now) return {};
  return "that " +
         (fresh->sequence == 0 ? "there is no record"
                               : "record " + std::to_string(fresh->sequence) + " is the newest") +
         " was said until " + promotion::TimeText(fresh->expires) + ": a newer one may be withheld from us";
}

Result<Proof> Prove(std::shared_ptr<const git::Repository> repository, const Configuration& configuration,
                    const Believed& before, std::int64_t now, Verified& verified) {
  const Result<PolicyProof> policy = ProvePolicy(*repository, configuration, before, verified);
  if (!policy) return policy.error();
  const promotion::PolicyVersion& newest = (*policy)->newest();
  if (!before.repository.empty() && before.repository != newest.trust.repository)
    return Failed("this is another repository than before");
  const Result<LedgerProof> ledger = ProveLedger(repository, configuration, *policy, before, verified);
  if (!ledger) return ledger.error();
  Result<std::optional<promotion::Freshness>> fresh =
      ProveFreshness(*repository, configuration, **policy, **ledger, before);
  if (!fresh) return fresh.error();
  Proof proof{std::move(repository), *ledger, {}, {}};
  proof.believed = {newest.trust.repository, std::nullopt,
                    promotion::RememberedRecord{newest.record.head.sequence, newest.digest}, *fresh};
  if (proof.ledger->records > 0)
    proof.believed.record = promotion::RememberedRecord{proof.ledger->records, proof.ledger->digest};
  proof.hold = HoldOf(configuration, *proof.ledger, proof.believed, now);
  verified = {*policy, *ledger};
  return proof;
}

Result<std::vector<RecordedObject>> ReadObjects(const Proof& proof, std::uint64_t sequence,
                                                const std::string& digest) {
  const Result<OpenedRecord> opened = OpenRecord(proof, sequence, digest);
  if (!opened) return opened.error();
  const Result<promotion::DigestList> list = ReadList(*opened);
  if (!list) return list.error();
  const auto& left = opened->record.not_applied;
  std::vector<RecordedObject> objects;
  for (const promotion::ListedFile& file : *list) {
    Result<std::string> json = ReadListed(*opened->tree, file);
    if (!json) return json.error();
    const std::string path = ObjectPathOf(file);
    objects.push_back({path, *std::move(json), !std::binary_search(left.begin(), left.end(), path)});
  }
  return objects;
}

Result<std::vector<std::string>> ReadPaths(const Proof& proof, std::uint64_t sequence,
                                           const std::string& digest) {
  const Result<OpenedRecord> opened = OpenRecord(proof, sequence, digest);
  if (!opened) return opened.error();
  const Result<promotion::DigestList> list = ReadList(*opened);
  if (!list) return list.error();
  std::vector<std::string> paths;
  for (const promotion::ListedFile& file : *list) paths.push_back(ObjectPathOf(file));
  return paths;
}

Result<std::uint64_t> ConsentedRemovals(const Proof& proof, std::uint64_t from) {
  std::uint64_t removals = 0;
  Oid commit = proof.ledger->commit;
  for (std::uint64_t at = proof.ledger->records; at > from; --at) {
    const Result<OpenedRecord> opened = OpenRecord(proof, commit, {});
    if (!opened) return opened.error();
    const Result<std::uint64_t> consented = ConsentOf(*opened);
    if (!consented) return consented.error();
    removals += *consented;
    if (at == from + 1) break;
    const Result<Oid> before = BeforeOf(proof, commit);
    if (!before) return before.error();
    commit = *before;
  }
  return removals;
}

}  // namespace sluice::agent
