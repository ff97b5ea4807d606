// Each record of policy is agreed to by those whom the one before it names; the
// first by those whom it names itself, and by the pin. Tested by
// tests/promotion/ledger_test.cc and tamper_test.cc.
#include <algorithm>

#include "promotion/chain.h"
#include "promotion/ledger.h"
#include "promotion/words.h"

namespace sluice::promotion {
namespace {

const std::string kChain = "policy";
constexpr std::string_view kTrust = "trust.json", kList = "policy.sha256", kPolicy = "policy";
constexpr std::size_t kPolicyFileBytes = 1u << 20;

const TreeForm& Form() {
  static const TreeForm form = {{"envelope.json", kList, kTrust}, {"approvals", kPolicy}};
  return form;
}

// What stands in the tree of one record, and holds by itself.
struct Read {
  RecordCommit commit;
  PolicyVersion version;
  DigestList files;
};

class PolicyVerifier {
 public:
  explicit PolicyVerifier(const git::Repository& repository)
      : repository_(repository), digests_(repository) {}

  Status Take(const Oid& id) {
    Result<Read> read = ReadOne(id);
    if (!read) return read.error();
    const RecordHead& head = read->version.record.head;
    std::optional<promotion::Before> before;
    if (Before() != nullptr) before = promotion::Before{Before()->record.head, Before()->digest};
    if (Status fits = CheckHead(head, read->commit, kChain, read->version.trust.repository, before); !fits)
      return fits;
    if (ChangeDigest(files_, read->files, "") != head.change)
      return Failed("its change digest is not the one of its files");
    if (Before() != nullptr)
      if (Status follows = MayFollow(Before()->trust, read->version.trust); !follows) return follows;
    if (Status agreed = CheckAgreed(*read); !agreed) return agreed;
    if (Status signed_by = CheckRecorder(*read); !signed_by) return signed_by;
    keys_.push_back(read->commit.envelope.signature.key);
    files_ = std::move(read->files);
    chain_.versions.push_back(std::move(read->version));
    return Ok{};
  }

  // A key that was retired since has signed nothing later, whatever it says.
  Status CheckRetired() const {
    for (std::size_t i = 0; i < keys_.size(); ++i)
      if (Status may = MayRecord(chain_.newest().trust, keys_[i], kChain, i + 1); !may)
        return InChain(LedgerRef(kChain), chain_.versions[i].commit, may.error());
    return Ok{};
  }

  PolicyChain& chain() { return chain_; }

 private:
  const PolicyVersion* Before() const { return chain_.versions.empty() ? nullptr : &chain_.versions.back(); }
  // Whose approvals count for this record.
  const PolicyVersion& Approving(const PolicyVersion& version) const {
    return Before() == nullptr ? version : *Before();
  }

  Result<Read> ReadOne(const Oid& id);
  Status ReadFiles(Read& read);
  Status ReadTrusted(Read& read);
  Status CheckAgreed(Read& read);
  Status CheckRecorder(const Read& read) const;

