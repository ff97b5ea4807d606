// Tested by tests/agent/take_over_test.cc and, with a real API server, take_over_test.py.
#include "agent/take_over.h"

#include <algorithm>
#include <array>
#include <map>

#include "agent/json_text.h"
#include "cluster/managers.h"
#include "cluster/members.h"
#include "manifests/object.h"

namespace sluice::agent {
namespace {

using cluster::StringAt;
using manifests::Node;

constexpr int kTries = 5;
constexpr std::array<std::string_view, 3> kTools = {"kubectl", "flux", "argo-cd"};

// As whom each of them applies: kubectl and Argo CD update, unless they are told to apply on
// the server; Flux has applied there since 0.18.
struct Manager {
  std::string_view tool, name, operation;
};
constexpr Manager kManagers[] = {
    {"kubectl", "kubectl-client-side-apply", "Update"}, {"kubectl", "kubectl", "Apply"},
    {"flux", "kustomize-controller", "Apply"},          {"flux", "kustomize-controller", "Update"},
    {"argo-cd", "argocd-controller", "Update"},         {"argo-cd", "argocd-controller", "Apply"},
};

bool IsOfTool(const Node& entry, std::span<const std::string> from) {
  return std::any_of(std::begin(kManagers), std::end(kManagers), [&](const Manager& row) {
    return row.name == StringAt(&entry, {"manager"}) && row.operation == StringAt(&entry, {"operation"}) &&
           std::find(from.begin(), from.end(), row.tool) != from.end();
  });
}

bool IsOurs(const Node& entry) {
  return StringAt(&entry, {"manager"}) == kFieldManager && StringAt(&entry, {"operation"}) == "Apply" &&
         StringAt(&entry, {"subresource"}).empty();
}

// Tries of FieldsV1 (cluster/managers.cc), as one that owns what any of them does. One
// without steps owns the place where it ends, which a "." says beside steps of others.
std::string Union(const std::vector<const Node*>& tries) {
  std::map<std::string_view, std::vector<const Node*>> steps;
  bool itself = false;
  for (const Node* trie : tries) {
    itself = itself || trie->children.empty();
    for (const Node& step : trie->children) steps[step.key].push_back(&step);
  }
  if (steps.empty()) return "{}";
  if (itself) steps.try_emplace(".");
  std::string text;
  for (const auto& [key, below] : steps)
    text += (text.empty() ? "{" : ",") + JsonString(key) + ":" + Union(below);
  return text + "}";
}

std::string Text(const Node& node) {
  std::string json;
  manifests::CanonicalJson(node, json);
  return json;
}

// Our entry, with other fields.
std::string WithFields(const Node& ours, const std::string& fields) {
  JsonMapping entry;
  for (const Node& member : ours.children)
    entry.Json(member.key, member.key == "fieldsV1" ? fields : Text(member));
  return entry.End();
}

Outcome PutManagers(const Place& place, const Node& live, const std::string& managers) {
  const auto replace = [](std::string_view path, const std::string& value) {
    return JsonMapping().Text("op", "replace").Text("path", path).Json("value", value).End();
  };
  // The version makes it a conflict where somebody wrote meanwhile.
  return PatchJson(
      place,
      "[" + replace("/metadata/managedFields", managers) + "," +
          replace("/metadata/resourceVersion", JsonString(StringAt(&live, {"metadata", "resourceVersion"}))) +
          "]",
      live);
}

}  // namespace

std::span<const std::string_view> TakeOverWords() { return kTools; }

std::string TakenManagers(const Node& live, std::span<const std::string> from) {
  const std::span<const Node> entries = cluster::ElementsAt(&live, {"metadata", "managedFields"});
  const auto ours = std::find_if(entries.begin(), entries.end(), IsOurs);
  if (ours == entries.end() || ours->Find("fieldsV1") == nullptr) return {};
  std::vector<const Node*> tries{ours->Find("fieldsV1")};
  std::string others;
  for (const Node& entry : entries) {
    if (&entry == &*ours) continue;
    const bool taken = IsOfTool(entry, from) && StringAt(&entry, {"subresource"}).empty() &&
                       StringAt(&entry, {"apiVersion"}) == StringAt(&*ours, {"apiVersion"});
    const Node* const fields = entry.Find("fieldsV1");
    if (!taken)
      others += "," + Text(entry);
    else if (fields != nullptr && !fields->children.empty())
      tries.push_back(fields);
  }
  if (tries.size() == 1) return {};
  return "[" + WithFields(*ours, Union(tries)) + others + "]";
}

Outcome ApplyTakingOver(const Place& place, const std::string& json, const Node& recorded,
                        std::string_view applyset, std::span<const std::string> from) {
  Outcome applied = ApplyMember(place, json, recorded, applyset);
  for (int tries = 0; applied.answer == Answer::kDone; ++tries) {
    const std::string managers = TakenManagers(*applied.live.root, from);
    if (managers.empty()) return applied;
    if (tries == kTries)
      return {Answer::kLater, "it cannot be taken over: somebody writes it all the time", {}};
    Outcome put = PutManagers(place, *applied.live.root, managers);
    if (put.answer == Answer::kRefused) return put;
    applied = ApplyMember(place, json, recorded, applyset);
  }
  return applied;
}

}  // namespace sluice::agent
