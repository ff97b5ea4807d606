// A hostile Git server, by the hundred schedules: it serves older heads, forks, what others signed and what
// nobody did, withholds, mixes, and is honest in between. The agent fetches with git from a real repository,
// believes, chooses and applies as always; its clock and the cluster are the test's. What may be applied is
// known from how it was made (hostile_world.h). For each cycle: nothing that is not proven, no step back,
// nothing new without a freshness that holds, an alarm within an interval of its end, and nothing removed but
// what the record left out. Each schedule ends with an honest server, and there the agent has to come to
// rest. SLUICE_SCHEDULES=10000 asks for more, SLUICE_SEED for those of an earlier run.
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>

#include "agent/cycle.h"
#include "agent/notice.h"
#include "agent/state_store.h"
#include "promotion/words.h"
#include "tests/agent/hostile_world.h"
#include "tests/agent/recording_cluster.h"
#include "tests/catch.h"

namespace sluice::agent {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kInterval = 30;
constexpr std::size_t kWorlds = 150;  // schedules of one
constexpr std::size_t kWorkers = 2;
constexpr std::ptrdiff_t kKinds = 66;  // of what is served

// What a server does in one cycle.
struct Served {
  View view;
  bool reachable = true;
  bool new_pod = false;  // the agent begins with an empty directory
  bool restarted =
      false;            // another process goes on in that directory; else it is the one of the cycle before
  bool deletes = true;  // the cluster does it
  std::int64_t behind = 0;  // so far is its clock
};

// How often what was served, and what came of it.
using Tally = std::map<std::string, std::size_t>;

struct Choice {
  Random& random;
  const World& world;
  std::size_t hour;

