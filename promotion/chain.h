// What the chains of environments and of policy share: their commits, the tree of
// each, the digests of what lies in it. For promotion/ alone.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "git/repository.h"
#include "promotion/approval.h"
#include "promotion/digest_list.h"
#include "promotion/envelope.h"
#include "promotion/record.h"

namespace sluice::promotion {

inline constexpr std::size_t kRecords = 10'000'000;  // of one chain
inline constexpr std::string_view kLedgers = "refs/sluice/ledger/";

std::string LedgerRef(std::string_view chain);  // of an environment, or "policy"

// The commits of a ref from the first to the newest; kNotFound where there is no
// such ref. Each has the one before it as its only parent. With `after` those that
// follow on that commit: kFailed where the ref does not.
Result<std::vector<Oid>> ReadChain(const git::Repository& repository, const std::string& ref,
                                   const std::optional<Oid>& after = {});

// The tree of a record, its parts by name; what has no place in it is an Error.
struct RecordTree {
  Oid id;
  std::map<std::string, Oid, std::less<>> files;
  std::map<std::string, Oid, std::less<>> directories;
};

struct TreeForm {
  std::vector<std::string_view> files;        // all of them must be there
  std::vector<std::string_view> directories;  // any may be absent
};

Result<RecordTree> ReadRecordTree(const git::Repository& repository, const Oid& tree, const TreeForm& form);

// A file of the record's tree, at most `limit` bytes.
Result<std::string> ReadRecordFile(const git::Repository& repository, const RecordTree& tree,
                                   std::string_view name, std::size_t limit);

// A file in a directory of the record's tree: `path` is its way from there.
Result<std::string> ReadBelow(const git::Repository& repository, const Oid& directory,
                              const std::vector<std::string_view>& path, std::size_t limit);

// Digests of blobs, each read once however many records hold it.
class TreeDigests {
 public:
  explicit TreeDigests(const git::Repository& repository) : repository_(repository) {}
  // All files below the tree, `prefix` before their paths, in the order of their
  // bytes. Plain files alone; each of at most `limit` bytes.
  Status List(const Oid& tree, const std::string& prefix, std::size_t limit, DigestList& into);

 private:
  Status ListAt(const Oid& tree, const std::string& prefix, std::size_t limit, int depth, DigestList& into);
  Result<std::string> DigestOfBlob(const Oid& blob, std::size_t limit);

  const git::Repository& repository_;
  std::unordered_map<Oid, std::string> digests_;
};

// The envelope of a record and what its commit says of itself.
struct RecordCommit {
  Oid id;
  std::optional<Oid> parent;
  std::string bytes;  // of the commit
  RecordTree tree;
  std::string digest;  // of the envelope
  Envelope envelope;   // its signature held
};

Result<RecordCommit> ReadRecordCommit(const git::Repository& repository, const Oid& id, const TreeForm& form);

// What every record must say of the one before it: none for the first.
struct Before {
  RecordHead head;
  std::string digest;
};
Status CheckHead(const RecordHead& head, const RecordCommit& commit, const std::string& chain,
                 const std::string& repository, const std::optional<Before>& before);

// What approvals are held to.
struct ApprovalsAsked {
  const Trusted& trusted;
  const std::string& environment;
  std::int64_t judged;  // they have not expired then
};

// The approvals that the record lists, each there and valid for its change; no other
// lies in its tree, and nobody's counts twice.
Result<std::vector<SignedApproval>> OpenApprovals(const git::Repository& repository,
                                                  const RecordCommit& commit, const RecordHead& head,
                                                  const ApprovalsAsked& asked);

// One person, and one key, counts once for each kind.
Status CheckDistinct(std::span<const SignedApproval> approvals);

// Digests of the approvals that a chain rests on: each counts once, though its change
// comes back.
using UsedApprovals = std::unordered_set<std::string>;
Status UseApprovals(const std::vector<SignedApproval>& approvals, UsedApprovals& used);

// "REF, commit ID: MESSAGE".
Error InChain(const std::string& ref, const Oid& commit, const Error& error);

}  // namespace sluice::promotion
