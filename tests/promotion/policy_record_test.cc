// Records of policy as the recorder writes them, with ssh-keygen's key for it and
// keys in memory for people: what it writes, a verifier takes.
#include "promotion/policy_record.h"

#include <ctime>
#include <filesystem>
#include <map>

#include "promotion/chain_head.h"
#include "promotion/envelope.h"
#include "promotion/ledger.h"
#include "tests/catch.h"
#include "tests/crypto/soft_key.h"
#include "tests/crypto/ssh_keygen.h"
#include "tests/git/repositories.h"

namespace sluice::promotion {
namespace {

struct Server {
  git::TemporaryDirectory directory;
  crypto::Workshop keys;
  RecorderPlace place;
  std::map<std::string, crypto::SoftKey> people;
  std::string signers, pin;

  Server() {
    place.git_dir = git::InitBare(directory.path(), "shop.git");
    REQUIRE(keys.MakeKey("recorder", {"-t", "ed25519"}));
    std::filesystem::create_directory(place.Own());
    git::WriteTextFile(place.KeyFile(), keys.Read("recorder"));
    std::filesystem::permissions(place.KeyFile(), std::filesystem::perms{0600});
    for (const char* name : {"ana", "ben"})
      Enlist(name, people.emplace(name, crypto::SoftKey()).first->second);
  }

  void Enlist(const std::string& name, const crypto::SoftKey& key) {
    signers += name + " " + key.Line() + "\n";
  }

  // The policy branch holds these words from now on.
  PolicyChange Policy(const std::string& words, std::uint64_t count = 2) const {
    git::ImportHistory(
        place.git_dir,
        {{{{".sluice/sluice.yaml", "version: 1\n# " + words + "\n"}, {".sluice/allowed_signers", signers}},
          {}}});
    PolicyChange change;
    change.ref = "refs/heads/main";
    change.trust.count = count;
    change.trust.from = {"ana", "ben"};
    change.actor = "ana";
    change.first = pin.empty();
    return change;
  }

  PolicyDraft Draft(const PolicyChange& change) const {
    Result<PolicyDraft> draft = DraftPolicy(place, change);
    INFO((draft ? "" : draft.error().message));
    REQUIRE(draft);
    return *std::move(draft);
  }

  std::string Approve(const PolicyDraft& draft, const std::string& person, const std::string& key,
                      std::int64_t later = 0) const {
    Approval approval;
    approval.environment = "policy";
    approval.person = person;
    approval.repository = draft.repository;
    approval.change = draft.change;
    approval.made = std::time(nullptr) + later;
    approval.expires = approval.made + 3600;
    const std::string text = *ApprovalText(approval);
    constexpr PayloadType kType = PayloadType::kApproval;
    return EnvelopeText(kType, text, people.at(key).Sign("sluice-approval", SignedBytes(kType, text)));
  }

  std::vector<std::string> Both(const PolicyDraft& draft, std::int64_t later = 0) const {
    return {Approve(draft, "ana", "ana", later), Approve(draft, "ben", "ben", later)};
  }

  // What is wrong, empty where it was written.
  std::string Record(const PolicyChange& change, const PolicyDraft& draft,
                     const std::vector<std::string>& envelopes) {
    const Result<std::string> digest = RecordPolicy(place, change, draft, envelopes);
    if (!digest && digest.error().kind == ErrorKind::kUsage) return digest.error().message;
    if (!digest) return "no usage: " + digest.error().message;
    if (pin.empty()) pin = *digest;
    return "";
  }

  // With approvals of both; the envelopes.
  std::vector<std::string> Write(const std::string& words) {
    const PolicyChange change = Policy(words);
    const PolicyDraft draft = Draft(change);
    std::vector<std::string> envelopes = Both(draft);
    CHECK(Record(change, draft, envelopes).empty());
    return envelopes;
  }

  std::string Verify() const {
    const Result<PolicyChain> chain = VerifyPolicy(*git::MustOpen(place.git_dir), {pin});
    return chain ? "" : chain.error().message;
  }
};

bool Says(const std::string& message, const std::string& words) {
  INFO(message);
  return message.find(words) != std::string::npos;
}

TEST_CASE("what both agree to is written and verified") {
  if (!crypto::HasSshKeygen()) return;
  Server server;
  server.Write("one");
  server.Write("two");
  CHECK(server.Verify().empty());
}

TEST_CASE("two people with one key are not two") {
  if (!crypto::HasSshKeygen()) return;
  Server server;
  server.Enlist("ben", server.people.at("ana"));
  const PolicyChange first = server.Policy("one");
  const PolicyDraft draft = server.Draft(first);
  const std::vector<std::string> one_key = {server.Approve(draft, "ana", "ana"),
                                            server.Approve(draft, "ben", "ana")};
  CHECK(Says(server.Record(first, draft, one_key), "two approvals of one kind with the key"));
  CHECK(server.Record(first, draft, server.Both(draft)).empty());
  CHECK(server.Verify().empty());
  const PolicyChange second = server.Policy("two");
  const PolicyDraft next = server.Draft(second);
  const std::vector<std::string> again = {server.Approve(next, "ana", "ana"),
                                          server.Approve(next, "ben", "ana")};
  CHECK(Says(server.Record(second, next, again), "two approvals of one kind with the key"));
  CHECK(server.Verify().empty());
}

TEST_CASE("an approval counts once, though its change comes back") {
  if (!crypto::HasSshKeygen()) return;
  Server server;
  server.Write("one");
  const std::vector<std::string> used = server.Write("two");
  server.Write("one");
  const PolicyChange again = server.Policy("two");
  const PolicyDraft draft = server.Draft(again);
  CHECK(Says(server.Record(again, draft, used), "rests on it already"));
  CHECK(server.Record(again, draft, server.Both(draft, 1)).empty());
  CHECK(server.Verify().empty());
}

}  // namespace
}  // namespace sluice::promotion
