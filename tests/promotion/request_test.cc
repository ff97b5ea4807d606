// What a request asks for: where its commit lies, and what a record of it has to say.
#include "promotion/request.h"

#include <map>

#include "promotion/record_rules.h"
#include "tests/catch.h"
#include "tests/git/repositories.h"

namespace sluice::promotion {
namespace {

constexpr std::int64_t kJudged = 1'790'000'000;

// a - b - c - d, and e on b, which f takes into d; the branch stands at d.
struct Branch {
  git::TemporaryDirectory directory;
  std::string path = git::InitBare(directory.path(), "branch.git");
  std::vector<Oid> commits = git::ImportHistory(path, {{{{"f", "a"}}, {}},
                                                       {{{"f", "b"}}, {0}},
                                                       {{{"f", "c"}}, {1}},
                                                       {{{"f", "d"}}, {2}},
                                                       {{{"f", "e"}}, {1}},
                                                       {{{"f", "f"}}, {3, 4}}});
  std::shared_ptr<const git::Repository> repository = git::MustOpen(path);

  CommitPlace Place(std::optional<std::size_t> recorded, std::size_t commit, std::size_t tip = 3) const {
    std::optional<Oid> from;
    if (recorded) from = commits[*recorded];
    const Result<CommitPlace> place = PlaceOfCommit(*repository, from, commits[commit], commits[tip]);
    REQUIRE(place);
    return *place;
  }
};

TEST_CASE("a commit is ahead where it comes after what is recorded, on the branch") {
  const Branch branch;
  CHECK(branch.Place(1, 2) == CommitPlace::kAhead);
  CHECK(branch.Place(1, 3) == CommitPlace::kAhead);
  CHECK(branch.Place({}, 0) == CommitPlace::kAhead);
  CHECK(branch.Place(1, 1) == CommitPlace::kRecorded);
  CHECK(branch.Place(2, 1) == CommitPlace::kBehind);
  CHECK(branch.Place(3, 0) == CommitPlace::kBehind);
  CHECK(branch.Place(1, 4) == CommitPlace::kNotOnBranch);
  CHECK(branch.Place({}, 4) == CommitPlace::kNotOnBranch);
  // What lies on another way to the tip does not come after it.
  CHECK(branch.Place(4, 2, 5) == CommitPlace::kBehind);
  CHECK(branch.Place(4, 5, 5) == CommitPlace::kAhead);
  // A branch that was rewritten is ahead as a whole.
  CHECK(branch.Place(4, 2) == CommitPlace::kAhead);
  CHECK(branch.Place(4, 3, 2) == CommitPlace::kNotOnBranch);
}

TEST_CASE("where what is recorded is no longer in the repository, all of the branch is ahead") {
  const Branch branch;
  const Oid gone = *Oid::FromHex(std::string(40, '1'));
  const auto place = [&](std::size_t commit) {
    const Result<CommitPlace> found =
        PlaceOfCommit(*branch.repository, gone, branch.commits[commit], branch.commits[3]);
    if (!found) FAIL(found.error().message);
    return *found;
  };
  CHECK(place(2) == CommitPlace::kAhead);
  CHECK(place(4) == CommitPlace::kNotOnBranch);
}

constexpr const char* kRules =
    "people: {ana: {}}\n"
    "environments:\n"
    "  production: {branch: main, folder: p, movedBy: request}\n"
    "  staging: {branch: main, folder: s}\n";

struct Recorded {
  Record record;
  std::vector<SignedApproval> approvals;

  Recorded() {
    record.environment = "production";
    record.judged = kJudged;
    record.head.repository = std::string(64, 'e');
    record.head.change = std::string(64, 'c');
    record.source.commit = std::string(40, 'a');
  }

  Approval& Ask(const std::string& person = "ana") {
    SignedApproval opened;
    opened.approval.kind = ApprovalKind::kRequest;
    opened.approval.person = person;
    opened.approval.environment = "production";
    opened.approval.repository = record.head.repository;
    opened.approval.change = record.head.change;
    opened.approval.commit = record.source.commit;
    opened.approval.expires = kJudged + 60;
    record.head.approvals.push_back({ApprovalKind::kRequest, person, kJudged, person});
    approvals.push_back(std::move(opened));
    return approvals.back().approval;
  }

