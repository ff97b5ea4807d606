#include "agent/flux_standing.h"

#include "cluster/members.h"
#include "tests/catch.h"

namespace sluice::agent {
namespace {

const ObjectName kArtifact{"source.toolkit.fluxcd.io/v1", "ExternalArtifact", "flux-system", "shop"};
constexpr std::string_view kRevision = "production/3@sha256:aa";

std::string Kustomization(const std::string& status, const std::string& spec = "") {
  return R"({"metadata":{"name":"shop"},"spec":{"sourceRef":{"kind":"ExternalArtifact","name":"shop"})" +
         spec + R"(},"status":{)" + status + "}}";
}

std::string Ready(const std::string& status, const std::string& reason, const std::string& more = "") {
  return R"("conditions":[{"type":"Ready","status":")" + status + R"(","reason":")" + reason +
         R"(","message":"said"}])" + more;
}

const std::string kApplied =
    R"(,"lastAppliedRevision":"production/3@sha256:aa","lastAttemptedRevision":"production/3@sha256:aa")";
const std::string kTried =
    R"(,"lastAppliedRevision":"production/2@sha256:bb","lastAttemptedRevision":"production/3@sha256:aa")";
const std::string kBefore =
    R"(,"lastAppliedRevision":"production/2@sha256:bb","lastAttemptedRevision":"production/2@sha256:bb")";

FluxStanding Of(const std::string& kustomizations) {
  const cluster::JsonObject list = cluster::ReadJsonObject(R"({"items":[)" + kustomizations + "]}");
  REQUIRE(list.root != nullptr);
  return StandingOf(cluster::ElementsAt(list.root, {"items"}), kArtifact, kRevision);
}

// With the generations of the object, of its status and of its condition.
std::string Seen(int generation, int observed, int condition, const std::string& reason,
                 const std::string& more) {
  std::string text = Kustomization(Ready("False", reason, more));
  const auto put = [&](const std::string& before, const std::string& what) {
    text.insert(text.find(before) + before.size(), what);
  };
  put(R"("metadata":{)", R"("generation":)" + std::to_string(generation) + ",");
  put(R"("status":{)", R"("observedGeneration":)" + std::to_string(observed) + ",");
  put(R"({"type":"Ready",)", R"("observedGeneration":)" + std::to_string(condition) + ",");
  return text;
}

struct Case {
  std::string kustomization;
  bool applied;
  Health health;
  std::string words;
};

TEST_CASE("what a Kustomization says of the record") {
  const Case cases[] = {
      {Kustomization(Ready("True", "ReconciliationSucceeded", kApplied)), true, Health::kCurrent, "applied"},
      // What fails afterwards is told of the objects, or of a later try.
      {Kustomization(Ready("False", "BuildFailed", kApplied)), true, Health::kCurrent, "applied"},
      {Kustomization(Ready("False", "HealthCheckFailed", kTried)), true, Health::kCurrent, "applied"},
      // The very words of the record before.
      {Kustomization(Ready("True", "ReconciliationSucceeded", kBefore)), false, Health::kInProgress,
       "not applied it yet"},
      {Kustomization(Ready("False", "HealthCheckFailed", kBefore)), false, Health::kInProgress,
       "HealthCheckFailed: said"},
      {Kustomization(""), false, Health::kInProgress, "not applied it yet"},
      {Kustomization(Ready("False", "BuildFailed", kTried)), false, Health::kFailed, "BuildFailed: said"},
      {Kustomization(Ready("False", "ReconciliationFailed", kTried)), false, Health::kFailed,
       "ReconciliationFailed"},
      {Kustomization(Ready("False", "BuildFailed", kBefore)), false, Health::kInProgress, "BuildFailed"},
      {Kustomization(Ready("False", "ArtifactFailed", kTried)), false, Health::kInProgress, "ArtifactFailed"},
      {Kustomization(Ready("Unknown", "Progressing", kTried)), false, Health::kInProgress, "Progressing"},
      {Kustomization("", R"(,"suspend":true)"), false, Health::kInProgress, "is suspended"},
      {Kustomization(Ready("True", "ReconciliationSucceeded", kApplied), R"(,"suspend":true)"), false,
       Health::kInProgress, "is suspended"},
      // What it says is of a spec that it had before.
      {Seen(2, 2, 2, "ReconciliationSucceeded", kApplied), true, Health::kCurrent, "applied"},
      {Seen(3, 2, 2, "ReconciliationSucceeded", kApplied), false, Health::kInProgress, "not seen yet"},
      {Seen(3, 2, 3, "BuildFailed", kApplied), false, Health::kInProgress, "not seen yet"},
      {Seen(3, 2, 3, "HealthCheckFailed", kTried), true, Health::kCurrent, "applied"},
      {Seen(1, -1, 1, "HealthCheckFailed", kTried), true, Health::kCurrent, "applied"},
      {Seen(3, 2, 2, "HealthCheckFailed", kTried), false, Health::kInProgress, "not seen yet"},
      {Kustomization(R"("lastAppliedRevision":["production/3@sha256:aa"])"), false, Health::kInProgress,
       "not applied"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.kustomization);
    const FluxStanding standing = Of(one.kustomization);
    CHECK(standing.applied == one.applied);
    CHECK(standing.health.health == one.health);
    CHECK(standing.health.reason.find(one.words) != std::string::npos);
  }
}

