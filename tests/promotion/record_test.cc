// Records as statements: those of the vectors, and one of which everything is
// spoilt in turn.
#include "promotion/record.h"

#include "promotion/envelope.h"
#include "promotion/words.h"
#include "tests/catch.h"
#include "tests/git/repositories.h"
#include "tests/promotion/members.h"
#include "tests/promotion/vectors.h"

namespace sluice::promotion {
namespace {

const std::string kDigest = "\"" + std::string(64, 'd') + "\"", kId = "\"" + std::string(40, '1') + "\"";

MemberMap Predicate() {
  return {
      {"actor", "\"ana\""},
      {"approvals",
       "[{\"kind\":\"approval\",\"person\":\"ben\",\"received\":\"2026-11-03T08:00:00Z\",\"sha256\":" +
           kDigest + "}]"},
      {"bundle", kDigest},
      {"change", kDigest},
      {"clusters", "[\"prod-1\",\"prod-2\"]"},
      {"engine", "\"0.1.0\""},
      {"environment", "\"production\""},
      {"evidence", "{\"cluster\":1,\"offline\":2,\"unverified\":3}"},
      {"judged", "\"2026-11-03T08:00:00Z\""},
      {"kind", "\"promotion\""},
      {"notApplied", "[\"core/Secret/shop/db\"]"},
      {"notHeld", "[{\"object\":\"core/Secret/shop/token\",\"reason\":\"plain-secret\"}]"},
      {"policy", kDigest},
      {"previous", kDigest},
      {"reason", "null"},
      {"recorded", "\"2026-11-03T08:00:01Z\""},
      {"repository", kDigest},
      {"restores", "null"},
      {"sequence", "2"},
      {"source", "{\"commit\":" + kId + ",\"folder\":null,\"ref\":\"refs/heads/main\",\"tree\":" + kId + "}"},
      {"trust", "{\"sequence\":1,\"sha256\":" + kDigest + "}"}};
}

MemberMap Statement(const MemberMap& predicate) {
  return {{"_type", "\"https://in-toto.io/Statement/v1\""},
          {"predicate", Text(predicate)},
          {"predicateType", "\"urn:sluice:record:1\""},
          {"subject", "[{\"digest\":{\"sha256\":" + kDigest + "},\"name\":\"objects.sha256\"}]"}};
}

std::string Why(const MemberMap& statement) {
  const Result<Record> read = ReadRecord("the record", Text(statement));
  return read ? "" : read.error().message;
}

std::string WhyWith(const std::map<std::string, std::string>& changed) {
  MemberMap predicate = Predicate();
  for (const auto& [name, json] : changed) predicate[name] = json;
  return Why(Statement(predicate));
}

bool Has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

TEST_CASE("a record is read and written in the one text") {
  for (const auto& changed : std::vector<std::map<std::string, std::string>>{
           {},
           {{"previous", "null"}, {"sequence", "1"}},
           {{"kind", "\"rollback\""}, {"reason", "\"it \\\"burns\\\"\""}, {"restores", "1"}},
           {{"kind", "\"break-glass\""}, {"reason", "\"it burns\""}, {"restores", "1"}},
           {{"kind", "\"break-glass\""}, {"reason", "\"x\""}},
           {{"approvals", "[]"}, {"clusters", "[]"}, {"notApplied", "[]"}, {"notHeld", "[]"}}}) {
    MemberMap predicate = Predicate();
    for (const auto& [name, json] : changed) predicate[name] = json;
    const std::string text = Text(Statement(predicate));
    const Result<Record> read = ReadRecord("it", text);
    INFO(text << (read ? "" : read.error().message));
    REQUIRE(read);
    const Result<std::string> again = RecordText(*read);
    REQUIRE(again);
    CHECK(*again == text);
  }
}

TEST_CASE("a member of a record that is missing, unknown or of another kind is refused") {
  const std::string line =
      "|\"x y\"|\"é\"|\"ana ben\"|\"2026-02-30T00:00:00Z\"|\"2026-01-01T00:00:00+00:00\"|";
  const std::map<std::string, std::string> may = {
      {"actor", line},      {"engine", line},       {"reason", line + "null|"}, {"approvals", "|[]|"},
      {"clusters", "|[]|"}, {"notApplied", "|[]|"}, {"notHeld", "|[]|"},        {"restores", "|null|"}};
  for (const Spoilt& spoilt : Spoil(Predicate(), may)) {
    INFO(spoilt.how);
    CHECK(Why(Statement(spoilt.members)).find("the record, byte ") == 0);
  }
  for (const Spoilt& spoilt : Spoil(Statement(Predicate()))) {
    INFO(spoilt.how);
    CHECK(Why(spoilt.members).find("the record, byte ") == 0);
  }
}

TEST_CASE("what stands inside a member is as closed as the member") {
  const std::string approval =
      "{\"kind\":\"approval\",\"person\":\"ben\",\"received\":\"2026-11-03T08:00:00Z\",\"sha256\":\"" +
      std::string(64, 'a') + "\"}";
  const struct {
    const char* name;
    std::string json;
  } cases[] = {
      {"approvals", "[" + approval + "," + approval + "]"},
      {"approvals", "[{\"kind\":\"approval\",\"person\":\"ben\",\"sha256\":" + kDigest + "}]"},
      {"approvals",
       "[{\"extra\":1,\"kind\":\"approval\",\"person\":\"ben\",\"received\":\"2026-11-03T08:00:00Z\","
       "\"sha256\":" +
           kDigest + "}]"},
      {"clusters", "[\"prod-2\",\"prod-1\"]"},
      {"clusters", "[\"prod-1\",\"prod-1\"]"},
      {"evidence", "{\"cluster\":1,\"offline\":2}"},
      {"evidence", "{\"cluster\":1,\"more\":1,\"offline\":2,\"unverified\":3}"},
      {"evidence", "{\"cluster\":-1,\"offline\":2,\"unverified\":3}"},
      {"notApplied", "[\"core/Secret/shop\"]"},
      {"notApplied", "[\"core/Secret/shop/../db\"]"},
      {"notHeld", "[{\"object\":\"core/Secret/shop/db\",\"reason\":\"because\"}]"},
      {"source",
       "{\"commit\":" + kId + ",\"folder\":\"/a\",\"ref\":\"refs/heads/main\",\"tree\":" + kId + "}"},
      {"source", "{\"commit\":" + kId + ",\"folder\":null,\"ref\":\"main\",\"tree\":" + kId + "}"},
      {"source", "{\"commit\":" + kId + ",\"folder\":null,\"ref\":\"refs/heads/main\"}"},
      {"trust", "{\"sequence\":0,\"sha256\":" + kDigest + "}"},
      {"trust", "{\"sequence\":1}"},
  };
  for (const auto& [name, json] : cases) {
    INFO(json);
    CHECK(Has(WhyWith({{name, json}}), "the record, byte "));
  }
  MemberMap statement = Statement(Predicate());
  for (const std::string& subject :
       {"[{\"digest\":{\"sha256\":" + kDigest + "},\"name\":\"policy.sha256\"}]",
        "[{\"digest\":{\"sha1\":" + kDigest + "},\"name\":\"objects.sha256\"}]",
        "[{\"digest\":{\"sha1\":1,\"sha256\":" + kDigest + "},\"name\":\"objects.sha256\"}]",
        "[{\"digest\":{\"sha256\":" + kDigest + "},\"name\":\"objects.sha256\",\"uri\":\"x\"}]"}) {
    statement["subject"] = subject;
    CHECK(Has(Why(statement), "the record, byte "));
  }
}

TEST_CASE("a record that contradicts itself is refused") {
  CHECK(Has(WhyWith({{"sequence", "1"}}), "previous should be null in the first record"));
  CHECK(Has(WhyWith({{"previous", "null"}}), "previous should be null in the first record"));
  CHECK(Has(WhyWith({{"kind", "\"break-glass\""}}), "has a reason"));
  CHECK(Has(WhyWith({{"kind", "\"rollback\""}, {"restores", "1"}}), "has a reason"));
  CHECK(Has(WhyWith({{"kind", "\"rollback\""}, {"reason", "\"x\""}}), "a rollback names what it restores"));
  for (const char* kind : {"\"promotion\"", "\"direct\""})
    CHECK(Has(WhyWith({{"kind", kind}, {"restores", "1"}}), "restores should be null"));
  CHECK(Has(WhyWith({{"kind", "\"break-glass\""}, {"reason", "\"x\""}, {"restores", "2"}}),
            "an earlier record"));
  CHECK(
      Has(WhyWith({{"kind", "\"rollback\""}, {"reason", "\"x\""}, {"restores", "2"}}), "an earlier record"));
  CHECK(Has(WhyWith({{"recorded", "\"2026-11-03T07:59:59Z\""}}), "not be before judged"));
  CHECK(Has(WhyWith({{"environment", "\"policy\""}}), "policy is no environment"));
}

TEST_CASE("the records of the vectors are read and written, and their commits") {
  const git::TemporaryDirectory directory;
  const std::string repository = ImportLedger(directory.path());
  for (const char* chain : {"production", "policy"})
    for (const std::string& revision :
         {std::string("refs/sluice/ledger/") + chain, std::string("refs/sluice/ledger/") + chain + "~1"}) {
      const Result<Envelope> envelope = ReadEnvelope(
          "it", PayloadType::kStatement, git::Git(repository, {"show", revision + ":envelope.json"}));
      REQUIRE(envelope);
      CHECK(VerifyEnvelope(*envelope));
      RecordHead head;
      if (std::string(chain) == "policy") {
        const Result<PolicyRecord> record = ReadPolicyRecord("it", envelope->payload);
        REQUIRE(record);
        CHECK(*PolicyRecordText(*record) == envelope->payload);
        CHECK_FALSE(ReadRecord("it", envelope->payload));
        head = record->head;
      } else {
        const Result<Record> record = ReadRecord("it", envelope->payload);
        REQUIRE(record);
        CHECK(*RecordText(*record) == envelope->payload);
        CHECK_FALSE(ReadPolicyRecord("it", envelope->payload));
        head = record->head;
      }
      const std::string tree = git::Git1(repository, {"rev-parse", revision + "^{tree}"});
      const std::string parent =
          git::TryGit(repository, {"rev-parse", "-q", "--verify", revision + "~1"}).output;
      CHECK(CommitText(head, chain, tree, parent.substr(0, parent.find('\n'))) ==
            git::Git(repository, {"cat-file", "commit", revision}));
    }
}

}  // namespace
}  // namespace sluice::promotion
