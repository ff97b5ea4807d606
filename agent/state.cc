// Tested by tests/agent/state_test.cc.
#include "agent/state.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "agent/json_text.h"
#include "cluster/discovery.h"
#include "cluster/members.h"
#include "cluster/read.h"
#include "crypto/base64.h"
#include "crypto/digest.h"
#include "promotion/object_path.h"
#include "promotion/words.h"

namespace sluice::agent {
namespace {

using manifests::Node;
using promotion::RememberedRecord;

constexpr std::string_view kStateKey = "state.json", kOwnedKey = "inventory";
// The API server takes 1 MiB of data; labels and annotations stand beside it.
constexpr std::size_t kMostData = 1'000'000;

std::string RememberedText(const std::optional<RememberedRecord>& record) {
  if (!record) return "null";
  return JsonMapping().Number("sequence", record->sequence).Text("sha256", record->digest).End();
}

std::string FreshnessText(const std::optional<promotion::Freshness>& freshness) {
  if (!freshness) return "null";
  const Result<std::string> text = promotion::FreshnessText(*freshness);
  return text ? JsonString(*text) : "null";
}

// Numbers as they were written, without sign and fraction.
std::optional<std::uint64_t> NumberAt(const Node& mapping, std::string_view key) {
  const Node* const node = mapping.Find(key);
  std::uint64_t number = 0;
  if (node == nullptr) return std::nullopt;
  const char* const last = node->text.data() + node->text.size();
  const auto [end, error] = std::from_chars(node->text.data(), last, number);
  return error == std::errc() && end == last ? std::optional(number) : std::nullopt;
}

Status ReadRemembered(const Node& root, std::string_view key, std::optional<RememberedRecord>& out) {
  const Node* const node = root.Find(key);
  if (node == nullptr || node->kind == manifests::NodeKind::kNull) return Ok{};
  const auto sequence = NumberAt(*node, "sequence");
  const std::string digest(cluster::StringAt(node, {"sha256"}));
  if (!sequence || *sequence == 0 || !promotion::IsDigest(digest))
    return Failed(std::string(key) + " names no record");
  out = RememberedRecord{*sequence, digest};
  return Ok{};
}

Status ReadFreshnessOf(const Node& root, Believed& believed) {
  const std::string_view text = cluster::StringAt(&root, {"freshness"});
  if (text.empty()) return Ok{};
  Result<promotion::Freshness> freshness = promotion::ReadFreshness("freshness", std::string(text));
  if (!freshness) return freshness.error();
  believed.freshness = *std::move(freshness);
  return Ok{};
}

// "PATH VERSION UID": none of the three holds a blank.
Status ReadOwned(std::string_view line, std::map<std::string, Owned>& owned) {
  const std::size_t first = line.find(' '), second = line.find(' ', first + 1);
  const std::string_view path = line.substr(0, first);
  if (first == line.npos || second == line.npos || !promotion::IsObjectPath(path))
    return Failed("the inventory has a line that names no object");
  Owned one{std::string(line.substr(first + 1, second - first - 1)), std::string(line.substr(second + 1))};
  if (one.version.empty()) return Failed("the inventory has an object without a version");
  owned.emplace(path, std::move(one));
  return Ok{};
}

// "ConfigMap,Deployment.apps": the kinds in the set, as KEP 3659 writes them.
std::string KindsOf(const State& state) {
  std::set<std::string> kinds;
  for (const auto& [path, owned] : state.owned) {
    const Result<promotion::ObjectId> id = promotion::ReadObjectPath(path);
    if (id) kinds.insert(id->kind + (id->group.empty() ? "" : "." + id->group));
  }
  std::string words;
  for (const std::string& kind : kinds) words += (words.empty() ? "" : ",") + kind;
  return words;
}

}  // namespace

std::string StateText(const State& state) {
  return JsonMapping()
      .Number("version", 1)
      .Text("repository", state.believed.repository)
      .Json("record", RememberedText(state.believed.record))
      .Json("policy", RememberedText(state.believed.policy))
      .Json("freshness", FreshnessText(state.believed.freshness))
      .Json("applied", RememberedText(state.applied))
      .Text("outcome", state.outcome)
      .Number("since", static_cast<std::uint64_t>(state.since))
      .End();
}

std::string OwnedText(const State& state) {
  std::string text;
  for (const auto& [path, owned] : state.owned) text += path + " " + owned.version + " " + owned.uid + "\n";
  return text;
}

Result<State> ReadState(std::string_view text, std::string_view owned) {
  const cluster::JsonObject object = cluster::ReadJsonObject(std::string(text));
  if (object.root == nullptr) return Failed("it is no JSON object");
  const Node& root = *object.root;
  if (NumberAt(root, "version") != 1) return Failed("its version is not 1: a newer agent wrote it");
  State state;
  state.believed.repository = cluster::StringAt(&root, {"repository"});
  for (const auto& [key, out] :
       {std::pair{"record", &state.believed.record}, std::pair{"policy", &state.believed.policy},
        std::pair{"applied", &state.applied}})
    if (Status read = ReadRemembered(root, key, *out); !read) return read.error();
  if (Status read = ReadFreshnessOf(root, state.believed); !read) return read.error();
  state.outcome = cluster::StringAt(&root, {"outcome"});
  state.since = static_cast<std::int64_t>(NumberAt(root, "since").value_or(0));
  while (!owned.empty()) {
    const std::string_view line = owned.substr(0, owned.find('\n'));
    if (Status read = ReadOwned(line, state.owned); !read) return read.error();
    owned.remove_prefix(std::min(line.size() + 1, owned.size()));
  }
  return state;
}

std::string ApplySetId(std::string_view name, std::string_view ns) {
  const std::string identity = std::string(name) + "." + std::string(ns) + ".ConfigMap.";
  const crypto::Sha256 digest = crypto::DigestSha256(identity);
  std::string text =
      crypto::ToBase64(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
  while (text.ends_with('=')) text.pop_back();
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return "applyset-" + text + "-v1";
}

StateStore::StateStore(cluster::ApiClient& client, const Configuration& configuration)
    : client_(client),
      name_("sluice-agent-" + configuration.environment),
      ns_(configuration.ns),
      path_("/api/v1/namespaces/" + ns_ + "/configmaps"),
      applyset_(ApplySetId(name_, ns_)) {}

Result<State> StateStore::Load() {
  const auto end = cluster::Clock::now() + std::chrono::minutes(1);
  const cluster::Document document = cluster::ReadDocument(client_, path_ + "/" + name_, end);
  if (document.status == 404) {
    resource_version_.clear();
    return State{};
  }
  if (!document) return Failed("the state cannot be read: " + document.trouble);
  const Node& root = document.root();
  Result<State> state =
      ReadState(cluster::StringAt(&root, {"data", kStateKey}), cluster::StringAt(&root, {"data", kOwnedKey}));
  if (!state)
    return Failed("the ConfigMap " + ns_ + "/" + name_ + " is damaged: " + state.error().message +
                  "; put back what was there, or delete it to begin from the pin");
  resource_version_ = cluster::TextAt(root, "metadata.resourceVersion");
  uid_ = cluster::TextAt(root, "metadata.uid");
  written_ = Body(*state);
  return state;
}

std::string StateStore::Body(const State& state) const {
  JsonMapping metadata;
  metadata.Text("name", name_).Text("namespace", ns_);
  metadata.Json("labels", JsonMapping().Text("applyset.kubernetes.io/id", applyset_).End());
  metadata.Json("annotations", JsonMapping()
                                   .Text("applyset.kubernetes.io/tooling", "sluice-agent/v1")
                                   .Text("applyset.kubernetes.io/contains-group-kinds", KindsOf(state))
                                   .End());
  if (!resource_version_.empty()) metadata.Text("resourceVersion", resource_version_).Text("uid", uid_);
  return JsonMapping()
      .Text("apiVersion", "v1")
      .Text("kind", "ConfigMap")
      .Json("metadata", metadata.End())
      .Json("data", JsonMapping().Text(kStateKey, StateText(state)).Text(kOwnedKey, OwnedText(state)).End())
      .End();
}

Status StateStore::Save(const State& state, bool asked) {
  const std::string body = Body(state);
  if (body == written_ && !asked) return Ok{};
  if (body.size() > kMostData)
    return LimitPassed("the inventory of " + std::to_string(state.owned.size()) +
                       " objects does not fit into a ConfigMap: divide the environment");
  const bool fresh = resource_version_.empty();
  Result<cluster::ApiAnswer> answer =
      client_.Send({.method = fresh ? "POST" : "PUT",
                    .path = path_ + (fresh ? "" : "/" + name_) + "?fieldManager=sluice-agent-state",
                    .headers = {{"Accept", "application/json"}, {"Content-Type", "application/json"}},
                    .body = body});
  if (!answer) return answer.error();
  if (!answer->failure && answer->status == 409)
    return Failed("another agent wrote the ConfigMap " + ns_ + "/" + name_ + ": this one begins again");
  if (!answer->failure && answer->status == 404)
    return Failed("there is no namespace " + ns_ + " for the agent's state");
  if (answer->failure || (answer->status != 200 && answer->status != 201))
    return Failed("the state cannot be written: " + cluster::Trouble(*answer));
  const cluster::JsonObject object = cluster::ReadJsonObject(std::move(answer->body));
  resource_version_ = cluster::StringAt(object.root, {"metadata", "resourceVersion"});
  uid_ = cluster::StringAt(object.root, {"metadata", "uid"});
  if (resource_version_.empty()) return Failed("the API server's answer to the state is no object");
  written_ = Body(state);
  return Ok{};
}

}  // namespace sluice::agent
