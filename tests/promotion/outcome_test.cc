#include "promotion/outcome.h"

#include "tests/catch.h"
#include "tests/promotion/members.h"

namespace sluice::promotion {
namespace {

const std::string kDigest = "\"" + std::string(64, 'd') + "\"";

MemberMap Right(const std::string& outcome) {
  return {{"cluster", "\"prod-1\""},
          {"environment", "\"production\""},
          {"made", "\"2026-11-26T09:00:00Z\""},
          {"outcome", "\"" + outcome + "\""},
          {"record", kDigest},
          {"repository", kDigest},
          {"sequence", "7"},
          {"since", "\"2026-11-26T08:00:00Z\""},
          {"version", "1"}};
}

std::string Why(const MemberMap& members) {
  const Result<Outcome> read = ReadOutcome("it", Text(members));
  return read ? "" : read.error().message;
}

TEST_CASE("an outcome is read and written in the one text") {
  for (const char* outcome : {"applied", "degraded", "failed", "healthy"}) {
    const Result<Outcome> read = ReadOutcome("it", Text(Right(outcome)));
    REQUIRE(read);
    CHECK(NameOf(read->kind) == outcome);
    CHECK(*OutcomeText(*read) == Text(Right(outcome)));
  }
}

TEST_CASE("a member of an outcome that is missing, unknown or of another kind is refused") {
  for (const Spoilt& spoilt : Spoil(Right("applied"))) {
    INFO(spoilt.how);
    CHECK(Why(spoilt.members).find("it, byte ") == 0);
  }
  CHECK_FALSE(Why(Right("Applied")).empty());
  MemberMap early = Right("applied");
  early["since"] = "\"2026-11-26T09:00:01Z\"";
  CHECK(Why(early).find("not be after made") != std::string::npos);
}

}  // namespace
}  // namespace sluice::promotion
