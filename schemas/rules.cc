#include "schemas/rules.h"

#include <array>

#include "schemas/catalog.h"

// The words of the rules. Each example is one file that the rule's tests run as
// it stands (rules_test.cc).

namespace sluice::schemas {

const Rule kUnknownField{.id = "schema/unknown-field",
                         .title = "a field that the schema of the object does not have",
                         .why =
                             "A misspelt field is dropped by the cluster without a word, or refused at "
                             "deployment time; what was meant "
                             "never happens. Field names are case-sensitive.",
                         .remedy = "correct the name, or move the field to the object that has it",
                         .fails = R"(apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selectr: {app: web}
  ports: [{port: 80}]
)",
                         .passes = R"(apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80}]
)"};

const Rule kUnknownKind{.id = "schema/unknown-kind",
                        .title = "a kind that a built-in API group does not have",
                        .why =
                            "Groups such as apps or v1 belong to Kubernetes, so a kind that they lack in "
                            "every target version can only "
                            "be a mistake: the cluster refuses the object.",
                        .remedy = "correct kind or apiVersion",
                        .fails = R"(apiVersion: apps/v1
kind: Deploymnet
metadata: {name: web}
)",
                        .passes = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: web}
)"};

const Rule kWrongType{.id = "schema/wrong-type",
                      .title = "a value of another type than the schema asks for",
                      .why =
                          "The API server cannot decode the object and refuses all of it. Most often a "
                          "number or a boolean lacks its "
                          "quotes, or has them where it must not.",
                      .remedy = "write a value of the type that the message names",
                      .fails = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data:
  port: 8080
)",
                      .passes = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data:
  port: "8080"
)"};

const Rule kRequired{.id = "schema/required",
                     .title = "a required field is missing or null",
                     .why = "The API server refuses an object without it. Null counts as not written.",
                     .remedy = "add the field",
                     .fails = R"(apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - image: nginx
)",
                     .passes = R"(apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: web
    image: nginx
)"};

const Rule kOutOfRange{
    .id = "schema/out-of-range",
    .title = "a number, length or count outside of its bounds",
    .why =
        "A create refuses it. Server-side apply cuts an integer that is too wide and runs what is left: "
        "4294967301 replicas become 5.",
    .remedy = "write a value within the bounds that the message names",
    .fails = R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 4294967301
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: nginx}]
)",
    .passes = R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 5
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: nginx}]
)"};

const Rule kFormat{
    .id = "schema/format",
    .title = "a text that is not a quantity, duration, time, base64 or other format asked for",
    .why = "The API server reads such texts and refuses an object with one that it cannot read.",
    .remedy = "write the value in the format that the message names",
    .fails = R"(apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 10GB}}
)",
    .passes = R"(apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 10Gi}}
)"};

const Rule kEnum{
    .id = "schema/enum",
    .title = "a value that is none of those allowed",
    .why = "The API server knows a fixed list of values for this field and refuses every other. Case counts.",
    .remedy = "write one of the values that the message names",
    .fails = R"(apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: loadBalancer
  ports: [{port: 80}]
)",
    .passes = R"(apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: LoadBalancer
  ports: [{port: 80}]
)"};

const Rule kPattern{
    .id = "schema/pattern",
    .title = "a text that does not match the pattern of its field",
    .why = "The CustomResourceDefinition demands the pattern, so the API server refuses the object.",
    .remedy = "write a text that matches the pattern",
    .fails = R"(apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: web}
spec:
  gatewayClassName: shared
  listeners:
  - {name: Web_Listener, port: 80, protocol: HTTP}
)",
    .passes = R"(apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: web}
spec:
  gatewayClassName: shared
  listeners:
  - {name: web, port: 80, protocol: HTTP}
)"};

const Rule kDuplicate{.id = "schema/duplicate",
                      .title = "two list elements with the same key, or the same value twice in a set",
                      .why =
                          "The field is a map or a set in the form of a list. Server-side apply refuses "
                          "doubles; a create keeps both, "
                          "and one of them wins without a word.",
                      .remedy = "remove one of them",
                      .fails = R"(apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: web
    image: nginx
    env:
    - {name: MODE, value: fast}
    - {name: MODE, value: slow}
)",
                      .passes = R"(apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: web
    image: nginx
    env:
    - {name: MODE, value: fast}
)"};

const Rule kNullElement{.id = "schema/null",
                        .title = "null where the schema does not allow it",
                        .why =
                            "A stray dash makes a list element that is null, and an empty value a null field "
                            "of a custom resource. "
                            "Server-side apply refuses both.",
                        .remedy = "remove it, or write a value",
                        .fails = R"(apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: web
    image: nginx
  -
)",
                        .passes = R"(apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: web
    image: nginx
)"};

