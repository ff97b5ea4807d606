// The words of object/duplicate. Which objects meet in one build only the gate
// knows, which finds them (gate/cross.cc).
#include "policies/rules/rules.h"

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

}  // namespace sluice::policies