  // What is wrong; empty where it may be written.
  std::string Check(const char* rules = kRules) const {
    std::map<std::string, std::string> files{{"%2Esluice/sluice.yaml", rules}};
    const Result<PromotionSettings> settings = ReadRecordedSettings(MemoryTree(std::move(files)));
    if (!settings) return settings.error().message;
    const Environment* const environment = FindEnvironment(settings->environments, record.environment);
    if (environment == nullptr) return "";
    const Status status = CheckRequested(*settings, *environment, record, nullptr, approvals);
    return status ? "" : status.error().message;
  }
};

TEST_CASE("no record of such an environment is written without a request for it") {
  Recorded one;
  CHECK(one.Check() == "production moves by request, and the record names none");
  one.record.environment = "staging";
  CHECK(one.Check().empty());
  one.record.environment = "elsewhere";
  CHECK(one.Check().empty());
  one.record.environment = "production";
  CHECK(one.Check("people: [") != "");
  one.Ask();
  CHECK(one.Check().empty());
  one.approvals.front().approval.commit = std::string(40, 'b');
  CHECK(one.Check() != "");
  one.approvals.front().approval.commit = one.record.source.commit;
  one.record.head.approvals.front().received = kJudged + 1;
  CHECK(one.Check() != "");
  one.record.head.approvals.front().received = kJudged;
  one.Ask("zoe");
  CHECK(one.Check() == "production moves by request, and the record names 2");
}

TEST_CASE("a record that goes back names a request to go there, and no other one does") {
  Recorded one;
  one.Ask();
  one.record.kind = RecordKind::kRollback;
  one.record.restores = 3;
  one.record.head.reason = "it fails";
  const std::string void_one = "production moves by request, and the record names one that does not count: ";
  CHECK(one.Check() == void_one + "it asks for no rollback");
  Approval& asked = one.approvals.front().approval;
  asked.kind = one.record.head.approvals.front().kind = ApprovalKind::kRollback;
  CHECK(one.Check() == void_one + "it asks to go back to record 0");
  asked.restores = 3;
  CHECK(one.Check() == void_one + "it gives another reason");
  asked.reason = "it fails";
  CHECK(one.Check().empty());
  asked.restores = 2;
  CHECK(one.Check() == void_one + "it asks to go back to record 2");
  asked.restores = 3;
  asked.commit = std::string(40, 'b');
  CHECK(one.Check() != "");
  asked.commit = one.record.source.commit;
  asked.expires = kJudged;
  CHECK(one.Check() != "");
  asked.expires = kJudged + 60;
  one.Ask("zoe");
  CHECK(one.Check() == "production moves by request, and the record names 2");
  one.approvals.pop_back();
  one.record.head.approvals.pop_back();
  one.record.kind = RecordKind::kPromotion;
  one.record.restores = {};
  CHECK(one.Check() == void_one + "it asks to go back to record 3");
}

TEST_CASE("what goes back need not be ahead") {
  CHECK(MayBeRecorded(CommitPlace::kAhead, false));
  CHECK(MayBeRecorded(CommitPlace::kAhead, true));
  CHECK(MayBeRecorded(CommitPlace::kBehind, true));
  CHECK_FALSE(MayBeRecorded(CommitPlace::kBehind, false));
  for (const bool back : {false, true}) {
    CHECK_FALSE(MayBeRecorded(CommitPlace::kRecorded, back));
    CHECK_FALSE(MayBeRecorded(CommitPlace::kNotOnBranch, back));
  }
}

TEST_CASE("a request that no longer counts, and why") {
  Recorded one;
  one.Ask();
  const People people{{{"ana", {}, {}, {}, {}}}, {}, {}};
  const std::set<std::string> nobody;
  VerifiedApproval request = VerifiedOf(one.approvals.front(), Moment(std::chrono::seconds(kJudged)));
  request.made = Moment(std::chrono::seconds(kJudged - 10));
  const auto why = [&](std::optional<Moment> since = {}) {
    const std::vector<VerifiedApproval> given = {request};
    return WhyNotAsked(request,
                       {one.record.head.repository, "production", one.record.head.change, given,
                        Moment(std::chrono::seconds(kJudged)), people, nobody},
                       one.record.source.commit, since);
  };
  CHECK(why() == "");
  CHECK(why(request.made) == "");  // in the second in which the record was written
  CHECK(why(request.made + std::chrono::seconds(1)) == "it was made before the newest record was written");
  request.spent = true;
  CHECK(why() == "a record rests on it already");
  request.spent = false;
  request.kind = ApprovalKind::kApproval;
  CHECK(why() == "it is not a request");
}

}  // namespace
}  // namespace sluice::promotion