  std::size_t Earlier() const { return Below(random, hour + 1); }
  const Forgery* One(const std::vector<Forgery>& forgeries) const {
    return forgeries.empty() ? nullptr : &forgeries[Below(random, forgeries.size())];
  }
};

// The name of what was done to `served`; empty: there was nothing to do.
using Attack = std::string (*)(const Choice& choice, Served& served);

std::string Forged(const Forgery* forgery, Served& served) {
  if (forgery == nullptr) return {};
  if (forgery->view.ledger != kNothing) served.view.ledger = forgery->view.ledger;
  if (forgery->view.policy != kNothing) served.view.policy = forgery->view.policy;
  if (forgery->view.freshness != kNothing) served.view.freshness = forgery->view.freshness;
  return forgery->kind;
}

std::string Withhold(const Choice& choice, Served& served) {
  served.view = choice.world.Honest(choice.Earlier());
  return "everything as it was earlier";
}
std::string OlderHead(const Choice& choice, Served& served) {
  served.view.ledger = choice.world.Honest(choice.Earlier()).ledger;
  return "an older head";
}
std::string OlderPolicy(const Choice& choice, Served& served) {
  served.view.policy = choice.world.Honest(choice.Earlier()).policy;
  return "older trust";
}
std::string OlderFreshness(const Choice& choice, Served& served) {
  served.view.freshness = choice.world.Honest(choice.Earlier()).freshness;
  return "an older freshness";
}
std::string ForgeAtHead(const Choice& choice, Served& served) {
  return Forged(choice.One(choice.world.After(choice.world.Honest(choice.hour).ledger)), served);
}
std::string ForgeFitting(const Choice& choice, Served& served) {
  std::vector<const Forgery*> fitting;
  for (const Forgery& forgery : choice.world.After(choice.world.Honest(choice.hour).ledger))
    if (forgery.fits) fitting.push_back(&forgery);
  return Forged(fitting.empty() ? nullptr : fitting[Below(choice.random, fitting.size())], served);
}
std::string ForgeEarlier(const Choice& choice, Served& served) {
  return Forged(choice.One(choice.world.After(choice.world.Honest(choice.Earlier()).ledger)), served);
}
std::string ForgePolicy(const Choice& choice, Served& served) {
  return Forged(choice.One(choice.world.OfPolicy(choice.world.Honest(choice.Earlier()).policy)), served);
}
std::string ForgeFreshness(const Choice& choice, Served& served) {
  return Forged(choice.One(choice.world.OfFreshness(choice.hour)), served);
}
std::string Fork(const Choice& choice, Served& served) {
  const std::size_t at = choice.world.Numbered(kForkAfter);
  if (choice.world.at(at).time > choice.world.TimeOf(choice.hour)) return {};
  for (const Forgery& forgery : choice.world.After(at))
    if (forgery.kind == kForkKind) return Forged(&forgery, served);
  return {};
}
std::string Retired(const Choice& choice, Served& served) {
  if (choice.hour < kRetiredAt) return {};
  return Forged(&choice.world.Retired(), served);
}
std::string Staging(const Choice& choice, Served& served) {
  served.view.ledger = choice.world.Staging(choice.Earlier());
  return "another environment's chain";
}
std::string ForeignRecords(const Choice& choice, Served& served) {
  served.view.ledger = choice.world.Foreign(choice.hour).ledger;
  return "another repository's chain";
}
std::string Foreign(const Choice& choice, Served& served) {
  served.view = choice.world.Foreign(choice.hour);
  return "another repository altogether";
}
std::string ForeignPolicy(const Choice& choice, Served& served) {
  served.view.policy = choice.world.Foreign(choice.hour).policy;
  return "another repository's trust";
}
std::string NoLedger(const Choice&, Served& served) {
  served.view.ledger = kNothing;
  return "no ledger";
}
std::string NoPolicy(const Choice&, Served& served) {
  served.view.policy = kNothing;
  return "no trust";
}
std::string NoFreshness(const Choice&, Served& served) {
  served.view.freshness = kNothing;
  return "no freshness";
}
std::string Crossed(const Choice&, Served& served) {
  std::swap(served.view.ledger, served.view.policy);
  return "refs that change places";
}
std::string Away(const Choice&, Served& served) {
  served.reachable = false;
  return "no server";
}
std::string NewPod(const Choice&, Served& served) {
  served.new_pod = true;
  return "an agent that begins anew";
}
std::string Restarted(const Choice&, Served& served) {
  served.restarted = true;
  return "an agent that is started again";
}
// What is to be removed then is so in a later cycle, which may be one that is held.
std::string NoDeletes(const Choice&, Served& served) {
  served.deletes = false;
  return "a cluster that deletes nothing";
}
std::string Behind(const Choice& choice, Served& served) {
  served.behind = static_cast<std::int64_t>(1 + Below(choice.random, 8)) * kHour;
  return "an agent whose clock is behind";
}

constexpr Attack kAttacks[] = {
    Withhold,       Withhold,       OlderHead,   OlderHead,    OlderPolicy,    OlderFreshness, ForgeAtHead,
    ForgeAtHead,    ForgeAtHead,    ForgeAtHead, ForgeEarlier, ForgeEarlier,   ForgePolicy,    ForgePolicy,
    ForgeFreshness, ForgeFreshness, Staging,     Staging,      ForeignRecords, Foreign,        ForeignPolicy,
    NoLedger,       NoPolicy,       NoFreshness, Crossed,      Away,           Fork,           Retired,
    Retired,        NewPod,         NewPod,      Restarted,    Behind,         NoDeletes,      NoDeletes,
    ForgeFitting,   ForgeFitting,   ForgeFitting};

// A server's repository, whose objects are all that a world has.
class Server {
 public:
  Server(const World& world, const std::string& git_dir) : world_(world), git_dir_(git_dir) {
    fs::copy(world.git_dir(), git_dir, fs::copy_options::recursive);
  }
  const std::string& git_dir() const { return git_dir_; }

  void Serve(const Served& served) {
    Put("refs/sluice/ledger/production", served.view.ledger);
    Put("refs/sluice/ledger/policy", served.view.policy);
    Put("refs/sluice/freshness/production", served.view.freshness);
    const bool here = fs::exists(git_dir_);
    if (here && !served.reachable) fs::rename(git_dir_, git_dir_ + ".away");
    if (!here && served.reachable) fs::rename(git_dir_ + ".away", git_dir_);
  }

 private:
  void Put(const std::string& ref, std::size_t item) {
    const std::string path = (fs::exists(git_dir_) ? git_dir_ : git_dir_ + ".away") + "/" + ref;
    if (item == kNothing) {
      fs::remove(path);
      return;
    }
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path) << world_.at(item).id.Hex() << '\n';
  }

  const World& world_;
  const std::string git_dir_;
};

// What one agent lives through.
class Schedule {
 public:
  struct Place {
    Server& server;
    RecordingCluster& cluster;
    Identities& identities;
    std::string directory;  // of the mirror
    std::string kubeconfig;
  };

  Schedule(const World& world, const Place& place, std::uint64_t seed, Tally& tally)
      : world_(world), place_(place), random_(seed), tally_(tally) {
    configuration_.repository.url = place.server.git_dir();
    configuration_.environment = "production";
    configuration_.cluster = "prod-1";
    configuration_.pin = world.pin();
    configuration_.directory = place.directory;
    configuration_.kubeconfig = place.kubeconfig;
    configuration_.interval = std::chrono::seconds(kInterval);
    configuration_.max_removed = 100;
    configuration_.require_freshness = Below(random_, 5) > 0;
    fs::remove_all(place.directory);
    place.cluster.Clear();
  }