TEST_CASE("a Kustomization that changes what was proven has failed, whatever it says") {
  const std::string good = Ready("True", "ReconciliationSucceeded", kApplied);
  for (const char* spec :
       {R"(,"patches":[{"patch":"a"}])", R"(,"images":[{"name":"a"}])", R"(,"components":["a"])",
        R"(,"postBuild":{"substitute":{"a":"b"}})", R"(,"namePrefix":"a-")", R"(,"nameSuffix":"-a")",
        R"(,"targetNamespace":"other")", R"(,"commonMetadata":{"labels":{"a":"b"}})", R"(,"path":"./core")",
        R"(,"path":"core")", R"(,"kubeConfig":{"secretRef":{"name":"a"}})",
        R"(,"buildMetadata":["originAnnotations"])", R"(,"ignore":"*.json")"}) {
    CAPTURE(spec);
    const FluxStanding standing = Of(Kustomization(good, spec));
    CHECK_FALSE(standing.applied);
    CHECK(standing.health.health == Health::kFailed);
    CHECK(standing.health.reason.find("something else than was proven") != std::string::npos);
  }
  for (const char* spec :
       {R"(,"path":"")", R"(,"path":"./")", R"(,"path":".")", R"(,"patches":[])", R"(,"prune":true)",
        R"(,"images":null)", R"(,"wait":true)", R"(,"serviceAccountName":"deployer")"}) {
    CAPTURE(spec);
    CHECK(Of(Kustomization(good, spec)).applied);
  }
}

TEST_CASE("those that follow something else do not count") {
  const std::string good = Ready("True", "ReconciliationSucceeded", kApplied);
  CHECK(Of("").health.reason == "no Kustomization in flux-system follows it");
  for (const char* source :
       {R"({"kind":"GitRepository","name":"shop"})", R"({"kind":"ExternalArtifact","name":"other"})",
        R"({"kind":"ExternalArtifact","name":"shop","namespace":"other"})", R"({"name":"shop"})", "{}",
        "null"}) {
    CAPTURE(source);
    const FluxStanding standing = Of(R"({"metadata":{"name":"a"},"spec":{"sourceRef":)" +
                                     std::string(source) + R"(},"status":{)" + good + "}}");
    CHECK_FALSE(standing.applied);
    CHECK(standing.health.health == Health::kInProgress);
  }
}

TEST_CASE("of several the worst counts") {
  const std::string good = Kustomization(Ready("True", "ReconciliationSucceeded", kApplied));
  const std::string waits = Kustomization(Ready("True", "ReconciliationSucceeded", kBefore));
  const std::string bad = Kustomization(Ready("False", "BuildFailed", kTried));
  CHECK(Of(good + "," + good).applied);
  for (const std::string& several : {good + "," + waits, waits + "," + good})
    CHECK_FALSE(Of(several).applied);
  for (const std::string& several :
       {bad + "," + waits, waits + "," + bad, good + "," + bad, bad + "," + good})
    CHECK(Of(several).health.health == Health::kFailed);
}

}  // namespace
}  // namespace sluice::agent
