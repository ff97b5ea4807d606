// Two states of an object as they are shown.
#include "cluster/live_diff.h"

#include "tests/cluster/nodes.h"

namespace sluice::cluster {
namespace {

Compared CompareTexts(const Text& live, const Text& taken) {
  Discretion discretion;
  discretion.Add(live.get());
  discretion.Add(taken.get());
  return Compare(live.get(), taken.get(), discretion);
}

const std::string kHead = "apiVersion: v1\nkind: ConfigMap\n";

TEST_CASE("what servers write is left out") {
  const Text live(
      kHead +
      "metadata: {name: x, uid: u, resourceVersion: '5', generation: 2, creationTimestamp: t, selfLink: s,\n"
      "  managedFields: [{manager: m}], annotations: {kubectl.kubernetes.io/last-applied-configuration: z}}\n"
      "status: {ready: true}\ndata: {status: kept, uid: kept}");
  const Text taken(kHead + "metadata: {name: x}\ndata: {status: kept, uid: kept}");
  const Compared compared = CompareTexts(live, taken);
  CHECK(IsSame(*live, *taken));
  CHECK(compared.live == compared.taken);
  CHECK(compared.taken == taken.json());
}

TEST_CASE("what users write is no noise") {
  const Text live(
      kHead +
      "metadata: {name: x, annotations: {a: b, kubectl.kubernetes.io/last-applied-configuration: z}}");
  const Text taken(kHead + "metadata: {name: x, annotations: {a: c}}");
  const Compared compared = CompareTexts(live, taken);
  CHECK_FALSE(IsSame(*live, *taken));
  CHECK(compared.live ==
        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"annotations\":{\"a\":\"b\"},\"name\":"
        "\"x\"}}");
  CHECK(compared.taken.find("\"a\":\"c\"") != std::string::npos);
}

TEST_CASE("two states are the same or are not, whatever the order of their keys") {
  const struct {
    const char *live, *taken;
    bool same;
  } rows[] = {
      {"data: {a: '1', b: '2'}", "data: {b: '2', a: '1'}", true},
      {"data: {a: '1'}", "data: {a: '1', b: '2'}", false},
      {"data: {a: '1', b: '2'}", "data: {a: '1'}", false},
      {"data: {a: '1'}", "data: {b: '1'}", false},
      {"spec: {n: 1}", "spec: {n: '1'}", false},
      {"spec: {n: 1}", "spec: {n: 2}", false},
      {"spec: {n: 1.50}", "spec: {n: 1.5}", true},
      {"spec: {n: null}", "spec: {}", false},
      {"spec: {n: {}}", "spec: {n: []}", false},
      {"spec: {n: [1, 2]}", "spec: {n: [2, 1]}", false},
      {"spec: {n: [1]}", "spec: {n: [1, 2]}", false},
      {"spec: {status: 1}", "spec: {status: 2}", false},
      {"spec: {metadata: {uid: 1}}", "spec: {metadata: {uid: 2}}", false},
      {"status: {n: 1}", "status: {n: 2}", true},
      {"metadata: {uid: a}", "metadata: {uid: b}", true},
      {"metadata: {uid: a}", "metadata: {}", true},
      {"metadata: {uid: a, labels: {uid: a}}", "metadata: {uid: b, labels: {uid: b}}", false},
      {"metadata: {annotations: {kubectl.kubernetes.io/last-applied-configuration: z}}", "metadata: {}",
       true},
      {"metadata: {annotations: {}}", "metadata: {}", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.live, row.taken);
    const Text live(row.live), taken(row.taken);
    CHECK(IsSame(*live, *taken) == row.same);
    CHECK(IsSame(*taken, *live) == row.same);
  }
}

TEST_CASE("one state alone is shown as it is") {
  const Text object(kHead + "metadata: {name: x}");
  CHECK(Compare(nullptr, object.get(), {}).taken == object.json());
  CHECK(Compare(nullptr, object.get(), {}).live.empty());
  CHECK(Compare(object.get(), nullptr, {}).live == object.json());
}

TEST_CASE("of a Secret only which keys change is shown") {
  const std::string head =
      "apiVersion: v1\nkind: Secret\nmetadata: {name: x, labels: {app: w}, annotations: {note: hunter1}}\n";
  const Text live(head + "type: Opaque\ndata: {a: b25l, b: dHdv, c: b2xk}");
  const Text taken(head + "type: Opaque\ndata: {a: b25l, b: dGhyZWU=, d: bmV3}");
  const Compared compared = CompareTexts(live, taken);
  CHECK_FALSE(IsSame(*live, *taken));
  CHECK(
      compared.live ==
      "{\"apiVersion\":\"v1\",\"data\":{\"a\":\"***\",\"b\":\"*** "
      "(before)\",\"c\":\"***\"},\"kind\":\"Secret\",\"metadata\":"
      "{\"annotations\":{\"note\":\"***\"},\"labels\":{\"app\":\"w\"},\"name\":\"x\"},\"type\":\"Opaque\"}");
  CHECK(compared.taken.find("{\"a\":\"***\",\"b\":\"*** (after)\",\"d\":\"***\"}") != std::string::npos);
}

TEST_CASE("masked values are compared with their own place alone") {
  const std::string head = "apiVersion: apps/v1\nkind: Deployment\nspec: {env: ";
  // Another element with the very value tells nothing, and neither does its order.
  const Compared compared = CompareTexts(
      Text(head + "[{name: A_TOKEN, value: one}, {name: B_TOKEN, value: two}]}"),
      Text(head +
           "[{name: GUESS_TOKEN, value: one}, {name: B_TOKEN, value: two}, {name: A_TOKEN, value: six}]}"));
  CHECK(compared.live.find(
            "[{\"name\":\"A_TOKEN\",\"value\":\"*** (before)\"},{\"name\":\"B_TOKEN\",\"value\":\"***\"}]") !=
        std::string::npos);
  CHECK(compared.taken.find(
            "[{\"name\":\"GUESS_TOKEN\",\"value\":\"***\"},{\"name\":\"B_TOKEN\",\"value\":\"***\"},"
            "{\"name\":\"A_TOKEN\",\"value\":\"*** (after)\"}]") != std::string::npos);
}

}  // namespace
}  // namespace sluice::cluster