  // What went wrong; empty: nothing.
  std::string Run() {
    hour_ = 2 + Below(random_, 26);
    clock_ = world_.TimeOf(hour_) + 60;
    if (Below(random_, 3) > 0) RunHonest();
    for (std::size_t step = 1 + Below(random_, 3); step > 0 && wrong_.empty(); --step) {
      if (Below(random_, 8) == 0)
        Starve();
      else
        RunHostile();
      Pass(Below(random_, 3));
    }
    if (wrong_.empty()) RunHonest();
    if (wrong_.empty()) CheckRest();
    return wrong_.empty() ? "" : wrong_ + " (" + told_ + ")";
  }

 private:
  // Hours go by, or an interval alone.
  void Pass(std::size_t hours) {
    clock_ += kInterval;
    hour_ = std::min(hour_ + hours, kHours - 1);
    clock_ = std::max(clock_, world_.TimeOf(hour_) + 60);
  }

  Served Honest() const {
    Served served{.view = world_.Honest(hour_)};
    if (!configuration_.require_freshness) served.view.freshness = kNothing;
    return served;
  }

  void RunHonest() {
    ++tally_["honest"];
    if (hour_ >= kRetiredAt && !forked_) knows_retired_ = true;
    told_ += "; honest at " + std::to_string(hour_);
    Cycle(Honest());
    // A record that had to wait for its freshness was not waited for: all that is honest is taken at once.
    if (wrong_.empty() && !forked_ && (failed_ || Alarm("FreshnessPast") || Alarm("LedgerRefused")))
      wrong_ = "an honest server is not believed: " + words_;
  }

  void RunHostile() {
    Served served = Honest();
    const Choice choice{random_, world_, hour_};
    for (std::size_t attacks = 1 + Below(random_, 2); attacks > 0; --attacks) {
      const std::string name = kAttacks[Below(random_, std::size(kAttacks))](choice, served);
      if (name.empty()) continue;
      ++tally_["served: " + name];
      told_ += "; " + name + " at " + std::to_string(hour_);
    }
    if (!configuration_.require_freshness && Below(random_, 2) == 0) served.view.freshness = kNothing;
    Cycle(served);
  }

  // Nothing new comes any more: until the freshness ends all is well, and an interval later it is told.
  void Starve() {
    if (!configuration_.require_freshness) return;
    ++tally_["served: nothing new until the freshness ends"];
    told_ += "; starved from " + std::to_string(hour_);
    const Served served = Honest();
    const Item& fresh = world_.at(served.view.freshness);
    Cycle(served);
    const bool taken = wrong_.empty() && !forked_ && !failed_ && !Alarm("LedgerRefused");
    if (taken && best_expires_ == fresh.expires) {
      clock_ = fresh.expires - 1;
      Cycle(served);
      if (wrong_.empty() && Alarm("FreshnessPast")) wrong_ = "an alarm before its time";
    }
    if (!wrong_.empty()) return;
    clock_ = std::max(clock_, best_expires_ + static_cast<std::int64_t>(Below(random_, kInterval)));
    Cycle(served);
    while (hour_ + 1 < kHours && world_.TimeOf(hour_ + 1) < clock_) ++hour_;
  }

  void Remember(const Served& served) {
    if (!served.reachable) return;
    if (served.view.ledger == world_.Retired().view.ledger && !knows_retired_) forked_ = true;
    for (const Forgery& forgery : world_.After(world_.Numbered(kForkAfter)))
      if (forgery.kind == kForkKind && served.view.ledger == forgery.view.ledger) forked_ = true;
    const std::size_t fresh = served.view.freshness;
    if (fresh == kNothing || !world_.at(fresh).proven) return;
    if (world_.at(fresh).expires == 0) return;  // another ref's
    shown_.push_back(fresh);
    best_expires_ = std::max(best_expires_, world_.at(fresh).expires);
  }

