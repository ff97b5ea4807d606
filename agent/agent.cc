// Tested by tests/agent/agent_test.py and always_test.py.
#include "agent/agent.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "agent/artifact_shelf.h"
#include "agent/cycle.h"
#include "agent/events.h"
#include "agent/external_artifact.h"
#include "agent/keeper.h"
#include "agent/lease.h"
#include "agent/log.h"
#include "agent/metrics.h"
#include "agent/notice.h"
#include "agent/outcomes.h"
#include "agent/state_store.h"
#include "agent/status_map.h"
#include "promotion/moment.h"

namespace sluice::agent {
namespace {

using Time = std::chrono::steady_clock::time_point;

// Between two rounds of healing, whoever fights us.
constexpr std::chrono::milliseconds kHealPause{200};

// What applying a wave of the largest record may take, with an API server that is slow.
constexpr std::chrono::minutes kApplyTime{15};

std::string HolderName() {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  return std::string(host.data()) + "_" + std::to_string(getpid());
}

// What an agent has open, from its first cycle to its last.
class Session {
 public:
  static Result<std::unique_ptr<Session>> Open(const Configuration& configuration,
                                               const net::Cancellation& cancel, bool watches) {
    Result<std::unique_ptr<Identities>> identities = Identities::Open(configuration, &cancel);
    if (!identities) return identities.error();
    Result<Mirror> mirror = Mirror::Open(configuration);
    if (!mirror) return mirror.error();
    return std::unique_ptr<Session>(
        new Session(configuration, cancel, *std::move(mirror), *std::move(identities), watches));
  }

  // Whether it is ours to work: true while we hold the lease.
  Result<bool> Hold() {
    Result<bool> held = lease_.Hold();
    metrics_.SetLeader(held && *held);
    return held;
  }
  void Release() { lease_.Release(); }
  const std::string& other() const { return lease_.other(); }

  // Only while the lease is held.
  Result<CycleReport> Cycle() {
    if (!std::exchange(cleaned_, true)) mirror_.Clean();
    const std::int64_t now = promotion::Now().time_since_epoch().count();
    Result<CycleReport> report = RunCycle({configuration_, mirror_, verified_, *identities_, keeper_, cancel_,
                                           [this] {
                                             metrics_.Turn(std::chrono::steady_clock::now());
                                             return Hold();
                                           },
                                           flux_ ? &*flux_ : nullptr},
                                          now);
    if (report)
      Tell(*report, now);
    else
      TellError(report.error());
    return report;
  }

  void Heal() {
    for (std::size_t healed = keeper_.Heal(); healed > 0; --healed) metrics_.CountHealed();
  }
  int descriptor() const { return keeper_.descriptor(); }
  Metrics& metrics() { return metrics_; }
  // Null: the agent applies itself.
  const ArtifactShelf* shelf() const { return flux_ ? &flux_->shelf() : nullptr; }

 private:
  Session(const Configuration& configuration, const net::Cancellation& cancel, Mirror mirror,
          std::unique_ptr<Identities> identities, bool watches)
      : configuration_(configuration),
        cancel_(cancel),
        mirror_(std::move(mirror)),
        identities_(std::move(identities)),
        metrics_(configuration.environment),
        events_(identities_->Own(), configuration),
        status_(identities_->Own(), configuration),
        outcomes_(configuration, mirror_.git_dir(), !watches),
        lease_(identities_->Last(), configuration, HolderName()),
        keeper_(*identities_, {.watches = watches && !configuration.flux,
                               .environment = configuration.environment,
                               .applyset = StateStore(identities_->Own(), configuration).applyset(),
                               .drift = configuration.drift}) {
    if (configuration.flux) flux_.emplace(identities_->Own(), configuration);
  }

  // Metrics first: they wait for no server, and whoever reads of a record in the log finds it there.
  void Tell(const CycleReport& report, std::int64_t now) {
    metrics_.Count(report, now);
    std::vector<Notice> notices = NoticesOf(report);
    outcomes_.Tell(report, now);
    metrics_.SetTold(outcomes_.told());
    if (std::optional<Notice> trouble = outcomes_.trouble()) notices.push_back(*std::move(trouble));
    LogFresh(notices);
    events_.Tell(notices);
    if (const Status written = status_.Write(report, notices); !written)
      Log(Level::kWarning, written.error().Text());
  }

  void TellError(const Error& error) {
    metrics_.CountError();
    const std::vector<Notice> notices = {{"CycleFailed", error.Text(), true}};
    LogFresh(notices);
    events_.Tell(notices);
  }

  // What goes on is said once.
  void LogFresh(const std::vector<Notice>& notices) {
    std::set<std::string> now;
    for (const Notice& notice : notices) {
      if (!now.insert(notice.reason + notice.message).second) continue;
      if (logged_.count(notice.reason + notice.message) > 0) continue;
      Log(notice.warning ? Level::kWarning : Level::kInfo, notice.message,
          JsonMapping().Text("reason", notice.reason));
    }
    logged_ = std::move(now);
  }

