// Tested by tests/push/ledger.sh.
#include "promotion/policy_record.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <set>

#include "crypto/digest.h"
#include "promotion/chain.h"
#include "promotion/chain_head.h"
#include "promotion/envelope.h"
#include "promotion/given_approvals.h"
#include "promotion/moment.h"
#include "promotion/policy_files.h"
#include "promotion/record_writer.h"
#include "promotion/words.h"

namespace sluice::promotion {
namespace {

constexpr const char* kSigners = "policy/%2Esluice/allowed_signers";

Result<std::string> DrawId() {
  crypto::Sha256 bytes;
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    return Failed("the system has no random numbers");
  return crypto::Hex(bytes);
}

// The policy branch as it stands, and the record before.
struct Begun {
  RepositoryPointer repository;
  std::optional<PolicyHead> before;
  Source source;
  std::vector<PolicyFile> files;
  crypto::AllowedSigners signers;  // whose approvals are judged by: those of `before`
  UsedApprovals used;              // by the records so far
};

Result<crypto::AllowedSigners> SignersOf(const std::vector<PolicyFile>& files, const std::string& ref) {
  const auto found =
      std::find_if(files.begin(), files.end(), [](const PolicyFile& file) { return file.path == kSigners; });
  if (found == files.end())
    return Usage(ref +
                 " has no .sluice/allowed_signers: it says whose keys are whose, as ssh-keygen reads it");
  Result<crypto::AllowedSigners> signers = ReadPolicySigners(".sluice/allowed_signers", found->bytes);
  return signers ? std::move(signers) : Result<crypto::AllowedSigners>(Usage(signers.error().message));
}

Status ReadBefore(const PolicyChange& change, Begun& begun) {
  Result<std::optional<PolicyHead>> before = ReadPolicyHead(begun.repository);
  if (!before) return before.error();
  begun.before = *std::move(before);
  if (change.first && begun.before)
    return Usage("the ledger has begun already: " + LedgerRef("policy") + " is there");
  if (!change.first && !begun.before)
    return Usage("the ledger has no beginning: sluice ledger init makes it");
  if (!begun.before && change.recovery) return Usage("the first record has nothing to recover");
  if (!begun.before) return Ok{};
  const Result<std::string> text =
      ReadCommitFile(begun.repository, begun.before->commit, kSigners, crypto::kAllowedSignersBytes);
  if (!text) return text.error();
  Result<crypto::AllowedSigners> signers =
      ReadPolicySigners("the allowed signers of the record before", *text);
  if (!signers) return signers.error();
  begun.signers = *std::move(signers);
  Result<UsedApprovals> used = ReadUsedApprovals(begun.repository, "policy");
  if (!used) return used.error();
  begun.used = *std::move(used);
  return Ok{};
}

Result<Begun> Begin(const RecorderPlace& place, const PolicyChange& change) {
  Begun begun;
  Result<RepositoryPointer> repository = git::Open({.git_dir = place.git_dir});
  if (!repository) return repository.error();
  begun.repository = *repository;
  const Result<Oid> commit = (*repository)->ResolveRef(change.ref);
  if (!commit) return Usage("there is no " + change.ref + " to take the policy from");
  const Result<Oid> tree = git::TreeOf(**repository, *commit);
  if (!tree) return tree.error();
  begun.source = {commit->Hex(), std::nullopt, change.ref, tree->Hex()};
  Result<std::vector<PolicyFile>> files = ReadPolicyFiles(*repository, *commit);
  if (!files) return files.error();
  begun.files = *std::move(files);
  Result<crypto::AllowedSigners> signers = SignersOf(begun.files, change.ref);
  if (!signers) return signers.error();
  begun.signers = *std::move(signers);
  if (Status before = ReadBefore(change, begun); !before) return before.error();
  return begun;
}

// The operator's policies in force; none where there are none, or where nobody holds them: no key
// waits for them to be readable.
Result<std::optional<std::string>> FloorInForce(const RecorderPlace& place, bool held) {
  if (place.floor.empty() || !held) return std::optional<std::string>();
  const Result<RepositoryPointer> repository = git::Open({.git_dir = place.floor});
  if (!repository) return repository.error();
  const Result<Oid> commit = (*repository)->ResolveRef(place.floor_ref);
  if (!commit) return commit.error();
  const Result<std::vector<PolicyFile>> files = ReadPolicyFiles(*repository, *commit, "floor");
  if (!files) return files.error();
  return std::optional(FloorDigest(ListOf(*files)));
}

// trust.json of the record before, with what changes.
Result<std::string> TrustOf(const RecorderPlace& place, const PolicyChange& change, const Begun& begun,
                            const std::string& recorder) {
  Trust trust;
  std::uint64_t sequence = 1;
  if (begun.before) {
    trust = begun.before->trust;
    sequence = begun.before->record.head.sequence + 1;
  } else {
    Result<std::string> id = DrawId();
    if (!id) return id.error();
    trust.repository = *std::move(id);
    Result<TrustedKey> key = ReadTrustedKey(recorder);
    if (!key) return key.error();
    trust.recorders.push_back({*std::move(key), std::nullopt});
  }
  TrustChange changes = change.trust;
  const bool held = changes.hold_floor || (trust.floor && !changes.drop_floor);
  Result<std::optional<std::string>> floor = FloorInForce(place, held);
  if (!floor)
    return Failed("the floor " + place.floor + ", " + place.floor_ref + ": " + floor.error().message);
  changes.floor = *std::move(floor);
  const Result<Trust> next = ChangeTrust(begun.repository, std::move(trust), changes, recorder, sequence);
  if (!next) return next.error();
  if (begun.before)
    if (Status follows = MayFollow(begun.before->trust, *next); !follows)
      return Usage(follows.error().message);
  Result<std::string> text = TrustText(*next);
  return text ? std::move(text) : Result<std::string>(Usage(text.error().message));
}

DigestList ListWith(const std::vector<PolicyFile>& files, const std::string& trust) {
  DigestList list = ListOf(files);
  list.push_back({"trust.json", DigestOf(trust)});
  return list;
}

// Who may agree to the record: the first names them itself.
const Trust& InForce(const Begun& begun, const Trust& drafted) {
  return begun.before ? begun.before->trust : drafted;
}

// Who may sign it: in a recovery those that it names itself.
const Trust& Signing(const Begun& begun, const PolicyChange& change, const Trust& drafted) {
  return change.recovery ? drafted : InForce(begun, drafted);
}

DigestList FilesBefore(const Begun& begun) { return begun.before ? begun.before->files : DigestList(); }

// Those that count, and how they are listed in the record.
struct Agreed {
  std::vector<ReceivedApproval> listed;
  std::vector<git::NewFile> files;
};

// Whether it is about this change, and by somebody who is asked.
Status CheckFits(const Approval& approval, const PolicyDraft& draft, const Trust& trust, bool recovery,
                 std::int64_t now) {
  const bool kind = approval.kind == (recovery ? ApprovalKind::kRecovery : ApprovalKind::kApproval);
  const bool fits = kind && approval.environment == "policy" && approval.change == draft.change &&
                    approval.repository == draft.repository && (recovery || approval.expires > now);
  const bool named = std::find(trust.from.begin(), trust.from.end(), approval.person) != trust.from.end();
  if (!fits) return Usage("the approval of " + approval.person + " is for another change, or has expired");
  if (recovery || named) return Ok{};
  return Usage(approval.person + " is not one of those who agree to the policy");
}

Result<Agreed> Agree(const Begun& begun, const PolicyDraft& draft, const Trust& trust, bool recovery,
                     const std::vector<std::string>& envelopes, std::int64_t now) {
  Agreed agreed;
  std::vector<SignedApproval> counted;
  std::set<std::string> people;
  const crypto::PublicKey* operator_key = trust.operator_key ? &trust.operator_key->key : nullptr;
  for (const std::string& envelope : envelopes) {
    Result<SignedApproval> opened = OpenApproval("an approval", envelope, {begun.signers, operator_key}, now);
    if (!opened) return Usage(opened.error().message);
    const Approval& approval = opened->approval;
    if (Status fits = CheckFits(approval, draft, trust, recovery, now); !fits) return fits.error();
    if (begun.used.count(opened->digest) != 0)
      return Usage("a record of policy rests on it already, the approval of " + approval.person +
                   ": it is asked for again");
    if (!people.insert(approval.person).second) continue;
    agreed.listed.push_back({approval.kind, approval.person, now, opened->digest});
    agreed.files.push_back({"approvals/" + opened->digest + ".json", envelope});
    counted.push_back(*std::move(opened));
  }
  if (const Status distinct = CheckDistinct(counted); !distinct) return Usage(distinct.error().message);
  const std::uint64_t needed = recovery ? 1 : trust.count;
  if (people.size() < needed)
    return Usage(recovery ? "the operator's key has to sign a recovery"
                          : std::to_string(needed) + " of the named people have to agree, and " +
                                std::to_string(people.size()) +
                                " did: sluice approve policy, in a clone, or --sign NAME=KEYFILE");
  std::sort(agreed.listed.begin(), agreed.listed.end(),
            [](const ReceivedApproval& a, const ReceivedApproval& b) { return a.digest < b.digest; });
  return agreed;
}

// Those that people pushed for this change and that count now (docs/approvals.md, section
// 3); what does not is passed over. Who may agree may revoke.
Result<std::vector<std::string>> ReadPushed(const Begun& begun, const PolicyDraft& draft, const Trust& trust,
                                            std::int64_t now) {
  std::vector<std::string> envelopes;
  if (!begun.before) return envelopes;
  const git::Repository& repository = *begun.repository;
  const Moment at{std::chrono::seconds(now)};
  const Moment since{std::chrono::seconds(begun.before->record.head.recorded)};
  const Result<Given> given =
      ReadGiven({repository, "policy", draft.change, {begun.signers, nullptr}, at, since});
  if (!given) return given.error();
  People people;
  for (const std::string& name : trust.from) people.people.emplace_back().name = name;
  const std::set<std::string> revokers(trust.from.begin(), trust.from.end());
  const Asking asking{draft.repository, "policy", draft.change, given->approvals, at, people, revokers};
  for (const VerifiedApproval& one : given->approvals) {
    if (one.kind != ApprovalKind::kApproval || !WhyVoid(one, asking).empty()) continue;
    const Result<Oid> id = repository.ResolveRef(GivenDirectory("policy", draft.change) + one.digest);
    if (!id) return id.error();
    Result<git::RawObject> blob = repository.Read(*id, LimitOf(PayloadType::kApproval));
    if (!blob) return blob.error();
    envelopes.push_back(std::move(blob->bytes));
  }
  return envelopes;
}

PolicyRecord RecordOf(const Begun& begun, const PolicyChange& change, const PolicyDraft& draft,
                      const DigestList& list, std::int64_t now) {
  PolicyRecord record;
  record.head.actor = change.actor;
  record.head.change = draft.change;
  if (!change.reason.empty()) record.head.reason = change.reason;
  record.head.recorded = now;
  record.head.repository = draft.repository;
  record.head.sequence = draft.sequence;
  if (begun.before) {
    record.head.previous = begun.before->digest;
    record.head.recorded = std::max(now, begun.before->record.head.recorded);
  }
  record.source = begun.source;
  record.policy = DigestOf(DigestListText(list));
  return record;
}

git::NewCommit ContentOf(const Begun& begun, const PolicyDraft& draft, const DigestList& list,
                         Agreed agreed) {
  git::NewCommit content;
  content.removed = {"approvals", "policy"};
  content.files = std::move(agreed.files);
  content.files.push_back({"trust.json", draft.trust});
  content.files.push_back({"policy.sha256", DigestListText(list)});
  for (const PolicyFile& file : begun.files) content.files.push_back({file.path, file.bytes});
  return content;
}

}  // namespace

Result<PolicyDraft> DraftPolicy(const RecorderPlace& place, const PolicyChange& change) {
  const Result<Begun> begun = Begin(place, change);
  if (!begun) return begun.error();
  const Result<RecordWriter> writer = RecordWriter::Open(place);
  if (!writer) return writer.error();
  const Result<std::string> recorder = writer->PublicKey();
  if (!recorder) return recorder.error();
  PolicyDraft draft;
  Result<std::string> trust = TrustOf(place, change, *begun, *recorder);
  if (!trust) return trust.error();
  draft.trust = *std::move(trust);
  const Result<Trust> read = ReadTrust("trust.json", draft.trust);
  if (!read) return read.error();
  draft.repository = read->repository;
  if (begun->before) draft.sequence = begun->before->record.head.sequence + 1;
  const Status signer = writer->CheckSigner(Signing(*begun, change, *read), "policy", draft.sequence);
  if (!signer) return signer.error();
  const std::vector<ChangedFile> changes = Changes(FilesBefore(*begun), ListWith(begun->files, draft.trust));
  if (changes.empty()) return Usage("the policy of " + change.ref + " is what the newest record holds");
  draft.change = DigestOf(ChangeText(changes, {}));
  for (const ChangedFile& file : changes) draft.files.push_back(file.path);
  return draft;
}

Result<std::string> RecordPolicy(const RecorderPlace& place, const PolicyChange& change,
                                 const PolicyDraft& draft, const std::vector<std::string>& envelopes) {
  const Result<RecordWriter> writer = RecordWriter::Open(place);
  if (!writer) return writer.error();
  const Result<Begun> begun = Begin(place, change);
  if (!begun) return begun.error();
  const DigestList list = ListWith(begun->files, draft.trust);
  if (ChangeDigest(FilesBefore(*begun), list, {}) != draft.change)
    return Usage(change.ref + " or the ledger moved meanwhile; begin again");
  const Result<Trust> trust = ReadTrust("trust.json", draft.trust);
  if (!trust) return trust.error();
  const std::int64_t now = Now().time_since_epoch().count();
  const Trust& in_force = InForce(*begun, *trust);
  std::vector<std::string> all = envelopes;
  if (!change.recovery) {
    const Result<std::vector<std::string>> pushed = ReadPushed(*begun, draft, in_force, now);
    if (!pushed) return pushed.error();
    all.insert(all.end(), pushed->begin(), pushed->end());
  }
  Result<Agreed> agreed = Agree(*begun, draft, in_force, change.recovery, all, now);
  if (!agreed) return agreed.error();
  PolicyRecord record = RecordOf(*begun, change, draft, list, now);
  record.head.approvals = agreed->listed;
  const Result<std::string> payload = PolicyRecordText(record);
  if (!payload) return payload.error();
  NewRecord fresh{.chain = "policy",
                  .before = std::nullopt,
                  .head = record.head,
                  .trust = Signing(*begun, change, *trust),
                  .payload = *payload,
                  .content = ContentOf(*begun, draft, list, *std::move(agreed)),
                  .policy = std::nullopt};
  if (begun->before) fresh.before = EndOf(*begun->before);
  const Result<WrittenRecord> written = writer->Append(std::move(fresh));
  return written ? Result<std::string>(written->digest) : Result<std::string>(written.error());
}

}  // namespace sluice::promotion
