// The envelopes in a repository: which of them are opened, and which are used up.
#include "promotion/given_approvals.h"

#include <set>

#include "promotion/chain_head.h"
#include "promotion/envelope.h"
#include "promotion/trust.h"
#include "promotion/words.h"
#include "tests/catch.h"
#include "tests/crypto/soft_key.h"
#include "tests/git/repositories.h"

namespace sluice::promotion {
namespace {

constexpr std::int64_t kNow = 1'795'000'000;
const std::string kChange(64, 'c'), kRepository(64, 'e');

class Server {
 public:
  Server()
      : path_(git::InitBare(directory_.path(), "r.git")),
        signers_(*ReadPolicySigners("signers", "ana namespaces=\"sluice-approval\" " + ana_.Line() + "\n")) {}

  Approval Right() const {
    Approval approval;
    approval.environment = "production";
    approval.person = "ana";
    approval.repository = kRepository;
    approval.change = kChange;
    approval.made = kNow - 60;
    approval.expires = kNow + 3600;
    return approval;
  }
  std::string Envelope(const Approval& approval, bool by_ana = true,
                       const std::string& ns = "sluice-approval") const {
    constexpr PayloadType kType = PayloadType::kApproval;
    const std::string payload = *ApprovalText(approval);
    return EnvelopeText(kType, payload, (by_ana ? ana_ : eve_).Sign(ns, SignedBytes(kType, payload)));
  }
  // The digest of the envelope.
  std::string Put(const Approval& approval) const {
    const std::string envelope = Envelope(approval), digest = DigestOf(envelope);
    PutBlob(ApprovalRef(approval, digest), envelope);
    return digest;
  }
  void PutBlob(const std::string& ref, const std::string& bytes) const {
    const std::string blob = git::Git1(path_, {"hash-object", "-w", "--stdin"}, bytes);
    git::Git(path_, {"update-ref", ref, blob});
  }
  // A record of production that names these.
  void Record(const std::vector<std::string>& digests, std::int64_t recorded) {
    git::Files files = {{"envelope.json", "x"}};
    for (const std::string& digest : digests) files["approvals/" + digest + ".json"] = "x";
    std::vector<std::size_t> parents;
    if (!records_.empty()) parents.push_back(records_.size() - 1);
    records_.push_back({files, parents, recorded});
    const std::string last = git::ImportHistory(path_, records_).back().Hex();
    git::Git(path_, {"update-ref", "refs/sluice/ledger/production", last});
  }
  Result<Given> Read(const std::string& change = kChange, std::int64_t since = 0) const {
    const auto repository = git::Open({.git_dir = path_});
    REQUIRE(repository);
    const auto at = [](std::int64_t seconds) { return Moment(std::chrono::seconds(seconds)); };
    return ReadGiven({**repository, "production", change, {signers_}, at(kNow), at(since)});
  }
  const std::string& path() const { return path_; }
  const crypto::AllowedSigners& signers() const { return signers_; }
  void RetireAna(std::int64_t last) {
    std::string day = TimeText(last);
    std::erase_if(day, [](char c) { return c == '-' || c == ':' || c == 'T'; });
    signers_ = *ReadPolicySigners(
        "signers", "ana namespaces=\"sluice-approval\",valid-before=\"" + day + "\" " + ana_.Line() + "\n");
  }