  const git::Repository& repository_;
  TreeDigests digests_;
  PolicyChain chain_;
  DigestList files_;  // of the newest
  UsedApprovals used_;
  std::vector<crypto::PublicKey> keys_;
};

Result<Read> PolicyVerifier::ReadOne(const Oid& id) {
  Result<RecordCommit> commit = ReadRecordCommit(repository_, id, Form());
  if (!commit) return commit.error();
  Result<PolicyRecord> record = ReadPolicyRecord("envelope.json", commit->envelope.payload);
  if (!record) return record.error();
  Read read;
  read.commit = std::move(*commit);
  read.version.commit = id;
  read.version.digest = read.commit.digest;
  read.version.record = std::move(*record);
  if (Status files = ReadFiles(read); !files) return files.error();
  if (Status trusted = ReadTrusted(read); !trusted) return trusted.error();
  return read;
}

// The list is what lies there, and the statement names the list.
Status PolicyVerifier::ReadFiles(Read& read) {
  const auto policy = read.commit.tree.directories.find(kPolicy);
  if (policy == read.commit.tree.directories.end()) return Failed("the tree of the record lacks policy/");
  read.version.policy_tree = policy->second;
  if (Status listed = digests_.List(policy->second, std::string(kPolicy), kPolicyFileBytes, read.files);
      !listed)
    return listed;
  const Result<std::string> trust = ReadRecordFile(repository_, read.commit.tree, kTrust, kPolicyFileBytes);
  if (!trust) return trust.error();
  read.files.push_back({std::string(kTrust), DigestOf(*trust)});  // behind policy/ in the order of bytes
  const Result<std::string> list = ReadRecordFile(repository_, read.commit.tree, kList, kListBytes);
  if (!list) return list.error();
  if (Result<DigestList> form = ReadDigestList(kList, *list); !form) return form.error();
  if (*list != DigestListText(read.files)) return Failed("policy.sha256 is not the list of what lies there");
  if (DigestOf(*list) != read.version.record.policy) return Failed("the record names another policy.sha256");
  Result<Trust> parsed = ReadTrust(std::string(kTrust), *trust);
  if (!parsed) return parsed.error();
  read.version.trust = std::move(*parsed);
  return Ok{};
}

Status PolicyVerifier::ReadTrusted(Read& read) {
  const Result<std::string> text = ReadBelow(repository_, read.version.policy_tree,
                                             {"%2Esluice", "allowed_signers"}, crypto::kAllowedSignersBytes);
  if (!text) return text.error();
  Result<crypto::AllowedSigners> signers = ReadPolicySigners("policy/%2Esluice/allowed_signers", *text);
  if (!signers) return signers.error();
  read.version.signers = std::move(*signers);
  return Ok{};
}

Status PolicyVerifier::CheckAgreed(Read& read) {
  const PolicyVersion& approving = Approving(read.version);
  const RecordHead& head = read.version.record.head;
  const Trusted trusted = {approving.signers,
                           approving.trust.operator_key ? &approving.trust.operator_key->key : nullptr};
  const Result<std::vector<SignedApproval>> approvals =
      OpenApprovals(repository_, read.commit, head, {trusted, kChain, head.recorded});
  if (!approvals) return approvals.error();
  if (Status unused = UseApprovals(*approvals, used_); !unused) return unused;
  std::uint64_t agreed = 0;
  const std::vector<std::string>& from = approving.trust.from;
  for (const SignedApproval& approval : *approvals) {
    if (approval.approval.kind == ApprovalKind::kRecovery) read.version.recovery = true;
    const bool asked = std::binary_search(from.begin(), from.end(), approval.approval.person);
    if (approval.approval.kind == ApprovalKind::kApproval && asked) ++agreed;
  }
  if (read.version.recovery || agreed >= approving.trust.count) return Ok{};
  return Failed(std::to_string(agreed) + " of those who must agree did, " +
                std::to_string(approving.trust.count) + " should have");
}

Status PolicyVerifier::CheckRecorder(const Read& read) const {
  const crypto::PublicKey& key = read.commit.envelope.signature.key;
  const std::uint64_t sequence = read.version.record.head.sequence;
  if (read.version.recovery && MayRecord(read.version.trust, key, kChain, sequence)) return Ok{};
  return MayRecord(Approving(read.version).trust, key, kChain, sequence);
}

Status CheckRemembered(const PolicyChain& chain, const Pin& pin) {
  if (chain.versions.front().digest != pin.first)
    return InChain(LedgerRef(kChain), chain.versions.front().commit,
                   Failed("this is not the first record that is pinned"));
  if (!pin.newest) return Ok{};
  if (pin.newest->sequence == 0 || pin.newest->sequence > chain.versions.size())
    return Failed(LedgerRef(kChain) + " ends before the record " + std::to_string(pin.newest->sequence) +
                  " that is remembered");
  const PolicyVersion& version = chain.versions[pin.newest->sequence - 1];
  if (version.digest == pin.newest->digest) return Ok{};
  return InChain(LedgerRef(kChain), version.commit, Failed("another record of this number is remembered"));
}

}  // namespace

Result<PolicyChain> VerifyPolicy(const git::Repository& repository, const Pin& pin) {
  const Result<std::vector<Oid>> commits = ReadChain(repository, LedgerRef(kChain));
  if (!commits) return commits.error();
  PolicyVerifier verifier(repository);
  for (const Oid& id : *commits)
    if (const Status taken = verifier.Take(id); !taken) return InChain(LedgerRef(kChain), id, taken.error());
  if (const Status retired = verifier.CheckRetired(); !retired) return retired.error();
  if (const Status remembered = CheckRemembered(verifier.chain(), pin); !remembered)
    return remembered.error();
  return std::move(verifier.chain());
}

}  // namespace sluice::promotion
