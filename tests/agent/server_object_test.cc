// What an API server's answer means for the next try.
#include "agent/server_object.h"

#include "tests/catch.h"
#include "tests/cluster/fake_server.h"

namespace sluice::agent {
namespace {

const std::string kMap = R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"web"}})";

std::string StatusBody(int code, const std::string& reason, const std::string& message,
                       const std::string& more = "") {
  return R"({"kind":"Status","apiVersion":"v1","status":"Failure","code":)" + std::to_string(code) +
         R"(,"reason":")" + reason + R"(","message":")" + message + "\"" + more + "}";
}

struct Case {
  int code;
  std::string body;
  Answer answer;
};

Outcome ApplyTo(const Case& one, const std::string& json = kMap) {
  cluster::FakeServer server({{"/a", {one.code, {}, one.body}}});
  const auto client = server.Client({.tries = 1});
  const cluster::JsonObject sent = cluster::ReadJsonObject(json);
  return Apply({client.get(), "/a"}, json, *sent.root);
}

TEST_CASE("what is applied is what is recorded, and the label") {
  struct Row {
    std::string recorded, sent;
  };
  const std::string own =
      R"({"metadata":{"labels":{"applyset.kubernetes.io/part-of":"other"},"name":"web"}})";
  const Row rows[] = {
      {kMap,
       R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"labels":{"applyset.kubernetes.io/part-of":"set"},"name":"web"}})"},
      {R"({"metadata":{"annotations":{"a":"b"},"labels":{"app":"web","z\"":"1"},"name":"web"}})",
       R"({"metadata":{"annotations":{"a":"b"},"labels":{"app":"web","applyset.kubernetes.io/part-of":"set","z\"":"1"},"name":"web"}})"},
      {R"({"metadata":{"labels":{}}})",
       R"({"metadata":{"labels":{"applyset.kubernetes.io/part-of":"set"}}})"},
      // What says something of the label itself, and what is not canonical: the bytes, and the label
      // afterwards.
      {own, own},
      {R"({"metadata":{"labels":null}})", R"({"metadata":{"labels":null}})"},
      {R"({"metadata":"web"})", R"({"metadata":"web"})"},
      {R"({"kind":"ConfigMap"})", R"({"kind":"ConfigMap"})"},
      {R"({"metadata":{"name": "web"}})", R"({"metadata":{"name": "web"}})"},
      {R"({"b":1,"a":2,"metadata":{}})", R"({"b":1,"a":2,"metadata":{}})"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.recorded);
    const cluster::JsonObject recorded = cluster::ReadJsonObject(row.recorded);
    REQUIRE(recorded.root != nullptr);
    CHECK(MemberText(row.recorded, *recorded.root, "set") == row.sent);
  }
}

TEST_CASE("answers by class") {
  const Case cases[] = {
      {200, kMap, Answer::kDone},
      {201, kMap, Answer::kDone},
      {200, "no JSON", Answer::kLater},
      {404, StatusBody(404, "NotFound", "namespaces \\\"shop\\\" not found"), Answer::kGone},
      {404, "404 page not found", Answer::kLater},
      {401, StatusBody(401, "Unauthorized", "Unauthorized"), Answer::kLater},
      {403, StatusBody(403, "Forbidden", "configmaps is forbidden"), Answer::kRefused},
      {403,
       StatusBody(
           403, "Forbidden", "it is being terminated",
           R"(,"details":{"causes":[{"reason":"NamespaceTerminating","message":"a","field":"metadata.namespace"}]})"),
       Answer::kLater},
      {409, StatusBody(409, "Conflict", "the object has been modified"), Answer::kLater},
      {413, StatusBody(413, "RequestEntityTooLarge", "limit is 3145728"), Answer::kRefused},
      {422, StatusBody(422, "Invalid", "spec.replicas: Invalid value"), Answer::kRefused},
      {400, StatusBody(400, "BadRequest", "strict decoding error"), Answer::kRefused},
      {429, StatusBody(429, "TooManyRequests", "please try again later"), Answer::kLater},
      {500, StatusBody(500, "InternalError", "etcdserver: request timed out"), Answer::kLater},
      {503, "service unavailable", Answer::kLater},
      {302, "", Answer::kLater},
  };
  for (const Case& one : cases) {
    CAPTURE(one.code, one.body);
    const Outcome outcome = ApplyTo(one);
    CHECK(outcome.answer == one.answer);
    CHECK((outcome.answer == Answer::kDone) == outcome.words.empty());
    CHECK((outcome.answer == Answer::kDone) == (outcome.live.root != nullptr));
  }
}

TEST_CASE("no value of a Secret is told") {
  const std::string secret =
      R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"stringData":{"key":"hunter2"}})";
  const Outcome outcome = ApplyTo(
      {422,
       StatusBody(
           422, "Invalid", "Secret is invalid: stringData: Invalid value: hunter2",
           R"(,"details":{"causes":[{"reason":"FieldValueInvalid","message":"hunter2","field":"stringData"}]})"),
       Answer::kRefused},
      secret);
  CHECK(outcome.answer == Answer::kRefused);
  CHECK(outcome.words.find("hunter2") == std::string::npos);
  CHECK(outcome.words == "the API server answered 422 Invalid, stringData (FieldValueInvalid)");
}

bool Kept(const std::string& annotations) {
  const cluster::JsonObject object =
      cluster::ReadJsonObject(R"({"metadata":{"annotations":)" + annotations + "}}");
  return IsKept(*object.root);
}

TEST_CASE("what asks to be kept") {
  for (const char* kept :
       {R"({"sluice.dev/prune":"disabled"})", R"({"kustomize.toolkit.fluxcd.io/prune":"disabled"})",
        R"({"argocd.argoproj.io/sync-options":"SkipDryRun=true, Prune=false"})",
        R"({"helm.sh/resource-policy":"keep"})"}) {
    CAPTURE(kept);
    CHECK(Kept(kept));
  }
  for (const char* not_kept : {"{}", R"({"sluice.dev/prune":"enabled"})", R"({"sluice.dev/prune":""})",
                               R"({"argocd.argoproj.io/sync-options":"Prune=falsely"})"}) {
    CAPTURE(not_kept);
    CHECK_FALSE(Kept(not_kept));
  }
}

TEST_CASE("whose an object is") {
  const auto live = [](const std::string& managers, const std::string& label) {
    return cluster::ReadJsonObject(R"({"metadata":{"labels":{"applyset.kubernetes.io/part-of":")" + label +
                                   R"("},"managedFields":[)" + managers + "]}}");
  };
  const auto ours = live(
      R"({"manager":"kubectl","operation":"Update"},{"manager":"sluice-agent","operation":"Apply"})", "a");
  CHECK(IsAppliedByUs(*ours.root));
  CHECK(IsMember(*ours.root, "a"));
  CHECK_FALSE(IsMember(*ours.root, "b"));
  CHECK_FALSE(IsAppliedByUs(*live(R"({"manager":"sluice-agent","operation":"Update"})", "a").root));
  CHECK_FALSE(IsAppliedByUs(*live(R"({"manager":"kubectl","operation":"Apply"})", "a").root));
  CHECK_FALSE(IsAppliedByUs(*live("", "a").root));
}

}  // namespace
}  // namespace sluice::agent
