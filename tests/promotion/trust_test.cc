// Whose keys count, and what must not become of them.
#include "promotion/trust.h"

#include "tests/catch.h"
#include "tests/git/repositories.h"
#include "tests/promotion/members.h"
#include "tests/promotion/vectors.h"

namespace sluice::promotion {
namespace {

constexpr char kA[] = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFAdsjjTpgDW0NxdRU7n6tXVBt6GBq/Cm6qh4uvVdIEa";
constexpr char kB[] = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHBYf0WzHSKNl/MmoFSRq5qarbTTecS5HLz5ZWGHFwQd";
constexpr char kC[] = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIISL1tSX4Y7uUdtfI9F3KfPEY6hIdFtfJelBTqetTO1W";

std::string Json(const std::string& text) { return "\"" + text + "\""; }
std::string RecorderOf(const std::string& key, const std::string& last) {
  return "{\"key\":\"" + key + "\",\"last\":" + last + "}";
}

MemberMap Right() {
  return {{"approvals", "{\"count\":2,\"from\":[\"ana\",\"ben\"]}"},
          {"clusters", "[{\"key\":\"" + std::string(kC) + "\",\"name\":\"prod-1\"}]"},
          {"operator", "null"},
          {"recorders",
           "[" + RecorderOf(kA, "null") + "," + RecorderOf(kB, "{\"policy\":2,\"production\":41}") + "]"},
          {"repository", Json(std::string(64, 'd'))},
          {"version", "1"}};
}

std::string Why(const MemberMap& members) {
  const Result<Trust> read = ReadTrust("trust.json", Text(members) + "\n");
  return read ? "" : read.error().message;
}

std::string WhyWith(const char* name, const std::string& json) {
  MemberMap members = Right();
  members[name] = json;
  return Why(members);
}

bool Has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

Trust With(const char* name, const std::string& json) {
  MemberMap members = Right();
  members[name] = json;
  Result<Trust> read = ReadTrust("trust.json", Text(members) + "\n");
  REQUIRE(read);
  return *read;
}

TEST_CASE("trust is read and written in the one text") {
  const std::string text = Text(Right()) + "\n";
  const Result<Trust> trust = ReadTrust("trust.json", text);
  REQUIRE(trust);
  CHECK(trust->count == 2);
  CHECK(trust->recorders.size() == 2);
  CHECK(*TrustText(*trust) == text);
  CHECK_FALSE(ReadTrust("trust.json", Text(Right())));
  CHECK_FALSE(ReadTrust("trust.json", text + "\n"));
  const git::TemporaryDirectory directory;
  const std::string repository = ImportLedger(directory.path());
  const std::string vector = git::Git(repository, {"show", "refs/sluice/ledger/policy:trust.json"});
  CHECK(*TrustText(*ReadTrust("trust.json", vector)) == vector);
}

TEST_CASE("a member of trust that is missing, unknown or of another kind is refused") {
  for (const Spoilt& spoilt : Spoil(Right(), {{"clusters", "|[]|"}, {"operator", "|null|"}})) {
    INFO(spoilt.how);
    CHECK(Why(spoilt.members).find("trust.json, byte ") == 0);
  }
}

TEST_CASE("trust of version 2 names the operator's policies") {
  MemberMap members = Right();
  members["floor"] = Json(std::string(64, 'f'));
  CHECK(Has(Why(members), "floor"));  // version 1 has none
  members["version"] = "2";
  const Result<Trust> trust = ReadTrust("trust.json", Text(members) + "\n");
  REQUIRE(trust);
  CHECK(trust->floor == std::string(64, 'f'));
  CHECK(*TrustText(*trust) == Text(members) + "\n");
  CHECK(MayFollow(*ReadTrust("trust.json", Text(Right()) + "\n"), *trust));
  for (const Spoilt& spoilt : Spoil(members, {{"clusters", "|[]|"}, {"operator", "|null|"}})) {
    INFO(spoilt.how);
    CHECK(Why(spoilt.members).find("trust.json, byte ") == 0);
  }
  for (const char* version : {"1", "3"}) {
    members["version"] = version;
    CHECK_FALSE(Why(members).empty());
  }
}

TEST_CASE("thresholds are at least one and can be met") {
  for (const char* approvals :
       {"{\"count\":0,\"from\":[\"ana\"]}", "{\"count\":-1,\"from\":[\"ana\"]}",
        "{\"count\":2,\"from\":[\"ana\"]}", "{\"count\":9007199254740991,\"from\":[\"ana\"]}",
        "{\"count\":99999999999999999999,\"from\":[\"ana\"]}", "{\"count\":1,\"from\":[]}",
        "{\"count\":1,\"from\":[\"ana\",\"ana\"]}", "{\"count\":1,\"from\":[\"ben\",\"ana\"]}",
        "{\"count\":1,\"from\":[\"*\"]}", "{\"count\":1}", "{\"from\":[\"ana\"]}",
        "{\"count\":\"1\",\"from\":[\"ana\"]}"}) {
    INFO(approvals);
    CHECK_FALSE(WhyWith("approvals", approvals).empty());
  }
}

TEST_CASE("a key has one spelling and one part to play") {
  const std::string a = kA;
  for (const std::string& key : {a + " comment", a + "=", " " + a, std::string("ssh-dss AAAA"), std::string(),
                                 "ana " + a, a.substr(0, 40)})
    CHECK(Has(WhyWith("operator", Json(key)), "a public key"));
  CHECK(Has(WhyWith("operator", Json(a)), "a key stands in two places"));
  CHECK(Has(WhyWith("clusters", "[{\"key\":\"" + a + "\",\"name\":\"prod-1\"}]"),
            "a key stands in two places"));
  CHECK(Has(WhyWith("recorders", "[" + RecorderOf(kB, "null") + "," + RecorderOf(kA, "null") + "]"),
            "sorted by key"));
  CHECK(Has(WhyWith("recorders", "[" + RecorderOf(kA, "null") + "," + RecorderOf(kA, "null") + "]"),
            "sorted by key"));
  CHECK(Has(WhyWith("recorders", "[]"), "one recorder at least"));
  CHECK(Has(WhyWith("recorders", "[" + RecorderOf(kA, "{}") + "]"), "one recorder at least"));
  for (const char* last : {"{\"production\":0}", "{\"Production\":1}", "[]", "1"})
    CHECK(Has(WhyWith("recorders", "[" + RecorderOf(kA, "null") + "," + RecorderOf(kB, last) + "]"),
              "trust.json, byte "));
}

TEST_CASE("a recorder may sign until it is retired, chain by chain") {
  const Trust trust = *ReadTrust("trust.json", Text(Right()) + "\n");
  const crypto::PublicKey a = *crypto::ReadPublicKeyLine(kA), b = *crypto::ReadPublicKeyLine(kB),
                          c = *crypto::ReadPublicKeyLine(kC);
  CHECK(MayRecord(trust, a, "production", 1'000'000));
  CHECK(MayRecord(trust, b, "production", 41));
  CHECK_FALSE(MayRecord(trust, b, "production", 42));
  CHECK_FALSE(MayRecord(trust, b, "staging", 1));
  CHECK_FALSE(MayRecord(trust, c, "production", 1));
}

TEST_CASE("trust goes forward alone") {
  const auto recorders = [](const std::string& a, const std::string& b) {
    return With("recorders", "[" + RecorderOf(kA, a) + "," + RecorderOf(kB, b) + "]");
  };
  const Trust before = recorders("null", "{\"policy\":2,\"production\":41}");
  CHECK(MayFollow(before, before));
  CHECK(MayFollow(before, recorders("null", "{\"policy\":2,\"production\":40}")));
  CHECK(MayFollow(before, recorders("null", "{\"policy\":2}")));
  CHECK_FALSE(MayFollow(before, recorders("null", "{\"policy\":2,\"production\":42}")));
  CHECK_FALSE(MayFollow(before, recorders("null", "{\"policy\":2,\"production\":41,\"staging\":1}")));
  CHECK_FALSE(MayFollow(before, recorders("null", "null")));
  CHECK_FALSE(MayFollow(before, With("recorders", "[" + RecorderOf(kA, "null") + "]")));
  CHECK_FALSE(MayFollow(before, With("repository", Json(std::string(64, 'e')))));
}

TEST_CASE("signers of a policy mean the same on every machine") {
  const std::string key = kA;
  CHECK(ReadPolicySigners("allowed_signers", "ana valid-after=\"20260101Z\" " + key + "\n"));
  const Result<crypto::AllowedSigners> local =
      ReadPolicySigners("allowed_signers", "# one\nana valid-after=\"20260101\" " + key + "\n");
  REQUIRE_FALSE(local);
  CHECK(local.error().message ==
        "allowed_signers, line 2: a time without Z means something else on each machine");
  CHECK_FALSE(ReadPolicySigners("allowed_signers", "ana " + key + "\nbroken\n"));
}

}  // namespace
}  // namespace sluice::promotion
