// Kubernetes' own kinds: what decoding into Go types and OpenAPI decide. Every
// line was seen to end so on a real API server (tests/oracles/shape-differential).
#include "tests/catch.h"
#include "tests/schemas/checking.h"

namespace sluice::schemas {
namespace {

struct Case {
  const char* what;
  std::string text;
  const char* verdict;
};

std::string Pod(const std::string& spec) {
  return "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {" + spec + "}\n";
}
std::string Container(const std::string& fields) {
  return Pod("containers: [{name: a, image: b, " + fields + "}]");
}
std::string Deployment(const std::string& fields) {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {" + fields +
         ", selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: "
         "[{name: a, image: b}]}}}\n";
}
std::string Service(const std::string& spec) {
  return "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {" + spec + "}\n";
}
std::string ConfigMap(const std::string& rest) { return "apiVersion: v1\nkind: ConfigMap\n" + rest + "\n"; }
std::string Secret(const std::string& rest) {
  return "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n" + rest + "\n";
}
std::string Lease(const std::string& time) {
  return "apiVersion: coordination.k8s.io/v1\nkind: Lease\nmetadata: {name: a}\nspec: {renewTime: " + time +
         "}\n";
}

}  // namespace

TEST_CASE("what an API server refuses is found, at its field") {
  const Case cases[] = {
      {"unknown field", Container("imagee: c"), "schema/unknown-field spec.containers[0].imagee"},
      {"unknown field that is null", ConfigMap("metadata: {name: a}\nfoo: null"), "schema/unknown-field foo"},
      {"unknown field of metadata", ConfigMap("metadata: {name: a, label: {}}"),
       "schema/unknown-field metadata.label"},
      {"a name in another case", Container("imagePullpolicy: Always"),
       "schema/unknown-field spec.containers[0].imagePullpolicy"},
      {"a field one level too high", Deployment("replicas: 1, containers: []"),
       "schema/unknown-field spec.containers"},
      {"string for integer", Deployment("replicas: \"3\""), "schema/wrong-type spec.replicas"},
      {"fraction for integer", Deployment("replicas: 1.5"), "schema/wrong-type spec.replicas"},
      {"boolean for integer", Deployment("replicas: true"), "schema/wrong-type spec.replicas"},
      {"list for integer", Deployment("replicas: [1]"), "schema/wrong-type spec.replicas"},
      {"integer for string", Container("command: [sleep, 1]"),
       "schema/wrong-type spec.containers[0].command[1]"},
      {"boolean for string", ConfigMap("metadata: {name: a}\ndata: {a: yes}"), "schema/wrong-type data.a"},
      {"number for a label", ConfigMap("metadata: {name: a, labels: {a: 1}}"),
       "schema/wrong-type metadata.labels.a"},
      {"string for boolean", Pod("hostNetwork: \"true\", containers: [{name: a}]"),
       "schema/wrong-type spec.hostNetwork"},
      {"string for list", Container("command: sleep"), "schema/wrong-type spec.containers[0].command"},
      {"mapping for list", Pod("containers: {name: a}"), "schema/wrong-type spec.containers"},
      {"list for mapping", ConfigMap("metadata: {name: a}\ndata: [a]"), "schema/wrong-type data"},
      {"string for mapping", Pod("securityContext: none, containers: [{name: a}]"),
       "schema/wrong-type spec.securityContext"},
      {"missing required field", Pod("containers: [{image: b}]"), "schema/required spec.containers[0].name"},
      {"required field set to null", Pod("containers: null"), "schema/required spec.containers"},
      {"two required fields", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {}\n",
       "schema/required spec.selector | schema/required spec.template"},
      {"32 bits passed", Deployment("replicas: 4294967301"), "schema/out-of-range spec.replicas"},
      {"32 bits passed by one", Deployment("replicas: 2147483648"), "schema/out-of-range spec.replicas"},
      {"32 bits passed below", Deployment("minReadySeconds: -2147483649"),
       "schema/out-of-range spec.minReadySeconds"},
      {"32 bits passed by a float", Deployment("replicas: 1e10"), "schema/out-of-range spec.replicas"},
      {"64 bits passed", Pod("terminationGracePeriodSeconds: 9223372036854775808, containers: [{name: a}]"),
       "schema/out-of-range spec.terminationGracePeriodSeconds"},
      {"int-or-string of 33 bits", Service("ports: [{port: 80, targetPort: 4294967376}]"),
       "schema/out-of-range spec.ports[0].targetPort"},
      {"int-or-string of a boolean", Service("ports: [{port: 80, targetPort: true}]"),
       "schema/wrong-type spec.ports[0].targetPort"},
      {"int-or-string of a fraction", Service("ports: [{port: 80, targetPort: 80.5}]"),
       "schema/wrong-type spec.ports[0].targetPort"},
      {"a unit that no quantity has", Container("resources: {limits: {memory: 1GB}}"),
       "schema/format spec.containers[0].resources.limits.memory"},
      {"a quantity with a blank inside", Container("resources: {limits: {memory: 1 Gi}}"),
       "schema/format spec.containers[0].resources.limits.memory"},
      {"an empty quantity", Container("resources: {limits: {cpu: \"\"}}"),
       "schema/format spec.containers[0].resources.limits.cpu"},
      {"a boolean for a quantity", Container("resources: {limits: {cpu: true}}"),
       "schema/wrong-type spec.containers[0].resources.limits.cpu"},
      {"a time without zone", ConfigMap("metadata: {name: a, creationTimestamp: \"2026-01-01T00:00:00\"}"),
       "schema/format metadata.creationTimestamp"},
      {"a day that February lacks",
       ConfigMap("metadata: {name: a, creationTimestamp: \"2026-02-29T00:00:00Z\"}"),
       "schema/format metadata.creationTimestamp"},
      {"a micro time without fraction", Lease("\"2026-01-01T00:00:00Z\""), "schema/format spec.renewTime"},
      {"base64 without padding", Secret("data: {a: YQ}"), "schema/format data.a"},
      {"base64 that goes on after padding", Secret("data: {a: YQ==YQ==}"), "schema/format data.a"},
      {"plain text for base64", Secret("data: {a: \"hello there\"}"), "schema/format data.a"},
      {"an enum in another case", Container("imagePullPolicy: always"),
       "schema/enum spec.containers[0].imagePullPolicy"},
      {"an unknown protocol", Service("ports: [{port: 80, protocol: HTTP}]"),
       "schema/enum spec.ports[0].protocol"},
      {"a null container", Pod("containers: [{name: a}, null]"), "schema/null spec.containers[1]"},
      {"a null finalizer", ConfigMap("metadata: {name: a, finalizers: [null]}"),
       "schema/null metadata.finalizers[0]"},
      {"null where an element needs a field",
       "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: a}\nrules: [null]\n",
       "schema/null rules[0]"},
      {"a string for a container", Pod("containers: [a]"), "schema/wrong-type spec.containers[0]"},
      {"a kind that does not exist", "apiVersion: apps/v1\nkind: Deploymnet\nmetadata: {name: a}\n",
       "schema/unknown-kind kind"},
      {"a kind of another group", "apiVersion: v1\nkind: Deployment\nmetadata: {name: a}\n",
       "schema/unknown-kind apiVersion"},
      {"a version that does not exist", "apiVersion: apps/v2\nkind: Deployment\nmetadata: {name: a}\n",
       "schema/unknown-kind apiVersion"},
      {"an unknown field of status", Deployment("replicas: 1") + "status: {foo: 1}\n",
       "schema/unknown-field status.foo"},
      {"a wrong type in status", Deployment("replicas: 1") + "status: {replicas: a}\n",
       "schema/wrong-type status.replicas"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.what);
    CHECK(Verdict(each.text) == each.verdict);
  }
}

TEST_CASE("what an API server takes passes") {
  const std::string texts[] = {
      Container("command: [sleep, \"1\"]"),
      Deployment("replicas: 3"),
      Deployment("replicas: 3.0"),
      Deployment("replicas: 1e1"),
      Deployment("replicas: null"),
      Deployment("replicas: 2147483647"),
      Deployment("replicas: 1") + "status: {}\n",
      Deployment("replicas: 1") + "status: {conditions: [{}]}\n",
      Service("ports: [{port: 80, targetPort: http}]"),
      Service("ports: [{port: 80, targetPort: 8080}]"),
      Service("ports: [{port: 80, targetPort: 8080.0}]"),
      Service("type: \"\", ports: [{port: 80, protocol: \"\"}]"),
      Service("ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]"),
      Container("resources: {limits: {cpu: 500m, memory: 1Gi, a/b: 2, c/d: 0.5, e/f: 1e3, g/h: \".\"}}"),
      Container("args: [null]"),
      ConfigMap("metadata: {name: a, creationTimestamp: null, labels: {a: null}}\ndata: {a: null}"),
      ConfigMap("metadata: {name: a, creationTimestamp: \"2026-01-01T5:00:00,5+24:00\"}"),
      ConfigMap("metadata: {name: a}\ndata: null"),
      Lease("\"2026-01-01T00:00:00.000000Z\""),
      Secret("data: {a: YQ==, b: \"\", c: \"YQ=\\n=\"}"),
      Secret("stringData: {a: b}"),
      "apiVersion: apps/v1\nkind: ControllerRevision\nmetadata: {name: a}\ndata: {a: [1, {b: c}]}\n",
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: a}\nrules: null\n",
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec: {}\n",
      "apiVersion: nobody.example.org/v1\nkind: Anything\nmetadata: {name: a}\nspec: {a: 1}\n",
  };
  for (const std::string& text : texts) {
    CAPTURE(text);
    CHECK(Verdict(text).empty());
  }
}

TEST_CASE("a finding stands at the key of an unknown field and at the value of a wrong one") {
  Catalog catalog = MakeCatalog();
  const Checked checked = CheckText(
      catalog, "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  port: 8080\nextra: 1\n");
  REQUIRE(Words(checked.findings) == "schema/wrong-type data.port | schema/unknown-field extra");
  CHECK(checked.findings[0].range.begin == Position{6, 9});
  CHECK(checked.findings[0].remedy == "quote it: \"8080\"");
  CHECK(checked.findings[1].range.begin == Position{7, 1});
  CHECK(checked.findings[1].object.kind == "ConfigMap");
  CHECK(checked.findings[1].object.name == "a");
  CHECK(checked.findings[1].file == "file.yaml");
}

TEST_CASE("an integer that server-side apply would cut says what would run") {
  CHECK(Messages(Deployment("replicas: 4294967301")) ==
        "4294967301 does not fit a 32-bit integer: a create refuses it, server-side apply would run 5\n");
  CHECK(Messages(Deployment("replicas: 3000000000")) ==
        "3000000000 does not fit a 32-bit integer: a create refuses it, server-side apply would run "
        "-1294967296\n");
}

TEST_CASE("a near miss gets a suggestion, a far one none") {
  CHECK(Messages(Deployment("replcas: 1")) == "unknown field \"replcas\", did you mean \"replicas\"\n");
  CHECK(Messages(Deployment("Replicas: 1")) == "unknown field \"Replicas\", did you mean \"replicas\"\n");
  CHECK(Messages(Deployment("zzz: 1")) == "unknown field \"zzz\"\n");
  CHECK(Messages("apiVersion: apps/v1\nkind: Deploymnet\n") ==
        "Kubernetes has no kind Deploymnet in apps/v1, did you mean Deployment\n");
  CHECK(Messages("apiVersion: v1\nkind: Deployment\n") ==
        "Kubernetes has no kind Deployment in v1, it is in apps/v1\n");
  CHECK(Messages(Container("imagePullPolicy: always")).find("did you mean \"Always\"") != std::string::npos);
  CHECK(Remedies(Deployment("replcas: 1")) == "write \"replicas\"\n");
  CHECK(Remedies(Container("imagePullPolicy: always")) == "write \"Always\"\n");
  CHECK(Remedies("apiVersion: apps/v1\nkind: Deploymnet\nmetadata: {name: web}\n") ==
        "write \"Deployment\"\n");
  CHECK(Remedies(Deployment("wibblewobble: 1")) == "\n");
}

TEST_CASE("no value of a Secret is in any message") {
  const std::string text =
      "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: [hunter2]\nimmutable: hunter2\n"
      "data: {a: hunter2, b: [hunter2], c: 123456789}\nstringData: {a: 987654321, b: true}\n";
  Catalog catalog = MakeCatalog();
  const Checked checked = CheckText(catalog, text);
  CHECK(checked.findings.size() == 7);
  for (const Finding& finding : checked.findings) {
    for (const char* value : {"hunter2", "123456789", "987654321", "true\""}) {
      CAPTURE(finding.message, finding.remedy);
      CHECK((finding.message + finding.remedy).find(value) == std::string::npos);
    }
  }
}

TEST_CASE("a hundred findings of one object are enough") {
  std::string text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n";
  for (int i = 0; i < 5000; ++i) text += "  k" + std::to_string(i) + ": 1\n";
  Catalog catalog = MakeCatalog();
  const Checked checked = CheckText(catalog, text);
  REQUIRE(checked.findings.size() == 101);
  CHECK(checked.findings.back().message == "more than 100 findings in this object: the others are not shown");
}

}  // namespace sluice::schemas
