// Discovery in both forms, kept answers, lists and OpenAPI.
#include "cluster/discovery.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "cluster/list.h"
#include "cluster/openapi.h"
#include "tests/catch.h"
#include "tests/cluster/fake_server.h"
#include "tests/cluster/files.h"

namespace sluice::cluster {
namespace {

using net::ServedAnswer;
using Lines = std::vector<std::string>;

Clock::time_point Soon() { return Clock::now() + std::chrono::seconds(20); }

ServedAnswer Json(std::string body, net::Headers headers = {}) {
  headers.push_back({"Content-Type", "application/json"});
  return {.headers = std::move(headers), .body = std::move(body)};
}

const std::string kApi =
    R"({"kind":"APIGroupDiscoveryList","items":[{"metadata":{},"versions":[{"version":"v1","resources":[
      {"resource":"pods","responseKind":{"group":"","version":"v1","kind":"Pod"},"scope":"Namespaced",
       "verbs":["create","patch"],"subresources":[{"subresource":"exec","responseKind":{"kind":"PodExecOptions"}}]},
      {"resource":"namespaces","responseKind":{"kind":"Namespace"},"scope":"Cluster","verbs":["get"]}]}]}]})";
const std::string kApis =
    R"({"kind":"APIGroupDiscoveryList","items":[
      {"metadata":{"name":"apps"},"versions":[{"version":"v1","freshness":"Current","resources":[
        {"resource":"deployments","responseKind":{"kind":"Deployment"},"scope":"Namespaced","verbs":["patch"]}]}]},
      {"metadata":{"name":"metrics.k8s.io"},"versions":[{"version":"v1beta1","freshness":"Stale"}]}]})";
const std::string kServices =
    R"({"kind":"APIServiceList","metadata":{},"items":[
      {"spec":{"group":"apps","version":"v1"}},
      {"spec":{"group":"example.org","version":"v1","service":null}},
      {"spec":{"group":"metrics.k8s.io","version":"v1beta1","service":{"name":"m","namespace":"n"}}}]})";
const std::string kServicesPath = "/apis/apiregistration.k8s.io/v1/apiservices";

FakeServer::Answers Aggregated() {
  return {{"/api", Json(kApi, {{"ETag", "\"A\""}})},
          {"/apis", Json(kApis, {{"ETag", "\"B\""}})},
          {kServicesPath, Json(kServices)}};
}

TEST_CASE("the aggregated form") {
  FakeServer server(Aggregated());
  const auto client = server.Client();
  const Result<Discovery> found = Discovery::Fetch(*client, {}, Soon());
  REQUIRE(found);
  Lines requests = server.TakeRequests();
  std::sort(requests.begin(), requests.end());
  CHECK(requests == Lines{"GET /api", "GET /apis", "GET " + kServicesPath + "?limit=500"});
  const ApiResource* pod = found->Find("", "v1", "Pod");
  REQUIRE(pod);
  CHECK((pod->resource == "pods" && pod->namespaced && pod->Has("create") && !pod->Has("get")));
  CHECK_FALSE(found->Find("", "v1", "Namespace")->namespaced);
  CHECK(found->Find("apps", "v1", "Deployment")->resource == "deployments");
  for (const auto& [group, version, kind] : {std::tuple{"", "v1", "PodExecOptions"},
                                             {"", "v2", "Pod"},
                                             {"apps", "v1", "deployment"},
                                             {"app", "v1", "x"}})
    CHECK_FALSE(found->Find(group, version, kind));
  CHECK(found->IsStale("metrics.k8s.io", "v1beta1"));
  CHECK_FALSE(found->IsStale("apps", "v1"));
  CHECK_FALSE(found->IsStale("none", "v1"));
  CHECK(found->Server("metrics.k8s.io", "v1beta1") == ServedBy::kAggregated);
  CHECK(found->Server("example.org", "v1") == ServedBy::kApiServer);
  CHECK(found->Server("apps", "v1") == ServedBy::kApiServer);
  CHECK(found->Server("nobody.example", "v1") == ServedBy::kUnknown);
  CHECK(found->trouble().empty());
  CHECK(found->documents() == Lines{kApi, kApis});
}

