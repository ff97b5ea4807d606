// What differs from the record, who set it, and what is no drift.
#include "agent/drift.h"

#include "agent/drift_episodes.h"
#include "tests/cluster/nodes.h"

namespace sluice::agent {
namespace {

using cluster::Text;
using std::chrono::seconds;

const ObjectName kWeb{"apps/v1", "Deployment", "shop", "web"};
const std::string kRecorded =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop, labels: {app: web}, "
    "creationTimestamp: null}\nspec: {replicas: 3, template: {spec: {nodeSelector: {}, containers: [{name: "
    "web, "
    "image: 'web:1', resources: {limits: {cpu: 1000m}}}, {name: log, image: 'log:1', args: [a, b]}]}}}\n";
// All that the record has, as managedFields has it.
const std::string kAllOurs =
    "{'f:metadata': {'f:labels': {'f:app': {}}}, 'f:spec': {'f:replicas': {}, 'f:template': {'f:spec': "
    "{'f:nodeSelector': {}, 'f:containers': {'k:{\"name\":\"web\"}': {.: {}, 'f:name': {}, 'f:image': {}, "
    "'f:resources': {'f:limits': {'f:cpu': {}}}}, 'k:{\"name\":\"log\"}': {.: {}, 'f:name': {}, 'f:image': "
    "{}, "
    "'f:args': {}}}}}}}";

std::string Ours(const std::string& fields) {
  return "{manager: sluice-agent, operation: Apply, apiVersion: apps/v1, time: '2026-01-01T00:00:00Z', "
         "fieldsV1: " +
         fields + "}";
}
std::string Theirs(const std::string& manager, const std::string& time, const std::string& fields,
                   const std::string& more = "") {
  return "{manager: " + manager + ", operation: Update, apiVersion: apps/v1, time: '" + time +
         "', fieldsV1: " + fields + more + "}";
}
std::string Without(std::string text, const std::string& part) {
  const std::size_t at = text.find(part);
  REQUIRE(at != text.npos);
  return text.erase(at, part.size());
}
std::string Replaced(std::string text, const std::string& part, const std::string& by) {
  const std::size_t at = text.find(part);
  REQUIRE(at != text.npos);
  return text.replace(at, part.size(), by);
}

// The live object: the spec as it is now, and who owns what.
std::string Live(const std::string& spec, const std::string& managers,
                 const std::string& labels = "{app: web}") {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop, uid: u, generation: "
         "4, labels: " +
         labels + ", managedFields: [" + managers + "]}\nspec: " + spec + "\nstatus: {replicas: 3}\n";
}
// As the API server keeps what was applied.
const std::string kSpec =
    "{replicas: 3, revisionHistoryLimit: 10, template: {spec: {containers: [{name: web, image: 'web:1', "
    "imagePullPolicy: Always, resources: {limits: {cpu: '1'}}}, {name: log, image: 'log:1', args: [a, "
    "b]}]}}}";

struct Asked {
  DriftSettings settings{};
  const DriftBaseline* baseline = nullptr;
  std::string planned{};
  ObjectName object = kWeb;
};
Drift DriftOf(const std::string& recorded, const std::string& live, const Asked& asked = {}) {
  const Text record(recorded), cluster(live);
  return FindDrift({.object = asked.object,
                    .recorded = *record,
                    .live = *cluster,
                    .settings = asked.settings,
                    .environment = "production",
                    .baseline = asked.baseline,
                    .planned = asked.planned});
}
std::string TextOf(const Drift& drift) {
  const std::string text = DriftText(kWeb, drift);
  return text.substr(text.find('\n') + 1);
}

TEST_CASE("what the API server makes of an object is no drift") {
  CHECK(DriftOf(kRecorded, Live(kSpec, Ours(kAllOurs))).empty());
}

struct NoDrift {
  const char* what;
  std::string live;
};

TEST_CASE("what others add, or say too, is no drift") {
  const std::string hpa = Theirs("hpa", "2026-01-02T00:00:00Z", "{'f:spec': {'f:replicas': {}}}");
  const NoDrift cases[] = {
      {"a label more", Live(kSpec, Ours(kAllOurs), "{app: web, team: shop}")},
      {"a field more", Live(Replaced(kSpec, "replicas: 3", "replicas: 3, paused: true"), Ours(kAllOurs))},
      {"a container before ours",
       Live(Replaced(kSpec, "[{name: web", "[{name: proxy, image: p}, {name: web"), Ours(kAllOurs))},
      {"containers in another order", Live("{replicas: 3, template: {spec: {containers: [{name: log, image: "
                                           "'log:1', args: [a, b]}, {name: web, image: "
                                           "'web:1', resources: {limits: {cpu: '1'}}}]}}}",
                                           Ours(kAllOurs))},
      {"the same value, of another too", Live(kSpec, Ours(kAllOurs) + "," + hpa)},
      {"the same value, of another alone",
       Live(kSpec, Ours(Without(kAllOurs, "'f:replicas': {}, ")) + "," + hpa)},
      {"another status", Live(kSpec, Ours(kAllOurs))},
  };
  for (const NoDrift& each : cases) {
    INFO(each.what);
    CHECK(DriftOf(kRecorded, each.live).empty());
  }
}

TEST_CASE("another value is told, with who set it and when") {
  const std::string edited =
      Live(Replaced(kSpec, "replicas: 3", "replicas: 5"),
           Ours(Without(kAllOurs, "'f:replicas': {}, ")) + "," +
               Theirs("kubectl-edit", "2026-01-02T03:04:05Z", "{'f:spec': {'f:replicas': {}}}"));
  const Drift drift = DriftOf(kRecorded, edited);
  CHECK(TextOf(drift) ==
        "  spec.replicas: 3, in the cluster 5; set by \"kubectl-edit\" at 2026-01-02T03:04:05Z; heal\n");
  CHECK(Heals(drift));
  CHECK(drift.heal_with.empty());
  CHECK(DriftJson(kWeb, drift) ==
        R"({"apiVersion":"apps/v1","kind":"Deployment","namespace":"shop","name":"web","fields":[)"
        R"({"field":"spec.replicas","action":"heal","recorded":"3","live":"5","manager":"kubectl-edit",)"
        R"("time":"2026-01-02T03:04:05Z"}]})");
}

TEST_CASE("of several who own a field the last one set it") {
  const std::string live =
      Live(Replaced(kSpec, "'web:1'", "'web:9'"),
           Ours(Without(kAllOurs, "'f:image': {}, ")) + "," +
               Theirs("old", "2026-01-02T00:00:00Z",
                      "{'f:spec': {'f:template': {'f:spec': {'f:containers': "
                      "{'k:{\"name\":\"web\"}': {'f:image': {}}}}}}}") +
               "," +
               Theirs("new", "2026-01-03T00:00:00Z",
                      "{'f:spec': {'f:template': {'f:spec': {'f:containers': "
                      "{'k:{\"name\":\"web\"}': {'f:image': {}}}}}}}") +
               "," + Theirs("kubelet", "2026-01-04T00:00:00Z", "{'f:status': {}}", ", subresource: status"));
  CHECK(TextOf(DriftOf(kRecorded, live)) ==
        "  spec.template.spec.containers[0].image: \"web:1\", in the cluster \"web:9\"; set by \"new\" at "
        "2026-01-03T00:00:00Z; heal\n");
}

TEST_CASE("what is gone is told, with who wrote last") {
  const std::string live = Live(
      "{replicas: 3, template: {spec: {containers: [{name: web, image: 'web:1', resources: {limits: {cpu: "
      "'1'}}}]}}}",
      Ours("{'f:spec': {'f:replicas': {}, 'f:template': {'f:spec': {'f:nodeSelector': {}, 'f:containers': "
           "{'k:{\"name\":\"web\"}': {.: {}, 'f:name': {}, 'f:image': {}, 'f:resources': {'f:limits': "
           "{'f:cpu': "
           "{}}}}}}}}}") +
          "," + Theirs("kubectl-edit", "2026-01-02T00:00:00Z", "{'f:spec': {'f:paused': {}}}"),
      "{}");
  CHECK(TextOf(DriftOf(kRecorded, live)) ==
        "  metadata.labels.app: \"web\", in the cluster it is gone; last written by \"kubectl-edit\" at "
        "2026-01-02T00:00:00Z; heal\n"
        "  spec.template.spec.containers[1]: {\"args\":[\"a\",\"b\"],\"image\":\"log:1\",\"name\":\"log\"}, "
        "in the "
        "cluster it is gone; last written by \"kubectl-edit\" at 2026-01-02T00:00:00Z; heal\n");
}

TEST_CASE("a mapping that is gone is each of its fields, an element is one") {
  const std::string head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n";
  const Drift drift =
      DriftOf(head + "data: {a: '1', b: {c: 2, d: {}}}\nlist: [{name: e, f: {g: 1}}]", head + "list: []");
  std::string fields;
  for (const DriftedField& field : drift.fields) fields += field.field + " ";
  CHECK(fields == "list[0] data.a data.b.c data.b.d ");
}

TEST_CASE("where nobody owns anything, whatever differs is drift, of nobody") {
  const Drift drift = DriftOf(kRecorded, Live(kSpec, ""));
  CHECK(TextOf(drift) ==
        "  spec.template.spec.containers[0].resources.limits.cpu: \"1000m\", in the cluster \"1\"; nobody is "
        "named "
        "as having set it; heal\n"
        "  spec.template.spec.nodeSelector: {}, in the cluster it is gone; nobody is named as having set it; "
        "heal\n");
}

TEST_CASE("an update under our name is drift, and so is an apply that was not ours") {
  const std::string spec = Replaced(kSpec, "replicas: 3", "replicas: 5");
  const std::string updated =
      Live(spec, Ours(Without(kAllOurs, "'f:replicas': {}, ")) + "," +
                     Theirs("sluice-agent", "2026-01-02T00:00:00Z", "{'f:spec': {'f:replicas': {}}}"));
  CHECK(DriftOf(kRecorded, updated).fields.size() == 1);
  // By --field-manager=sluice-agent --force-conflicts: only the baseline knows it.
  const std::string forged = Live(spec, Ours(kAllOurs));
  CHECK(DriftOf(kRecorded, forged).empty());
  const Text record(kRecorded), answer(Live(kSpec, Ours(kAllOurs)));
  const DriftBaseline baseline = BaselineOf(*record, *answer);
  CHECK(baseline.size() == 2);  // cpu and nodeSelector
  CHECK(DriftOf(kRecorded, answer.json(), {.baseline = &baseline}).empty());
  const Drift drift = DriftOf(kRecorded, forged, {.baseline = &baseline});
  REQUIRE(drift.fields.size() == 1);
  CHECK(drift.fields[0].field == "spec.replicas");
  const std::string other_cpu = Live(Replaced(kSpec, "cpu: '1'", "cpu: '2'"), Ours(kAllOurs));
  CHECK(DriftOf(kRecorded, other_cpu, {.baseline = &baseline}).fields.size() == 1);
}

TEST_CASE("no value of a Secret is told, nor one that looks like it") {
  const ObjectName name{"v1", "Secret", "shop", "key"};
  const std::string head = "apiVersion: v1\nkind: Secret\nmetadata: {name: key, namespace: shop";
  const Drift drift =
      DriftOf(head + "}\ndata: {token: aHVudGVyMg==, gone: Zm9vYmFyYmF6}",
              head + ", managedFields: [" +
                  Theirs("kubectl-edit", "2026-01-02T00:00:00Z", "{'f:data': {'f:token': {}}}") +
                  "]}\ndata: {token: aHVudGVyMw==}",
              {.object = name});
  CHECK(DriftText(name, drift) ==
        "Secret shop/key differs from the record in 2 fields\n"
        "  data.token: another value in the cluster; set by \"kubectl-edit\" at 2026-01-02T00:00:00Z; heal\n"
        "  data.gone: it is gone; last written by \"kubectl-edit\" at 2026-01-02T00:00:00Z; heal\n");
  CHECK(DriftJson(name, drift).find("aHVudGVy") == std::string::npos);
  const std::string map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: ";
  const Drift password =
      DriftOf(map + "{dbPassword: old-one, colour: red}", map + "{dbPassword: ab, colour: blue}");
  REQUIRE(password.fields.size() == 2);
  CHECK(password.fields[0].recorded == "\"***\"");
  CHECK(password.fields[0].live == "\"***\"");
  CHECK(password.fields[1].live == "\"blue\"");
  const Drift whole = DriftOf(map + "{env: [{name: API_TOKEN, value: abc-def-ghi}]}", map + "{env: x}");
  REQUIRE(whole.fields.size() == 1);
  CHECK(whole.fields[0].recorded == R"([{"name":"API_TOKEN","value":"***"}])");
}

TEST_CASE("long values are cut, and long lists of fields are counted") {
  const std::string head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n";
  const Drift cut = DriftOf(head + "  a: " + std::string(500, 'x'), head + "  a: y");
  CHECK(cut.fields[0].recorded == "\"" + std::string(199, 'x') + "…");
  std::string many = head, other = head;
  for (int i = 0; i < 150; ++i) {
    many += "  k" + std::to_string(i) + ": a\n";
    other += "  k" + std::to_string(i) + ": b\n";
  }
  const Drift drift = DriftOf(many, other);
  CHECK(drift.fields.size() == 100);
  CHECK(drift.more == 50);
  CHECK(DriftText(kWeb, drift).find("in 150 fields\n") != std::string::npos);
  CHECK(DriftText(kWeb, drift).ends_with("  and 50 more\n"));
}

const std::string kTwoEdited = Live(
    "{replicas: 5, template: {spec: {containers: [{name: web, image: 'web:9'}, {name: log, image: 'log:1', "
    "args: [a, "
    "b]}]}}}",
    Theirs("x", "2026-01-02T00:00:00Z", "{'f:spec': {}}"));

TEST_CASE("rules say what is healed, told only, or nobody's business") {
  const std::string recorded =
      Without(Without(kRecorded, ", resources: {limits: {cpu: 1000m}}"), "nodeSelector: {}, ");
  const DriftRule replicas{
      .kind = "Deployment", .field = "spec.replicas", .action = DriftAction::kIgnore, .reason = "HPA"};
  const Drift healed = DriftOf(recorded, kTwoEdited);
  CHECK(healed.fields.size() == 2);
  CHECK(healed.heal_with.empty());
  const Drift one = DriftOf(recorded, kTwoEdited, {.settings = {.rules = {replicas}}});
  REQUIRE(one.fields.size() == 1);
  CHECK(one.ignored == 1);
  CHECK(one.fields[0].field == "spec.template.spec.containers[0].image");
  CHECK(one.heal_with.find("replicas") == std::string::npos);
  CHECK(one.heal_with.find(R"("image":"web:1")") != std::string::npos);
  CHECK(one.heal_with.find(R"("args":["a","b"])") != std::string::npos);
  const Drift told = DriftOf(recorded, kTwoEdited, {.settings = {.action = DriftAction::kAlert}});
  CHECK(told.fields.size() == 2);
  CHECK(!Heals(told));
  CHECK(told.heal_with.empty());
  DriftSettings mixed{.rules = {replicas}};
  mixed.rules[0].action = DriftAction::kAlert;
  const Drift both = DriftOf(recorded, kTwoEdited, {.settings = mixed});
  CHECK(both.fields.size() == 2);
  CHECK(both.heal_with.find("replicas") == std::string::npos);
  CHECK(TextOf(both).find("; alert (HPA)\n") != std::string::npos);
  const Drift none = DriftOf(recorded, kTwoEdited, {.settings = {.action = DriftAction::kIgnore}});
  CHECK(none.empty());
  CHECK(none.ignored == 2);
}

TEST_CASE("drift is told once, again for other fields, and its end") {
  const WallTime now{seconds(1'800'000'000)};
  DriftEpisodes episodes;
  Drift drift;
  drift.fields = {{.field = "spec.a", .fingerprint = 1}};
  CHECK(!episodes.Observe(kWeb, {}, now).ended);
  CHECK(episodes.Observe(kWeb, drift, now).fresh.fields.size() == 1);
  CHECK(episodes.Observe(kWeb, drift, now + seconds(1)).fresh.empty());
  drift.fields[0].fingerprint = 2;  // another value of the same episode
  CHECK(episodes.Observe(kWeb, drift, now + seconds(2)).fresh.empty());
  drift.fields.push_back({.field = "spec.b", .fingerprint = 3});
  const DriftNews more = episodes.Observe(kWeb, drift, now + seconds(3));
  REQUIRE(more.fresh.fields.size() == 1);
  CHECK(more.fresh.fields[0].field == "spec.b");
  CHECK(episodes.size() == 1);
  const DriftNews end = episodes.Observe(kWeb, {}, now + seconds(4));
  CHECK(end.ended);
  CHECK(end.fresh.empty());
  CHECK(end.since == now);
  CHECK(end.states == 3);
  CHECK(!episodes.Observe(kWeb, {}, now + seconds(5)).ended);
  CHECK(episodes.Observe(kWeb, drift, now + seconds(6)).fresh.fields.size() == 2);
  episodes.Forget(kWeb);
  CHECK(!episodes.Observe(kWeb, {}, now + seconds(7)).ended);
}

TEST_CASE("what was planned is told anew once the plan is over") {
  const WallTime now{seconds(1'800'000'000)};
  DriftEpisodes episodes;
  Drift drift;
  drift.fields = {{.field = "spec.a", .fingerprint = 1}};
  drift.planned = "promotion of record 12 is under way";
  const DriftNews planned = episodes.Observe(kWeb, drift, now);
  CHECK(DriftText(kWeb, planned.fresh).find(" (planned: promotion of record 12 is under way)\n") !=
        std::string::npos);
  CHECK(episodes.Observe(kWeb, drift, now).fresh.empty());
  drift.planned.clear();
  CHECK(episodes.Observe(kWeb, drift, now).fresh.fields.size() == 1);
  CHECK(episodes.Observe(kWeb, drift, now).fresh.empty());
  drift.planned = "a break-glass";  // what was unplanned stays so
  CHECK(episodes.Observe(kWeb, drift, now).fresh.empty());
  drift.planned.clear();
  CHECK(episodes.Observe(kWeb, drift, now).fresh.empty());
}

}  // namespace
}  // namespace sluice::agent
