// Cheap questions come first: most envelopes are no requests, and most requests are over.
// Tested by tests/push/requests.sh.
#include "promotion/pending_requests.h"

#include <algorithm>
#include <map>

#include "promotion/envelope.h"
#include "promotion/given_approvals.h"
#include "promotion/request.h"

namespace sluice::promotion {
namespace {

Moment At(std::int64_t seconds) { return Moment(std::chrono::seconds(seconds)); }

// Nothing: it is none, or over.
std::optional<Approval> ReadRequest(const git::Repository& repository, const git::ListedRef& ref,
                                    Moment now) {
  const auto blob = repository.Read(ref.id, LimitOf(PayloadType::kApproval));
  if (!blob || blob->type != git::ObjectType::kBlob) return std::nullopt;
  Result<Approval> said = ReadUnproven(ref.name, blob->bytes);
  if (!said || !IsRequest(said->kind) || At(said->expires) <= now) return std::nullopt;
  return *std::move(said);
}

struct Candidate {
  git::ListedRef ref;
  Approval said;
  std::string person;  // of `people`
  bool first = false;
};

class Finder {
 public:
  explicit Finder(const PendingQuestion& question) : question_(question) {}

  Result<PendingRequests> Run() {
    Result<std::optional<PolicyHead>> policy = ReadPolicyHead(question_.repository);
    if (!policy) return policy.error();
    const Result<Oid> tip = question_.repository->ResolveRef(question_.branch);
    if (!tip && tip.error().kind != ErrorKind::kNotFound) return tip.error();
    if (!*policy || !tip) return std::move(out_);
    Result<std::optional<RecordHeadOf>> head =
        ReadRecordHead(question_.repository, question_.environment, **policy);
    if (!head) return head.error();
    policy_ = **std::move(policy);
    head_ = *std::move(head);
    tip_ = *tip;
    if (head_) {
      const Result<Oid> source = Oid::FromHex(head_->record.source.commit);
      if (!source) return source.error();
      out_.recorded = *source;
    }
    for (const Candidate& one : Candidates()) {
      if (IsLate()) break;
      if (const Status taken = Take(one); !taken) Untold(one, taken.error());
    }
    if (untold_ > kMostUntold)
      out_.untold.push_back("so it is with " + std::to_string(untold_ - kMostUntold) + " more");
    if (late_) out_.untold.push_back("not all that was asked for was looked at in the time that was left");
    return std::move(out_);
  }

 private:
  bool IsLate() {
    late_ = late_ || (question_.deadline && std::chrono::steady_clock::now() >= *question_.deadline);
    return late_;
  }

  // As they say themselves, of people whom somebody knows.
  std::vector<Candidate> Candidates() {
    std::vector<Candidate> found;
    const std::string directory = "refs/sluice/approvals/" + question_.environment + "/";
    for (const git::ListedRef& ref : question_.refs) {
      if (!ref.name.starts_with(directory)) continue;
      if (IsLate()) break;
      std::optional<Approval> said = ReadRequest(*question_.repository, ref, question_.now);
      if (!said || (head_ && said->made < head_->record.head.recorded)) continue;
      const Principal person = BySignature(question_.people, said->person);
      const bool first = question_.first.contains(ref.name.substr(0, ref.name.rfind('/') + 1));
      if (person.IsPerson()) found.push_back({ref, *std::move(said), person.name, first});
    }
    std::sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) {
      if (a.first != b.first) return a.first;
      return a.said.made != b.said.made ? a.said.made > b.said.made : a.ref.name < b.ref.name;
    });
    std::map<std::string, std::size_t> of_a_person;
    std::erase_if(found, [&](const Candidate& one) { return ++of_a_person[one.person] > kMostLookedAt; });
    return found;
  }

  // What cannot be told of one request keeps no other from being found.
  void Untold(const Candidate& one, const Error& error) {
    if (untold_++ < kMostUntold)
      out_.untold.push_back("it cannot be told whether what " + one.said.person + " asked for, " +
                            one.said.commit.substr(0, 12) + ", waits: " + error.Text());
  }

  Status Take(const Candidate& one) {
    const Result<Oid> commit = Oid::FromHex(one.said.commit);
    if (!commit) return Ok{};
    const Result<CommitPlace> place = PlaceOf(*commit);
    if (!place) return place.error();
    if (!MayBeRecorded(*place, one.said.kind == ApprovalKind::kRollback)) return Ok{};
    const Result<const Given*> given = GivenFor(one.said.change);
    if (!given) return given.error();
    const Asking asking{policy_.trust.repository, question_.environment, one.said.change,
                        (*given)->approvals,      question_.now,         question_.people,
                        question_.revokers};
    std::optional<Moment> since;
    if (head_) since = At(head_->record.head.recorded);
    for (const VerifiedApproval& approval : (*given)->approvals)
      if (one.ref.name.ends_with("/" + approval.digest) &&
          WhyNotAsked(approval, asking, one.said.commit, since).empty())
        out_.requests.push_back({one.ref, approval});
    return Ok{};
  }

  // A commit that is gone is on no branch.
  Result<CommitPlace> PlaceOf(const Oid& commit) {
    const auto known = places_.find(commit);
    if (known != places_.end()) return known->second;
    const auto there = git::ReadCommit(*question_.repository, commit);
    if (!there && there.error().kind == ErrorKind::kNotFound) return CommitPlace::kNotOnBranch;
    if (!there) return there.error();
    const Result<CommitPlace> place = PlaceOfCommit(*question_.repository, out_.recorded, commit, tip_);
    if (!place) return place.error();
    return places_.emplace(commit, *place).first->second;
  }

  Result<const Given*> GivenFor(const std::string& change) {
    const auto known = given_.find(change);
    if (known != given_.end()) return &known->second;
    Result<Given> given = ReadGiven(
        {*question_.repository, question_.environment, change, {question_.signers, nullptr}, question_.now});
    if (!given) return given.error();
    return &given_.emplace(change, *std::move(given)).first->second;
  }

  const PendingQuestion& question_;
  PolicyHead policy_;
  std::optional<RecordHeadOf> head_;
  Oid tip_;
  std::map<Oid, CommitPlace> places_;
  std::map<std::string, Given> given_;  // by change
  std::size_t untold_ = 0;
  bool late_ = false;
  PendingRequests out_;
};

}  // namespace

bool IsRequestInForce(const git::Repository& repository, const git::ListedRef& ref, Moment now) {
  return ReadRequest(repository, ref, now).has_value();
}

Result<PendingRequests> FindPending(const PendingQuestion& question) { return Finder(question).Run(); }

}  // namespace sluice::promotion
