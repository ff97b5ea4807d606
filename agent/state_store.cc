#include "agent/state_store.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <vector>

#include "base/crash_point.h"
#include "cluster/read.h"

namespace sluice::agent {
namespace {

using cluster::StringAt;

constexpr std::string_view kStateKey = "state.json", kOwnedKey = "inventory", kWriterKey = "writer";
// The API server takes 1 MiB of data; labels and annotations stand beside it.
constexpr std::size_t kMostData = 1'000'000;

cluster::Document Read(cluster::ApiClient& client, const std::string& path) {
  return cluster::ReadDocument(client, path, cluster::Clock::now() + std::chrono::minutes(1));
}

}  // namespace

const std::string& OwnWriter() {
  static const std::string writer = [] {
    std::random_device random;
    return std::to_string(random()) + "-" + std::to_string(random());
  }();
  return writer;
}

bool StateStore::Content::Fits() const { return Text().size() <= kMostData; }

StateStore::StateStore(cluster::ApiClient& client, const Configuration& configuration, std::string writer)
    : client_(client),
      ns_(configuration.ns),
      path_("/api/v1/namespaces/" + ns_ + "/configmaps"),
      applyset_(ApplySetId("sluice-agent-" + configuration.environment, ns_)),
      writer_(std::move(writer)) {
  first_.name = "sluice-agent-" + configuration.environment;
  // An environment's name has no dots: none of these is another's first.
  for (std::size_t i = 0; i < parts_.size(); ++i) parts_[i].name = first_.name + "." + std::to_string(i + 1);
}

Result<State> StateStore::Load() {
  first_.resource_version.clear();
  const cluster::Document document = Read(client_, path_ + "/" + first_.name);
  if (document.status == 404) return State{};
  if (!document) return Failed("the state cannot be read: " + document.trouble);
  const manifests::Node& root = document.root();
  undivided_ = StringAt(&root, {"data", kOwnedKey});
  Result<State> state = ReadState(StringAt(&root, {"data", kStateKey}), undivided_);
  if (!state)
    return Failed("the ConfigMap " + ns_ + "/" + first_.name + " is damaged: " + state.error().message +
                  "; put back what was there, or delete it to begin from the pin");
  first_.resource_version = cluster::TextAt(root, "metadata.resourceVersion");
  first_.uid = cluster::TextAt(root, "metadata.uid");
  if (state->divided)
    for (Stored& part : parts_)
      if (Status loaded = LoadPart(part, *state); !loaded) return loaded.error();
  first_.written = First(*state, state->divided ? undivided_ : OwnedText(*state)).Text();
  return state;
}

// Of a first that is gone the parts are not ours.
bool StateStore::IsOurs(const manifests::Node& part) const {
  const auto owners = cluster::ElementsAt(&part, {"metadata", "ownerReferences"});
  return std::any_of(owners.begin(), owners.end(), [&](const manifests::Node& owner) {
    return !first_.uid.empty() && StringAt(&owner, {"uid"}) == first_.uid;
  });
}

Status StateStore::LoadPart(Stored& part, State& state) {
  const cluster::Document document = Read(client_, path_ + "/" + part.name);
  if (!document && document.status != 404)
    return Failed("a part of the inventory cannot be read: " + document.trouble);
  const manifests::Node* const owned =
      document ? cluster::MemberAt(&document.root(), {"data", kOwnedKey}) : nullptr;
  if (owned == nullptr || !IsOurs(document.root()))
    return Failed("the ConfigMap " + ns_ + "/" + part.name + " with a part of the inventory is missing" +
                  "; put back what was there, or delete " + first_.name + " to begin from the pin");
  const manifests::Node& root = document.root();
  if (Status read = ReadOwnedText(owned->text, state.owned); !read)
    return Failed("the ConfigMap " + ns_ + "/" + part.name + " is damaged: " + read.error().message);
  part.resource_version = cluster::TextAt(root, "metadata.resourceVersion");
  part.uid = cluster::TextAt(root, "metadata.uid");
  part.written = Part(std::string(owned->text), StringAt(&root, {"data", kWriterKey})).Text();
  return Ok{};
}

StateStore::Content StateStore::First(const State& state, const std::string& owned) const {
  Content content;
  content.metadata.Json("labels", JsonMapping().Text("applyset.kubernetes.io/id", applyset_).End());
  content.metadata.Json("annotations",
                        JsonMapping()
                            .Text("applyset.kubernetes.io/tooling", "sluice-agent/v1")
                            .Text("applyset.kubernetes.io/contains-group-kinds", KindsOf(state))
                            .End());
  content.data = JsonMapping().Text(kStateKey, StateText(state)).Text(kOwnedKey, owned).End();
  return content;
}

StateStore::Content StateStore::Part(const std::string& owned, std::string_view writer) const {
  Content content;
  const std::string owner = JsonMapping()
                                .Text("apiVersion", "v1")
                                .Text("kind", "ConfigMap")
                                .Text("name", first_.name)
                                .Text("uid", first_.uid)
                                .End();
  content.metadata.Json("ownerReferences", "[" + owner + "]");
  content.data = JsonMapping().Text(kOwnedKey, owned).Text(kWriterKey, writer).End();
  return content;
}

Status StateStore::Save(State& state, bool asked) {
  if (!state.divided) {
    Content content = First(state, OwnedText(state));
    if (content.Fits()) {
      if (!asked && content.Text() == first_.written) return Ok{};
      return Write(first_, std::move(content));
    }
  }
  const std::array<std::string, kInventoryParts> texts = OwnedTexts(state);
  for (const std::string& text : texts)
    if (!Part(text, writer_).Fits())
      return LimitPassed("the inventory of " + std::to_string(state.owned.size()) +
                         " objects does not fit into " + std::to_string(kInventoryParts) +
                         " ConfigMaps: divide the environment");
  if (!state.divided)
    if (Status divided = Divide(state); !divided) return divided;
  std::vector<std::size_t> changed;
  for (std::size_t i = 0; i < texts.size(); ++i)
    if (Part(texts[i], writer_).Text() != parts_[i].written) changed.push_back(i);
  Content first = First(state, undivided_);
  if (asked || !changed.empty() || first.Text() != first_.written)
    if (Status written = Write(first_, std::move(first)); !written) return written;
  for (const std::size_t i : changed) {
    CrashPoint("agent-part-before-write");
    if (Status written = Write(parts_[i], Part(texts[i], writer_)); !written) return written;
  }
  if (undivided_.empty()) return Ok{};
  CrashPoint("agent-parts-written");
  undivided_.clear();
  return Write(first_, First(state, {}));
}

// The parts are there, and empty, before the first says that there are any; what it has of the inventory it
// keeps until they have it. The lock is asked before: another may have divided the state already.
Status StateStore::Divide(State& state) {
  if (Status ours = Write(first_, First(state, undivided_)); !ours) return ours;
  for (Stored& part : parts_) {
    CrashPoint("agent-part-before-make");
    if (Status made = Make(part); !made) return made;
  }
  state.divided = true;
  return Ok{};
}

// One that is ours is left from a division that was not finished, and stays: it is empty.
Status StateStore::Make(Stored& part) {
  const cluster::Document document = Read(client_, path_ + "/" + part.name);
  if (!document && document.status != 404)
    return Failed("a part of the inventory cannot be read: " + document.trouble);
  part = {.name = part.name};
  if (document) {
    part.resource_version = cluster::TextAt(document.root(), "metadata.resourceVersion");
    part.uid = cluster::TextAt(document.root(), "metadata.uid");
    if (IsOurs(document.root())) return Ok{};
  }
  return Write(part, Part({}, writer_));
}

Status StateStore::Write(Stored& stored, Content content) {
  std::string text = content.Text();
  const bool fresh = stored.resource_version.empty();
  content.metadata.Text("name", stored.name).Text("namespace", ns_);
  if (!fresh) content.metadata.Text("resourceVersion", stored.resource_version).Text("uid", stored.uid);
  Result<cluster::ApiAnswer> answer =
      client_.Send({.method = fresh ? "POST" : "PUT",
                    .path = path_ + (fresh ? "" : "/" + stored.name) + "?fieldManager=sluice-agent-state",
                    .headers = {{"Accept", "application/json"}, {"Content-Type", "application/json"}},
                    .body = JsonMapping()
                                .Text("apiVersion", "v1")
                                .Text("kind", "ConfigMap")
                                .Json("metadata", content.metadata.End())
                                .Json("data", content.data)
                                .End()});
  if (!answer) return answer.error();
  if (!answer->failure && answer->status == 409)
    return Failed("another agent wrote the ConfigMap " + ns_ + "/" + stored.name + ": this one begins again");
  if (!answer->failure && answer->status == 404)
    return Failed(fresh ? "there is no namespace " + ns_ + " for the agent's state"
                        : "the ConfigMap " + ns_ + "/" + stored.name + " is gone: this agent begins again");
  if (answer->failure || (answer->status != 200 && answer->status != 201))
    return Failed("the state cannot be written: " + cluster::Trouble(*answer));
  const cluster::JsonObject object = cluster::ReadJsonObject(std::move(answer->body));
  stored.resource_version = StringAt(object.root, {"metadata", "resourceVersion"});
  stored.uid = StringAt(object.root, {"metadata", "uid"});
  if (stored.resource_version.empty()) return Failed("the API server's answer to the state is no object");
  stored.written = std::move(text);
  return Ok{};
}

}  // namespace sluice::agent
