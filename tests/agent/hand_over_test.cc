// How a record fares that Flux applies, with a cluster that answers from a table.
#include "agent/hand_over.h"

#include "tests/agent/fake_cluster.h"
#include "tests/git/repositories.h"

namespace sluice::agent {
namespace {

const promotion::RememberedRecord kRecord{3, std::string(64, 'a')};
const std::string kArtifact =
    "/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/externalartifacts/shop";
const std::string kWeb = "/api/v1/namespaces/shop/configmaps/web";
constexpr char kKinds[] =
    R"({"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","metadata":{},"items":[
  {"metadata":{"name":""},"versions":[{"version":"v1","resources":[
    {"resource":"configmaps","responseKind":{"group":"","version":"v1","kind":"ConfigMap"},"scope":"Namespaced","verbs":["get"]},
    {"resource":"secrets","responseKind":{"group":"","version":"v1","kind":"Secret"},"scope":"Namespaced","verbs":["get"]}]}]}]})";
constexpr char kNoKinds[] =
    R"({"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","metadata":{},"items":[]})";

std::string Applied() {
  return R"({"items":[{"metadata":{"name":"shop"},"spec":{"sourceRef":{"kind":"ExternalArtifact","name":"shop"}},"status":{"lastAppliedRevision":")" +
         RevisionOf("production", kRecord) + R"("}}]})";
}

RecordedObject Recorded(const std::string& kind, const std::string& annotations = "",
                        const std::string& path = "") {
  return {path.empty() ? "core/" + kind + "/shop/web" : path,
          R"({"apiVersion":"v1","data":{"key":"bmV3"},"kind":")" + kind + R"(","metadata":{"annotations":{)" +
              annotations + R"(},"name":"web","namespace":"shop"}})",
          true};
}

// Whose `data.key` is `manager`'s.
std::string Live(const std::string& kind, const std::string& value, const std::string& manager,
                 const std::string& metadata = "") {
  const std::string operation = manager == kFluxManager ? "Apply" : "Update";
  return R"({"apiVersion":"v1","data":{"key":")" + value + R"("},"kind":")" + kind +
         R"(","metadata":{"name":"web","namespace":"shop",)" + metadata +
         R"("managedFields":[{"apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:data":{"f:key":{}}},"manager":")" +
         manager + R"(","operation":")" + operation + R"(","time":"2026-11-27T10:00:00Z"}]}})";
}

struct Scene {
  git::TemporaryDirectory directory;
  FakeCluster cluster{
      {{"/api", {.body = kKinds}},
       {"/apis", {.body = kNoKinds}},
       {"/apis/apiregistration.k8s.io/v1/apiservices",
        {.body = R"({"kind":"APIServiceList","metadata":{"resourceVersion":"1"},"items":[]})"}},
       {"/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations", {.body = Applied()}},
       {kArtifact, {.status = 404, .body = R"({"kind":"Status","reason":"NotFound"})"}},
       {kArtifact + "?fieldManager=sluice-agent&force=true", {.body = "{}"}},
       {kArtifact + "/status", {.body = "{}"}}}};
  Configuration configuration = ForFlux();
  Mirror mirror = *Mirror::Open(configuration);
  Keeper keeper{cluster.identities(), {.watches = false, .environment = "production", .applyset = "set"}};
  ExternalArtifact artifact{cluster.identities().Own(), configuration};
  net::Cancellation cancel;
  CycleReport report;

  Configuration ForFlux() {
    Configuration made;
    made.environment = "production";
    made.repository.url = git::InitBare(directory.path(), "server.git");
    made.directory = directory.path() + "/agent";
    made.flux = FluxSettings{"flux-system", "shop", "127.0.0.1:0", "http://agent:9403"};
    return made;
  }

  RecordStanding Cycle(const std::vector<RecordedObject>& recorded) {
    report = {};
    State state;
    state.applied = kRecord;
    Verified verified;
    const CycleWork work{configuration, mirror, verified, cluster.identities(),
                         keeper,        cancel, {},       &artifact};
    const Status done = HandOver(work, Order(recorded, false), {}, state, report);
    INFO((done ? "" : done.error().Text()));
    REQUIRE(done);
    return keeper.Settle(std::chrono::system_clock::now());
  }
};

TEST_CASE("bytes of another object than their path says are not published") {
  Scene scene;
  scene.Cycle({Recorded("ConfigMap"), Recorded("ConfigMap", "", "core/ConfigMap/shop/innocent")});
  REQUIRE(scene.report.failed.size() == 1);
  CHECK(scene.report.failed[0].path == "core/ConfigMap/shop/innocent");
  CHECK(scene.report.failed[0].refused);
  CHECK(scene.report.published.empty());
  for (const std::string& request : scene.cluster.server().TakeRequests())
    CHECK_FALSE(request.starts_with("PATCH "));
}

