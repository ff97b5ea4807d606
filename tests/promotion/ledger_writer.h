// A ledger that a test writes, and then writes otherwise: three good records of
// production under two of policy, and a fourth as planned.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "git/repository.h"
#include "promotion/ledger.h"
#include "tests/crypto/soft_key.h"
#include "tests/git/repositories.h"

namespace sluice::promotion {

struct PlannedRecord {
  std::map<std::string, std::string> objects;  // path to canonical JSON
  Record record;                               // set, change, policy and approvals are filled in
  git::Files files;                            // of the tree, but for lists, envelopes and approvals
  bool resign = false;                         // objects of the plan stand in for those of the files
  bool relist = false;                         // lists are of the files as they are now
  bool keep_change = false;                    // the record's own change digest stays
  Approval approval;                           // ana's; an empty change is filled in
  std::string approval_key = "ana";
  ApprovalKind listed_kind = ApprovalKind::kApproval;
  std::int64_t received = 0;
  bool drop_approvals = false;  // from the tree
  bool twice = false;           // another of ana's
  bool again = false;           // the approval, and the change, of the second record
  std::string signer = "recorder", ns = "sluice-record";
  std::function<std::string(std::string)> commit = [](std::string text) { return text; };
};

// A third record of policy, which ana and ben must both agree to.
struct PolicyPlan {
  Trust trust;
  git::Files files;                              // below policy/
  std::vector<std::string> by = {"ana", "ben"};  // who approves, each with the key of that name
  std::vector<std::string> keys = {};            // or with these
  std::string approval_environment = "policy", change = {};
  bool recovery = false;  // by the operator, in place of all others
  std::string signer = "recorder";
  std::uint64_t sequence = 3;
  std::uint64_t approved = 0;  // as those of the record of this number were; 0: of this one
};

class LedgerWriter {
 public:
  using Forge = void (*)(PlannedRecord&, const LedgerWriter&);

  // `floor`: a sluice.yaml of the operator's that every record holds, and the second record of
  // policy names; empty: there is none.
  explicit LedgerWriter(std::string floor = {});
  const std::string& pin() const { return pin_; }
  const git::Repository& Open() const;
  // With as many of the good records of production.
  const git::Repository& OpenAt(std::size_t records) const;
  // Writes the fourth record; what a verifier says, empty where it is content.
  std::string Write(Forge forge) const;
  // Writes the third record of policy, and takes it back; what a verifier says.
  std::string WriteThirdPolicy(const std::function<void(PolicyPlan&, const LedgerWriter&)>& forge) const;
  // Writes records of policy after the second, and takes them back.
  std::string WritePolicies(const std::vector<PolicyPlan>& plans) const;
  // The same, and what a recorder says that is to go on from there.
  std::string RecorderAfter(const std::vector<PolicyPlan>& plans) const;
  PolicyPlan PlanPolicy(std::uint64_t sequence, std::uint64_t content) const;
  TrustedKey KeyOf(const std::string& name) const;
  // Lets the plan be judged by that record of policy.
  void UsePolicy(PlannedRecord& plan, std::uint64_t sequence) const;

 private:
  struct Written {
    std::string commit, digest, approval;
    DigestList objects;
    std::string change;
  };

  void PutPolicies(const std::vector<PolicyPlan>& plans) const;
  void TakePoliciesBack() const;
  git::Files PolicyFiles(std::uint64_t sequence) const;
  Trust TrustOf(std::uint64_t sequence) const;
  Written PutPolicy(const PolicyPlan& plan, const std::vector<Written>& before) const;
  PlannedRecord Plan(std::uint64_t sequence, const std::string& web) const;
  Written WriteRecord(PlannedRecord plan, Forge forge, const std::vector<Written>& before) const;
  std::string WriteCommit(const git::Files& files, const RecordHead& head, const std::string& chain,
                          const std::string& parent, const PlannedRecord* plan) const;
  std::string AddApproval(RecordHead& head, git::Files& files, Approval approval,
                          const PlannedRecord& plan) const;
  std::string Envelope(PayloadType type, const std::string& payload, const std::string& key,
                       const std::string& ns) const;

  git::TemporaryDirectory directory_;
  std::string repository_, floor_;
  std::map<std::string, crypto::SoftKey> keys_;
  mutable std::shared_ptr<const git::Repository> open_;
  std::vector<Written> policy_;
  std::string pin_;
  std::vector<Written> good_;
};

}  // namespace sluice::promotion