TEST_CASE("who may not list APIServices is told, and knows Kubernetes' own groups") {
  FakeServer::Answers answers = Aggregated();
  answers[kServicesPath] = {.status = 403, .body = R"({"message":"apiservices is forbidden"})"};
  FakeServer server(answers);
  const auto client = server.Client();
  const Result<Discovery> found = Discovery::Fetch(*client, {}, Soon());
  REQUIRE(found);
  CHECK(found->trouble() ==
        "APIServices cannot be listed: the API server answered 403: apiservices is forbidden");
  CHECK(found->Server("apps", "v1") == ServedBy::kApiServer);
  CHECK(found->Server("metrics.k8s.io", "v1beta1") == ServedBy::kUnknown);
}

TEST_CASE("a server that knows the old form alone") {
  FakeServer server(
      {{"/api", Json(R"({"kind":"APIVersions","versions":["v1"]})")},
       {"/api/v1", Json(R"({"kind":"APIResourceList","resources":[
          {"name":"pods","kind":"Pod","namespaced":true,"verbs":["create"]},
          {"name":"pods/exec","kind":"PodExecOptions","namespaced":true,"verbs":["create"]}]})")},
       {"/apis", Json(R"({"kind":"APIGroupList","groups":[
          {"name":"apps","versions":[{"groupVersion":"apps/v1","version":"v1"}]},
          {"name":"down.example","versions":[{"version":"v1"}]}]})")},
       {"/apis/apps/v1",
        Json(R"({"resources":[{"name":"deployments","kind":"Deployment","namespaced":true}]})")},
       {"/apis/down.example/v1", {.status = 503}},
       {kServicesPath, Json(kServices)}});
  const auto client = server.Client();
  const Result<Discovery> found = Discovery::Fetch(*client, {}, Soon());
  REQUIRE(found);
  CHECK(found->Find("", "v1", "Pod")->Has("create"));
  CHECK(found->resources().size() == 2);
  CHECK(found->Find("apps", "v1", "Deployment")->namespaced);
  CHECK(found->IsStale("down.example", "v1"));
  CHECK_FALSE(found->IsStale("apps", "v1"));
  CHECK(found->documents().empty());
}

TEST_CASE("answers that are no discovery") {
  const std::pair<ServedAnswer, const char*> cases[] = {
      {{.status = 401}, "answered 401 (/api)"},
      {{.status = 403, .body = R"({"message":"not you"})"}, "answered 403: not you (/api)"},
      {{.status = 500}, "answered 500"},
      {{.status = 304}, "answered 304"},
      {Json("<html>"), "something else than a JSON object (/api)"},
      {Json("{"), "cannot be read as JSON"},
      {Json("{}"), "is no discovery (/api)"},
      {Json(R"({"kind":"Status"})"), "is no discovery (/api)"},
  };
  for (const auto& [answer, words] : cases) {
    FakeServer::Answers answers = Aggregated();
    answers["/api"] = answer;
    FakeServer server(answers);
    const auto client = server.Client();
    const Result<Discovery> found = Discovery::Fetch(*client, {}, Soon());
    REQUIRE_FALSE(found);
    INFO(found.error().message);
    CHECK(found.error().message.find(words) != std::string::npos);
  }
}

// Whatever stands where something else belongs is left out, and harms nothing.
TEST_CASE("discovery of another shape") {
  for (
      const char* items :
      {"7", "{}", "[7]", "[[]]", R"([{"metadata":7,"versions":{}}])", R"([{"versions":[7]}])",
       R"([{"metadata":{"name":"a"},"versions":[{"version":7,"resources":[{"resource":{},"responseKind":"x"}]}]}])",
       R"([{"metadata":{"name":"a"},"versions":[{"version":"v1","resources":[{"resource":"xs","responseKind":{}}]}]}])"}) {
    FakeServer::Answers answers = Aggregated();
    answers["/apis"] = Json(R"({"kind":"APIGroupDiscoveryList","items":)" + std::string(items) + "}");
    FakeServer server(answers);
    const auto client = server.Client();
    const Result<Discovery> found = Discovery::Fetch(*client, {}, Soon());
    REQUIRE(found);
    CHECK(found->resources().size() == 2);
  }
}