TEST_CASE("what depends on nothing that is there is published: Flux does not ask") {
  Scene scene;
  scene.cluster.server().Set(kWeb, {.body = Live("ConfigMap", "bmV3", "kustomize-controller")});
  const auto standing =
      scene.Cycle({Recorded("ConfigMap", R"("sluice.dev/depends-on":"/namespaces/a/ConfigMap/b")")});
  CHECK(scene.report.failed.empty());
  CHECK(scene.report.publication == Publication::kNew);
  CHECK(standing.all == 2);
}

struct Case {
  std::string what;
  net::ServedAnswer live;
  Health health;  // kCurrent: the record is healthy
  std::string words;
  std::string recorded{};  // annotations
};

TEST_CASE("a record is healthy where it is what lives there") {
  const std::string flux = "kustomize-controller";
  const auto annotated = [](const std::string& where, const std::string& key, const std::string& value) {
    return "\"" + where + R"(":{"kustomize.toolkit.fluxcd.io/)" + key + R"(":")" + value + "\"},";
  };
  const auto found = [](std::string body) { return net::ServedAnswer{.body = std::move(body)}; };
  const Case cases[] = {
      {"as recorded", found(Live("ConfigMap", "bmV3", flux)), Health::kCurrent, ""},
      {"as the API server keeps it", found(Live("ConfigMap", "kept", flux)), Health::kCurrent, ""},
      {"as recorded, left alone",
       found(Live("ConfigMap", "bmV3", flux, annotated("annotations", "reconcile", "disabled"))),
       Health::kCurrent, ""},
      {"another word",
       found(Live("ConfigMap", "kept", flux, annotated("annotations", "reconcile", "enabled"))),
       Health::kCurrent, ""},
      {"edited", found(Live("ConfigMap", "old", "kubectl-edit")), Health::kInProgress,
       "the record is not what lives there: data.key"},
      {"reconcile: disabled",
       found(Live("ConfigMap", "old", flux, annotated("annotations", "reconcile", "disabled"))),
       Health::kInProgress, "data.key; Flux is told to leave it alone"},
      {"in any case",
       found(Live("ConfigMap", "old", flux, annotated("annotations", "reconcile", "DISABLED"))),
       Health::kInProgress, "data.key"},
      {"ssa: Ignore", found(Live("ConfigMap", "old", flux, annotated("annotations", "ssa", "Ignore"))),
       Health::kInProgress, "data.key"},
      {"as a label", found(Live("ConfigMap", "old", flux, annotated("labels", "ssa", "Ignore"))),
       Health::kInProgress, "data.key"},
      {"recorded so", found(Live("ConfigMap", "old", flux)), Health::kInProgress, "data.key",
       R"("kustomize.toolkit.fluxcd.io/ssa":"IfNotPresent")"},
      {"gone",
       {.status = 404, .body = R"({"kind":"Status","reason":"NotFound"})"},
       Health::kNotFound,
       "not there"},
      {"forbidden",
       {.status = 403, .body = R"({"kind":"Status","reason":"Forbidden"})"},
       Health::kNotLookedAt,
       "no right"},
      {"never read", {.body = "["}, Health::kUnknown, "cannot be read"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.what);
    Scene scene;
    scene.cluster.server().Set(kWeb, one.live);
    const RecordStanding standing = scene.Cycle({Recorded("ConfigMap", one.recorded)});
    CHECK((standing.state == RecordState::kHealthy) == (one.health == Health::kCurrent));
    CHECK(standing.troubles.size() == (one.health == Health::kCurrent ? 0 : 1));
    if (standing.troubles.empty()) continue;
    CHECK(standing.troubles[0].health == one.health);
    CHECK(standing.troubles[0].reason.find(one.words) != std::string::npos);
  }
}

TEST_CASE("one answer that cannot be read takes no health away") {
  Scene scene;
  scene.cluster.server().Set(kWeb, {.body = Live("ConfigMap", "bmV3", "kustomize-controller")});
  REQUIRE(scene.Cycle({Recorded("ConfigMap")}).state == RecordState::kHealthy);
  scene.cluster.server().Set(kWeb, {.body = "["});
  CHECK(scene.Cycle({Recorded("ConfigMap")}).state == RecordState::kHealthy);
  scene.cluster.server().Set("/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations",
                             {.body = "["});
  CHECK(scene.Cycle({Recorded("ConfigMap")}).state == RecordState::kHealthy);
  scene.cluster.server().Set(kWeb, {.status = 404, .body = R"({"kind":"Status","reason":"NotFound"})"});
  scene.cluster.server().Set("/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations",
                             {.body = Applied()});
  CHECK(scene.Cycle({Recorded("ConfigMap")}).state == RecordState::kApplied);
}

TEST_CASE("of a Secret that differs no value is told") {
  Scene scene;
  const std::string at = "/api/v1/namespaces/shop/secrets/web";
  scene.cluster.server().Set(at, {.body = Live("Secret", "c2VjcmV0", "kubectl-edit")});
  const RecordStanding standing = scene.Cycle({Recorded("Secret")});
  REQUIRE(standing.troubles.size() == 1);
  CHECK(standing.troubles[0].reason == "the record is not what lives there: data.key");
}

}  // namespace
}  // namespace sluice::agent
