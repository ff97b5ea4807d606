// Keeps a record between cycles: watches its objects, knows how each fares and which need to be applied
// again, so that a cycle applies nothing that did not change. One that does not watch applies everything in
// each cycle.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/apply_order.h"
#include "agent/drift_settings.h"
#include "agent/places.h"
#include "agent/record_health.h"
#include "agent/watch_owned.h"
#include "promotion/ledger.h"

namespace sluice::agent {

struct KeptObject {
  std::string path;  // promotion/object_path.h
  Located located;
  std::shared_ptr<const std::string> recorded;  // canonical JSON
};

// What is known of an object since its last apply.
struct Accepted {
  std::string uid, resource_version;
};

struct KeeperSettings {
  bool watches = true;
  std::string environment;
  std::string applyset;  // the label's value
  DriftSettings drift{};
  HealthSettings health{};
};

// Thread-safe. The identities outlive it.
class Keeper {
 public:
  Keeper(Identities& identities, KeeperSettings settings);
  ~Keeper();

  // Another record than before begins its health anew: true then. All of its objects are expected from then
  // on, those whose kind is not served yet too.
  bool Begin(const promotion::RememberedRecord& record, const std::vector<OrderedObject>& objects);
  // It has the other name where it lands, and is expected by that.
  void Lands(const ObjectName& recorded);
  // These and no others are kept.
  void Keep(std::vector<KeptObject> objects);
  // What is under way and explains differences: they are not told. Empty: nothing is.
  void Plan(const std::string& words);
  // Where those bytes were applied, nothing happened to the object since, and its kind is watched.
  std::optional<Accepted> IsAccepted(const ObjectName& name, const std::string& json);
  // It is applied now: what is noticed from here on is newer. With what, where fields are left to others;
  // empty: the recorded bytes.
  std::string Sends(const ObjectName& name, const std::string& json);
  // `recorded` is the whole of what the record says.
  void Accept(const KeptObject& object, const manifests::Node& recorded, const manifests::Node& answer);
  void Refuse(const ObjectName& name, const std::string& words);
  // Whether nothing was accepted or noticed of it yet: an agent begins.
  bool IsUnknown(const ObjectName& name);
  // It was looked at, and is as an apply would leave it.
  void Find(const ObjectName& name, const manifests::Node& recorded, const manifests::Node& live);
  // Where others apply: it is expected, and fares like this.
  void Expect(const ObjectName& name);
  void Observe(const ObjectName& name, ObjectHealth health);
  void Miss(const ObjectName& name, std::string reason);  // see RecordHealth
  RecordStanding Settle(WallTime now);

  // Applies again what drifted or is gone; how many objects were put back.
  std::size_t Heal();
  int descriptor() const { return wake_.descriptor(); }  // readable while something waits for Heal()

 private:
  class Bell {
   public:
    Bell();
    Bell(const Bell&) = delete;
    Bell& operator=(const Bell&) = delete;
    ~Bell();
    void Ring() const;
    void Quiet() const;
    int descriptor() const { return event_; }

   private:
    int event_;
  };
  struct Kept {
    KeptObject object;
    std::optional<Accepted> accepted{};
    std::string heal_with{};  // where healing was begun and did not succeed
    ObjectHealth health{};    // as of last
    bool expected = false;    // in health_
    bool known = false;       // accepted once, be it with another text
  };

  OwnedCalls Calls();
  void Differs(const ObjectName& name, const Drift& drift, const DriftNews& news);
  void Touched(const ObjectName& name, std::string_view resource_version);
  struct Healing {
    KeptObject object;
    std::string heal_with{};  // empty: the recorded bytes
    std::string before{};     // the resource version that we know
  };
  bool HealOne(const Healing& work);
  void LookAfterStrays();
  void LookAfter(const ObjectName& name, const Place& place);

  const KeeperSettings settings_;
  Bell wake_;
  std::mutex mutex_;  // for all below; never held while the watch is called
  std::map<ObjectName, Kept> kept_;
  std::map<ObjectName, std::string> dirty_;  // and what to heal them with; empty: the recorded bytes
  std::set<ObjectName> strays_;              // gone, or without the label of the ApplySet, as it seems
  std::set<std::pair<std::string, std::string>> blind_;  // group and kind of what is not watched just now
  std::optional<promotion::RememberedRecord> record_;
  RecordHealth health_;
  bool planned_ = false;
  std::unique_ptr<OwnedWatch> watch_;  // last: it ends first; null: nothing is watched
};

}  // namespace sluice::agent
