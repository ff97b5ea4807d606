// Tested by tests/promotion/request_test.cc, record_rules_test.cc and tests/push/requests.sh.
#include "promotion/request.h"

#include <set>
#include <vector>

#include "git/changes.h"
#include "promotion/record_rules.h"

namespace sluice::promotion {
namespace {

constexpr std::size_t kMostAncestry = 200'000;

Moment At(std::int64_t seconds) { return Moment(std::chrono::seconds(seconds)); }

// Whether it goes back where the request says so, to that record; half a sentence, or empty.
std::string WhyOtherWay(const VerifiedApproval& request, const Record& record) {
  const bool back = request.kind == ApprovalKind::kRollback;
  if (!back) return record.restores ? "it asks for no rollback" : "";
  if (record.restores != request.restores)
    return "it asks to go back to record " + std::to_string(request.restores);
  if (record.kind == RecordKind::kRollback && record.head.reason != request.reason)
    return "it gives another reason";
  return "";
}

}  // namespace

Result<CommitPlace> PlaceOfCommit(const git::Repository& repository, const std::optional<Oid>& recorded,
                                  const Oid& commit, const Oid& tip) {
  const auto holds = [&](const Oid& ancestor, const Oid& descendant) -> Result<bool> {
    if (ancestor == descendant) return true;
    return git::IsAncestor(repository, ancestor, descendant, kMostAncestry);
  };
  const Result<bool> on_branch = holds(commit, tip);
  if (!on_branch) return on_branch.error();
  if (!*on_branch) return CommitPlace::kNotOnBranch;
  if (!recorded) return CommitPlace::kAhead;
  if (*recorded == commit) return CommitPlace::kRecorded;
  const auto known = git::ReadCommit(repository, *recorded);  // gone: the branch cannot hold it
  if (!known && known.error().kind == ErrorKind::kNotFound) return CommitPlace::kAhead;
  const Result<bool> after = holds(*recorded, commit);
  if (!after) return after.error();
  if (*after) return CommitPlace::kAhead;
  const Result<bool> held = holds(*recorded, tip);
  if (!held) return held.error();
  return *held ? CommitPlace::kBehind : CommitPlace::kAhead;
}

bool MayBeRecorded(CommitPlace place, bool back) {
  return place == CommitPlace::kAhead || (back && place == CommitPlace::kBehind);
}

Result<CommitAhead> LookAhead(const RepositoryPointer& repository, const PolicyHead& policy,
                              const std::string& environment, const Oid& commit, const Oid& tip) {
  CommitAhead ahead;
  Result<std::optional<RecordHeadOf>> head = ReadRecordHead(repository, environment, policy);
  if (!head) return head.error();
  ahead.head = *std::move(head);
  if (ahead.head) {
    const Result<Oid> source = Oid::FromHex(ahead.head->record.source.commit);
    if (!source) return source.error();
    ahead.recorded = *source;
  }
  const Result<CommitPlace> place = PlaceOfCommit(*repository, ahead.recorded, commit, tip);
  if (!place) return place.error();
  ahead.place = *place;
  return ahead;
}

std::string PlaceWords(const CommitAhead& ahead, const Environment& environment, const Oid& commit) {
  const auto short_id = [](const Oid& id) { return id.Hex().substr(0, 12); };
  switch (ahead.place) {
    case CommitPlace::kAhead:
      return "";
    case CommitPlace::kRecorded:
      return environment.name + " runs " + short_id(commit) + " already";
    case CommitPlace::kBehind:
      return short_id(commit) + " does not come after " + short_id(*ahead.recorded) + ", which " +
             environment.name + " runs";
    case CommitPlace::kNotOnBranch:
      break;
  }
  return short_id(commit) + " is not on " + environment.branch;
}

std::string WhyNotAsked(const VerifiedApproval& request, const Asking& asking, const std::string& commit,
                        const std::optional<Moment>& since) {
  if (!IsRequest(request.kind)) return "it is not a request";
  std::string why = WhyVoid(request, asking);
  if (!why.empty()) return why;
  if (request.commit != commit) return "it asks for " + request.commit.substr(0, 12);
  if (since && request.made < *since) return "it was made before the newest record was written";
  return "";
}

Status CheckRequested(const PromotionSettings& settings, const Environment& environment, const Record& record,
                      const Record* before, std::span<const SignedApproval> approvals) {
  if (!environment.ByRequest()) return Ok{};
  std::vector<VerifiedApproval> requests;
  for (std::size_t i = 0; i < approvals.size(); ++i)
    if (IsRequest(approvals[i].approval.kind))
      requests.push_back(VerifiedOf(approvals[i], At(record.head.approvals[i].received)));
  const std::string moves = environment.name + " moves by request, and the record ";
  if (requests.empty()) return Failed(moves + "names none");
  if (requests.size() > 1) return Failed(moves + "names " + std::to_string(requests.size()));
  const std::set<std::string> revokers;  // a record rests on no revocation
  const Asking asking{record.head.repository,
                      record.environment,
                      record.head.change,
                      requests,
                      At(record.judged),
                      settings.people,
                      revokers};
  std::optional<Moment> since;
  if (before != nullptr) since = At(before->head.recorded);
  std::string why = WhyNotAsked(requests.front(), asking, record.source.commit, since);
  if (why.empty()) why = WhyOtherWay(requests.front(), record);
  return why.empty() ? Status(Ok{}) : Failed(moves + "names one that does not count: " + why);
}

}  // namespace sluice::promotion
