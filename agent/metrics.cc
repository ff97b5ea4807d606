// Tested by tests/agent/metrics_test.cc.
#include "agent/metrics.h"

#include <algorithm>
#include <string_view>

#include "agent/listen_address.h"

namespace sluice::agent {
namespace {

using Fate = PrunedObject::Fate;

constexpr std::string_view kOutcomes[] = {"applied", "healthy", "degraded", "failed"};

// One sample, with its help where it is the first of its name.
class Page {
 public:
  explicit Page(const std::string& environment) : environment_(environment) {}

  Page& Of(std::string_view name, std::string_view type, std::string_view help) {
    name_ = "sluice_agent_" + std::string(name);
    text_ +=
        "# HELP " + name_ + " " + std::string(help) + "\n# TYPE " + name_ + " " + std::string(type) + "\n";
    return *this;
  }
  Page& Is(std::uint64_t value, std::string_view label = {}, std::string_view word = {}) {
    text_ += name_ + "{environment=\"" + environment_ + "\"";
    if (!label.empty()) text_ += "," + std::string(label) + "=\"" + std::string(word) + "\"";
    text_ += "} " + std::to_string(value) + "\n";
    return *this;
  }
  std::string text() const { return text_; }

 private:
  const std::string& environment_;
  std::string name_, text_;
};

std::size_t CountFate(const CycleReport& report, Fate fate) {
  return static_cast<std::size_t>(
      std::count_if(report.pruned.begin(), report.pruned.end(),
                    [&](const PrunedObject& object) { return object.fate == fate; }));
}

}  // namespace

void Metrics::Count(const CycleReport& report, std::int64_t now) {
  const std::lock_guard lock(mutex_);
  Numbers& to = numbers_;
  to.newest = report.newest ? report.newest->sequence : 0;
  to.applied = report.applied ? report.applied->sequence : 0;
  to.objects = report.objects;
  to.refused = static_cast<std::uint64_t>(std::count_if(report.failed.begin(), report.failed.end(),
                                                        [](const FailedObject& one) { return one.refused; }));
  to.waiting = report.failed.size() - to.refused;
  to.sent += report.sent;
  to.removed += CountFate(report, Fate::kDeleted);
  to.expires = report.expires;
  to.last = now;
  to.holds = {};
  to.holds[static_cast<std::size_t>(report.hold.cause)] = bool(report.hold);
  if (!report.stale.empty()) to.holds[static_cast<std::size_t>(HoldCause::kStale)] = true;
  to.outcome = report.outcome;
  ++to.cycles;
  for (std::size_t i = 1; i < kHoldCauses; ++i) to.held[i] += to.holds[i];
}

void Metrics::CountError() {
  const std::lock_guard lock(mutex_);
  ++numbers_.errors;
}

void Metrics::CountHealed() {
  const std::lock_guard lock(mutex_);
  ++numbers_.healed;
}

void Metrics::SetLeader(bool leader) {
  const std::lock_guard lock(mutex_);
  numbers_.leader = leader;
}

void Metrics::SetTold(std::optional<bool> told) {
  const std::lock_guard lock(mutex_);
  numbers_.told = told;
}

std::string Metrics::Text() const {
  const std::lock_guard lock(mutex_);
  const Numbers& of = numbers_;
  Page page(environment_);
  page.Of("leader", "gauge", "Whether this replica works.").Is(of.leader);
  page.Of("newest_record", "gauge", "Sequence number of the newest proven record.").Is(of.newest);
  page.Of("applied_record", "gauge", "Sequence number of the record that the cluster is kept at.")
      .Is(of.applied);
  page.Of("objects", "gauge", "Objects of that record.").Is(of.objects);
  page.Of("objects_not_taken", "gauge", "Objects that the API server did not take.");
  page.Is(of.refused, "why", "refused").Is(of.waiting, "why", "waiting");
  page.Of("outcome", "gauge", "What became of that record.");
  for (const std::string_view outcome : kOutcomes) page.Is(of.outcome == outcome, "outcome", outcome);
  if (of.told) page.Of("outcome_told", "gauge", "Whether the repository has that outcome.").Is(*of.told);
  page.Of("held", "gauge", "Whether nothing new is applied, by cause.");
  for (std::size_t i = 1; i < kHoldCauses; ++i)
    page.Is(of.holds[i], "cause", NameOf(static_cast<HoldCause>(i)));
  page.Of("held_cycles_total", "counter", "Cycles in which nothing new was applied, by cause.");
  for (std::size_t i = 1; i < kHoldCauses; ++i)
    page.Is(of.held[i], "cause", NameOf(static_cast<HoldCause>(i)));
  page.Of("freshness_expires_timestamp_seconds", "gauge", "Until when the newest record is known to be it.");
  page.Is(static_cast<std::uint64_t>(std::max<std::int64_t>(of.expires, 0)));
  page.Of("last_cycle_timestamp_seconds", "gauge", "When a cycle last ended without an error.");
  page.Is(static_cast<std::uint64_t>(std::max<std::int64_t>(of.last, 0)));
  page.Of("cycles_total", "counter", "Cycles that ended without an error.").Is(of.cycles);
  page.Of("errors_total", "counter", "Cycles that an error ended.").Is(of.errors);
  page.Of("objects_applied_total", "counter", "Objects that cycles applied.").Is(of.sent);
  page.Of("objects_removed_total", "counter", "Objects that were removed.").Is(of.removed);
  page.Of("objects_healed_total", "counter", "Objects that were put back after somebody changed them.")
      .Is(of.healed);
  return page.text();
}

void Metrics::Turn(std::chrono::steady_clock::time_point now) {
  const std::lock_guard lock(mutex_);
  numbers_.turned = now;
}

std::chrono::steady_clock::time_point Metrics::turned() const {
  const std::lock_guard lock(mutex_);
  return numbers_.turned;
}

net::ServedAnswer AnswerTo(const net::RequestHead& request, const Metrics& metrics, std::chrono::seconds turn,
                           std::chrono::steady_clock::time_point now) {
  if (request.method != "GET") return {.status = 405, .headers = {{"Allow", "GET"}}};
  if (request.target == "/healthz") {
    const bool hangs = now - metrics.turned() > turn;
    return {.status = hangs ? 503 : 200,
            .headers = {{"Content-Type", "text/plain"}},
            .body = hangs ? "the agent's loop hangs\n" : "ok\n"};
  }
  if (request.target != "/metrics") return {.status = 404};
  return {.headers = {{"Content-Type", "text/plain; version=0.0.4"}}, .body = metrics.Text()};
}

Result<std::unique_ptr<net::Listener>> ServeMetrics(const std::string& at, const Metrics& metrics,
                                                    std::chrono::seconds turn) {
  Result<net::ListenerOptions> options = ListenAddress("metrics", at);
  if (!options) return options.error();
  options->limits = {.connections = 16};
  return net::Listener::Start(*options, [&metrics, turn](const net::ServedRequest& request) {
    return AnswerTo(request.head, metrics, turn, std::chrono::steady_clock::now());
  });
}

}  // namespace sluice::agent
