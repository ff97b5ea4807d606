// What a cluster gives for `sluice schemas import --cluster`, and what becomes of it.
#include "cluster/schema_sources.h"

#include "tests/catch.h"
#include "tests/cluster/fake_server.h"

namespace sluice::cluster {
namespace {

constexpr const char* kDefinitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

std::string Definition(const std::string& kind, const std::string& plural) {
  return R"({"metadata":{"name":")" + plural +
         R"(.own.example"},"spec":{"group":"own.example","scope":"Namespaced",
    "names":{"kind":")" +
         kind + R"(","plural":")" + plural + R"("},"versions":[{"name":"v1","served":true,"storage":true,
    "schema":{"openAPIV3Schema":{"type":"object","properties":{"size":{"type":"integer"}}}}}]}})";
}

std::string Group(const std::string& group, const std::string& kind, const std::string& verb) {
  return R"({"metadata":{"name":")" + group +
         R"("},"versions":[{"version":"v1","resources":[{"resource":"things",
    "responseKind":{"kind":")" +
         kind + R"("},"scope":"Namespaced","verbs":[")" + verb + R"("]}]}]})";
}

std::string Document(const std::string& group, const std::string& kind) {
  return R"({"openapi":"3.0.0","components":{"schemas":{"x":{"type":"object","properties":{"apiVersion":{"type":"string"},
    "kind":{"type":"string"},"metadata":{"type":"object"}},"x-kubernetes-group-version-kind":[{"group":")" +
         group + R"(","version":"v1","kind":")" + kind + R"("}]}}}})";
}

// One group of definitions, one of an aggregated server, one that cannot be
// written, and Kubernetes' own.
FakeServer::Answers Cluster() {
  const std::string groups =
      Group("own.example", "Pool", "create") + "," + Group("behind.example", "Thing", "patch") + "," +
      Group("metrics.k8s.io", "Metric", "get") + "," + Group("apps", "Deployment", "create");
  return {
      {"/version", {.body = R"({"major":"1","minor":"34+"})"}},
      {"/api", {.body = R"({"kind":"APIGroupDiscoveryList","items":[]})"}},
      {"/apis", {.body = R"({"kind":"APIGroupDiscoveryList","items":[)" + groups + "]}"}},
      {"/apis/apiregistration.k8s.io/v1/apiservices", {.body = R"({"items":[]})"}},
      {std::string(kDefinitions) + "?limit=20",
       {.body = R"({"kind":"CustomResourceDefinitionList","metadata":{"continue":"x"},"items":[)" +
                Definition("Pool", "pools") + "]}"}},
      {std::string(kDefinitions) + "?limit=20&continue=x",
       {.body = R"({"kind":"CustomResourceDefinitionList","items":[)" + Definition("Tank", "tanks") + "]}"}},
      {"/openapi/v3",
       {.body =
            R"({"paths":{"apis/own.example/v1":{"serverRelativeURL":"/openapi/v3/apis/own.example/v1?hash=1"},
              "apis/behind.example/v1":{"serverRelativeURL":"/openapi/v3/apis/behind.example/v1?hash=2"}}})"}},
      {"/openapi/v3/apis/own.example/v1", {.body = Document("own.example", "Pool")}},
      {"/openapi/v3/apis/behind.example/v1", {.body = Document("behind.example", "Thing")}}};
}

Result<SchemaSources> Fetched(FakeServer::Answers answers) {
  FakeServer server(std::move(answers));
  const auto client = server.Client();
  return FetchSchemas(*client, {}, Clock::now() + std::chrono::seconds(20));
}

// "group/Kind" of everything that an import makes of the sources.
std::vector<std::string> Imported(const SchemaSources& found) {
  const auto kinds = schemas::ReadSources(found.sources, schemas::Origin::kImported);
  REQUIRE(kinds);
  std::vector<std::string> names;
  for (const schemas::SchemaKind& kind : kinds->graph.kinds)
    names.push_back(kind.group + "/" + kind.kind + (kind.scope == schemas::Scope::kNamespaced ? "" : "?"));
  return names;
}

TEST_CASE("definitions of all pages, and OpenAPI of the kinds that have none") {
  const Result<SchemaSources> found = Fetched(Cluster());
  REQUIRE(found);
  CHECK(found->minor == "1.34");
  CHECK(found->notes.empty());
  CHECK(Imported(*found) ==
        std::vector<std::string>{"own.example/Pool", "own.example/Tank", "behind.example/Thing"});
}

TEST_CASE("where definitions may not be listed, OpenAPI stands in, and that is said") {
  FakeServer::Answers answers = Cluster();
  answers[std::string(kDefinitions) + "?limit=20"] = {.status = 403, .body = R"({"message":"not you"})"};
  const Result<SchemaSources> found = Fetched(answers);
  REQUIRE(found);
  REQUIRE(found->notes.size() == 1);
  CHECK(found->notes[0].find("cannot be listed (the API server answered 403: not you); their kinds come from "
                             "OpenAPI") != std::string::npos);
  CHECK(Imported(*found) == std::vector<std::string>{"own.example/Pool", "behind.example/Thing"});
}

TEST_CASE("a document that does not come is a note") {
  FakeServer::Answers answers = Cluster();
  answers["/openapi/v3/apis/behind.example/v1"] = {.status = 404};
  Result<SchemaSources> found = Fetched(answers);
  REQUIRE(found);
  CHECK(found->notes ==
        std::vector<std::string>{"no schemas of apis/behind.example/v1: the API server answered 404"});
  answers["/openapi/v3"] = {.body = R"({"paths":{}})"};
  found = Fetched(answers);
  REQUIRE(found);
  CHECK(found->notes ==
        std::vector<std::string>{"no schemas of apis/behind.example/v1: it has no OpenAPI document"});
}

TEST_CASE("half of what a cluster knows is not taken for all") {
  const std::pair<const char*, const char*> cases[] = {
      {"/version", "answered 500"},
      {"/apis", "answered 500 (/apis)"},
      {"/openapi/v3", "the index of OpenAPI documents cannot be had"},
      {"/apis/apiextensions.k8s.io/v1/customresourcedefinitions?limit=20", "cannot be listed"},
      {"/apis/apiextensions.k8s.io/v1/customresourcedefinitions?limit=20&continue=x", "cannot be listed"},
  };
  for (const auto& [path, words] : cases) {
    FakeServer::Answers answers = Cluster();
    answers[path] = {.status = 500};
    const Result<SchemaSources> found = Fetched(answers);
    REQUIRE_FALSE(found);
    CHECK(found.error().message.find(words) != std::string::npos);
  }
  for (const char* version : {"{}", R"({"major":[],"minor":{}})", R"({"major":"1","minor":"x"})"}) {
    FakeServer::Answers answers = Cluster();
    answers["/version"] = {.body = version};
    CHECK_FALSE(Fetched(answers));
  }
}

}  // namespace
}  // namespace sluice::cluster
