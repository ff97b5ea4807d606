// What a ledger says to those that follow it: of the vectors, and of chains that
// were put together otherwise.
#include "promotion/ledger_facts.h"

#include "tests/catch.h"
#include "tests/git/repositories.h"
#include "tests/promotion/vectors.h"

namespace sluice::promotion {
namespace {

constexpr char kLedger[] = "refs/sluice/ledger/production";

struct Place {
  git::TemporaryDirectory directory;
  std::string path = ImportLedger(directory.path());

  Result<LedgerFacts> Read(const std::string& name, const EnoughFacts& enough = {}) const {
    const RepositoryPointer repository = git::MustOpen(path);
    const Result<std::optional<PolicyHead>> policy = ReadPolicyHead(repository);
    REQUIRE(policy);
    REQUIRE(*policy);
    Environment environment;
    environment.name = name;
    environment.clusters = {{"prod-1", {}}};
    return ReadLedgerFacts(repository, environment, **policy, enough);
  }
  std::string Git1(const std::vector<std::string>& words) const { return git::Git1(path, words); }
  // Puts the newest record on top of something else; what is said then.
  std::string Rebase(std::vector<std::string> parent) const {
    std::vector<std::string> words = {"commit-tree", "-m", "x", std::string(kLedger) + "^{tree}"};
    words.insert(words.end(), parent.begin(), parent.end());
    Git1({"update-ref", kLedger, Git1(words)});
    const Result<LedgerFacts> facts = Read("production");
    return facts ? "" : facts.error().message;
  }
};

TEST_CASE("records come from the first to the newest") {
  const Place place;
  const Result<LedgerFacts> facts = place.Read("production");
  INFO((facts ? "" : facts.error().message));
  REQUIRE(facts);
  REQUIRE(facts->records.size() == 2);
  CHECK(facts->records[0].sequence == 1);
  CHECK(facts->records[1].sequence == 2);
  CHECK(facts->records[0].set != facts->records[1].set);
  CHECK(facts->records[0].recorded <= facts->records[1].recorded);
  CHECK(facts->outcomes.empty());
}

TEST_CASE("no more is read than is asked for") {
  const Place place;
  const Result<LedgerFacts> facts =
      place.Read("production", [](std::span<const RecordFact> records) { return records.size() == 1; });
  REQUIRE(facts);
  REQUIRE(facts->records.size() == 1);
  CHECK(facts->records[0].sequence == 2);
}

TEST_CASE("an environment without a ledger ran nothing") {
  const Place place;
  const Result<LedgerFacts> facts = place.Read("staging");
  REQUIRE(facts);
  CHECK(facts->records.empty());
}

TEST_CASE("a ledger that is not the one that was signed is not believed") {
  CHECK(Place().Rebase({"-p", "refs/sluice/ledger/policy"}).find("not the one that the next one names") !=
        std::string::npos);
  CHECK(Place().Rebase({}).find("names another beginning") != std::string::npos);
  CHECK(Place().Rebase({"-p", std::string(kLedger)}).find("not the one that the next one names") !=
        std::string::npos);
  CHECK(Place().Rebase({"-p", std::string(kLedger) + "~1"}).empty());
  const Place place;
  place.Git1({"update-ref", "refs/sluice/ledger/staging", kLedger});
  CHECK_FALSE(place.Read("staging"));
}

TEST_CASE("an outcome that nobody signed is as if it were not there") {
  const Place place;
  for (const char* text : {"", "{}", "{\"payload\":\"e30=\"}\n"}) {
    git::WriteTextFile(place.directory.path() + "/outcome", text);
    place.Git1({"update-ref", "refs/sluice/outcomes/prod-1/production",
                place.Git1({"hash-object", "-w", place.directory.path() + "/outcome"})});
    const Result<LedgerFacts> facts = place.Read("production");
    REQUIRE(facts);
    CHECK(facts->outcomes.empty());
  }
}

}  // namespace
}  // namespace sluice::promotion