  void Cycle(const Served& served) {
    ++tally_["cycles"];
    place_.server.Serve(served);
    Remember(served);
    if (served.new_pod) {
      fs::remove_all(place_.directory);
      holds_ = false;
    }
    if (served.new_pod || served.restarted) verified_ = {};
    place_.cluster.LetDelete(served.deletes);
    const std::int64_t now = clock_ - served.behind;
    Result<Mirror> mirror = Mirror::Open(configuration_);
    if (!mirror) return Wrong("the mirror: " + mirror.error().Text());
    Keeper keeper(place_.identities,
                  {.watches = false,
                   .environment = configuration_.environment,
                   .applyset = StateStore(place_.identities.Own(), configuration_).applyset()});
    static const net::Cancellation never;
    const Result<CycleReport> report = RunCycle(
        {configuration_, *mirror, verified_, place_.identities, keeper, never, [] { return true; }}, now);
    failed_ = !report;
    words_ = report ? report->hold.why : report.error().Text();
    notices_ = report ? NoticesOf(*report) : std::vector<Notice>();
    ++tally_[report ? "came: held by " + std::string(NameOf(report->hold.cause)) : "came: no cycle"];
    CheckWrites(now, report ? &*report : nullptr);
    if (!report) return Wrong("a server stopped a cycle");
    if (report->expires < std::exchange(expires_, report->expires)) Wrong("the freshness went back");
    if (wrong_.empty()) CheckAlarm(now, *report);
  }

  void Wrong(const std::string& what) {
    if (wrong_.empty()) wrong_ = what + ": " + words_;
  }

  bool Alarm(const std::string& reason) const {
    return std::any_of(notices_.begin(), notices_.end(),
                       [&](const Notice& notice) { return notice.reason == reason && notice.warning; });
  }

  void CheckAlarm(std::int64_t now, const CycleReport& report) {
    if (!configuration_.require_freshness || best_expires_ == 0 || now < best_expires_) return;
    ++tally_["checked: an alarm that was due"];
    if (!Alarm("FreshnessPast") && report.newest) Wrong("no alarm though the freshness is past");
  }

  static std::string PathOf(const std::string& url) {
    return "core/ConfigMap/shop/" + url.substr(url.rfind('/') + 1);
  }

  // The record that holds all that was applied; kNothing: there is none.
  std::size_t RecordOf(const std::vector<RecordingCluster::Write>& writes) const {
    for (std::size_t item = 0; item < world_.size(); ++item) {
      const Item& record = world_.at(item);
      const bool good = record.proven || (item == world_.Retired().view.ledger && !knows_retired_);
      if (!good || !record.ours || record.applied.empty()) continue;
      const bool all = std::all_of(writes.begin(), writes.end(), [&](const auto& write) {
        const auto found = record.applied.find(PathOf(write.path));
        return write.body.empty() || (found != record.applied.end() && found->second == write.body);
      });
      if (all) return item;
    }
    return kNothing;
  }

  void CheckWrites(std::int64_t now, const CycleReport* report) {
    const auto writes = place_.cluster.TakeWrites();
    const bool applied =
        std::any_of(writes.begin(), writes.end(), [](const auto& w) { return !w.body.empty(); });
    if (applied) {
      const std::size_t record = RecordOf(writes);
      if (record == kNothing) return Wrong("an unproven apply: " + writes.front().body);
      if (record != kept_) CheckMove(record, now);
      kept_ = record;
      holds_ = true;
    } else if (holds_) {
      return Wrong("what was proven is not kept any more");
    }
    for (const auto& write : writes)
      if (write.body.empty()) CheckRemoval(write.path, report);
  }

  void CheckMove(std::size_t record, std::int64_t now) {
    ++tally_["came: another record"];
    const Item& next = world_.at(record);
    if (kept_ != kNothing && !world_.GoesOn(kept_, record))
      return Wrong("a step back, from record " + std::to_string(world_.at(kept_).sequence) + " to " +
                   std::to_string(next.sequence));
    if (next.time > now + 300) return Wrong("a record of the future");
    const bool fresh = std::any_of(shown_.begin(), shown_.end(), [&](std::size_t item) {
      return world_.at(item).expires > now && world_.at(item).sequence <= next.sequence;
    });
    if (configuration_.require_freshness && !fresh) Wrong("a new record without a freshness that holds");
  }

  void CheckRemoval(const std::string& url, const CycleReport* report) {
    ++tally_["came: an object removed"];
    if (kept_ == kNothing || world_.at(kept_).applied.count(PathOf(url)) > 0)
      return Wrong("a wrong delete of " + url);
    if (report != nullptr && report->hold && report->hold.cause != HoldCause::kUnreachable)
      Wrong("a delete while something is held");
  }

  // At the newest record that is ours, and exactly that.
  void CheckRest() {
    if (forked_) return;
    std::size_t newest = world_.Honest(hour_).ledger;
    const bool held = newest != kNothing && !world_.at(newest).ours;
    if (newest == kNothing || held) return;
    ++tally_["checked: at rest"];
    std::map<std::string, std::string> live;
    for (const auto& [url, body] : place_.cluster.Objects()) live[PathOf(url)] = body;
    if (live != world_.at(newest).applied) Wrong("not at rest");
  }

