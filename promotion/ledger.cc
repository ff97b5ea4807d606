// Records of an environment, from the first on; only what the next one is held
// to is kept. Tested by tests/promotion/ledger_test.cc and tamper_test.cc.
#include "promotion/ledger.h"

#include <algorithm>

#include "promotion/chain.h"
#include "promotion/object_path.h"
#include "promotion/policy_files.h"
#include "promotion/words.h"

namespace sluice::promotion {
namespace {

constexpr std::string_view kObjects = "objects", kPolicy = "policy", kFloor = "floor";
constexpr std::string_view kSecrets = "core/Secret/";  // of object paths
constexpr std::string_view kObjectsList = "objects.sha256", kPolicyList = "policy.sha256";
constexpr std::size_t kObjectBytes = 3u << 20, kPolicyFileBytes = 1u << 20;

const TreeForm& Form() {
  static const TreeForm form = {{"envelope.json", kObjectsList, kPolicyList},
                                {"approvals", kFloor, kObjects, kPolicy}};
  return form;
}

Status CheckPaths(const DigestList& objects, const DigestList& known) {
  for (const ListedFile& file : objects) {
    const auto before =
        std::lower_bound(known.begin(), known.end(), file.path,
                         [](const ListedFile& a, const std::string& path) { return a.path < path; });
    if (before != known.end() && before->path == file.path) continue;  // looked at then
    if (!IsObjectPath(std::string_view(file.path).substr(kObjects.size() + 1)))
      return Failed(file.path + " is not where an object lies");
  }
  return Ok{};
}

// Paths of objects that are recorded, or that are not.
Status CheckNamed(const Record& record, const DigestList& objects) {
  const auto has = [&](const std::string& path) {
    const std::string whole = std::string(kObjects) + "/" + path;
    const auto found = std::lower_bound(objects.begin(), objects.end(), whole,
                                        [](const ListedFile& a, const std::string& b) { return a.path < b; });
    return found != objects.end() && found->path == whole;
  };
  for (const std::string& path : record.not_applied) {
    if (!path.starts_with(kSecrets))
      return Failed("notApplied names " + path + ", and Secrets alone are left to other tools");
    if (!has(path)) return Failed("notApplied names " + path + ", which is not recorded");
  }
  for (const NotHeld& object : record.not_held)
    if (has(object.object)) return Failed("notHeld names " + object.object + ", which is recorded");
  return Ok{};
}

class LedgerVerifier {
 public:
  LedgerVerifier(const git::Repository& repository, const std::string& environment, const PolicyChain& policy,
                 const WeighApprovals& weigh, Ledger verified = {})
      : repository_(repository),
        environment_(environment),
        policy_(policy),
        weigh_(weigh),
        digests_(repository),
        ledger_(std::move(verified)) {}

  Status Take(const Oid& id) {
    const Result<RecordCommit> commit = ReadRecordCommit(repository_, id, Form());
    if (!commit) return commit.error();
    Result<Record> record = ReadRecord("envelope.json", commit->envelope.payload);
    if (!record) return record.error();
    if (record->environment != environment_) return Failed("the record is of another environment");
    std::optional<Before> before;
    if (ledger_.records > 0) before = Before{ledger_.newest.head, ledger_.digest};
    const std::string& repository_id = policy_.newest().trust.repository;
    if (Status fits = CheckHead(record->head, *commit, environment_, repository_id, before); !fits)
      return fits;
    const Status may = MayRecord(policy_.newest().trust, commit->envelope.signature.key, environment_,
                                 record->head.sequence);
    if (!may) return may;
    if (Status trusted = CheckTrust(*record, *commit); !trusted) return trusted;
    if (Status held = CheckObjects(*record, *commit); !held) return held;
    if (Status agreed = CheckApprovals(*record, *commit); !agreed) return agreed;
    if (Status restores = CheckRestored(*record); !restores) return restores;
    ledger_.restorables.Add(*record);
    ledger_.records++;
    ledger_.commit = id;
    ledger_.digest = commit->digest;
    ledger_.newest = std::move(*record);
    return Ok{};
  }

  // Whether this was the record that somebody remembers, or no such number is.
  bool Is(const RememberedRecord& remembered) const {
    return ledger_.newest.head.sequence != remembered.sequence || ledger_.digest == remembered.digest;
  }

  Ledger& ledger() { return ledger_; }

 private:
  Status CheckTrust(const Record& record, const RecordCommit& commit);
  Status CheckPolicyList(const Record& record, const RecordCommit& commit);
  Status CheckObjects(const Record& record, const RecordCommit& commit);
  Status CheckApprovals(const Record& record, const RecordCommit& commit);
  Status CheckRestored(const Record& record) const {
    return CheckRestores(record, record.restores ? ledger_.restorables.Find(*record.restores) : nullptr);
  }

