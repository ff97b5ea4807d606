// Tested by tests/agent/always_test.py on a real API server.
#include "agent/keeper.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

#include "agent/log.h"
#include "agent/state.h"
#include "cluster/served_kind.h"

namespace sluice::agent {
namespace {

using std::chrono::system_clock;

std::string NameWords(const ObjectName& name) {
  return name.kind + " " + (name.ns.empty() ? "" : name.ns + "/") + name.name;
}

Accepted AcceptedOf(const manifests::Node& live) {
  return {std::string(cluster::StringAt(&live, {"metadata", "uid"})),
          std::string(cluster::StringAt(&live, {"metadata", "resourceVersion"}))};
}

}  // namespace

Keeper::Bell::Bell() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
Keeper::Bell::~Bell() {
  if (event_ >= 0) close(event_);
}
void Keeper::Bell::Ring() const {
  const std::uint64_t one = 1;
  if (write(event_, &one, sizeof one) < 0) return;  // it rings already
}
void Keeper::Bell::Quiet() const {
  std::uint64_t count = 0;
  if (read(event_, &count, sizeof count) < 0) return;  // it was quiet
}

Keeper::Keeper(Identities& identities, KeeperSettings settings)
    : settings_(std::move(settings)), health_(settings_.health) {
  if (!settings_.watches) return;
  OwnedSettings owned{.drift = settings_.drift,
                      .environment = settings_.environment,
                      .manager = std::string(kFieldManager),
                      .label = std::string(kPartOf) + "=" + settings_.applyset};
  watch_ = std::make_unique<OwnedWatch>(identities.Own(), std::move(owned), Calls());
}

Keeper::~Keeper() = default;

OwnedCalls Keeper::Calls() {
  return {.differs = [this](const ObjectName& name, const Drift& drift,
                            const DriftNews& news) { Differs(name, drift, news); },
          .gone =
              [this](const ObjectName& name) {
                const std::lock_guard lock(mutex_);
                if (!planned_)
                  Log(Level::kWarning, NameWords(name) + " is gone",
                      JsonMapping().Text("reason", "ObjectGone"));
                strays_.insert(name);
                wake_.Ring();
              },
          .strayed =
              [this](const ObjectName& name) {
                const std::lock_guard lock(mutex_);
                strays_.insert(name);
                wake_.Ring();
              },
          .touched = [this](const ObjectName& name, std::string_view version) { Touched(name, version); },
          .health =
              [this](const ObjectName& name, const ObjectHealth& health) {
                const std::lock_guard lock(mutex_);
                health_.Observe(name, health, system_clock::now());
                if (const auto found = kept_.find(name); found != kept_.end()) found->second.health = health;
                wake_.Ring();
              },
          .trouble =
              [this](const cluster::ApiResource& kind, std::string_view words) {
                const std::lock_guard lock(mutex_);
                const std::pair blind(kind.group, kind.kind);
                if (words.empty()) {
                  blind_.erase(blind);
                  return;
                }
                blind_.insert(blind);  // cycles apply them until they are seen again
                Log(Level::kWarning, kind.kind + " is not watched: " + std::string(words),
                    JsonMapping().Text("reason", "WatchTrouble"));
              }};
}

void Keeper::Differs(const ObjectName& name, const Drift& drift, const DriftNews& news) {
  if (!news.fresh.empty() && drift.planned.empty())
    Log(Level::kWarning, DriftText(name, news.fresh),
        JsonMapping().Text("reason", "Drift").Json("drift", DriftJson(name, news.fresh)));
  if (!Heals(drift)) return;
  const std::lock_guard lock(mutex_);
  dirty_[name] = drift.heal_with;
  wake_.Ring();
}

// What somebody wrote under our own name shows in the version alone. What is not accepted is applied anyway.
void Keeper::Touched(const ObjectName& name, std::string_view resource_version) {
  if (Decide(settings_.drift, settings_.environment, name, "data").action != DriftAction::kHeal) return;
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(name);
  if (found == kept_.end() || !found->second.accepted) return;
  if (found->second.accepted->resource_version == resource_version) return;
  dirty_.try_emplace(name);
  wake_.Ring();
}

bool Keeper::Begin(const promotion::RememberedRecord& record, const std::vector<OrderedObject>& objects) {
  const std::lock_guard lock(mutex_);
  if (record_ && record_->digest == record.digest) return false;
  record_ = record;
  health_ = RecordHealth(settings_.health);
  for (auto& [name, kept] : kept_) kept.expected = false;
  const auto now = system_clock::now();
  for (const OrderedObject& object : objects) {
    const cluster::JsonObject recorded = cluster::ReadJsonObject(object.json);
    health_.Expect(object.name, recorded.root, now);
  }
  return true;
}

void Keeper::Lands(const ObjectName& recorded) {
  const std::lock_guard lock(mutex_);
  health_.Forget(recorded);
}

void Keeper::Keep(std::vector<KeptObject> objects) {
  std::vector<OwnedObject> owned;
  {
    const std::lock_guard lock(mutex_);
    std::map<ObjectName, Kept> kept;
    for (KeptObject& object : objects) {
      const ObjectName name = object.located.name;
      owned.push_back({name, object.located.resource, object.recorded});
      Kept fresh{.object = std::move(object)};
      const auto before = kept_.find(name);
      if (before != kept_.end() && *before->second.object.recorded == *fresh.object.recorded) {
        fresh.accepted = before->second.accepted;
        fresh.heal_with = before->second.heal_with;
        fresh.health = before->second.health;
        fresh.expected = before->second.expected;
      }
      fresh.known = before != kept_.end() && before->second.known;
      kept.emplace(name, std::move(fresh));
    }
    kept_ = std::move(kept);
    std::erase_if(dirty_, [&](const auto& dirty) { return kept_.count(dirty.first) == 0; });
    std::erase_if(strays_, [&](const ObjectName& name) { return kept_.count(name) == 0; });
  }
  if (watch_) watch_->Own(std::move(owned));
}

void Keeper::Plan(const std::string& words) {
  {
    const std::lock_guard lock(mutex_);
    planned_ = !words.empty();
  }
  if (watch_) watch_->Plan(words);
}

std::optional<Accepted> Keeper::IsAccepted(const ObjectName& name, const std::string& json) {
  if (!watch_) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(name);
  if (found == kept_.end() || dirty_.count(name) > 0 || *found->second.object.recorded != json)
    return std::nullopt;
  if (blind_.count({std::string(cluster::GroupOf(name.api_version)), name.kind}) > 0) return std::nullopt;
  Kept& kept = found->second;
  if (kept.accepted && !kept.expected) {  // by a record before
    const auto now = system_clock::now();
    const cluster::JsonObject recorded = cluster::ReadJsonObject(json);
    health_.Expect(name, recorded.root, now);
    health_.Observe(name, kept.health, now);
    kept.expected = true;
  }
  return kept.accepted;
}

std::string Keeper::Sends(const ObjectName& name, const std::string& json) {
  const std::lock_guard lock(mutex_);
  const auto dirt = dirty_.extract(name);
  const auto found = kept_.find(name);
  if (found == kept_.end() || *found->second.object.recorded != json) return {};
  Kept& kept = found->second;
  kept.accepted.reset();
  if (dirt) kept.heal_with = dirt.mapped();
  return kept.heal_with;
}

void Keeper::Accept(const KeptObject& object, const manifests::Node& recorded,
                    const manifests::Node& answer) {
  const auto now = system_clock::now();
  const ObjectName& name = object.located.name;
  {
    const std::lock_guard lock(mutex_);
    const ObjectHealth health = HealthOf(&answer, now);
    if (const auto found = kept_.find(name); found != kept_.end()) {
      Kept& kept = found->second;
      kept.accepted = AcceptedOf(answer);
      kept.heal_with.clear();
      kept.health = health;
      kept.expected = kept.known = true;
    }
    health_.Expect(name, &recorded, now);
    health_.Observe(name, health, now);
  }
  if (watch_) watch_->Accepted(name, answer);
}

bool Keeper::IsUnknown(const ObjectName& name) {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(name);
  return found != kept_.end() && !found->second.known && dirty_.count(name) == 0;
}

// What the watch told of it meanwhile is newer.
void Keeper::Find(const ObjectName& name, const manifests::Node& recorded, const manifests::Node& live) {
  const auto now = system_clock::now();
  {
    const std::lock_guard lock(mutex_);
    const auto found = kept_.find(name);
    if (found == kept_.end()) return;
    Kept& kept = found->second;
    kept.accepted = AcceptedOf(live);
    if (kept.health.health == Health::kUnknown) kept.health = HealthOf(&live, now);
    kept.expected = kept.known = true;
    health_.Expect(name, &recorded, now);
    health_.Observe(name, kept.health, now);
  }
  if (watch_) watch_->Accepted(name, live);
}

void Keeper::Refuse(const ObjectName& name, const std::string& words) {
  const std::lock_guard lock(mutex_);
  health_.Refuse(name, words, system_clock::now());
}

void Keeper::Expect(const ObjectName& name) {
  const std::lock_guard lock(mutex_);
  health_.Expect(name, nullptr, system_clock::now());
}

void Keeper::Observe(const ObjectName& name, ObjectHealth health) {
  const std::lock_guard lock(mutex_);
  health_.Observe(name, std::move(health), system_clock::now());
}

void Keeper::Miss(const ObjectName& name, std::string reason) {
  const std::lock_guard lock(mutex_);
  health_.Miss(name, std::move(reason), system_clock::now());
}

RecordStanding Keeper::Settle(WallTime now) {
  const std::lock_guard lock(mutex_);
  return health_.Settle(now);
}

std::size_t Keeper::Heal() {
  wake_.Quiet();
  LookAfterStrays();
  std::vector<Healing> work;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, heal_with] : dirty_) {
      const auto found = kept_.find(name);
      if (found == kept_.end()) continue;
      Kept& kept = found->second;
      work.push_back({kept.object, heal_with, kept.accepted ? kept.accepted->resource_version : ""});
      kept.accepted.reset();  // a cycle applies it where this fails
      kept.heal_with = heal_with;
    }
    dirty_.clear();
  }
  std::size_t healed = 0;
  for (const Healing& one : work) healed += HealOne(one);
  return healed;
}

