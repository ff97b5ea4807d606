// object/duplicate: one pass with a table of identities, so the work grows
// with the number of objects.
#include <string>
#include <unordered_map>

#include "policies/native.h"
#include "policies/placeholder.h"
#include "policies/rules/rules.h"
#include "policies/rules/words.h"

namespace sluice::policies {

constexpr Rule kDuplicateRule{
    .id = "object/duplicate",
    .title = "the same object twice",
    .why =
        "Both are applied, one after the other, and the cluster ends with whichever came last; kustomize "
        "refuses to build them. The version of the API does not make two objects of one: they are the "
        "same in storage.",
    .remedy = "remove one of them, or give it another name or namespace",
    .fails = R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: web-settings
  namespace: shop
data:
  colour: blue
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: web-settings
  namespace: shop
data:
  colour: green
)",
    .passes = R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: web-settings
  namespace: shop
data:
  colour: blue
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: api-settings
  namespace: shop
data:
  colour: green
)",
};

namespace {

using manifests::Object;

// Parts are joined by NUL, which no part that the API server takes can hold.
std::string Identity(const Object& object, const schemas::Catalog* catalog) {
  const bool drop_namespace =
      catalog != nullptr && !object.ns.empty() &&
      catalog->Find(object.group, object.version, object.kind).scope == schemas::Scope::kCluster;
  std::string identity(object.group);
  for (const std::string_view part :
       {object.kind, drop_namespace ? std::string_view() : object.ns, object.name}) {
    identity += '\0';
    identity += part;
  }
  return identity;
}

// Two names with a placeholder may become two different names.
bool IsFilledInLater(std::string_view text) { return HoldsPlaceholder(text) || IsSopsValue(text); }

std::string Place(const Object& object) {
  return std::string(object.file) + ':' + std::to_string(PlaceOf(object).begin.line);
}

}  // namespace

Findings CheckDuplicates(std::span<const Object> objects, const schemas::Catalog* catalog) {
  Findings findings;
  std::unordered_map<std::string, const Object*> seen;
  seen.reserve(objects.size());
  for (const Object& object : objects) {
    if (object.name.empty() || IsFilledInLater(object.name) || IsFilledInLater(object.ns)) continue;
    const auto [first, is_new] = seen.try_emplace(Identity(object, catalog), &object);
    if (is_new) continue;
    findings.push_back(
        FindingIn(kDuplicateRule, object, PlaceOf(object), "",
                  Describe(ShownName(object.Name())) + " is also at " + Place(*first->second)));
  }
  return findings;
}

}  // namespace sluice::policies