 private:
  git::TemporaryDirectory directory_;
  crypto::SoftKey ana_, eve_;
  std::string path_;
  std::vector<git::PlannedCommit> records_;
  crypto::AllowedSigners signers_;
};

TEST_CASE("what people gave is found by its environment and its change") {
  Server server;
  const std::string mine = server.Put(server.Right());
  Approval other = server.Right();
  other.change = std::string(64, 'd');
  server.Put(other);
  other = server.Right();
  other.environment = "staging";
  server.Put(other);
  Approval freeze = server.Right();
  freeze.kind = ApprovalKind::kFreeze;
  freeze.change.clear();
  freeze.reason = "the end of the year";
  const std::string frozen = server.Put(freeze);
  for (const bool packed : {false, true}) {
    if (packed) git::Git(server.path(), {"pack-refs", "--all"});
    const Result<Given> given = server.Read();
    REQUIRE(given);
    REQUIRE(given->not_opened.empty());
    REQUIRE(given->approvals.size() == 2);
    for (const VerifiedApproval& approval : given->approvals) {
      REQUIRE(approval.person == "ana");
      REQUIRE(approval.repository == kRepository);
      REQUIRE(approval.received == Moment(std::chrono::seconds(kNow)));
      REQUIRE(approval.digest == (approval.kind == ApprovalKind::kFreeze ? frozen : mine));
      REQUIRE(approval.key.size() == 64);
      REQUIRE_FALSE(approval.spent);
    }
    REQUIRE(server.Read("")->approvals.size() == 1);
  }
}

TEST_CASE("what is no envelope of that name by a signer counts for nothing, and is told") {
  const Server server;
  const Approval right = server.Right();
  const std::string envelope = server.Envelope(right), ref = ApprovalRef(right, DigestOf(envelope));
  const auto named = [](const Approval& approval, const std::string& text) {
    return std::pair(ApprovalRef(approval, DigestOf(text)), text);
  };
  Approval late = right, other = right, elsewhere = right;
  late.made = kNow + 25 * 3600;
  late.expires = kNow + 30 * 3600;
  other.person = "eve";
  elsewhere.environment = "staging";
  const std::pair<std::string, std::string> wrong[] = {
      {ref, ""},
      {ref, envelope.substr(0, envelope.size() - 1)},
      {ref, std::string(70'000, 'x')},
      {ref.substr(0, ref.size() - 1) + (ref.back() == '0' ? "1" : "0"), envelope},
      {ApprovalRef(right, DigestOf(server.Envelope(elsewhere))), server.Envelope(elsewhere)},
      named(right, server.Envelope(right, false)),
      named(right, server.Envelope(right, true, "git")),
      named(other, server.Envelope(other)),
      named(late, server.Envelope(late)),
  };
  for (const auto& [name, bytes] : wrong) {
    CAPTURE(name, bytes.size());
    server.PutBlob(name, bytes);
    const Result<Given> given = server.Read();
    REQUIRE(given);
    REQUIRE(given->approvals.empty());
    REQUIRE(given->not_opened.size() == 1);
    REQUIRE(given->not_opened[0].ref == name);
    REQUIRE_FALSE(given->not_opened[0].why.empty());
    git::Git(server.path(), {"update-ref", "-d", name});
  }
  server.PutBlob(ref, envelope);
  REQUIRE(server.Read()->approvals.size() == 1);
}

TEST_CASE("an approval that a record names is used up, however many records lie above") {
  Server server;
  const std::string digest = server.Put(server.Right());
  server.Record({}, kNow - 50);
  REQUIRE_FALSE(server.Read()->approvals[0].spent);
  server.Record({std::string(64, 'a'), digest}, kNow - 40);
  REQUIRE(server.Read()->approvals[0].spent);
  for (int i = 0; i < 5; ++i) server.Record({std::string(64, 'b')}, kNow - 30 + i);
  REQUIRE(server.Read()->approvals[0].spent);
  Approval again = server.Right();
  again.made = kNow - 1;
  const std::string second = server.Put(again);
  const Result<Given> given = server.Read();
  REQUIRE(given->approvals.size() == 2);
  for (const VerifiedApproval& approval : given->approvals)
    REQUIRE(approval.spent == (approval.digest == digest));
}

TEST_CASE("records from before an approval was made are not looked at") {
  Server server;
  const std::string digest = server.Put(server.Right());
  server.Record({digest}, kNow - 60 - 24 * 3600 - 1);
  REQUIRE_FALSE(server.Read()->approvals[0].spent);
  server.Record({digest}, kNow - 60 - 24 * 3600);
  REQUIRE(server.Read()->approvals[0].spent);
}

TEST_CASE("a revocation is found by what it revokes") {
  Server server;
  Approval freeze = server.Right();
  freeze.kind = ApprovalKind::kFreeze;
  freeze.change.clear();
  freeze.reason = "the end of the year";
  const std::string frozen = server.Put(freeze), approved = server.Put(server.Right());
  Approval revocation = server.Right();
  revocation.kind = ApprovalKind::kRevocation;
  revocation.change.clear();
  revocation.reason = "a mistake";
  for (const std::string& revoked : {frozen, approved, std::string(64, '0')}) {
    revocation.revokes = revoked;
    REQUIRE(ApprovalRef(revocation, kChange) ==
            "refs/sluice/approvals/production/" + revoked + "/" + kChange);
    server.Put(revocation);
  }
  const auto revoked = [&](const std::string& change) {
    std::set<std::string> found;
    const Result<Given> given = server.Read(change);
    for (const VerifiedApproval& one : given->approvals) found.insert(one.revokes);
    found.erase("");
    return found;
  };
  CHECK(revoked(kChange) == std::set<std::string>{frozen, approved});
  CHECK(revoked("") == std::set<std::string>{frozen});
  // A release names the newest record, of which this one's envelope is "x".
  revocation.revokes = DigestOf("x");
  server.Put(revocation);
  CHECK(revoked("") == std::set<std::string>{frozen});
  server.Record({}, kNow - 10);
  CHECK(revoked("") == std::set<std::string>{frozen, DigestOf("x")});
}

TEST_CASE("a limit is of one person, whatever what they gave is worth by now") {
  const Server server;
  Approval freeze = server.Right();
  freeze.kind = ApprovalKind::kFreeze;
  freeze.change.clear();
  freeze.reason = "the end of the year";
  const auto repository = git::Open({.git_dir = server.path()});
  REQUIRE(repository);
  const auto count = [&](const char* person) {
    return *CountGiven(**repository, "refs/sluice/approvals/production/freeze/", person);
  };
  CHECK(count("ana") == 0);
  const std::string first = server.Put(freeze);
  freeze.reason = "another";
  server.Put(freeze);
  freeze.reason = "one that is over";
  freeze.expires = kNow;
  server.Put(freeze);
  CHECK(count("ana") == 3);
  CHECK(count("ben") == 0);
  REQUIRE(server.Read("")->approvals.size() == 2);
  Approval revocation = server.Right();
  revocation.kind = ApprovalKind::kRevocation;
  revocation.change.clear();
  revocation.revokes = first;
  revocation.reason = "over";
  server.Put(revocation);
  CHECK(count("ana") == 3);
}

TEST_CASE("what stops a move goes on doing so when its signer's key is retired") {
  Server server;
  const std::string approved = server.Put(server.Right());
  Approval freeze = server.Right(), hold = server.Right(), revocation = server.Right();
  freeze.kind = ApprovalKind::kFreeze;
  hold.kind = ApprovalKind::kHold;
  revocation.kind = ApprovalKind::kRevocation;
  revocation.revokes = approved;
  for (Approval* stop : {&freeze, &hold, &revocation}) {
    stop->change.clear();
    stop->reason = "over";
    if (stop != &freeze) stop->expires = 0;
    server.Put(*stop);
  }
  REQUIRE(server.Read()->approvals.size() == 4);
  const auto kinds = [&] {
    std::set<ApprovalKind> found;
    const Result<Given> given = server.Read();
    REQUIRE(given);
    for (const VerifiedApproval& one : given->approvals) found.insert(one.kind);
    return found;
  };
  // It counted when these were made, and counts no more: what agrees is void, what stops is not. The
  // approval is not opened, so nobody is told of what revokes it.
  server.RetireAna(kNow - 30);
  CHECK(kinds() == std::set{ApprovalKind::kFreeze, ApprovalKind::kHold});
  server.RetireAna(kNow - 90);
  CHECK(kinds().empty());
  server.RetireAna(kNow + 90);
  CHECK(kinds().size() == 4);
}

TEST_CASE("what a push brings has not expired") {
  const Server server;
  Approval approval = server.Right();
  const auto opened = [&] {
    const std::string envelope = server.Envelope(approval);
    return OpenGiven(ApprovalRef(approval, DigestOf(envelope)), envelope, {server.signers()},
                     Moment(std::chrono::seconds(kNow)));
  };
  CHECK(opened());
  approval.expires = kNow;
  REQUIRE_FALSE(opened());
  CHECK(opened().error().message.find("it expired") != std::string::npos);
}

TEST_CASE("what expired is in nobody's way") {
  const Server server;
  Approval freeze = server.Right();
  freeze.kind = ApprovalKind::kFreeze;
  freeze.change.clear();
  freeze.reason = "the end of the year";
  const std::string frozen = server.Put(freeze);
  freeze.expires = kNow - 1;
  std::string updates;
  for (std::size_t i = 0; i <= kMostGiven; ++i) {
    freeze.reason = std::to_string(i);
    const std::string envelope = server.Envelope(freeze);
    const std::string blob = git::Git1(server.path(), {"hash-object", "-w", "--stdin"}, envelope);
    updates += "create " + ApprovalRef(freeze, DigestOf(envelope)) + " " + blob + "\n";
  }
  git::Git(server.path(), {"update-ref", "--stdin"}, updates);
  const Result<Given> given = server.Read("");
  REQUIRE(given);
  REQUIRE(given->approvals.size() == 1);
  REQUIRE(given->approvals[0].digest == frozen);
  REQUIRE(given->not_opened.empty());
}

TEST_CASE("more envelopes than one change can have are an error") {
  const Server server;
  std::string updates;
  const std::string blob = git::Git1(server.path(), {"hash-object", "-w", "--stdin"}, "x");
  for (std::size_t i = 0; i <= kMostRead; ++i) {
    std::string digits = std::to_string(1000 + i);
    updates += "create refs/sluice/approvals/production/" + kChange + "/" + std::string(60, 'a') + digits +
               " " + blob + "\n";
  }
  git::Git(server.path(), {"update-ref", "--stdin"}, updates);
  REQUIRE(server.Read().error().kind == ErrorKind::kLimit);
  REQUIRE(server.Read("")->not_opened.empty());
}

TEST_CASE("what was made before the time that is asked about does not count") {
  Server server;
  server.Put(server.Right());  // a minute ago
  REQUIRE(server.Read(kChange, kNow - 60)->approvals.size() == 1);
  const Result<Given> given = server.Read(kChange, kNow - 59);
  REQUIRE(given);
  REQUIRE(given->approvals.empty());
  REQUIRE(given->not_opened.size() == 1);
  REQUIRE(given->not_opened[0].why.starts_with("it was made before 20"));
}

}  // namespace
}  // namespace sluice::promotion