  const git::Repository& repository_;
  const std::string environment_;
  const PolicyChain& policy_;
  const WeighApprovals& weigh_;
  TreeDigests digests_;
  Ledger ledger_;
  Oid policy_tree_, floor_tree_;                    // whose list was looked at last,
  std::string policy_list_, floor_digest_;          // and that list
  std::uint64_t removed_ = 0, objects_before_ = 0;  // of the record that is looked at
};

// By the rules of a record of policy, and never by older ones than before.
Status LedgerVerifier::CheckTrust(const Record& record, const RecordCommit& commit) {
  const auto& versions = policy_.versions;
  if (record.trust_sequence > versions.size())
    return Failed("it was judged by record " + std::to_string(record.trust_sequence) +
                  " of policy, which is not there");
  const PolicyVersion& version = versions[record.trust_sequence - 1];
  if (version.digest != record.trust_digest)
    return Failed("it was judged by another record of policy of that number");
  if (ledger_.records > 0 && record.trust_sequence < ledger_.newest.trust_sequence)
    return Failed("it was judged by older rules than the record before it");
  const auto policy = commit.tree.directories.find(kPolicy);
  if (policy == commit.tree.directories.end() || policy->second != version.policy_tree)
    return Failed("its policy/ is not the one that it was judged by");
  if (Status listed = CheckPolicyList(record, commit); !listed) return listed;
  if (version.trust.floor && *version.trust.floor != floor_digest_)
    return Failed("its floor/ is not the one that record " + std::to_string(record.trust_sequence) +
                  " of policy names");
  return Ok{};
}

Status LedgerVerifier::CheckPolicyList(const Record& record, const RecordCommit& commit) {
  const Oid policy = commit.tree.directories.at(std::string(kPolicy));
  const auto found = commit.tree.directories.find(kFloor);
  const Oid floor = found == commit.tree.directories.end() ? Oid() : found->second;
  if (policy_list_.empty() || policy != policy_tree_ || floor != floor_tree_) {
    DigestList files;
    if (!floor.IsZero())
      if (Status listed = digests_.List(floor, std::string(kFloor), kPolicyFileBytes, files); !listed)
        return listed;
    floor_digest_ = FloorDigest(files);
    if (Status listed = digests_.List(policy, std::string(kPolicy), kPolicyFileBytes, files); !listed)
      return listed;
    policy_list_ = DigestListText(files);
    policy_tree_ = policy;
    floor_tree_ = floor;
  }
  const Result<std::string> list = ReadRecordFile(repository_, commit.tree, kPolicyList, kListBytes);
  if (!list) return list.error();
  if (*list != policy_list_) return Failed("policy.sha256 is not the list of what lies there");
  if (DigestOf(*list) != record.policy) return Failed("the record names another policy.sha256");
  return Ok{};
}

Status LedgerVerifier::CheckObjects(const Record& record, const RecordCommit& commit) {
  DigestList objects;
  const auto directory = commit.tree.directories.find(kObjects);
  if (directory != commit.tree.directories.end())
    if (Status listed = digests_.List(directory->second, std::string(kObjects), kObjectBytes, objects);
        !listed)
      return listed;
  const Result<std::string> list = ReadRecordFile(repository_, commit.tree, kObjectsList, kListBytes);
  if (!list) return list.error();
  if (*list != DigestListText(objects)) return Failed("objects.sha256 is not the list of what lies there");
  if (DigestOf(*list) != record.set) return Failed("the record names another objects.sha256");
  if (Status paths = CheckPaths(objects, ledger_.objects); !paths) return paths;
  if (Status named = CheckNamed(record, objects); !named) return named;
  const std::vector<ChangedFile> changes = Changes(ledger_.objects, objects);
  if (DigestOf(ChangeText(changes, "objects/")) != record.head.change)
    return Failed("its change digest is not the one of its objects");
  objects_before_ = ledger_.objects.size();
  removed_ = static_cast<std::uint64_t>(std::count_if(
      changes.begin(), changes.end(), [](const ChangedFile& change) { return change.after.empty(); }));
  ledger_.objects = std::move(objects);
  return Ok{};
}

Status LedgerVerifier::CheckApprovals(const Record& record, const RecordCommit& commit) {
  const PolicyVersion& version = policy_.versions[record.trust_sequence - 1];
  const Result<std::vector<SignedApproval>> approvals =
      OpenApprovals(repository_, commit, record.head, {{version.signers}, environment_, record.judged});
  if (!approvals) return approvals.error();
  if (Status unused = UseApprovals(*approvals, ledger_.used); !unused) return unused;
  if (!weigh_) return Ok{};
  const Record* before = ledger_.records > 0 ? &ledger_.newest : nullptr;
  return weigh_({record, before, *approvals, policy_tree_, floor_tree_, version.record.source, removed_,
                 objects_before_});
}

}  // namespace

Result<Ledger> VerifyLedger(const git::Repository& repository, const std::string& environment,
                            const PolicyChain& policy, const std::optional<RememberedRecord>& newest,
                            const WeighApprovals& weigh) {
  if (!IsLabel(environment) || environment == kPolicy)
    return Usage("\"" + environment + "\" is not the name of an environment");
  const std::string ref = LedgerRef(environment);
  const Result<std::vector<Oid>> commits = ReadChain(repository, ref);
  if (!commits) return commits.error();
  LedgerVerifier verifier(repository, environment, policy, weigh);
  for (const Oid& id : *commits) {
    if (const Status taken = verifier.Take(id); !taken) return InChain(ref, id, taken.error());
    if (newest && !verifier.Is(*newest))
      return InChain(ref, id, Failed("another record of this number is remembered"));
  }
  if (newest && verifier.ledger().records < newest->sequence)
    return Failed(ref + " ends before the record " + std::to_string(newest->sequence) +
                  " that is remembered");
  return std::move(verifier.ledger());
}

Result<Ledger> VerifyMore(const git::Repository& repository, const std::string& environment,
                          const PolicyChain& policy, Ledger verified, const WeighApprovals& weigh) {
  const std::string ref = LedgerRef(environment);
  const Result<std::vector<Oid>> commits = ReadChain(repository, ref, verified.commit);
  if (!commits) return commits.error();
  LedgerVerifier verifier(repository, environment, policy, weigh, std::move(verified));
  for (const Oid& id : *commits)
    if (const Status taken = verifier.Take(id); !taken) return InChain(ref, id, taken.error());
  return std::move(verifier.ledger());
}

}  // namespace sluice::promotion
