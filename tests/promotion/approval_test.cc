// What people sign: nine kinds, and what is none of them.
#include "promotion/approval.h"

#include "crypto/sign.h"
#include "promotion/words.h"
#include "tests/catch.h"
#include "tests/crypto/ssh_keygen.h"
#include "tests/promotion/members.h"
#include "tests/promotion/vectors.h"

namespace sluice::promotion {
namespace {

const std::string kDigest = "\"" + std::string(64, 'd') + "\"", kId = "\"" + std::string(40, '1') + "\"";

// The members of each kind, right.
MemberMap Right(const std::string& kind) {
  MemberMap members = {{"environment", "\"production\""},
                       {"kind", "\"" + kind + "\""},
                       {"made", "\"2026-11-26T09:00:00Z\""},
                       {"person", "\"ana\""},
                       {"repository", kDigest},
                       {"version", "1"}};
  const auto has = [&](std::string_view kinds) {
    return kinds.find("|" + kind + "|") != std::string_view::npos;
  };
  if (has("|approval|break-glass|consent|recovery|request|rollback|")) members["change"] = kDigest;
  if (has("|approval|break-glass|consent|freeze|request|rollback|"))
    members["expires"] = "\"2026-12-03T09:00:00Z\"";
  if (has("|break-glass|freeze|hold|recovery|revocation|rollback|")) members["reason"] = "\"it burns\"";
  if (has("|request|rollback|")) members["commit"] = kId;
  if (has("|request|")) members["from"] = "\"staging\"";
  if (has("|rollback|")) members["restores"] = "7";
  if (has("|consent|")) members["removes"] = "7";
  if (has("|revocation|")) members["revokes"] = kDigest;
  if (has("|recovery|")) members["environment"] = "\"policy\"", members["person"] = "\"operator\"";
  return members;
}

// Of version 2.
MemberMap WithSeen() {
  MemberMap members = Right("approval");
  members["authors"] = R"(["ben","dan"])";
  members["files"] = R"(["%2Egithub/x.yaml","Apps/web.yaml","apps/a%20b.yaml"])";
  members["version"] = "2";
  return members;
}

std::string Why(const MemberMap& members) {
  const Result<Approval> read = ReadApproval("the approval", Text(members));
  return read ? "" : read.error().message;
}

TEST_CASE("each kind is read with its members, and written in the one text") {
  CHECK(ApprovalKindNames().size() == 9);
  for (const std::string_view kind : ApprovalKindNames()) {
    const MemberMap members = Right(std::string(kind));
    const Result<Approval> read = ReadApproval("it", Text(members));
    INFO(kind);
    REQUIRE(read);
    CHECK(NameOf(read->kind) == kind);
    const Result<std::string> text = ApprovalText(*read);
    REQUIRE(text);
    CHECK(*text == Text(members));
  }
}

TEST_CASE("an approval of version 2 says what its signer saw") {
  const Result<Approval> read = ReadApproval("it", Text(WithSeen()));
  REQUIRE(read);
  REQUIRE(read->seen);
  CHECK(read->seen->authors == std::vector<std::string>{"ben", "dan"});
  CHECK(read->seen->files == std::vector<std::string>{".github/x.yaml", "Apps/web.yaml", "apps/a b.yaml"});
  CHECK(*ApprovalText(*read) == Text(WithSeen()));
  MemberMap nothing = WithSeen();
  nothing["authors"] = nothing["files"] = "[]";
  CHECK(Why(nothing).empty());
  Approval mixed = *read;
  mixed.seen->files = {"b", "a", ".c"};  // written in their order
  CHECK(ApprovalText(mixed)->find(R"("files":["%2Ec","a","b"])") != std::string::npos);
  mixed.seen->files = {"a", "a"};
  CHECK_FALSE(ApprovalText(mixed));
  mixed.seen->files = {"a//b"};
  CHECK_FALSE(ApprovalText(mixed));
  CHECK_FALSE(ReadApproval("it", Text(Right("approval")))->seen);
}

TEST_CASE("what says it otherwise is refused") {
  const auto with = [](const char* name, const std::string& json) {
    MemberMap members = WithSeen();
    members[name] = json;
    return Why(members);
  };
  for (const char* files :
       {"null", "{}", "\"a\"", "[1]", "[\"\"]", "[\"b\",\"a\"]", "[\"a\",\"a\"]", "[\"/a\"]", "[\"a/\"]",
        "[\"a//b\"]", "[\".a\"]", "[\"a b\"]", "[\"a%2fb\"]", "[\"a%2Eb\"]", "[\"a\\u0000b\"]", "[\"é\"]"})
    CHECK(with("files", files).find("the approval, byte ") == 0);
  for (const char* authors : {"null", "{}", "[1]", "[\"\"]", "[\"ben\",\"ana\"]", "[\"ana\",\"ana\"]",
                              "[\"ana@\\n\"]", "[\"ana ben\"]"})
    CHECK(with("authors", authors).find("the approval, byte ") == 0);
  for (const char* version : {"0", "1", "3", "-1", "\"2\"", "null"})
    CHECK(with("version", version).find("the approval, byte ") == 0);
  CHECK(with("environment", "\"policy\"").find("version 2 is of approvals of an environment alone") !=
        std::string::npos);
  std::string many;
  for (std::size_t i = 0; i <= kSeenFiles; ++i)
    many += (many.empty() ? "\"" : ",\"") + std::to_string(10'000 + i) + "\"";
  CHECK(with("files", "[" + many + "]").find("the approval, byte ") == 0);
  CHECK(with("files", "[" + many.substr(many.find(',') + 1) + "]").empty());
  for (const std::string_view kind : ApprovalKindNames()) {
    MemberMap members = Right(std::string(kind));
    members["version"] = "2";
    CHECK_FALSE(Why(members).empty());  // approvals lack files then
    members["authors"] = members["files"] = "[]";
    CHECK(Why(members).empty() == (kind == "approval"));
  }
  for (const Spoilt& spoilt : Spoil(WithSeen(), {{"authors", "|[]|"}, {"files", "|[]|"}})) {
    INFO(spoilt.how);
    CHECK(Why(spoilt.members).find("the approval, byte ") == 0);
  }
}

TEST_CASE("a member that is missing, unknown or of another kind is refused") {
  const std::map<std::string, std::string> may = {
      {"from", "|null|\"x\"|"},
      {"removes", "|0|"},
      {"reason", "|\"x y\"|\"é\"|\"ana ben\"|\"2026-02-30T00:00:00Z\"|\"2026-01-01T00:00:00+00:00\"|"}};
  std::size_t count = 0;
  for (const std::string_view kind : ApprovalKindNames())
    for (const Spoilt& spoilt : Spoil(Right(std::string(kind)), may)) {
      INFO(kind << " " << spoilt.how);
      CHECK(Why(spoilt.members).find("the approval, byte ") == 0);
      ++count;
    }
  CHECK(count > 900);
}

TEST_CASE("a member of another kind is unknown") {
  for (const std::string_view kind : ApprovalKindNames())
    for (const std::string_view other : ApprovalKindNames())
      for (const auto& [name, json] : Right(std::string(other))) {
        MemberMap members = Right(std::string(kind));
        if (!members.emplace(name, json).second) continue;
        CHECK(Why(members).find("none that this version knows") != std::string::npos);
      }
}

TEST_CASE("what contradicts itself is refused") {
  const auto with = [](const char* kind, const char* name, const char* json) {
    MemberMap members = Right(kind);
    members[name] = json;
    return Why(members);
  };
  CHECK(with("approval", "expires", "\"2026-11-26T09:00:00Z\"").find("later than made") != std::string::npos);
  CHECK(with("recovery", "environment", "\"production\"").find("environment policy") != std::string::npos);
  CHECK(with("recovery", "person", "\"ana\"").find("signed by operator") != std::string::npos);
  CHECK(with("rollback", "restores", "0") != "");
  CHECK(with("rollback", "restores", "-1") != "");
  CHECK(with("rollback", "restores", "9007199254740992") != "");
  CHECK(with("approval", "version", "3").find("version 3 is none") != std::string::npos);
  CHECK(with("approval", "kind", "\"Approval\"").find("none that this version knows") != std::string::npos);
  CHECK(with("approval", "environment", "\"prod/uction\"").find("a DNS label") != std::string::npos);
}

TEST_CASE("a text that could not be read is not written") {
  Approval approval = *ReadApproval("it", Text(Right("hold")));
  CHECK(ApprovalText(approval));
  approval.reason = "two\nlines";
  CHECK_FALSE(ApprovalText(approval));
}

TEST_CASE("the ref names what lies behind it") {
  Approval approval = *ReadApproval("it", Text(Right("approval")));
  CHECK(ApprovalRef(approval, "abc") == "refs/sluice/approvals/production/" + std::string(64, 'd') + "/abc");
  approval = *ReadApproval("it", Text(Right("freeze")));
  CHECK(ApprovalRef(approval, "abc") == "refs/sluice/approvals/production/freeze/abc");
}

// A person and the operator, who can sign; both keys are ed25519.
struct Signers {
  crypto::Workshop workshop;
  crypto::AllowedSigners signers;
  crypto::PublicKey operator_key;
  Signers() {
    for (const char* name : {"ana", "operator"}) REQUIRE(workshop.MakeKey(name, {"-t", "ed25519"}));
    signers = *crypto::ReadAllowedSigners(
        "ana namespaces=\"sluice-*\",valid-after=\"20261101Z\",valid-before=\"20261201Z\" " +
        workshop.PublicKeyOf("ana.pub") + "\n");
    operator_key = *crypto::ReadPublicKeyLine(workshop.PublicKeyOf("operator.pub"));
  }
  std::string Envelope(const MemberMap& members, const char* key, const char* ns = "sluice-approval",
                       PayloadType type = PayloadType::kApproval) const {
    const Result<std::string> blob =
        crypto::Sign(SignedBytes(type, Text(members)), {.key_file = workshop.path() + "/" + key, .ns = ns});
    REQUIRE(blob);
    return EnvelopeText(PayloadType::kApproval, Text(members), *blob);
  }
  std::string Why(const std::string& envelope, const char* time = "2026-11-15T00:00:00Z") const {
    const Result<SignedApproval> opened =
        OpenApproval("it", envelope, {signers, &operator_key}, *ReadTime(time));
    return opened ? "" : opened.error().message;
  }
};

bool Has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

TEST_CASE("an approval is its person's at the time when it was received") {
  if (!crypto::HasSshKeygen()) return;
  const Signers all;
  const std::string envelope = all.Envelope(Right("approval"), "ana");
  const Result<SignedApproval> opened =
      OpenApproval("it", envelope, {all.signers, nullptr}, *ReadTime("2026-11-15T00:00:00Z"));
  REQUIRE(opened);
  CHECK(opened->digest == DigestOf(envelope));
  CHECK(opened->approval.person == "ana");
  CHECK(Has(all.Why(envelope, "2026-10-31T23:59:59Z"), "not yet valid"));
  CHECK(Has(all.Why(envelope, "2026-12-01T00:00:01Z"), "no longer valid"));
  MemberMap ben = Right("approval");
  ben["person"] = "\"ben\"";
  CHECK(Has(all.Why(all.Envelope(ben, "ana")), "not allowed to sign as ben"));
  CHECK(Has(all.Why(all.Envelope(Right("approval"), "operator")), "it has another key"));
  CHECK(Has(all.Why(all.Envelope(Right("approval"), "ana", "sluice-record")), "made for \"sluice-record\""));
  CHECK(Has(all.Why(all.Envelope(Right("approval"), "ana", "sluice-approval", PayloadType::kOutcome)),
            "does not hold"));
}

TEST_CASE("a recovery is the operator's, and nothing else is") {
  if (!crypto::HasSshKeygen()) return;
  const Signers all;
  CHECK(all.Why(all.Envelope(Right("recovery"), "operator")).empty());
  CHECK(Has(all.Why(all.Envelope(Right("recovery"), "ana")), "is not the operator's"));
  const Result<SignedApproval> nobodys =
      OpenApproval("it", all.Envelope(Right("recovery"), "operator"), {all.signers, nullptr}, 1'790'000'000);
  CHECK_FALSE(nobodys);
  MemberMap approval = Right("approval");
  approval["person"] = "\"operator\"";
  CHECK_FALSE(all.Why(all.Envelope(approval, "operator")).empty());
}

TEST_CASE("the approval of the vectors is read") {
  const Result<Envelope> envelope = ReadEnvelope("it", PayloadType::kApproval, ReadVector("approval.json"));
  REQUIRE(envelope);
  const Result<Approval> approval = ReadApproval("it", envelope->payload);
  REQUIRE(approval);
  CHECK(approval->person == "chi");
  CHECK(*ApprovalText(*approval) == envelope->payload);
}

}  // namespace
}  // namespace sluice::promotion
