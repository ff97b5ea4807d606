// managedFields says which fields our last apply had, `sent` which the next one would have: where these are
// the same and their values too, the API server has nothing to do.
#include "agent/standing.h"

#include <algorithm>
#include <mutex>
#include <set>

#include "agent/take_over.h"
#include "cluster/live_states.h"
#include "cluster/managers.h"
#include "cluster/served_kind.h"
#include "cluster/server_defaults.h"
#include "manifests/object.h"

namespace sluice::agent {
namespace {

using cluster::StringAt;
using manifests::Node;
using manifests::NodeKind;

constexpr std::chrono::minutes kLookTime{2};

// What says which object it is, and is nobody's field.
enum class At : std::uint8_t { kRoot, kMetadata, kBelow };
bool NamesIt(At at, std::string_view key) {
  return (at == At::kRoot && (key == "apiVersion" || key == "kind")) ||
         (at == At::kMetadata && (key == "name" || key == "namespace"));
}

std::string Json(const Node& node) {
  std::string json;
  manifests::CanonicalJson(node, json);
  return json;
}

std::size_t Steps(const Node& fields) {
  return static_cast<std::size_t>(std::count_if(fields.children.begin(), fields.children.end(),
                                                [](const Node& step) { return step.key != "."; }));
}

// What is owned as one value: nobody else can have put anything into it, but the server what it fills in.
// `name` is that of the member, empty for an element of a list.
bool IsSame(const Node& sent, const Node& live, std::string_view group, std::string_view name) {
  if (sent.kind != live.kind) return false;
  if (sent.kind == NodeKind::kSequence)
    return std::equal(sent.children.begin(), sent.children.end(), live.children.begin(), live.children.end(),
                      [&](const Node& a, const Node& b) { return IsSame(a, b, group, {}); });
  if (sent.kind != NodeKind::kMapping) return Json(sent) == Json(live);
  return std::all_of(sent.children.begin(), sent.children.end(),
                     [&](const Node& member) { return live.Find(member.key) != nullptr; }) &&
         std::all_of(live.children.begin(), live.children.end(), [&](const Node& member) {
           const Node* const mine = sent.Find(member.key);
           return mine != nullptr ? IsSame(*mine, member, group, member.key)
                                  : cluster::IsServerDefault(group, name, member.key, member);
         });
}

class Comparison {
 public:
  explicit Comparison(std::string_view group) : group_(group) {}
  bool Holds(const Node& sent, const Node& fields, const Node& live, At at) const;

 private:
  bool HoldsMembers(const Node& sent, const Node& fields, const Node& live, At at) const;
  bool HoldsElements(const Node& sent, const Node& fields, const Node& live) const;

  const std::string_view group_;
};

bool Comparison::HoldsMembers(const Node& sent, const Node& fields, const Node& live, At at) const {
  std::size_t owned = 0;
  for (const Node& member : sent.children) {
    if (NamesIt(at, member.key)) continue;
    const Node* const step = fields.Find("f:" + std::string(member.key));
    const Node* const there = live.Find(member.key);
    if (step == nullptr || there == nullptr) return false;
    const bool metadata = at == At::kRoot && member.key == "metadata";
    if (!Holds(member, *step, *there, metadata ? At::kMetadata : At::kBelow)) return false;
    ++owned;
  }
  return owned == Steps(fields);
}

// Elements by their keys or values, in whatever order.
bool Comparison::HoldsElements(const Node& sent, const Node& fields, const Node& live) const {
  std::set<const Node*> found;
  for (const Node& step : fields.children) {
    if (step.key == ".") continue;
    if (!step.key.starts_with("k:") && !step.key.starts_with("v:")) return false;
    const Node* const element = cluster::StepOn(&sent, step.key);
    const Node* const there = cluster::StepOn(&live, step.key);
    if (element == nullptr || there == nullptr || !found.insert(element).second) return false;
    if (!Holds(*element, step, *there, At::kBelow)) return false;
  }
  return found.size() == sent.children.size();
}

// A way of `fields` that ends owns all that is below.
bool Comparison::Holds(const Node& sent, const Node& fields, const Node& live, At at) const {
  if (fields.children.empty()) return IsSame(sent, live, group_, sent.key);
  if (sent.kind != live.kind) return false;
  if (sent.kind == NodeKind::kMapping) return HoldsMembers(sent, fields, live, at);
  return sent.kind == NodeKind::kSequence && HoldsElements(sent, fields, live);
}

struct Asked {
  std::size_t at;  // in the objects of the record
  Located located;
};

std::vector<Asked> Unknown(const std::vector<OrderedObject>& objects, const ApplyWork& work) {
  std::vector<Asked> asked;
  for (std::size_t at = 0; at < objects.size(); ++at) {
    const OrderedObject& object = objects[at];
    const auto before = work.owned.find(object.path);
    if (!object.trouble.empty() || before == work.owned.end() || before->second.uid.empty()) continue;
    if (object.name.kind == "Secret" && object.name.api_version == "v1") continue;
    Result<Located> located = work.places.Find(object.name);
    if (located && located->name == object.name && work.keeper.IsUnknown(located->name))
      asked.push_back({at, *std::move(located)});
  }
  return asked;
}

// A collection that may not be read is asked for once, and not for each of its objects.
class Reader {
 public:
  explicit Reader(cluster::ApiClient& client) : send_(cluster::SendThrough(client)) {}

