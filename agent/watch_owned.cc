// Each event is compared outside of the lock, and its answer forgotten where the object
// has become another one meanwhile.
#include "agent/watch_owned.h"

#include <utility>

#include "cluster/members.h"
#include "cluster/served_kind.h"

namespace sluice::agent {
namespace {

using cluster::StringAt;
using cluster::WatchChange;
using manifests::Node;

constexpr auto kLookTime = std::chrono::seconds(10);

ObjectName NameOf(const Node& live) {
  return {std::string(StringAt(&live, {"apiVersion"})), std::string(StringAt(&live, {"kind"})),
          std::string(StringAt(&live, {"metadata", "namespace"})),
          std::string(StringAt(&live, {"metadata", "name"}))};
}

WallTime Now() { return std::chrono::system_clock::now(); }

// Values of Secrets stay where they are.
bool IsMetadataEnough(const OwnedObject& object) {
  return object.recorded == nullptr || (object.name.kind == "Secret" && object.name.api_version == "v1");
}

// Of metadata alone: which fields others took is known from managedFields, and not what became of them.
void HideValues(Drift& drift) {
  for (DriftedField& field : drift.fields)
    if (!field.field.starts_with("metadata.")) field.removed = false;
}

}  // namespace

OwnedWatch::OwnedWatch(cluster::ApiClient& client, OwnedSettings settings, OwnedCalls calls)
    : client_(client), settings_(std::move(settings)), calls_(std::move(calls)) {}

OwnedWatch::~OwnedWatch() { Own({}); }

OwnedWatch::Key OwnedWatch::KeyOf(const OwnedObject& object) const {
  return {object.name.api_version + "/" + object.name.kind, settings_.by_namespace ? object.name.ns : "",
          IsMetadataEnough(object)};
}

void OwnedWatch::Own(std::vector<OwnedObject> objects) {
  const std::lock_guard changing(changing_);
  std::vector<std::unique_ptr<Following>> ended;
  std::map<Key, OwnedObject> wanted;  // one object of each
  {
    const std::lock_guard lock(mutex_);
    std::map<ObjectName, Owned> before = std::exchange(objects_, {});
    std::set<Key> others;
    for (OwnedObject& object : objects) {
      const Key key = KeyOf(object);
      wanted.emplace(key, object);
      const auto known = before.find(object.name);
      const bool same = known != before.end() && KeyOf(known->second.object) == key &&
                        (object.recorded == known->second.object.recorded ||
                         (object.recorded && known->second.object.recorded &&
                          *object.recorded == *known->second.object.recorded));
      if (!same) others.insert(key);
      Owned& owned = objects_[object.name];
      if (same) {
        owned = std::move(known->second);  // its bytes too: an event may be under way with them
      } else {
        owned.object = std::move(object);
      }
    }
    for (const auto& [name, owned] : before) {
      if (!objects_.contains(name)) episodes_.Forget(name);
    }
    for (auto each = followings_.begin(); each != followings_.end();) {
      const bool stays = wanted.contains(each->first) && !others.contains(each->first);
      if (!stays) ended.push_back(std::move(each->second));
      each = stays ? std::next(each) : followings_.erase(each);
    }
  }
  End(std::move(ended));
  const std::lock_guard lock(mutex_);
  for (const auto& [key, object] : wanted) {
    if (!followings_.contains(key)) Start(key, object);
  }
}

void OwnedWatch::Start(const Key& key, const OwnedObject& first) {
  auto following = std::make_unique<Following>();
  Following& its = *following;
  its.request = {.resource = first.resource,
                 .ns = std::get<1>(key),
                 .labels = settings_.label,
                 .metadata_only = std::get<2>(key),
                 .pace = settings_.pace};
  its.thread = std::thread([this, key, &its] {
    cluster::Watch(
        client_, its.request, [&](const cluster::WatchNews& news) { Take(key, its, news); }, its.cancel);
  });
  followings_.emplace(key, std::move(following));
}

void OwnedWatch::End(std::vector<std::unique_ptr<Following>> ended) {
  for (const auto& each : ended) each->cancel.Cancel();
  for (const auto& each : ended) each->thread.join();
}

void OwnedWatch::Accepted(const ObjectName& name, const Node& answer) {
  const std::lock_guard lock(mutex_);
  const auto found = objects_.find(name);
  if (found == objects_.end() || !found->second.object.recorded) return;
  const cluster::JsonObject recorded = cluster::ReadJsonObject(*found->second.object.recorded);
  if (recorded.root == nullptr) return;
  found->second.baseline = std::make_shared<const DriftBaseline>(BaselineOf(*recorded.root, answer));
}

void OwnedWatch::Plan(std::string words) {
  const std::lock_guard lock(mutex_);
  planned_ = std::move(words);
}

void OwnedWatch::Take(const Key& key, Following& following, const cluster::WatchNews& news) {
  if (following.cancel.IsCancelled()) return;
  switch (news.change) {
    case WatchChange::kListBegins:
      following.list = ++lists_;
      break;
    case WatchChange::kThere:
      There(key, following.list, *news.object);
      break;
    case WatchChange::kGone:
      Gone(key, NameOf(*news.object));
      break;
    case WatchChange::kListEnds:
      ListEnds(key, following.list);
      Trouble(key, following.request.resource, {});
      break;
    case WatchChange::kTrouble:
    case WatchChange::kWorks:
      Trouble(key, following.request.resource, news.words);
      break;
  }
}

// One that follows anew knows nothing of the trouble of the one before: its first list ends that too.
void OwnedWatch::Trouble(const Key& key, const cluster::ApiResource& kind, std::string_view words) {
  const std::lock_guard lock(mutex_);
  if (words.empty() && troubled_.erase(key) == 0) return;
  if (!words.empty()) troubled_.insert(key);
  if (calls_.trouble) calls_.trouble(kind, words);
}

void OwnedWatch::There(const Key& key, std::uint64_t list, const Node& live) {
  const ObjectName name = NameOf(live);
  std::shared_ptr<const std::string> recorded;
  std::shared_ptr<const DriftBaseline> baseline;
  std::string planned;
  {
    const std::lock_guard lock(mutex_);
    const auto found = objects_.find(name);
    if (found == objects_.end() || KeyOf(found->second.object) != key) return;
    recorded = found->second.object.recorded;
    if (!std::get<2>(key)) baseline = found->second.baseline;
    planned = planned_;
  }
  ObjectHealth health = HealthOf(&live, Now());
  Drift drift;
  if (recorded) {
    const cluster::JsonObject record = cluster::ReadJsonObject(*recorded);
    if (record.root != nullptr)
      drift = FindDrift({.object = name,
                         .recorded = *record.root,
                         .live = live,
                         .settings = settings_.drift,
                         .environment = settings_.environment,
                         .manager = settings_.manager,
                         .baseline = baseline.get(),
                         .planned = planned});
    if (std::get<2>(key)) HideValues(drift);
  }
  const std::lock_guard lock(mutex_);
  const auto found = objects_.find(name);
  const bool same = found != objects_.end() && KeyOf(found->second.object) == key &&
                    found->second.object.recorded == recorded;
  if (!same) return;
  found->second.list = list;
  if (list != 0) found->second.gone = false;  // else it was asked for
  CallHealth(found->second, std::move(health));
  CallDiffers(found->second, drift);
  const bool untaken = recorded && std::get<2>(key) && drift.empty() && drift.ignored == 0;
  if (untaken && calls_.touched) calls_.touched(name, StringAt(&live, {"metadata", "resourceVersion"}));
}

void OwnedWatch::CallHealth(Owned& owned, ObjectHealth health) {
  if (owned.health.health == health.health && owned.health.reason == health.reason) return;
  owned.health = std::move(health);
  if (calls_.health) calls_.health(owned.object.name, owned.health);
}

void OwnedWatch::CallDiffers(Owned& owned, const Drift& drift) {
  std::map<std::string, std::size_t> differs;
  for (const DriftedField& field : drift.fields) differs[field.field] = field.fingerprint;
  const DriftNews news = episodes_.Observe(owned.object.name, drift, Now());
  if (differs == owned.differed && news.fresh.empty() && !news.ended) return;
  owned.differed = std::move(differs);
  if (calls_.differs) calls_.differs(owned.object.name, drift, news);
}

bool OwnedWatch::HasLabel(const Node& live) const {
  const std::size_t equals = settings_.label.find('=');
  return StringAt(&live, {"metadata", "labels", settings_.label.substr(0, equals)}) ==
         settings_.label.substr(equals + 1);
}

// A watch with a label says that what lost it is gone. Only who is seen with it is still told of.
void OwnedWatch::Gone(const Key& key, const ObjectName& name) {
  cluster::ApiResource resource;
  {
    const std::lock_guard lock(mutex_);
    const auto found = objects_.find(name);
    if (found == objects_.end() || KeyOf(found->second.object) != key) return;
    resource = found->second.object.resource;
  }
  cluster::Document asked;
  asked.status = 404;
  asked.trouble = "it is gone";
  if (!settings_.label.empty())
    asked =
        cluster::ReadDocument(client_, cluster::ObjectPath(name, resource), net::Clock::now() + kLookTime);
  if (asked && !std::get<2>(key)) There(key, 0, asked.root());
  if (!asked || !HasLabel(asked.root())) Lost(key, name, asked);
}

void OwnedWatch::Lost(const Key& key, const ObjectName& name, const cluster::Document& asked) {
  const std::lock_guard lock(mutex_);
  const auto found = objects_.find(name);
  if (found == objects_.end() || KeyOf(found->second.object) != key || found->second.gone) return;
  Owned& owned = found->second;
  owned.gone = true;
  if (asked) {
    if (calls_.strayed) calls_.strayed(name);
    return;
  }
  owned.differed.clear();
  episodes_.Forget(name);
  if (calls_.gone) calls_.gone(name);
  CallHealth(owned, asked.status == 404 ? HealthOf(nullptr, Now())
                                        : ObjectHealth{Health::kUnknown, "it cannot be asked for"});
}

void OwnedWatch::ListEnds(const Key& key, std::uint64_t list) {
  std::vector<ObjectName> missing;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, owned] : objects_) {
      if (owned.list != list && KeyOf(owned.object) == key) missing.push_back(name);
    }
  }
  for (const ObjectName& name : missing) Gone(key, name);
}

}  // namespace sluice::agent
