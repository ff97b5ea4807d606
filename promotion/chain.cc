// Tested by tests/promotion/ledger_test.cc and tamper_test.cc.
#include "promotion/chain.h"

#include <algorithm>
#include <set>

#include "git/objects.h"
#include "promotion/words.h"

namespace sluice::promotion {
namespace {

constexpr std::size_t kCommitBytes = 4096;
constexpr std::uint32_t kPlainFile = 0100644, kDirectory = 0040000;
constexpr int kDepth = 64;  // of directories below policy/

bool HasChange(ApprovalKind kind) {
  return kind != ApprovalKind::kFreeze && kind != ApprovalKind::kHold && kind != ApprovalKind::kRevocation;
}

bool Expires(ApprovalKind kind) { return kind != ApprovalKind::kRecovery; }

Status CheckApproval(const ReceivedApproval& listed, const SignedApproval& opened, const RecordHead& head,
                     const ApprovalsAsked& asked) {
  const Approval& approval = opened.approval;
  if (opened.digest != listed.digest) return Failed("its bytes have another digest than its name");
  if (approval.kind != listed.kind || approval.person != listed.person)
    return Failed("the record says another kind or person");
  if (!HasChange(approval.kind)) return Failed("a record cannot rest on this kind");
  if (approval.repository != head.repository) return Failed("it is for another repository");
  if (approval.environment != asked.environment) return Failed("it is for another environment");
  if (approval.change != head.change) return Failed("it is for another change");
  if (Expires(approval.kind) && approval.expires <= asked.judged) return Failed("it had expired");
  if (listed.received > head.recorded) return Failed("it was received after the record was written");
  return Ok{};
}

// The blobs of approvals/, by their names.
Result<std::map<std::string, Oid>> ListApprovals(const git::Repository& repository,
                                                 const RecordCommit& commit) {
  std::map<std::string, Oid> blobs;
  const auto directory = commit.tree.directories.find("approvals");
  if (directory == commit.tree.directories.end()) return blobs;
  const Result<std::vector<git::TreeEntry>> entries = git::ReadTree(repository, directory->second);
  if (!entries) return entries.error();
  for (const git::TreeEntry& entry : *entries) {
    if (entry.mode != kPlainFile) return Failed("approvals/ holds what is no plain file");
    blobs.emplace(entry.name, entry.id);
  }
  if (blobs.empty()) return Failed("approvals/ is empty");
  return blobs;
}

}  // namespace

std::string LedgerRef(std::string_view chain) { return std::string(kLedgers).append(chain); }

Result<std::vector<Oid>> ReadChain(const git::Repository& repository, const std::string& ref,
                                   const std::optional<Oid>& after) {
  const Result<Oid> tip = repository.ResolveRef(ref);
  if (!tip) return tip.error();
  std::vector<Oid> chain;
  std::size_t marked = 0;  // Brent's way to find a circle, which ids that are true cannot make
  for (std::optional<Oid> id = *tip; id != after;) {
    if (!id)
      return Failed(ref + " does not go on from commit " + after->Hex() + ", which was verified before");
    if (chain.size() == kRecords) return LimitPassed(ref + " has more than 10,000,000 records");
    if (!chain.empty() && *id == chain[marked])
      return InChain(ref, *id, Failed("the chain goes in a circle"));
    if (chain.size() >= 2 * marked + 2) marked = chain.size() - 1;
    const Result<git::Commit> commit = git::ReadCommit(repository, *id);
    if (!commit) return InChain(ref, *id, commit.error());
    if (commit->parents.size() > 1) return InChain(ref, *id, Failed("a record has one parent"));
    chain.push_back(*id);
    id = commit->parents.empty() ? std::nullopt : std::optional(commit->parents.front());
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

Result<RecordTree> ReadRecordTree(const git::Repository& repository, const Oid& id, const TreeForm& form) {
  const Result<std::vector<git::TreeEntry>> entries = git::ReadTree(repository, id);
  if (!entries) return entries.error();
  RecordTree tree;
  tree.id = id;
  const auto has = [](const std::vector<std::string_view>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const git::TreeEntry& entry : *entries) {
    if (entry.mode == kPlainFile && has(form.files, entry.name)) {
      tree.files.emplace(entry.name, entry.id);
    } else if (entry.mode == kDirectory && has(form.directories, entry.name)) {
      tree.directories.emplace(entry.name, entry.id);
    } else {
      return Failed("the tree of a record has no place for " + entry.name);
    }
  }
  for (const std::string_view name : form.files)
    if (tree.files.count(name) == 0) return Failed("the tree of the record lacks " + std::string(name));
  if (tree.files.size() + tree.directories.size() != entries->size())
    return Failed("a name stands twice in the tree");
  return tree;
}

Result<std::string> ReadRecordFile(const git::Repository& repository, const RecordTree& tree,
                                   std::string_view name, std::size_t limit) {
  const auto found = tree.files.find(name);
  if (found == tree.files.end()) return NotFound("the tree of the record lacks " + std::string(name));
  Result<git::RawObject> object = git::ReadTyped(repository, found->second, git::ObjectType::kBlob, limit);
  if (!object) return object.error();
  return std::move(object->bytes);
}

Result<std::string> ReadBelow(const git::Repository& repository, const Oid& directory,
                              const std::vector<std::string_view>& path, std::size_t limit) {
  Oid id = directory;
  for (const std::string_view part : path) {
    const Result<std::vector<git::TreeEntry>> entries = git::ReadTree(repository, id);
    if (!entries) return entries.error();
    const auto found = std::find_if(entries->begin(), entries->end(),
                                    [&](const git::TreeEntry& entry) { return entry.name == part; });
    if (found == entries->end()) return NotFound("the record lacks " + std::string(part));
    id = found->id;
  }
  Result<git::RawObject> object = git::ReadTyped(repository, id, git::ObjectType::kBlob, limit);
  if (!object) return object.error();
  return std::move(object->bytes);
}

Result<std::string> TreeDigests::DigestOfBlob(const Oid& blob, std::size_t limit) {
  if (const auto known = digests_.find(blob); known != digests_.end()) return known->second;
  const Result<git::RawObject> object = git::ReadTyped(repository_, blob, git::ObjectType::kBlob, limit);
  if (!object) return object.error();
  return digests_.emplace(blob, DigestOf(object->bytes)).first->second;
}

Status TreeDigests::ListAt(const Oid& tree, const std::string& prefix, std::size_t limit, int depth,
                           DigestList& into) {
  if (depth == kDepth) return LimitPassed(prefix + " has directories more than 64 deep");
  const Result<std::vector<git::TreeEntry>> entries = git::ReadTree(repository_, tree);
  if (!entries) return entries.error();
  if (entries->empty()) return Failed(prefix + " is an empty directory");
  for (const git::TreeEntry& entry : *entries) {
    const std::string path = prefix + "/" + entry.name;
    if (entry.mode == kDirectory) {
      if (const Status listed = ListAt(entry.id, path, limit, depth + 1, into); !listed) return listed;
      continue;
    }
    if (entry.mode != kPlainFile) return Failed(path + " is no plain file");
    if (into.size() == kListedFiles) return LimitPassed(prefix + " has more than 50,000 files");
    Result<std::string> digest = DigestOfBlob(entry.id, limit);
    if (!digest) return digest.error();
    into.push_back({path, std::move(*digest)});
  }
  return Ok{};
}

Status TreeDigests::List(const Oid& tree, const std::string& prefix, std::size_t limit, DigestList& into) {
  return ListAt(tree, prefix, limit, 0, into);
}

Result<RecordCommit> ReadRecordCommit(const git::Repository& repository, const Oid& id,
                                      const TreeForm& form) {
  Result<git::RawObject> object = git::ReadTyped(repository, id, git::ObjectType::kCommit, kCommitBytes);
  if (!object) return object.error();
  const Result<git::Commit> commit = git::ParseCommit(id, object->bytes);
  if (!commit) return commit.error();
  RecordCommit record;
  record.id = id;
  if (!commit->parents.empty()) record.parent = commit->parents.front();
  record.bytes = std::move(object->bytes);
  Result<RecordTree> tree = ReadRecordTree(repository, commit->tree, form);
  if (!tree) return tree.error();
  record.tree = std::move(*tree);
  const Result<std::string> bytes =
      ReadRecordFile(repository, record.tree, "envelope.json", LimitOf(PayloadType::kStatement));
  if (!bytes) return bytes.error();
  Result<Envelope> envelope = ReadEnvelope("envelope.json", PayloadType::kStatement, *bytes);
  if (!envelope) return envelope.error();
  if (const auto held = VerifyEnvelope(*envelope); !held)
    return Failed("envelope.json: " + held.error().message);
  record.envelope = std::move(*envelope);
  record.digest = DigestOf(*bytes);
  return record;
}

Status CheckHead(const RecordHead& head, const RecordCommit& commit, const std::string& chain,
                 const std::string& repository, const std::optional<Before>& before) {
  if (head.repository != repository) return Failed("the record is of another repository");
  const std::uint64_t expected = before ? before->head.sequence + 1 : 1;
  if (head.sequence != expected)
    return Failed("its sequence number is " + std::to_string(head.sequence) + ", not " +
                  std::to_string(expected));
  if (head.previous != (before ? std::optional(before->digest) : std::nullopt))
    return Failed("it does not name the record before it");
  if (before && head.recorded < before->head.recorded)
    return Failed("it was recorded before the one before it");
  const std::string parent = commit.parent ? commit.parent->Hex() : "";
  if (CommitText(head, chain, commit.tree.id.Hex(), parent) != commit.bytes)
    return Failed("the commit is not the one that its record makes");
  return Ok{};
}

Result<std::vector<SignedApproval>> OpenApprovals(const git::Repository& repository,
                                                  const RecordCommit& commit, const RecordHead& head,
                                                  const ApprovalsAsked& asked) {
  const Result<std::map<std::string, Oid>> blobs = ListApprovals(repository, commit);
  if (!blobs) return blobs.error();
  if (blobs->size() != head.approvals.size()) return Failed("approvals/ holds others than the record lists");
  std::vector<SignedApproval> approvals;
  for (const ReceivedApproval& listed : head.approvals) {
    const std::string name = listed.digest + ".json";
    const auto blob = blobs->find(name);
    if (blob == blobs->end()) return Failed("approvals/ lacks " + name);
    const Result<git::RawObject> object =
        git::ReadTyped(repository, blob->second, git::ObjectType::kBlob, LimitOf(PayloadType::kApproval));
    if (!object) return object.error();
    Result<SignedApproval> opened =
        OpenApproval("approvals/" + name, object->bytes, asked.trusted, listed.received);
    if (!opened) return opened.error();
    if (const Status fits = CheckApproval(listed, *opened, head, asked); !fits)
      return Failed("approvals/" + name + ": " + fits.error().message);
    approvals.push_back(std::move(*opened));
  }
  if (const Status distinct = CheckDistinct(approvals); !distinct) return distinct.error();
  return approvals;
}

Status CheckDistinct(std::span<const SignedApproval> approvals) {
  std::set<std::pair<ApprovalKind, std::string>> people, keys;
  for (const SignedApproval& signed_one : approvals) {
    const ApprovalKind kind = signed_one.approval.kind;
    if (!people.emplace(kind, signed_one.approval.person).second)
      return Failed("two approvals of one kind by " + signed_one.approval.person);
    if (!keys.emplace(kind, signed_one.key.plain).second)
      return Failed("two approvals of one kind with the key " + Fingerprint(signed_one.key));
  }
  return Ok{};
}

Status UseApprovals(const std::vector<SignedApproval>& approvals, UsedApprovals& used) {
  for (const SignedApproval& approval : approvals)
    if (!used.insert(approval.digest).second)
      return Failed("the approval " + approval.digest + " was used by an earlier record");
  return Ok{};
}

Error InChain(const std::string& ref, const Oid& commit, const Error& error) {
  return {error.kind, ref + ", commit " + commit.Hex() + ": " + error.message, {}, {}};
}

}  // namespace sluice::promotion