TEST_CASE("discovery is kept under its ETag, for its server alone") {
  const Directory files;
  FakeServer server(Aggregated());
  const AnswerCache cache(files.path("cache"), server.access());
  const auto client = server.Client();
  REQUIRE(Discovery::Fetch(*client, cache, Soon()));
  // What would be read if the kept answer were not used.
  server.Set("/apis", Json("broken", {{"ETag", "\"B\""}}));
  Result<Discovery> again = Discovery::Fetch(*client, cache, Soon());
  REQUIRE(again);
  CHECK(again->Find("apps", "v1", "Deployment"));
  CHECK_FALSE(Discovery::Fetch(*client, {}, Soon()));
  Access other = server.access();
  other.tls.ca_pem = "another authority";
  CHECK_FALSE(Discovery::Fetch(*client, {files.path("cache"), other}, Soon()));
  server.Set("/apis", Json(R"({"kind":"APIGroupDiscoveryList","items":[]})", {{"ETag", "\"C\""}}));
  again = Discovery::Fetch(*client, cache, Soon());
  REQUIRE(again);
  CHECK_FALSE(again->Find("apps", "v1", "Deployment"));
}

TEST_CASE("kept answers that are not as they were, and directories of others") {
  const Directory files;
  const Access access{.server = *net::ParseUrl("https://h/k")};
  const AnswerCache cache(files.path("a/b/cache"), access);
  CHECK_FALSE(cache.Load("x"));
  cache.Store("x", {"tag", "body\nof two lines"});
  REQUIRE(cache.Load("x"));
  CHECK(cache.Load("x")->body == "body\nof two lines");
  CHECK(cache.Load("x")->tag == "tag");
  cache.Store("x", {"tag", "other"});
  CHECK(cache.Load("x")->body == "other");
  for (const std::string& tag : {std::string(), std::string("two\nlines"), std::string(2000, 't')}) {
    cache.Store("y", {tag, "body"});
    CHECK_FALSE(cache.Load("y"));
  }
  std::string place;
  std::size_t entries = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(files.path("a"))) {
    struct stat status {};
    REQUIRE(lstat(entry.path().c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == (entry.is_directory() ? 0700u : 0600u));
    if (entry.path().filename() == "x") place = entry.path();
    ++entries;
  }
  CHECK(entries == 4);  // b, cache, the server's, x: nothing temporary stays
  for (const char* bytes : {"", "tag", "tag\n", "tag\n00\nother", "tag\nother"}) {
    std::ofstream(place, std::ios::binary) << bytes;
    CHECK_FALSE(cache.Load("x"));
  }
  cache.Store("x", {"tag", "whole"});
  chmod(files.path("a/b/cache").c_str(), 0750);
  CHECK_FALSE(AnswerCache(files.path("a/b/cache"), access).Load("x"));
  chmod(files.path("a/b/cache").c_str(), 0700);
  CHECK(AnswerCache(files.path("a/b/cache"), access).Load("x"));
  std::filesystem::create_directory_symlink(files.path("a/b/cache"), files.path("link"));
  CHECK_FALSE(AnswerCache(files.path("link"), access).Load("x"));
  CHECK_FALSE(AnswerCache("", access).Load("x"));
}

// How many items came, and what went wrong.
std::pair<std::size_t, std::string> Listed(FakeServer& server, ListRequest request = {}) {
  std::size_t items = 0;
  request.path = "/list";
  const auto client = server.Client();
  const Result<ListAnswer> listed = List(*client, request, [&](const manifests::ParsedFile& page) -> Status {
    items += page.documents[0].root->Find("items")->children.size();
    return Ok{};
  });
  return {items, listed ? listed->trouble : listed.error().Text()};
}

std::string Page(std::size_t items, const std::string& next) {
  std::string body = R"({"metadata":{"continue":")" + next + R"("},"items":[)";
  for (std::size_t i = 0; i < items; ++i)
    body += std::string(i == 0 ? "" : ",") + R"({"metadata":{"name":"n"}})";
  return body + "]}";
}