  const World& world_;
  const Place place_;
  Random random_;
  Tally& tally_;
  Configuration configuration_;
  Verified verified_{};  // what the agent keeps in memory
  std::size_t hour_ = 0;
  std::int64_t clock_ = 0, best_expires_ = 0;
  std::int64_t expires_ = 0;        // of the freshness that the agent goes by
  std::vector<std::size_t> shown_;  // freshness that was there to be seen
  std::size_t kept_ = kNothing;     // the record that the cluster is at
  bool holds_ = false;              // and the directory has it
  bool knows_retired_ = false;      // it has seen the trust that retired a recorder
  bool forked_ = false, failed_ = false;
  std::vector<Notice> notices_;  // of the last cycle
  std::string words_;
  std::string told_, wrong_;
};

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

// The schedules of one world, by two workers at once.
struct Batch {
  const World& world;
  std::uint64_t first, last;  // numbers of schedules
  std::uint64_t seed;
  Tally tally{};
  std::vector<std::string> wrong{};

  void Run(const std::string& directory) {
    std::atomic<std::uint64_t> next{first};
    std::vector<Tally> tallies(kWorkers);
    std::vector<std::vector<std::string>> found(kWorkers);
    std::vector<std::unique_ptr<RecordingCluster>> clusters;
    for (std::size_t i = 0; i < kWorkers; ++i) {
      fs::create_directories(directory + "/" + std::to_string(i));
      clusters.push_back(
          std::make_unique<RecordingCluster>(directory + "/" + std::to_string(i) + "/kubeconfig"));
    }
    const auto work = [&](std::size_t i) {
      const std::string place = directory + "/" + std::to_string(i);
      Configuration access;
      access.kubeconfig = place + "/kubeconfig";
      const auto identities = Identities::Open(access, nullptr);
      if (!identities) return found[i].push_back(identities.error().Text());
      Server server(world, place + "/server.git");
      for (std::uint64_t number = next++; number < last; number = next++) {
        Schedule schedule(world, {server, *clusters[i], **identities, place + "/agent", access.kubeconfig},
                          seed + number, tallies[i]);
        if (const std::string what = schedule.Run(); !what.empty())
          found[i].push_back("schedule " + std::to_string(number) + ": " + what);
      }
    };
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < kWorkers; ++i) threads.emplace_back(work, i);
    work(0);
    for (std::thread& thread : threads) thread.join();
    for (std::size_t i = 0; i < kWorkers; ++i) {
      for (const auto& [name, count] : tallies[i]) tally[name] += count;
      wrong.insert(wrong.end(), found[i].begin(), found[i].end());
    }
  }
};

TEST_CASE("a hostile Git server moves no cluster") {
  const std::uint64_t seed = FromEnvironment("SLUICE_SEED", std::random_device{}());
  const std::uint64_t count = FromEnvironment("SLUICE_SCHEDULES", 300);
  std::cout << "seed " << seed << ", " << count << " schedules\n";
  Random random(seed);
  Tally tally;
  std::vector<std::string> wrong;
  for (std::uint64_t first = 0; first < count; first += kWorlds) {
    const World world(random);
    const git::TemporaryDirectory directory;
    Batch batch{world, first, std::min(first + kWorlds, count), seed};
    batch.Run(directory.path());
    for (const auto& [name, number] : batch.tally) tally[name] += number;
    wrong.insert(wrong.end(), batch.wrong.begin(), batch.wrong.end());
  }
  for (const auto& [name, number] : tally) std::cout << number << " times " << name << '\n';
  std::cout << wrong.size() << " schedules went wrong\n";
  for (std::size_t i = 0; i < std::min<std::size_t>(wrong.size(), 10); ++i) FAIL_CHECK(wrong[i]);
  REQUIRE(wrong.empty());
  if (count < 300) return;
  for (const char* what : {"checked: an alarm that was due", "checked: at rest", "came: another record",
                           "came: an object removed", "came: held by refused", "came: held by stale",
                           "came: held by clock", "came: held by cluster", "came: held by unreachable"})
    CHECK(tally[what] > 0);
  // All that can be forged was served; in few schedules the rarest may be missing.
  const auto kinds = std::count_if(tally.begin(), tally.end(),
                                   [](const auto& row) { return row.first.starts_with("served: "); });
  CHECK(kinds >= (count >= 1000 ? kKinds : kKinds - 4));
}

}  // namespace
}  // namespace sluice::agent
