// Tested by tests/agent/server_object_test.cc.
#include "agent/server_object.h"

#include <algorithm>
#include <map>

#include "agent/json_text.h"
#include "agent/state.h"
#include "cluster/server_words.h"
#include "cluster/status.h"
#include "manifests/object.h"

namespace sluice::agent {
namespace {

using manifests::Node;
using manifests::NodeKind;

constexpr std::size_t kAnswerBytes = 8u << 20;

// What a code of HTTP means for an object. The first row that fits counts; 429 and
// 5xx were tried again already (cluster/api_client.h).
struct Row {
  int from, to;
  std::string_view reason;  // of the Status; empty: any
  Answer answer;
};
constexpr Row kRows[] = {
    {200, 201, "", Answer::kDone},
    {202, 202, "", Answer::kDone},  // a deletion that finalizers hold
                                    // up
    {404, 404, "NotFound", Answer::kGone},
    {404, 404, "", Answer::kLater},  // the kind is not served (yet)
    {401, 401, "", Answer::kLater},  // a credential expired
    {408, 409, "", Answer::kLater},  // another wrote, or it is being deleted
    {429, 429, "", Answer::kLater},
    {400, 499, "", Answer::kRefused},
    {500, 599, "", Answer::kLater},
};

Answer AnswerOf(int code, std::string_view reason) {
  for (const Row& row : kRows)
    if (code >= row.from && code <= row.to && (row.reason.empty() || row.reason == reason)) return row.answer;
  return Answer::kLater;
}

// "invalid: spec.replicas: …" as far as it may be told.
std::string WordsOf(const cluster::ServerStatus& status, int code, const Node* sent) {
  cluster::Discretion discretion;
  discretion.Add(sent);
  std::string words = cluster::FreeWords(status.message, discretion);
  if (!words.empty()) return words;
  words = "the API server answered " + std::to_string(code);
  if (!status.reason.empty()) words += " " + cluster::NameWords(status.reason);
  for (const cluster::StatusCause& cause : status.causes)
    if (discretion.MayName(cause.field) && !cause.field.empty())
      words += ", " + cluster::NameWords(cause.field) + " (" + cluster::NameWords(cause.reason) + ")";
  return words;
}

// A namespace that ends refuses what is made in it until it is gone.
bool EndsLater(const cluster::ServerStatus& status) {
  return std::any_of(status.causes.begin(), status.causes.end(), [](const cluster::StatusCause& cause) {
    return cause.reason == "NamespaceTerminating";
  });
}

Outcome Send(const Place& place, cluster::ApiRequest request, const Node* sent) {
  request.answer_bytes = kAnswerBytes;
  request.headers.push_back({"Accept", "application/json"});
  Result<cluster::ApiAnswer> answer = place.client->Send(request);
  if (!answer) return {Answer::kLater, answer.error().Text(), {}};
  if (answer->failure) return {Answer::kLater, answer->failure.message, {}};
  const int code = answer->status;
  Outcome outcome;
  outcome.live = cluster::ReadJsonObject(std::move(answer->body));
  if (code == 200 || code == 201 || code == 202) {
    outcome.answer = outcome.live.root == nullptr ? Answer::kLater : Answer::kDone;
    if (outcome.live.root == nullptr) outcome.words = "the API server's answer is no object";
    return outcome;
  }
  const cluster::ServerStatus status = cluster::StatusOf(
      outcome.live.root, outcome.live.file.bytes ? *outcome.live.file.bytes : std::string_view());
  outcome.answer = EndsLater(status) ? Answer::kLater : AnswerOf(code, status.reason);
  outcome.words = WordsOf(status, code, sent);
  outcome.live.root = nullptr;
  return outcome;
}

std::string Canonical(const Node& node) {
  std::string json;
  manifests::CanonicalJson(node, json);
  return json;
}

// The canonical text of a mapping whose member `key` is `json`, where it has one and where it has none.
std::string With(const Node& mapping, std::string_view key, const std::string& json) {
  std::map<std::string_view, std::string> members;
  for (const Node& member : mapping.children) members.emplace(member.key, Canonical(member));
  members[key] = json;
  std::string text;
  for (const auto& [name, value] : members)
    text += (text.empty() ? "{" : ",") + JsonString(name) + ":" + value;
  return text + "}";
}

bool HasWord(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    std::string_view one = list.substr(0, list.find(','));
    list.remove_prefix(std::min(one.size() + 1, list.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one == word) return true;
  }
  return false;
}

struct Keeps {
  std::string_view annotation, word;
};
constexpr Keeps kKeeps[] = {
    {"sluice.dev/prune", "disabled"},
    {"kustomize.toolkit.fluxcd.io/prune", "disabled"},
    {"argocd.argoproj.io/sync-options", "Prune=false"},
    {"helm.sh/resource-policy", "keep"},
};

}  // namespace

std::string MemberText(const std::string& json, const Node& recorded, std::string_view applyset) {
  const Node* const metadata = recorded.Find("metadata");
  if (metadata == nullptr || metadata->kind != NodeKind::kMapping || Canonical(recorded) != json) return json;
  const Node* const labels = metadata->Find("labels");
  static const Node none = [] {
    Node node;
    node.kind = NodeKind::kMapping;
    return node;
  }();
  if (labels != nullptr && (labels->kind != NodeKind::kMapping || labels->Find(kPartOf) != nullptr))
    return json;
  const std::string with = With(labels == nullptr ? none : *labels, kPartOf, JsonString(applyset));
  return With(recorded, "metadata", With(*metadata, "labels", with));
}

Outcome ApplyMember(const Place& place, const std::string& json, const Node& recorded,
                    std::string_view applyset) {
  return Apply(place, MemberText(json, recorded, applyset), recorded);
}

Outcome Apply(const Place& place, const std::string& json, const Node& sent) {
  return Send(place,
              {.method = "PATCH",
               .path = place.path + "?fieldManager=" + std::string(kFieldManager) + "&force=true",
               .headers = {{"Content-Type", "application/apply-patch+yaml"}},
               .body = json,
               .repeatable = true},
              &sent);
}

Outcome PatchJson(const Place& place, const std::string& patch, const Node& live) {
  return Send(place,
              {.method = "PATCH",
               .path = place.path,
               .headers = {{"Content-Type", "application/json-patch+json"}},
               .body = patch},
              &live);
}

Outcome Label(const Place& place, const Node& live, const std::string& applyset) {
  JsonMapping metadata;
  metadata.Text("name", cluster::StringAt(&live, {"metadata", "name"}));
  const std::string_view ns = cluster::StringAt(&live, {"metadata", "namespace"});
  if (!ns.empty()) metadata.Text("namespace", ns);
  metadata.Text("uid", cluster::StringAt(&live, {"metadata", "uid"}));
  metadata.Json("labels", JsonMapping().Text(kPartOf, applyset).End());
  JsonMapping object;
  object.Text("apiVersion", cluster::StringAt(&live, {"apiVersion"}));
  object.Text("kind", cluster::StringAt(&live, {"kind"})).Json("metadata", metadata.End());
  return Send(place,
              {.method = "PATCH",
               .path = place.path + "?fieldManager=" + std::string(kLabelManager) + "&force=true",
               .headers = {{"Content-Type", "application/apply-patch+yaml"}},
               .body = object.End(),
               .repeatable = true},
              &live);
}

Outcome Look(const Place& place) { return Send(place, {.path = place.path}, nullptr); }

Outcome Delete(const Place& place, const Node& live) {
  const std::string preconditions =
      JsonMapping()
          .Text("resourceVersion", cluster::StringAt(&live, {"metadata", "resourceVersion"}))
          .Text("uid", cluster::StringAt(&live, {"metadata", "uid"}))
          .End();
  return Send(place,
              {.method = "DELETE",
               .path = place.path,
               .headers = {{"Content-Type", "application/json"}},
               .body = JsonMapping()
                           .Text("apiVersion", "v1")
                           .Text("kind", "DeleteOptions")
                           .Json("preconditions", preconditions)
                           .Text("propagationPolicy", "Background")
                           .End()},
              &live);
}

bool IsMember(const Node& live, const std::string& applyset) {
  return cluster::StringAt(&live, {"metadata", "labels", kPartOf}) == applyset;
}

bool IsAppliedByUs(const Node& live) {
  const auto managers = cluster::ElementsAt(&live, {"metadata", "managedFields"});
  return std::any_of(managers.begin(), managers.end(), [](const Node& entry) {
    return cluster::StringAt(&entry, {"manager"}) == kFieldManager &&
           cluster::StringAt(&entry, {"operation"}) == "Apply";
  });
}

bool IsKept(const Node& live) {
  return std::any_of(std::begin(kKeeps), std::end(kKeeps), [&](const Keeps& row) {
    return HasWord(cluster::StringAt(&live, {"metadata", "annotations", row.annotation}), row.word);
  });
}

}  // namespace sluice::agent