// What a list or a watch missed may be there by now: it came between the two, or got its label after them.
void Keeper::LookAfterStrays() {
  std::map<ObjectName, Place> work;
  {
    const std::lock_guard lock(mutex_);
    for (const ObjectName& name : strays_)
      if (const auto found = kept_.find(name); found != kept_.end())
        work.emplace(name, found->second.object.located.place);
    strays_.clear();
  }
  for (const auto& [name, place] : work) LookAfter(name, place);
}

// The label alone is put back: what else differs may be meant to.
void Keeper::LookAfter(const ObjectName& name, const Place& place) {
  Outcome outcome = Look(place);
  const bool strayed = outcome.answer == Answer::kDone && !IsMember(*outcome.live.root, settings_.applyset);
  if (strayed) outcome = Label(place, *outcome.live.root, settings_.applyset);
  if (outcome.answer != Answer::kDone && outcome.answer != Answer::kGone)
    Log(Level::kWarning, NameWords(name) + " is not put back: " + outcome.words,
        JsonMapping().Text("reason", "ObjectNotHealed"));
  if (strayed && outcome.answer == Answer::kDone)
    Log(Level::kWarning, NameWords(name) + " lost the label of the ApplySet, and has it again",
        JsonMapping().Text("reason", "ObjectHealed"));
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(name);
  if (found == kept_.end()) return;
  if (outcome.answer == Answer::kGone) {
    dirty_[name].clear();
  } else if (outcome.answer != Answer::kDone) {
    strays_.insert(name);  // with the next round
  } else if (strayed && found->second.accepted) {
    found->second.accepted->resource_version =
        cluster::StringAt(outcome.live.root, {"metadata", "resourceVersion"});
  }
}

