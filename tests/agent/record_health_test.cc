// The outcome of a record, folded from its objects.
#include "agent/record_health.h"

#include "promotion/outcome.h"
#include "tests/cluster/nodes.h"

namespace sluice::agent {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const WallTime kBegin = WallTime(seconds(1'800'000'000));
const ObjectName kWeb{"apps/v1", "Deployment", "shop", "web"};
const ObjectName kSettings{"v1", "ConfigMap", "shop", "settings"};
const ObjectHealth kGood{Health::kCurrent, "it is there"};
const ObjectHealth kMoving{Health::kInProgress, "0 of 1 replicas are ready"};
const ObjectHealth kStuck{Health::kFailed, "ProgressDeadlineExceeded"};

RecordHealth OfTwo() {
  RecordHealth record({.usual = minutes(5)});
  record.Expect(kWeb, nullptr, kBegin);
  record.Expect(kSettings, nullptr, kBegin);
  return record;
}

TEST_CASE("a record is healthy once all of its objects are") {
  RecordHealth record = OfTwo();
  CHECK(record.Settle(kBegin).state == RecordState::kApplied);
  CHECK(record.Settle(kBegin).troubles.size() == 2);
  record.Observe(kSettings, kGood, kBegin + seconds(1));
  record.Observe(kWeb, kMoving, kBegin + seconds(1));
  const RecordStanding& standing = record.Settle(kBegin + seconds(1));
  CHECK(standing.state == RecordState::kApplied);
  CHECK(standing.since == kBegin);
  CHECK(standing.current == 1);
  CHECK(standing.all == 2);
  REQUIRE(standing.troubles.size() == 1);
  CHECK(standing.troubles[0].object == kWeb);
  CHECK(standing.troubles[0].reason == "0 of 1 replicas are ready");
  record.Observe(kWeb, kGood, kBegin + seconds(2));
  CHECK(record.Settle(kBegin + seconds(2)).state == RecordState::kHealthy);
  CHECK(record.Settle(kBegin + seconds(9)).since == kBegin + seconds(2));
  CHECK(record.Settle(kBegin + seconds(9)).troubles.empty());
  RecordHealth nothing({});
  CHECK(nothing.Settle(kBegin).state == RecordState::kHealthy);
}

TEST_CASE("what its controller gives up fails the record at once, another try mends it") {
  RecordHealth record = OfTwo();
  record.Observe(kSettings, kGood, kBegin);
  record.Observe(kWeb, kStuck, kBegin + seconds(3));
  CHECK(record.Settle(kBegin + seconds(3)).state == RecordState::kFailed);
  CHECK(record.Settle(kBegin + seconds(3)).troubles[0].reason == "ProgressDeadlineExceeded");
  record.Observe(kWeb, kGood, kBegin + seconds(4));
  CHECK(record.Settle(kBegin + seconds(4)).state == RecordState::kHealthy);
}

TEST_CASE("what takes longer than its time fails the record") {
  RecordHealth record = OfTwo();
  record.Observe(kSettings, kGood, kBegin);
  record.Observe(kWeb, kMoving, kBegin + seconds(1));
  CHECK(record.Settle(kBegin + minutes(5) - seconds(1)).state == RecordState::kApplied);
  const RecordStanding& standing = record.Settle(kBegin + minutes(5));
  CHECK(standing.state == RecordState::kFailed);
  CHECK(standing.troubles[0].reason == "not current for 5 min: 0 of 1 replicas are ready");
}

TEST_CASE("an object that was never seen, is gone, ends or cannot be read waits for its time") {
  for (const Health health : {Health::kNotFound, Health::kTerminating, Health::kUnknown}) {
    RecordHealth record = OfTwo();
    record.Observe(kSettings, kGood, kBegin);
    record.Observe(kWeb, {health, "x"}, kBegin);
    CHECK(record.Settle(kBegin + minutes(4)).state == RecordState::kApplied);
    CHECK(record.Settle(kBegin + minutes(6)).state == RecordState::kFailed);
  }
  RecordHealth unseen = OfTwo();
  CHECK(unseen.Settle(kBegin + minutes(6)).state == RecordState::kFailed);
}

TEST_CASE("what was healthy is degraded, not failed, and has its time again") {
  RecordHealth record = OfTwo();
  record.Observe(kSettings, kGood, kBegin);
  record.Observe(kWeb, kGood, kBegin);
  CHECK(record.Settle(kBegin).state == RecordState::kHealthy);
  const WallTime later = kBegin + minutes(60);
  record.Observe(kWeb, kMoving, later);
  CHECK(record.Settle(later).state == RecordState::kApplied);
  CHECK(record.Settle(later).since == later);
  record.Observe(kWeb, kMoving, later + minutes(4));  // the time goes on
  CHECK(record.Settle(later + minutes(5)).state == RecordState::kDegraded);
  record.Observe(kWeb, kStuck, later + minutes(6));
  CHECK(record.Settle(later + minutes(6)).state == RecordState::kDegraded);
  record.Observe(kWeb, kGood, later + minutes(7));
  CHECK(record.Settle(later + minutes(7)).state == RecordState::kHealthy);
}

TEST_CASE("what was refused fails the record, whatever is live, until it is applied") {
  RecordHealth record = OfTwo();
  record.Observe(kSettings, kGood, kBegin);
  record.Observe(kWeb, kGood, kBegin);
  CHECK(record.Settle(kBegin).state == RecordState::kHealthy);
  record.Refuse(kWeb, "spec.replicas: it must not be negative", kBegin + seconds(1));
  record.Observe(kWeb, kGood, kBegin + seconds(2));
  const RecordStanding& standing = record.Settle(kBegin + seconds(2));
  CHECK(standing.state == RecordState::kFailed);
  CHECK(standing.troubles[0].reason == "spec.replicas: it must not be negative");
  record.Expect(kWeb, nullptr, kBegin + seconds(3));
  record.Observe(kWeb, kGood, kBegin + seconds(3));
  CHECK(record.Settle(kBegin + seconds(3)).state == RecordState::kHealthy);
}

TEST_CASE("an object that nobody expects says nothing") {
  RecordHealth record({});
  record.Observe(kWeb, kStuck, kBegin);
  CHECK(record.Settle(kBegin).state == RecordState::kHealthy);
  CHECK(record.Settle(kBegin).all == 0);
}

TEST_CASE("one read that fails changes nothing, reads that fail for minutes do") {
  RecordHealth record = OfTwo();
  record.Observe(kSettings, kGood, kBegin);
  record.Observe(kWeb, kGood, kBegin);
  REQUIRE(record.Settle(kBegin).state == RecordState::kHealthy);
  record.Miss(kWeb, "500", kBegin + kUnseenTime - seconds(1));
  CHECK(record.Settle(kBegin + kUnseenTime - seconds(1)).state == RecordState::kHealthy);
  CHECK(record.Settle(kBegin + kUnseenTime - seconds(1)).since == kBegin);
  record.Miss(kWeb, "500", kBegin + kUnseenTime);
  const RecordStanding& standing = record.Settle(kBegin + kUnseenTime);
  CHECK(standing.state == RecordState::kApplied);
  REQUIRE(standing.troubles.size() == 1);
  CHECK(standing.troubles[0].health == Health::kUnknown);
  CHECK(record.Settle(kBegin + kUnseenTime + minutes(5)).state == RecordState::kDegraded);
  record.Observe(kWeb, kGood, kBegin + minutes(20));
  record.Miss(kWeb, "500", kBegin + minutes(20) + seconds(30));
  CHECK(record.Settle(kBegin + minutes(21)).state == RecordState::kHealthy);
}

TEST_CASE("a failure is not forgotten with a read that fails, what was never seen has the reason") {
  RecordHealth record = OfTwo();
  record.Observe(kWeb, kStuck, kBegin);
  record.Miss(kWeb, "500", kBegin + seconds(30));
  record.Miss(kSettings, "500", kBegin + seconds(30));
  const RecordStanding& standing = record.Settle(kBegin + seconds(30));
  CHECK(standing.state == RecordState::kFailed);
  REQUIRE(standing.troubles.size() == 2);
  CHECK(standing.troubles[1].reason == "500");
  record.Miss({"v1", "ConfigMap", "shop", "nobody's"}, "500", kBegin);
  CHECK(record.Settle(kBegin).all == 2);
}

TEST_CASE("what may not be looked at keeps a record from being healthy, and never fails it") {
  RecordHealth record = OfTwo();
  record.Observe(kSettings, kGood, kBegin);
  record.Observe(kWeb, {Health::kNotLookedAt, "no right"}, kBegin);
  CHECK(record.Settle(kBegin).state == RecordState::kApplied);
  CHECK(record.Settle(kBegin + minutes(60)).state == RecordState::kApplied);
  REQUIRE(record.Settle(kBegin + minutes(60)).troubles.size() == 1);
  CHECK(record.Settle(kBegin + minutes(60)).troubles[0].reason == "no right");
}

TEST_CASE("time-outs come from the object, then the first row, then the usual") {
  const HealthSettings settings{.usual = minutes(5),
                                .rows = {{"apps", "StatefulSet", minutes(20)}, {"apps", "", minutes(10)}}};
  const ObjectName set{"apps/v1", "StatefulSet", "shop", "db"};
  CHECK(TimeoutFor(settings, set, nullptr) == minutes(20));
  CHECK(TimeoutFor(settings, kWeb, nullptr) == minutes(10));
  CHECK(TimeoutFor(settings, kSettings, nullptr) == minutes(5));
  const auto annotated = [&](const std::string& value) {
    const cluster::Text object("metadata: {annotations: {sluice.dev/health-timeout: " + value + "}}");
    return TimeoutFor(settings, set, object.get());
  };
  CHECK(annotated("90s") == seconds(90));
  CHECK(annotated("2h") == minutes(120));
  CHECK(annotated("24h") == minutes(24 * 60));
  for (const char* const wrong : {"25h", "0s", "-5m", "90", "s", "1.5h", "1h30m", "''", "5d", "90S", "' 5m'",
                                  "5m ", "99999999999999999999s"}) {
    INFO(wrong);
    const bool trimmed = std::string(wrong) == "5m ";  // YAML takes the space away
    CHECK(annotated(wrong) == (trimmed ? minutes(5) : minutes(20)));
  }
}

TEST_CASE("the ledger has the states by their words") {
  using promotion::OutcomeKind, promotion::OutcomeNamed;
  CHECK(OutcomeNamed(StateWords(RecordState::kApplied)) == OutcomeKind::kApplied);
  CHECK(OutcomeNamed(StateWords(RecordState::kHealthy)) == OutcomeKind::kHealthy);
  CHECK(OutcomeNamed(StateWords(RecordState::kFailed)) == OutcomeKind::kFailed);
  CHECK(OutcomeNamed(StateWords(RecordState::kDegraded)) == OutcomeKind::kDegraded);
  CHECK(!OutcomeNamed(""));
  CHECK(!OutcomeNamed("Healthy"));
}

}  // namespace
}  // namespace sluice::agent
