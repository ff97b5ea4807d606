// As whom objects are applied, and whose fields go over to whom.
#include "cluster/managers.h"

#include "cluster/server_defaults.h"
#include "tests/cluster/nodes.h"
#include "tests/cluster/recorded.h"

namespace sluice::cluster {
namespace {

std::string Managed(const std::string& entries) {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, managedFields: [" + entries +
         "]}\ndata: {a: b}";
}

std::string Entry(const std::string& manager, const std::string& operation, const std::string& time,
                  const std::string& more = "") {
  return "{manager: " + manager + ", operation: " + operation + ", apiVersion: v1, time: \"" + time +
         "\", fieldsV1: {'f:data': {'f:a': {}}}" + more + "}";
}

std::string ApplierOf(const std::string& entries) {
  const Text live(Managed(entries));
  const Applier applier = ApplierFor(live.get(), {"usual", false});
  return applier.manager + (applier.force ? " by force" : "");
}

TEST_CASE("an object is applied as whoever deploys it") {
  const std::string early = "2026-01-01T00:00:00Z", late = "2026-01-02T00:00:00Z";
  CHECK(ApplierOf(Entry("kustomize-controller", "Apply", early)) == "kustomize-controller by force");
  CHECK(ApplierOf(Entry("argocd-controller", "Apply", early)) == "argocd-controller by force");
  CHECK(ApplierOf(Entry("argocd-controller", "Update", early)) == "argocd-controller by force");
  CHECK(ApplierOf(Entry("kubectl", "Apply", early)) == "kubectl");
  CHECK(ApplierOf(Entry("helm", "Apply", early)) == "helm");
  CHECK(ApplierOf(Entry("helm", "Update", early)) == "helm by force");
  CHECK(ApplierOf(Entry("sluice", "Apply", early)) == "sluice");
  CHECK(ApplierOf(Entry("kubectl-client-side-apply", "Update", early)) ==
        "kubectl-client-side-apply by force");
  CHECK(ApplierOf(Entry("kubectl", "Apply", early) + "," + Entry("kustomize-controller", "Apply", late)) ==
        "kustomize-controller by force");
  CHECK(ApplierOf(Entry("kubectl", "Apply", late) + "," + Entry("kustomize-controller", "Apply", early)) ==
        "kubectl");
  CHECK(ApplierOf(Entry("helm", "Update", early) + "," + Entry("helm", "Apply", early)) == "helm");
  // These deploy nothing.
  CHECK(ApplierOf(Entry("hpa", "Update", late)) == "usual");
  CHECK(ApplierOf(Entry("kubectl", "Update", early, ", subresource: scale")) == "usual");
  CHECK(ApplierOf("") == "usual");
  CHECK(ApplierOf("5, {manager: kubectl, fieldsV1: 7}") == "usual");
  CHECK(ApplierFor(nullptr, {"usual", true}).force);
}

TEST_CASE("what goes over by force is told, with its owner") {
  const Recording recording = ReadRecording();
  const Recorded& forced = CaseOf(recording, "another's fields by force");
  const Understood understood = Understand({&forced.object, forced.sent, forced.live, {}}, forced.answer);
  REQUIRE(understood.taken != nullptr);
  const auto causes = TakenOver(*forced.sent, *forced.live, *understood.taken, {"sluice", true});
  REQUIRE(causes.size() == 1);
  CHECK(causes[0].rule == "cluster/takes-over");
  CHECK(causes[0].field == "spec.template.spec.containers[0].image");
  CHECK(causes[0].message ==
        "it is taken over by \"sluice\"; it was set by \"kustomize-controller\" since 2026-01-02T03:04:05Z");
}

TEST_CASE("what nobody else had, or goes on to have, is not taken over") {
  const std::string hpa = Entry("hpa", "Update", "2026-01-01T00:00:00Z");
  const std::string ours = Entry("kubectl", "Apply", "2026-01-02T00:00:00Z");
  const Text sent("data: {a: b}"), alone(Managed(hpa)), both(Managed(hpa + "," + ours)), mine(Managed(ours));
  const Applier kubectl{"kubectl", true};
  CHECK(TakenOver(*sent, *alone, *mine, kubectl).size() == 1);
  CHECK(TakenOver(*sent, *alone, *both, kubectl).empty());  // shared from then on
  CHECK(TakenOver(*sent, *mine, *mine, kubectl).empty());
  CHECK(TakenOver(*sent, *alone, *alone, kubectl).empty());
  CHECK(TakenOver(*sent, *alone, *mine, {"sluice", true}).empty());
}

// A credential as the name of a key, as somebody may write it by mistake.
const std::string kToken = std::string("ghp_") + "x7Kq2mVb9RtLw4YzNc8JdHs5PfGa3EuTiQo1";

TEST_CASE("no field and no manager is told that must not be seen") {
  const auto with = [](const std::string& manager, const std::string& operation) {
    return "{manager: \"" + manager + "\", operation: " + operation +
           ", apiVersion: v1, fieldsV1: {'f:data': {'f:" + kToken + "': {}}}}";
  };
  const Text sent("data: {" + kToken + ": b}"), others(Managed(with("a\\nb", "Update"))),
      mine(Managed(with("kubectl", "Apply")));
  const std::vector<DryRunCause> causes = TakenOver(*sent, *others, *mine, {"kubectl", true});
  REQUIRE(causes.size() == 1);
  CHECK(causes[0].field.empty());
  CHECK(causes[0].message == "it is taken over by \"kubectl\"; it was set by \"?\"");
  const Text live("data: {" + kToken + ": b}\nmetadata: {managedFields: [" + with("helm", "Update") + "]}");
  CHECK(LeftBehind(*Text("data: {}"), *live, {"helm", true, true}) ==
        std::vector<std::string>{"a field that is not named here"});
}

// What kubectl or helm would take away of a Deployment, in one line.
std::string LeftOf(const std::string& sent, const std::string& entry, bool updates = true) {
  const std::string head = "apiVersion: apps/v1\nkind: Deployment\nmetadata: ";
  const Text live(head +
                  "{name: x, labels: {app: x, team: y, app.kubernetes.io/managed-by: Helm}, "
                  "annotations: {meta.helm.sh/release-name: x}, managedFields: [" +
                  entry +
                  "]}\n"
                  "spec: {replicas: 1, paused: true, dnsPolicy: Default, ports: [{port: 53, protocol: TCP}, "
                  "{port: 53, protocol: UDP, name: u}], args: {}}");
  std::string line;
  for (const std::string& field : LeftBehind(*Text(head + sent), *live, {"helm", true, updates}))
    line += field + ' ';
  return line;
}

std::string Owning(const std::string& fields, const std::string& operation = "Update") {
  return "{manager: helm, operation: " + operation + ", apiVersion: apps/v1, fieldsV1: " + fields + "}";
}

TEST_CASE("what an update takes away and an apply keeps is found") {
  const std::string all = Owning(
      "{'f:metadata': {'f:labels': {'.': {}, 'f:app': {}, 'f:team': {}, 'f:app.kubernetes.io/managed-by': "
      "{}}, "
      "'f:annotations': {'.': {}, 'f:meta.helm.sh/release-name': {}}}, "
      "'f:spec': {'f:replicas': {}, 'f:paused': {}, 'f:dnsPolicy': {}, 'f:gone': {}, 'f:ports': {'.': {}, "
      "'k:{\"port\":53,\"protocol\":\"TCP\"}': {'.': {}, 'f:port': {}, 'f:protocol': {}}, "
      "'k:{\"port\":53,\"protocol\":\"UDP\"}': {'.': {}, 'f:port': {}, 'f:name': {}}}}, "
      "'f:status': {'f:replicas': {}}}");
  const std::string same =
      "{labels: {app: x, team: z}}\nspec: {paused: false, dnsPolicy: x, ports: [{port: 53}, "
      "{port: 53, protocol: UDP, name: u}]}";
  CHECK(LeftOf(same, all) == "");
  CHECK(LeftOf("{labels: {app: x}}\nspec: {ports: [{port: 53}]}", all) ==
        "metadata.labels.team spec.dnsPolicy spec.paused spec.ports[1] ");
  CHECK(LeftOf("{}\nspec: {paused: true, dnsPolicy: x, ports: [{port: 53, protocol: UDP}]}", all) ==
        "metadata.labels spec.ports[0] spec.ports[1].name ");
  CHECK(LeftOf("{}", all) == "metadata.labels spec ");
  // Only what it owns, by updates, and where it updates still.
  CHECK(LeftOf("{}\nspec: {}", Owning("{'f:spec': {'f:paused': {}}}")) == "spec.paused ");
  CHECK(LeftOf("{}\nspec: {}", Owning("{'f:spec': {'f:paused': {}}}", "Apply")) == "");
  CHECK(LeftOf("{}\nspec: {}", all, false) == "");
  CHECK(LeftOf("{}\nspec: {}", Entry("hpa", "Update", "2026-01-01T00:00:00Z")) == "");
}

TEST_CASE("only Kubernetes' own kinds get their defaults back") {
  const Text values("one: 1\nalways: Always");
  const manifests::Node &one = *values->Find("one"), &always = *values->Find("always");
  CHECK(IsServerDefault("apps", "spec", "replicas", one));
  CHECK(IsServerDefault("apps", "spec", "restartPolicy", always));
  CHECK(IsServerDefault("shop.example", "annotations", "meta.helm.sh/release-name", one));
  CHECK_FALSE(IsServerDefault("apps", "", "restartPolicy", always));  // a sidecar
  CHECK_FALSE(IsServerDefault("apps", "spec", "replicas", always));
  CHECK_FALSE(IsServerDefault("apps", "spec", "secret", one));
  CHECK_FALSE(IsServerDefault("shop.example", "spec", "replicas", one));
}

TEST_CASE("elements of lists are found by their keys and values") {
  const Text sent("spec: {ports: [{port: 81}, {port: 80, protocol: TCP}], tags: [a, b], args: [x, y]}");
  const std::string fields =
      "{'f:spec': {'f:ports': {'k:{\"port\":80,\"protocol\":\"TCP\"}': {'.': {}, 'f:name': {}}, "
      "'k:{\"port\":9}': {'.': {}}},"
      " 'f:tags': {'v:\"b\"': {}, 'v:\"z\"': {}}, 'f:args': {'i:1': {}, 'i:7': {}, 'k:{': {}}}}";
  const auto owned = [&](const char* manager) {
    return Text("metadata: {managedFields: [{manager: " + std::string(manager) +
                ", operation: Apply, fieldsV1: " + fields + "}]}");
  };
  const Text live = owned("other"), taken = owned("sluice");
  std::string found;
  for (const DryRunCause& cause : TakenOver(*sent, *live, *taken, {"sluice", true}))
    found += cause.field + ' ';
  CHECK(found ==
        "spec.args[1] spec.args spec.args spec.ports[1] spec.ports[1] spec.ports spec.tags[1] spec.tags ");
}

}  // namespace
}  // namespace sluice::cluster
