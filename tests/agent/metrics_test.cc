#include "agent/metrics.h"

#include "tests/catch.h"

namespace sluice::agent {
namespace {

bool Has(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST_CASE("what is withheld is said beside what is refused") {
  Metrics metrics("production");
  CycleReport report;
  report.hold = {HoldCause::kRefused, "it is forged"};
  report.stale = "a newer one may be withheld";
  metrics.Count(report, 1764000001);
  const std::string text = metrics.Text();
  for (const char* cause : {"refused", "stale"})
    CHECK(Has(text, "sluice_agent_held{environment=\"production\",cause=\"" + std::string(cause) + "\"} 1"));
  CHECK(Has(text, "sluice_agent_held{environment=\"production\",cause=\"clock\"} 0"));
}

TEST_CASE("a cycle in numbers") {
  Metrics metrics("production");
  CycleReport report;
  report.newest = promotion::RememberedRecord{8, "a"};
  report.applied = promotion::RememberedRecord{7, "b"};
  report.hold = {HoldCause::kStale, "it is past"};
  report.outcome = "failed";
  report.objects = 12;
  report.sent = 2;
  report.expires = 1764000000;
  report.failed = {{"core/ConfigMap/a/a", "no", true}, {"core/ConfigMap/a/b", "wait", false}};
  report.pruned = {{"core/ConfigMap/a/c", PrunedObject::Fate::kDeleted, ""},
                   {"core/ConfigMap/a/d", PrunedObject::Fate::kKept, ""}};
  metrics.Count(report, 1764000001);
  metrics.Count(report, 1764000002);
  metrics.CountError();
  const std::string text = metrics.Text();
  for (const char* line : {
           "sluice_agent_newest_record{environment=\"production\"} 8",
           "sluice_agent_applied_record{environment=\"production\"} 7",
           "sluice_agent_objects_not_taken{environment=\"production\",why=\"refused\"} 1",
           "sluice_agent_objects_not_taken{environment=\"production\",why=\"waiting\"} 1",
           "sluice_agent_held{environment=\"production\",cause=\"stale\"} 1",
           "sluice_agent_held{environment=\"production\",cause=\"refused\"} 0",
           "sluice_agent_held_cycles_total{environment=\"production\",cause=\"stale\"} 2",
           "sluice_agent_outcome{environment=\"production\",outcome=\"failed\"} 1",
           "sluice_agent_outcome{environment=\"production\",outcome=\"healthy\"} 0",
           "sluice_agent_objects_removed_total{environment=\"production\"} 2",
           "sluice_agent_objects_applied_total{environment=\"production\"} 4",
           "sluice_agent_freshness_expires_timestamp_seconds{environment=\"production\"} 1764000000",
           "sluice_agent_last_cycle_timestamp_seconds{environment=\"production\"} 1764000002",
           "sluice_agent_errors_total{environment=\"production\"} 1",
           "# TYPE sluice_agent_held gauge",
       }) {
    CAPTURE(line);
    CHECK(Has(text, line));
  }
}

TEST_CASE("whether the outcome is told is said by who tells it") {
  Metrics metrics("production");
  CHECK(metrics.Text().find("outcome_told") == std::string::npos);
  metrics.SetTold(false);
  CHECK(Has(metrics.Text(), "sluice_agent_outcome_told{environment=\"production\"} 0"));
  metrics.SetTold(true);
  CHECK(Has(metrics.Text(), "sluice_agent_outcome_told{environment=\"production\"} 1"));
  metrics.SetTold(std::nullopt);
  CHECK(metrics.Text().find("outcome_told") == std::string::npos);
}

TEST_CASE("health is that the loop came by") {
  const auto begin = std::chrono::steady_clock::time_point(std::chrono::hours(1));
  const std::chrono::seconds turn(60);
  Metrics metrics("production");
  metrics.Turn(begin);
  const auto asked = [&](const char* method, const char* target, std::chrono::seconds after) {
    net::RequestHead head;
    head.method = method;
    head.target = target;
    return AnswerTo(head, metrics, turn, begin + after).status;
  };
  CHECK(asked("GET", "/healthz", std::chrono::seconds(0)) == 200);
  CHECK(asked("GET", "/healthz", turn) == 200);
  CHECK(asked("GET", "/healthz", turn + std::chrono::seconds(1)) == 503);
  CHECK(asked("GET", "/metrics", turn + std::chrono::seconds(1)) == 200);
  CHECK(asked("GET", "/", std::chrono::seconds(0)) == 404);
  CHECK(asked("POST", "/healthz", std::chrono::seconds(0)) == 405);
  metrics.Turn(begin + turn);
  CHECK(asked("GET", "/healthz", turn + std::chrono::seconds(1)) == 200);
}

TEST_CASE("addresses that are none") {
  const Metrics metrics("production");
  for (const char* at :
       {"127.0.0.1", "127.0.0.1:", "127.0.0.1:port", "127.0.0.1:70000", ":", "localhost:0"}) {
    CAPTURE(at);
    CHECK_FALSE(ServeMetrics(at, metrics, std::chrono::seconds(60)));
  }
  CHECK(ServeMetrics("127.0.0.1:0", metrics, std::chrono::seconds(60)));
  CHECK(ServeMetrics("[::1]:0", metrics, std::chrono::seconds(60)));
}

}  // namespace
}  // namespace sluice::agent
