// Names of fields as API servers write them, and where they lead.
#include "cluster/server_field.h"

#include "tests/cluster/nodes.h"

namespace sluice::cluster {
namespace {

constexpr const char* kObject = R"(
metadata: {labels: {app.kubernetes.io/name: web, app: w}, annotations: {"a[b]": x}}
spec:
  replicas: 3
  ports: [{port: 80, protocol: TCP}, {port: 80, protocol: UDP}, {port: 81}]
  tags: [red, "5", 5]
  template: {spec: {containers: [{name: a}, {name: c.d, env: [{name: E, value: x}]}]}}
data: {tls.crt: y, "a b": z}
)";

struct Row {
  const char* path;
  const char* field;
  bool there;
};

TEST_CASE("fields that servers name are found") {
  const Text object(kObject);
  const Row rows[] = {
      {"spec.replicas", "spec.replicas", true},
      {".spec.replicas", "spec.replicas", true},
      {"spec.template.spec.containers[1].env[0].value", "spec.template.spec.containers[1].env[0].value",
       true},
      {".spec.template.spec.containers[name=\"c.d\"].env[name=\"E\"].value",
       "spec.template.spec.containers[1].env[0].value", true},
      {".spec.ports[port=80,protocol=\"UDP\"]", "spec.ports[1]", true},
      {".spec.tags[=\"red\"]", "spec.tags[0]", true},
      {".spec.tags[=\"5\"]", "spec.tags[1]", true},
      {".spec.tags[=5]", "spec.tags[2]", true},
      {"metadata.labels[app.kubernetes.io/name]", "metadata.labels.app.kubernetes.io/name", true},
      {"metadata.labels.app.kubernetes.io/name", "metadata.labels.app.kubernetes.io/name", true},
      {"metadata.labels.app", "metadata.labels.app", true},
      {"data[tls.crt]", "data.tls.crt", true},
      {"data[a b]", "data.a b", true},
      {"", "", true},
      {"<nil>", "", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.path);
    const ServerField found = FindServerField(*object, row.path);
    CHECK(found.field == row.field);
    CHECK((found.node != nullptr) == row.there);
  }
  CHECK(FindServerField(*object, ".spec.tags[=5]").node->value.integer == 5);
}

TEST_CASE("fields that are not there are told as they are written") {
  const Text object(kObject);
  const Row rows[] = {
      {"spec.template.spec.containers[0].image", "spec.template.spec.containers[0].image", false},
      {"spec.selector.matchLabels[a.b/c]", "spec.selector.matchLabels.a.b/c", false},
      {"spec.limits[cpu].max[0].x", "spec.limits.cpu.max[0].x", false},
      {"spec.ports[7].port", "spec.ports[7].port", false},
      {"data[tls.key]", "data.tls.key", false},
      {"spec.replicas.x", "spec.replicas.x", false},
      // An element that is not there by its keys is its list, and no value of it is told.
      {".spec.template.spec.containers[name=\"z\"].image", "spec.template.spec.containers", true},
      {".spec.tags[=\"blue\"]", "spec.tags", true},
      {".spec.ports[port=80,protocol=\"SCTP\"].name", "spec.ports", true},
      {".spec.gone[name=\"hunter2\"].x", "spec.gone", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.path);
    const ServerField found = FindServerField(*object, row.path);
    CHECK(found.field == row.field);
    CHECK((found.node != nullptr) == row.there);
  }
}

TEST_CASE("a number that may mean the element of another is the list") {
  const Text sent("list: [{name: a, x: 1}, {name: c, ports: [{port: 1}]}]\nplain: [a, b]");
  struct Case {
    const char* live;
    const char* path;
    const char* field;
  };
  const Case cases[] = {
      {"list: [{name: a}, {name: c}]", "list[1].x", "list[1].x"},
      {"list: [{name: c}, {name: a}]", "list[1].x", "list[1].x"},  // the order is that of what was sent
      {"list: [{name: a}, {name: side}, {name: c}]", "list[0].x", "list[0].x"},  // before it
      {"list: [{name: a}, {name: side}, {name: c}]", "list[1].x", "list"},
      {"list: [{name: side}, {name: a}, {name: c}]", "list[0].x", "list"},
      {"list: [{name: a}, {name: c}, {name: side}]", "list[2].x", "list"},
      {"list: [{name: a}, {name: c}, {name: side}]", "list[1].x", "list[1].x"},
      {"list: [{name: c, ports: [{port: 7}]}]", "list[1].ports[0].port", "list[1].ports"},
      {"list: 5", "list[1].x", "list[1].x"},
      {"other: {}", "list[1].x", "list[1].x"},
      {"plain: [z, a, b]", "plain[1]", "plain[1]"},  // is replaced as a whole
  };
  for (const Case& each : cases) {
    CAPTURE(each.live, each.path);
    CHECK(FindServerField(*sent, each.path, Text(each.live).get()).field == each.field);
  }
}

TEST_CASE("no text breaks the search") {
  const Text object(kObject);
  for (const char* path :
       {"[", "]", "[[", "..", "[=", "[=]", "spec[", "spec.tags[", "spec.tags[=\"", "spec.tags[\"\\",
        "spec.ports[port=", "[99999999999999999999999]", "data[", "data[\"", "a[b=c", "\"", "="}) {
    CAPTURE(path);
    CHECK(FindServerField(*object, path).field.size() < 64);
  }
}

}  // namespace
}  // namespace sluice::cluster