TEST_CASE("a list of 10,000 objects comes in pages") {
  FakeServer server({{"/list?limit=500", Json(Page(500, "t/1"))}});
  for (int i = 1; i < 20; ++i)
    server.Set("/list?limit=500&continue=t%2F" + std::to_string(i),
               Json(Page(500, i == 19 ? "" : "t/" + std::to_string(i + 1))));
  CHECK(Listed(server) == std::pair<std::size_t, std::string>{10'000, ""});
  CHECK(server.TakeRequests().size() == 20);
}

TEST_CASE("lists that are not whole") {
  FakeServer server({{"/list?limit=500", Json(Page(2, "x"))}, {"/list", Json(Page(1, "x"))}});
  CHECK(Listed(server, {.pages = 3}) ==
        std::pair<std::size_t, std::string>{4, "a list of more than 3 pages"});
  server.Set("/list", {.status = 410, .body = R"({"message":"too old"})"});
  CHECK(Listed(server) == std::pair<std::size_t, std::string>{2, "the API server answered 410: too old"});
  server.Set("/list", Json(R"({"items":7})"));
  CHECK(Listed(server) == std::pair<std::size_t, std::string>{2, "the API server's answer is no list"});
  server.Set("/list", Json(std::string(2000, ' ')));
  const auto [items, words] = Listed(server, {.page_bytes = 1000});
  CHECK((items == 2 && words.find("a body of more than 1000 bytes") != std::string::npos));
  CHECK(Listed(server, {.end = Clock::now()}).second.find("the time was over") != std::string::npos);
}

TEST_CASE("OpenAPI documents are kept by their hash") {
  const Directory files;
  FakeServer server({{"/openapi/v3", Json(R"({"paths":{
        "apis/a.example/v1":{"serverRelativeURL":"/openapi/v3/apis/a.example/v1?hash=H1"},
        "evil":{"serverRelativeURL":"http://evil.example/"}, "none":{}, "odd":7,
        "outside":{"serverRelativeURL":"/api/v1/secrets"}}})")},
                     {"/openapi/v3/apis/a.example/v1", Json(R"({"openapi":"3.0.0"})")}});
  const auto client = server.Client();
  const Result<std::vector<OpenApiReference>> index = OpenApiIndex(*client, Soon());
  REQUIRE(index);
  REQUIRE(index->size() == 1);
  const OpenApiReference& reference = index->front();
  CHECK(reference.name == "apis/a.example/v1");
  server.TakeRequests();
  const AnswerCache cache(files.path("cache"), server.access());
  for (int i = 0; i < 2; ++i)
    CHECK(*OpenApiDocument(*client, cache, reference, Soon()) == R"({"openapi":"3.0.0"})");
  CHECK(server.TakeRequests() == Lines{"GET " + reference.path});
  OpenApiReference changed = reference;
  changed.path.back() = '2';
  CHECK(OpenApiDocument(*client, cache, changed, Soon()));
  CHECK(server.TakeRequests() == Lines{"GET " + changed.path});
  server.Set("/openapi/v3/apis/a.example/v1", Json("<html>"));
  CHECK(OpenApiDocument(*client, cache, changed, Soon()));
  for (const AnswerCache& none : {AnswerCache(), cache})
    CHECK_FALSE(OpenApiDocument(*client, none, reference, Soon()));
  for (const char* wrong : {"{}", R"({"paths":7})", "[]", ""}) {
    server.Set("/openapi/v3", Json(wrong));
    CHECK_FALSE(OpenApiIndex(*client, Soon()));
  }
}

TEST_CASE("paths of resources") {
  const ApiResource pods{.version = "v1", .kind = "Pod", .resource = "pods", .namespaced = true};
  const ApiResource roles{.group = "rbac.authorization.k8s.io", .version = "v1", .resource = "clusterroles"};
  CHECK(ResourcePath(pods, "shop", "web") == "/api/v1/namespaces/shop/pods/web");
  CHECK(ResourcePath(pods, "shop", "") == "/api/v1/namespaces/shop/pods");
  CHECK(ResourcePath(pods, "", "") == "/api/v1/pods");
  CHECK(ResourcePath(pods, "../x", "a/b?c") == "/api/v1/namespaces/..%2Fx/pods/a%2Fb%3Fc");
  CHECK(ResourcePath(roles, "shop", "system:node") ==
        "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode");
}

}  // namespace
}  // namespace sluice::cluster