const Rule kComposition{.id = "schema/composition",
                        .title = "a value that fits none, or too many, of the alternatives of its schema",
                        .why =
                            "The CustomResourceDefinition allows certain combinations of fields (anyOf, "
                            "oneOf, not), so the API server "
                            "refuses others.",
                        .remedy = "keep one of the alternatives",
                        .fails = R"(apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: pools.example.org}
spec:
  group: example.org
  scope: Namespaced
  names: {kind: Pool, plural: pools}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties: {fixed: {type: integer}, range: {type: string}}
            oneOf: [{required: [fixed]}, {required: [range]}]
---
apiVersion: example.org/v1
kind: Pool
metadata: {name: small}
spec: {fixed: 3, range: 1-5}
)",
                        .passes = R"(apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: pools.example.org}
spec:
  group: example.org
  scope: Namespaced
  names: {kind: Pool, plural: pools}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties: {fixed: {type: integer}, range: {type: string}}
            oneOf: [{required: [fixed]}, {required: [range]}]
---
apiVersion: example.org/v1
kind: Pool
metadata: {name: small}
spec: {fixed: 3}
)"};

const Rule kDocument{.id = "schema/document",
                     .title = "a file that does not fit the JSON Schema given for it",
                     .why =
                         "The configuration names a schema for this file (documents:), so that a mistake in "
                         "it is found before "
                         "something reads it.",
                     .remedy = "correct the file as the message says",
                     .fails = R"(-- .sluice/sluice.yaml --
version: 1
documents: {"values.yaml": schemas/values.json}
-- .sluice/schemas/values.json --
{"type": "object", "properties": {"replicas": {"type": "integer"}}}
-- values.yaml --
replicas: three
)",
                     .passes = R"(-- .sluice/sluice.yaml --
version: 1
documents: {"values.yaml": schemas/values.json}
-- .sluice/schemas/values.json --
{"type": "object", "properties": {"replicas": {"type": "integer"}}}
-- values.yaml --
replicas: 3
)"};

const Rule kCrd{
    .id = "schema/crd",
    .title =
        "a CustomResourceDefinition that the API server would not take, or that cannot be checked against",
    .why =
        "The cluster refuses a definition whose schema is not structural, and with it every object of its "
        "kind.",
    .remedy = "correct the definition as the message says",
    .fails = R"(apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: pools.example.org}
spec:
  group: example.org
  scope: Namespaced
  names: {kind: Pool, plural: pools}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {properties: {size: {type: integer}}}
)",
    .passes = R"(apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: pools.example.org}
spec:
  group: example.org
  scope: Namespaced
  names: {kind: Pool, plural: pools}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {type: object, properties: {size: {type: integer}}}
)"};

const Rule kApiRemoved{
    .id = "api/removed",
    .title = "an API version that the target versions of Kubernetes no longer serve",
    .why = "The cluster answers that it does not know the kind, and the object cannot be applied.",
    .remedy = "move to the version that the message names",
    .fails = R"(apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 1}
)",
    .passes = R"(apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 1}
)"};

const Rule kApiDeprecated{.id = "api/deprecated",
                          .severity = Severity::kWarning,
                          .title = "an API version that a later Kubernetes takes away",
                          .why = "It works today and stops with an upgrade of the cluster.",
                          .remedy = "move to the version that the message names before the upgrade",
                          .fails = R"(apiVersion: v1
kind: Endpoints
metadata: {name: web}
)",
                          .passes = R"(apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web}
addressType: IPv4
endpoints: []
)"};

const Rule kApiNotYet{
    .id = "api/not-yet",
    .title = "an API version that the target versions of Kubernetes do not serve yet",
    .why = "The cluster does not know the kind before it is upgraded.",
    .remedy = "use an older version of the API, or name the Kubernetes versions that you run (kubernetes:)",
    .fails = R"(# with kubernetes: ["1.32"]
apiVersion: resource.k8s.io/v1
kind: DeviceClass
metadata: {name: gpu}
spec: {}
)",
    .passes = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: gpu}
)"};

std::span<const Rule* const> SchemaRules() {
  static const std::array<const Rule*, 16> kRules{
      &kApiDeprecated, &kApiNotYet,    &kApiRemoved,  &kComposition, &kCrd,        &kDocument,
      &kDuplicate,     &kEnum,         &kFormat,      &kNullElement, &kOutOfRange, &kPattern,
      &kRequired,      &kUnknownField, &kUnknownKind, &kWrongType};
  return kRules;
}

}  // namespace sluice::schemas
