// Freshness is read and written in one text, and goes forward alone.
#include "promotion/freshness.h"

#include "tests/catch.h"
#include "tests/promotion/members.h"

namespace sluice::promotion {
namespace {

const std::string kDigest = "\"" + std::string(64, 'd') + "\"";

MemberMap Right() {
  return {{"environment", "\"production\""},
          {"expires", "\"2026-12-03T09:00:00Z\""},
          {"head", kDigest},
          {"made", "\"2026-11-26T09:00:00Z\""},
          {"policy", "{\"sequence\":2,\"sha256\":" + kDigest + "}"},
          {"repository", kDigest},
          {"sequence", "7"},
          {"version", "1"}};
}

std::string Why(const MemberMap& members) {
  const Result<Freshness> read = ReadFreshness("it", Text(members));
  return read ? "" : read.error().message;
}

TEST_CASE("freshness is read and written in the one text") {
  MemberMap none = Right();
  none["head"] = "null";
  none["sequence"] = "0";
  for (const MemberMap& members : {Right(), none}) {
    const Result<Freshness> read = ReadFreshness("it", Text(members));
    REQUIRE(read);
    CHECK(*FreshnessText(*read) == Text(members));
  }
}

TEST_CASE("a member of freshness that is missing, unknown or of another kind is refused") {
  for (const Spoilt& spoilt : Spoil(Right())) {
    INFO(spoilt.how);
    CHECK(Why(spoilt.members).find("it, byte ") == 0);
  }
  MemberMap late = Right();
  late["expires"] = late["made"];
  CHECK(Why(late).find("later than made") != std::string::npos);
}

TEST_CASE("freshness goes forward alone") {
  const Freshness seen = *ReadFreshness("it", Text(Right()));
  CHECK(MayReplace(seen, seen));
  const struct {
    void (*change)(Freshness&);
    bool may;
  } cases[] = {
      {[](Freshness& next) { next.made += 1; }, true},
      {[](Freshness& next) { next.sequence = 8, next.head = std::string(64, 'e'); }, true},
      {[](Freshness& next) { next.policy_sequence = 3, next.policy_digest = std::string(64, 'e'); }, true},
      {[](Freshness& next) { next.made -= 1; }, false},
      {[](Freshness& next) { next.sequence = 6; }, false},
      {[](Freshness& next) { next.policy_sequence = 1; }, false},
      {[](Freshness& next) { next.head = std::string(64, 'e'); }, false},
      {[](Freshness& next) { next.policy_digest = std::string(64, 'e'); }, false},
      {[](Freshness& next) { next.repository = std::string(64, 'e'); }, false},
      {[](Freshness& next) { next.environment = "staging"; }, false},
  };
  for (const auto& [change, may] : cases) {
    Freshness next = seen;
    change(next);
    CHECK(static_cast<bool>(MayReplace(seen, next)) == may);
  }
}

TEST_CASE("what is written behind the newest record was judged by the newest policy") {
  const Freshness seen = *ReadFreshness("it", Text(Right()));
  REQUIRE(seen.policy_sequence == 2);
  const auto may = [&](std::uint64_t sequence, std::uint64_t policy) {
    Record record;
    record.head.sequence = sequence;
    record.trust_sequence = policy;
    return static_cast<bool>(MayFollow(seen, record));
  };
  CHECK(may(seen.sequence, 1));
  CHECK(may(seen.sequence + 1, 2));
  CHECK(may(seen.sequence + 1, 3));
  CHECK_FALSE(may(seen.sequence + 1, 1));
  CHECK_FALSE(may(seen.sequence + 9, 1));
}

}  // namespace
}  // namespace sluice::promotion