// False also where there was nothing to do: what was noticed was our own apply.
bool Keeper::HealOne(const Healing& work) {
  const std::string& json = work.heal_with.empty() ? *work.object.recorded : work.heal_with;
  const cluster::JsonObject sent = cluster::ReadJsonObject(json);
  const cluster::JsonObject recorded = cluster::ReadJsonObject(*work.object.recorded);
  if (sent.root == nullptr || recorded.root == nullptr) return false;
  const Place& place = work.object.located.place;
  Outcome outcome = ApplyMember(place, json, *sent.root, settings_.applyset);
  if (outcome.answer == Answer::kDone && !IsMember(*outcome.live.root, settings_.applyset))
    outcome = Label(place, *outcome.live.root, settings_.applyset);
  const std::string name = NameWords(work.object.located.name);
  if (outcome.answer != Answer::kDone) {
    Log(Level::kWarning, name + " is not put back: " + outcome.words,
        JsonMapping().Text("reason", "ObjectNotHealed"));
    return false;
  }
  Accept(work.object, *recorded.root, *outcome.live.root);
  if (cluster::StringAt(outcome.live.root, {"metadata", "resourceVersion"}) == work.before) return false;
  Log(Level::kInfo, name + " is put back", JsonMapping().Text("reason", "ObjectHealed"));
  return true;
}

}  // namespace sluice::agent
