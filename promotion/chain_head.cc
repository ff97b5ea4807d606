// Tested by tests/push/ledger.sh.
#include "promotion/chain_head.h"

#include <algorithm>

#include "promotion/envelope.h"
#include "promotion/words.h"

namespace sluice::promotion {
namespace {

constexpr std::size_t kTrustFileBytes = 1u << 20;

// A record's envelope as it stands at a commit, whose signature holds.
struct Signed {
  std::string digest;
  Envelope envelope;
};

Result<Signed> ReadSigned(const RepositoryPointer& repository, const Oid& commit, const std::string& what) {
  const std::size_t limit = LimitOf(PayloadType::kStatement);
  const Result<std::string> bytes = ReadCommitFile(repository, commit, "envelope.json", limit);
  if (!bytes) return Failed(what + ": " + bytes.error().message);
  Result<Envelope> envelope = ReadEnvelope(what, PayloadType::kStatement, *bytes);
  if (!envelope) return envelope.error();
  if (const auto held = VerifyEnvelope(*envelope); !held) return Failed(what + ": " + held.error().message);
  return Signed{DigestOf(*bytes), *std::move(envelope)};
}

// The list of a record, whose digest was signed.
Result<DigestList> ReadSignedList(const RepositoryPointer& repository, const Oid& commit,
                                  const std::string& file, const std::string& digest) {
  const Result<std::string> text = ReadCommitFile(repository, commit, file, kListBytes);
  if (!text) return text.error();
  if (DigestOf(*text) != digest) return Failed(file + " is not the one that was signed");
  return ReadDigestList(file, *text);
}

Result<std::optional<Oid>> TipOf(const git::Repository& repository, const std::string& chain) {
  Result<Oid> tip = repository.ResolveRef(LedgerRef(chain));
  if (tip) return std::optional<Oid>(*tip);
  if (tip.error().kind == ErrorKind::kNotFound) return std::optional<Oid>();
  return tip.error();
}

struct SignedPolicy {
  PolicyHead head;  // without policy_tree
  crypto::PublicKey key;
};

Result<SignedPolicy> ReadPolicyAt(const RepositoryPointer& repository, const Oid& commit,
                                  const std::string& what) {
  Result<Signed> read = ReadSigned(repository, commit, what);
  if (!read) return read.error();
  SignedPolicy policy;
  PolicyHead& head = policy.head;
  head.commit = commit;
  head.digest = read->digest;
  Result<PolicyRecord> record = ReadPolicyRecord(what, read->envelope.payload);
  if (!record) return record.error();
  head.record = *std::move(record);
  Result<DigestList> files = ReadSignedList(repository, commit, "policy.sha256", head.record.policy);
  if (!files) return files.error();
  head.files = *std::move(files);
  const Result<std::string> text = ReadCommitFile(repository, commit, "trust.json", kTrustFileBytes);
  if (!text) return text.error();
  const ListedFile listed{"trust.json", DigestOf(*text)};
  if (std::find(head.files.begin(), head.files.end(), listed) == head.files.end())
    return Failed("trust.json is not the one that was signed");
  Result<Trust> trust = ReadTrust("trust.json", *text);
  if (!trust) return trust.error();
  head.trust = *std::move(trust);
  policy.key = std::move(read->envelope.signature.key);
  return policy;
}

Result<RecordHead> HeadOf(const std::string& chain, const std::string& what, const std::string& payload) {
  if (chain == "policy") {
    Result<PolicyRecord> record = ReadPolicyRecord(what, payload);
    return record ? Result<RecordHead>(std::move(record->head)) : record.error();
  }
  Result<Record> record = ReadRecord(what, payload);
  return record ? Result<RecordHead>(std::move(record->head)) : record.error();
}

// Whether it rests on the word of the operator of the record before.
Result<bool> IsRecovery(const RepositoryPointer& repository, const PolicyHead& head, const Trust& before) {
  if (!before.operator_key) return false;
  for (const ReceivedApproval& listed : head.record.head.approvals) {
    if (listed.kind != ApprovalKind::kRecovery) continue;
    const std::string path = "approvals/" + listed.digest + ".json";
    const Result<std::string> bytes =
        ReadCommitFile(repository, head.commit, path, LimitOf(PayloadType::kApproval));
    if (!bytes) return bytes.error();
    const crypto::AllowedSigners nobody;
    const Result<SignedApproval> opened =
        OpenApproval(path, *bytes, {nobody, &before.operator_key->key}, listed.received);
    if (!opened) return opened.error();
    if (opened->approval.kind == ApprovalKind::kRecovery &&
        opened->approval.change == head.record.head.change)
      return true;
  }
  return false;
}

// By a recorder that the record before names; by one of its own, where it is the
// first or a recovery. Nobody makes a recorder of himself.
Status CheckPolicySigner(const RepositoryPointer& repository, const SignedPolicy& policy) {
  const PolicyHead& head = policy.head;
  const std::uint64_t sequence = head.record.head.sequence;
  const Status by_own = MayRecord(head.trust, policy.key, "policy", sequence);
  if (sequence == 1) return by_own;
  const Result<git::Commit> commit = git::ReadCommit(*repository, head.commit);
  if (!commit) return commit.error();
  if (commit->parents.size() != 1) return Failed("a record has one parent");
  const Result<SignedPolicy> before =
      ReadPolicyAt(repository, commit->parents.front(), "the record of policy before the newest");
  if (!before) return before.error();
  if (head.record.head.previous != before->head.digest)
    return Failed("it does not name the record before it");
  const Status by_before = MayRecord(before->head.trust, policy.key, "policy", sequence);
  if (by_before) return by_own;  // not retired by itself either
  const Result<bool> recovery = IsRecovery(repository, head, before->head.trust);
  if (!recovery) return recovery.error();
  return *recovery ? by_own : by_before;
}

}  // namespace

Result<std::string> ReadCommitFile(const RepositoryPointer& repository, const Oid& commit,
                                   const std::string& path, std::size_t limit) {
  const Result<Oid> tree = git::TreeOf(*repository, commit);
  if (!tree) return tree.error();
  const Result<RepoPath> parsed = RepoPath::Parse(path);
  if (!parsed) return parsed.error();
  return git::OpenTree(repository, *tree)->Read(*parsed, limit);
}

Result<std::optional<PolicyHead>> ReadPolicyHead(const RepositoryPointer& repository) {
  const Result<std::optional<Oid>> tip = TipOf(*repository, "policy");
  if (!tip) return tip.error();
  if (!*tip) return std::optional<PolicyHead>();
  Result<SignedPolicy> read = ReadPolicyAt(repository, **tip, "the newest record of policy");
  if (!read) return read.error();
  if (const Status may = CheckPolicySigner(repository, *read); !may)
    return Failed("the newest record of policy: " + may.error().message);
  Result<Oid> tree = git::EntryOf(*repository, read->head.commit, "policy");
  if (!tree) return tree.error();
  read->head.policy_tree = *tree;
  return std::optional<PolicyHead>(std::move(read->head));
}

Result<UsedApprovals> ReadUsedApprovals(const RepositoryPointer& repository, const std::string& chain) {
  UsedApprovals used;
  const Result<std::vector<Oid>> commits = ReadChain(*repository, LedgerRef(chain));
  if (!commits && commits.error().kind == ErrorKind::kNotFound) return used;
  if (!commits) return commits.error();
  for (const Oid& commit : *commits) {
    const std::string what = "the record of " + chain + " at " + commit.Hex();
    const Result<Signed> read = ReadSigned(repository, commit, what);
    if (!read) return read.error();
    const Result<RecordHead> head = HeadOf(chain, what, read->envelope.payload);
    if (!head) return head.error();
    for (const ReceivedApproval& approval : head->approvals) used.insert(approval.digest);
  }
  return used;
}

Result<std::optional<RecordHeadOf>> ReadRecordHead(const RepositoryPointer& repository,
                                                   const std::string& environment, const PolicyHead& policy) {
  const Result<std::optional<Oid>> tip = TipOf(*repository, environment);
  if (!tip) return tip.error();
  if (!*tip) return std::optional<RecordHeadOf>();
  RecordHeadOf head;
  head.commit = **tip;
  const std::string what = "the newest record of " + environment;
  Result<Signed> read = ReadSigned(repository, head.commit, what);
  if (!read) return read.error();
  head.digest = read->digest;
  Result<Record> record = ReadRecord(what, read->envelope.payload);
  if (!record) return record.error();
  head.record = *std::move(record);
  const crypto::PublicKey& key = read->envelope.signature.key;
  const Status may = MayRecord(policy.trust, key, environment, head.record.head.sequence);
  if (!may) return Failed(what + ": " + may.error().message);
  if (head.record.environment != environment || head.record.head.repository != policy.trust.repository)
    return Failed(what + " is one of another environment or repository");
  Result<DigestList> objects = ReadSignedList(repository, head.commit, "objects.sha256", head.record.set);
  if (!objects) return objects.error();
  head.objects = *std::move(objects);
  return std::optional<RecordHeadOf>(std::move(head));
}

}  // namespace sluice::promotion
