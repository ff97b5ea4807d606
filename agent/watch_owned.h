// Notices within a second what becomes of the objects that are ours: that one differs
// from the record, is gone, fares otherwise. One watch a kind, however many objects of it
// there are (cluster/watch.h); metadata alone of those that are not applied and of
// Secrets. Tested by tests/agent/watch_owned_test.cc and tests/agent/live_test.py.
//
//   OwnedWatch watch(client, {.drift = settings, .environment = "production"},
//                    {.differs = [&](const ObjectName& name, const Drift& drift, const DriftNews& news) {
//                       if (!news.fresh.empty()) Tell(DriftText(name, news.fresh));
//                       if (Heals(drift)) queue.Push(name, drift.heal_with);
//                     },
//                     .gone = [&](const ObjectName& name) { queue.Push(name, ""); },
//                     .health = [&](const ObjectName& name, const ObjectHealth& health) {
//                       record_health.Observe(name, health, now());
//                     }});
//   watch.Own(objects);                   // of the record that is kept, each time that it is another
//   watch.Plan("record 12 is applied");   // while it is; Plan("") afterwards
//   watch.Accepted(name, *answer.root);   // behind each of our own applies
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "agent/drift.h"
#include "agent/drift_episodes.h"
#include "cluster/api_client.h"
#include "cluster/discovery.h"
#include "cluster/read.h"
#include "cluster/watch.h"

namespace sluice::agent {

struct OwnedObject {
  ObjectName name{};  // with the namespace where it lands
  cluster::ApiResource resource{};
  std::shared_ptr<const std::string>
      recorded{};  // canonical JSON; null: it is not applied, only looked after
};

// Called one at a time, by threads of the watch. They must be quick and must not call the
// watch: what takes time belongs into a queue. Empty ones are left out.
struct OwnedCalls {
  // The object differs, and not as it did when this was called last; or it no longer
  // does: then `drift` is empty and news.ended. `news` says what is to be told: a field
  // is told once, when it begins to differ.
  std::function<void(const ObjectName& name, const Drift& drift, const DriftNews& news)> differs{};
  // Once, until it is there again. Also where it is no longer told of and cannot be asked for.
  std::function<void(const ObjectName& name)> gone{};
  // It is there and lost the labels of the watch: nothing more is told of it until it has them again.
  std::function<void(const ObjectName& name)> strayed{};
  // Of a recorded object of which metadata alone are seen (Secrets), and no recorded field of which others
  // took: it is, or became, of that resource version.
  std::function<void(const ObjectName& name, std::string_view resource_version)> touched{};
  // When it or its reason has changed; kNotFound for what is gone.
  std::function<void(const ObjectName& name, const ObjectHealth& health)> health{};
  // Nothing is known of the kind, for `words`; empty: it is again.
  std::function<void(const cluster::ApiResource& kind, std::string_view words)> trouble{};
};

struct OwnedSettings {
  DriftSettings drift{};
  std::string environment{};
  std::string manager = "sluice-agent";  // as whom we apply
  // Only objects with this label, NAME=VALUE, are watched (those of the ApplySet); one that lost it is asked
  // for before it is called gone. Empty: every object of the kinds.
  std::string label{};
  bool by_namespace = false;  // a watch for each namespace too, for rights that end there
  cluster::WatchPace pace{};
};

// Thread-safe. The client must outlive it.
class OwnedWatch {
 public:
  OwnedWatch(cluster::ApiClient& client, OwnedSettings settings, OwnedCalls calls);
  OwnedWatch(const OwnedWatch&) = delete;
  OwnedWatch& operator=(const OwnedWatch&) = delete;
  ~OwnedWatch();  // ends the watches; waits for a call that is under way

  // These and no others. Kinds that get other objects are listed anew, so that each is
  // looked at once at least.
  void Own(std::vector<OwnedObject> objects);
  // `answer` is the object in the answer to our apply of it.
  void Accepted(const ObjectName& name, const manifests::Node& answer);
  // What is under way and explains differences; empty: nothing is.
  void Plan(std::string words);

 private:
  // Kind, namespace (by_namespace), whether metadata are enough.
  using Key = std::tuple<std::string, std::string, bool>;
  struct Owned {
    OwnedObject object;
    std::shared_ptr<const DriftBaseline> baseline{};
    std::uint64_t list = 0;  // in which it was seen last
    bool gone = false;
    ObjectHealth health{Health::kUnknown, ""};
    std::map<std::string, std::size_t> differed{};  // fields and their values, as called last
  };
  struct Following {
    cluster::WatchRequest request{};
    std::uint64_t list = 0;  // that is under way or was last
    net::Cancellation cancel{};
    std::thread thread{};
  };
  using Followings = std::map<Key, std::unique_ptr<Following>>;

  Key KeyOf(const OwnedObject& object) const;
  void Start(const Key& key, const OwnedObject& first);
  static void End(std::vector<std::unique_ptr<Following>> ended);
  void Trouble(const Key& key, const cluster::ApiResource& kind, std::string_view words);
  void Take(const Key& key, Following& following, const cluster::WatchNews& news);
  void There(const Key& key, std::uint64_t list, const manifests::Node& live);
  bool HasLabel(const manifests::Node& live) const;
  void Gone(const Key& key, const ObjectName& name);
  void Lost(const Key& key, const ObjectName& name, const cluster::Document& asked);
  void ListEnds(const Key& key, std::uint64_t list);
  void CallHealth(Owned& owned, ObjectHealth health);
  void CallDiffers(Owned& owned, const Drift& drift);

  cluster::ApiClient& client_;
  const OwnedSettings settings_;
  const OwnedCalls calls_;
  std::atomic<std::uint64_t> lists_{0};  // so many were begun
  std::mutex changing_;                  // one Own at a time; taken before mutex_
  std::mutex mutex_;                     // for all below, and while calls run
  std::map<ObjectName, Owned> objects_;
  DriftEpisodes episodes_;
  std::string planned_;
  Followings followings_;
  std::set<Key> troubled_;  // told as trouble, and not yet as working again
};

}  // namespace sluice::agent