  cluster::ServerAnswer Send(const cluster::ServerRequest& request, cluster::Clock::time_point end) {
    const std::size_t query = request.path.find('?');  // lists alone have one
    const std::string key =
        request.path.substr(0, query == request.path.npos ? request.path.rfind('/') : query);
    {
      const std::lock_guard lock(mutex_);
      if (refused_.count(key) > 0) return {403, {}, {}, {}};
    }
    cluster::ServerAnswer answer = send_(request, end);
    const std::lock_guard lock(mutex_);
    if (answer.status == 403) refused_.insert(key);
    return answer;
  }

 private:
  const cluster::SendRequest send_;
  std::mutex mutex_;
  std::set<std::string> refused_;  // guarded by mutex_
};

void Take(const OrderedObject& object, const cluster::ServerAnswer& answer, const ApplyWork& work,
          AppliedObject& applied) {
  if (answer.status != 200) return;
  const cluster::JsonObject live = cluster::ReadJsonObject(answer.body);
  const cluster::JsonObject recorded = cluster::ReadJsonObject(object.json);
  if (live.root == nullptr || recorded.root == nullptr || !IsMember(*live.root, work.applyset)) return;
  const cluster::JsonObject sent =
      cluster::ReadJsonObject(MemberText(object.json, *recorded.root, work.applyset));
  if (sent.root == nullptr || !Stands(*sent.root, *live.root)) return;
  if (!work.take_over.empty() && !TakenManagers(*live.root, work.take_over).empty()) return;
  work.keeper.Find(object.name, *recorded.root, *live.root);
  applied = {Answer::kDone, {}, std::string(StringAt(live.root, {"metadata", "uid"}))};
}

}  // namespace

bool Stands(const Node& sent, const Node& live) {
  if (!StringAt(&live, {"metadata", "deletionTimestamp"}).empty()) return false;
  const cluster::FieldManager* ours = nullptr;
  const std::vector<cluster::FieldManager> managers = cluster::FieldManagersOf(&live);
  for (const cluster::FieldManager& manager : managers) {
    if (manager.name != kFieldManager) continue;
    if (ours != nullptr || !manager.applies || !manager.subresource.empty()) return false;
    ours = &manager;
  }
  return ours != nullptr && ours->api_version == StringAt(&sent, {"apiVersion"}) &&
         Comparison(cluster::GroupOf(ours->api_version)).Holds(sent, *ours->fields, live, At::kRoot);
}

void TakeStanding(const std::vector<OrderedObject>& objects, const ApplyWork& work,
                  std::vector<AppliedObject>& applied) {
  const std::vector<Asked> asked = Unknown(objects, work);
  if (asked.empty()) return;
  Reader reader(work.own);
  const cluster::SendRequest send = [&](const cluster::ServerRequest& request,
                                        cluster::Clock::time_point end) { return reader.Send(request, end); };
  cluster::LiveQuestion question{send, {}, cluster::Clock::now() + kLookTime};
  for (const Asked& one : asked) question.objects.push_back({one.located.place.path, one.located.name});
  cluster::ForEachLive(question, [&](std::size_t index, const cluster::ServerAnswer& found) {
    const std::size_t at = asked[index].at;
    Take(objects[at], found, work, applied[at]);
  });
}

}  // namespace sluice::agent