  const Configuration& configuration_;
  const net::Cancellation& cancel_;
  Mirror mirror_;
  Verified verified_{};
  bool cleaned_ = false;  // of what an agent before left
  std::unique_ptr<Identities> identities_;
  Metrics metrics_;
  Events events_;
  StatusMap status_;
  Outcomes outcomes_;
  Lease lease_;
  std::optional<ExternalArtifact> flux_{};
  std::set<std::string> logged_;
  Keeper keeper_;  // last: its threads end first
};

int CodeOf(const CycleReport& report) {
  if (report.hold.cause == HoldCause::kUnreachable) return kCouldNot;
  const bool newest = report.newest.has_value() == report.applied.has_value() &&
                      (!report.newest || report.newest->sequence == report.applied->sequence);
  return newest && !report.hold && report.failed.empty() ? kAllApplied : kNotApplied;
}

int CodeOf(const Error& error) {
  Log(Level::kError, error.Text());
  return error.kind == ErrorKind::kUsage || error.kind == ErrorKind::kConfiguration ? kWrongUsage : kCouldNot;
}

// Until `end`, or something waits to be healed, or it is to stop.
void Await(const Session& session, const net::Cancellation& cancel, Time end) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
  std::array<pollfd, 2> files{{{cancel.descriptor(), POLLIN, 0}, {session.descriptor(), POLLIN, 0}}};
  poll(files.data(), files.size(), static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
}

// Beyond it the loop hangs: git is asked twice, and the objects are applied.
std::chrono::seconds LongestTurn(const Configuration& configuration) {
  return 2 * configuration.repository.deadline + kApplyTime;
}

// Several at once are healed in one round.
void Pause(const net::Cancellation& cancel) {
  pollfd file{cancel.descriptor(), POLLIN, 0};
  poll(&file, 1, static_cast<int>(kHealPause.count()));
}

void Loop(Session& session, const Configuration& configuration, const net::Cancellation& cancel) {
  Time cycle{}, renewal{};
  bool ours = false, told = false;
  while (!cancel.IsCancelled()) {
    const Time now = std::chrono::steady_clock::now();
    session.metrics().Turn(now);
    if (now >= renewal) {
      const Result<bool> held = session.Hold();
      if (!held) Log(Level::kError, held.error().Text());
      ours = held && *held;
      renewal = now + kLeaseRenewal;
      if (held && !ours && !told) Log(Level::kInfo, session.other() + " works, this replica waits");
      told = held && !ours;
    }
    if (ours) {
      session.Heal();
      if (now >= cycle) {
        const Result<CycleReport> report = session.Cycle();
        cycle = std::chrono::steady_clock::now() + configuration.interval;
        (void)report;  // it was told
      }
    }
    Await(session, cancel, ours ? std::min(cycle, renewal) : renewal);
    Pause(cancel);
  }
}

using Listeners = std::vector<std::unique_ptr<net::Listener>>;

Status Serve(Result<std::unique_ptr<net::Listener>> listener, const std::string& what, const char* reason,
             Listeners& listeners) {
  if (!listener) return listener.error();
  Log(Level::kInfo, what + " are served",
      JsonMapping().Number("port", (*listener)->port()).Text("reason", reason));
  listeners.push_back(*std::move(listener));
  return Ok{};
}

Status ServeAll(const Configuration& configuration, Session& session, Listeners& listeners) {
  session.metrics().Turn(std::chrono::steady_clock::now());
  if (!configuration.metrics.empty()) {
    Status served = Serve(ServeMetrics(configuration.metrics, session.metrics(), LongestTurn(configuration)),
                          "metrics", "MetricsServed", listeners);
    if (!served) return served;
  }
  if (!configuration.flux) return Ok{};
  return Serve(ServeArtifacts(configuration.flux->listen, *session.shelf()), "artifacts", "ArtifactsServed",
               listeners);
}

}  // namespace

int RunOnce(const Configuration& configuration, const net::Cancellation& cancel) {
  if (configuration.flux)
    return CodeOf(
        Usage("with apply: flux the agent serves what Flux fetches, and has to go on: leave out --once"));
  Result<std::unique_ptr<Session>> session = Session::Open(configuration, cancel, false);
  if (!session) return CodeOf(session.error());
  const Result<bool> held = (*session)->Hold();
  if (!held) return CodeOf(held.error());
  if (!*held) return CodeOf(Failed("another agent is at work: " + (*session)->other()));
  const Result<CycleReport> report = (*session)->Cycle();
  (*session)->Release();
  if (!report) return CodeOf(report.error());
  std::printf("%s\n", Summary(configuration.environment, *report).c_str());
  return CodeOf(*report);
}

int RunAlways(const Configuration& configuration, const net::Cancellation& cancel) {
  Result<std::unique_ptr<Session>> session = Session::Open(configuration, cancel, true);
  if (!session) return CodeOf(session.error());
  Listeners listeners;
  if (Status served = ServeAll(configuration, **session, listeners); !served) return CodeOf(served.error());
  Log(Level::kInfo, "following " + configuration.environment + " of " + configuration.repository.url);
  Loop(**session, configuration, cancel);
  for (const auto& listener : listeners) listener->Stop(std::chrono::seconds(1));
  (*session)->Release();
  return kAllApplied;
}

}  // namespace sluice::agent
