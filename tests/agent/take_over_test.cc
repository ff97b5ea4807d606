#include "agent/take_over.h"

#include "tests/catch.h"
#include "tests/cluster/fake_server.h"

namespace sluice::agent {
namespace {

std::string Entry(const std::string& manager, const std::string& operation, const std::string& fields,
                  const std::string& more = "", const std::string& version = "v1") {
  return R"({"apiVersion":")" + version + R"(","fieldsType":"FieldsV1","fieldsV1":)" + fields +
         R"(,"manager":")" + manager + R"(","operation":")" + operation + "\"" + more + "}";
}

std::string Live(const std::string& entries) {
  return R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","resourceVersion":"7","managedFields":[)" +
         entries + "]}}";
}

std::string Taken(const std::string& entries, const std::vector<std::string>& from) {
  const cluster::JsonObject live = cluster::ReadJsonObject(Live(entries));
  REQUIRE(live.root != nullptr);
  return TakenManagers(*live.root, from);
}

const std::string kOurs = R"({"f:data":{"f:a":{}}})", kTheirs = R"({"f:data":{"f:b":{}}})",
                  kBoth = R"({"f:data":{"f:a":{},"f:b":{}}})";

TEST_CASE("what each tool applied becomes ours") {
  const std::tuple<const char*, const char*, const char*> rows[] = {
      {"kubectl", "kubectl-client-side-apply", "Update"}, {"kubectl", "kubectl", "Apply"},
      {"flux", "kustomize-controller", "Apply"},          {"flux", "kustomize-controller", "Update"},
      {"argo-cd", "argocd-controller", "Update"},         {"argo-cd", "argocd-controller", "Apply"},
  };
  for (const auto& [tool, manager, operation] : rows) {
    CAPTURE(tool, manager, operation);
    const std::string entries =
        Entry(manager, operation, kTheirs) + "," + Entry("sluice-agent", "Apply", kOurs);
    CHECK(Taken(entries, {tool}) == "[" + Entry("sluice-agent", "Apply", kBoth) + "]");
    CHECK(Taken(entries, {}).empty());
    for (const char* other : {"kubectl", "flux", "argo-cd"})
      CHECK(Taken(entries, {other}).empty() == (std::string(other) != tool));
  }
}

TEST_CASE("what is not taken") {
  const std::vector<std::string> all{"kubectl", "flux", "argo-cd"};
  const std::string ours = Entry("sluice-agent", "Apply", kOurs);
  const std::string cases[] = {
      Entry("kubectl-edit", "Update", kTheirs),
      Entry("kubectl", "Update", kTheirs),
      Entry("helm", "Update", kTheirs),
      Entry("hpa-controller", "Update", kTheirs),
      Entry("before-first-apply", "Update", kTheirs),
      Entry("kubectl-client-side-apply", "Apply", kTheirs),
      Entry("kubectl-client-side-apply", "Update", kTheirs, R"(,"subresource":"status")"),
      Entry("kubectl-client-side-apply", "Update", kTheirs, "", "v1beta1"),
      Entry("kubectl-client-side-apply", "Update", "{}"),
      R"({"manager":"kubectl-client-side-apply","operation":"Update","apiVersion":"v1"})",
      Entry("sluice-agent-applyset", "Apply", kTheirs),
  };
  for (const std::string& entry : cases) {
    CAPTURE(entry);
    CHECK(Taken(entry + "," + ours, all).empty());
    const std::string beside = Entry("kustomize-controller", "Apply", R"({"f:data":{"f:c":{}}})");
    const std::string taken = Taken(entry + "," + beside + "," + ours, all);
    CHECK(taken.find(R"("f:c")") != std::string::npos);
    if (entry.find(R"("f:b")") != std::string::npos) CHECK(taken.find(entry) != std::string::npos);
  }
  CHECK(Taken(Entry("kustomize-controller", "Apply", kTheirs), all).empty());  // we never applied it
  CHECK(Taken(Entry("kustomize-controller", "Apply", kTheirs) + "," + Entry("sluice-agent", "Update", kOurs),
              all)
            .empty());
}

TEST_CASE("fields of both") {
  const std::tuple<std::string, std::string, std::string> rows[] = {
      {R"({"f:a":{}})", R"({"f:a":{}})", R"({"f:a":{}})"},
      {R"({"f:a":{}})", R"({"f:a":{"f:b":{}}})", R"({"f:a":{".":{},"f:b":{}}})"},
      {R"({"f:a":{".":{},"f:c":{}}})", R"({"f:a":{"f:b":{}}})", R"({"f:a":{".":{},"f:b":{},"f:c":{}}})"},
      {R"({"f:a":{"k:{\"name\":\"x\"}":{".":{},"f:n":{}}}})", R"({"f:a":{"k:{\"name\":\"y\"}":{".":{}}}})",
       R"({"f:a":{"k:{\"name\":\"x\"}":{".":{},"f:n":{}},"k:{\"name\":\"y\"}":{".":{}}}})"},
      {R"({"f:a":{"v:\"x\"":{}}})", R"({"f:a":{"v:\"y\"":{}}})", R"({"f:a":{"v:\"x\"":{},"v:\"y\"":{}}})"},
  };
  for (const auto& [ours, theirs, both] : rows) {
    CAPTURE(ours, theirs);
    CHECK(Taken(Entry("kustomize-controller", "Apply", theirs) + "," + Entry("sluice-agent", "Apply", ours),
                {"flux"}) == "[" + Entry("sluice-agent", "Apply", both) + "]");
  }
}

Outcome TakeOver(const cluster::FakeServer& server, const std::vector<std::string>& from) {
  const auto client = server.Client({.tries = 1});
  const std::string json = R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}})";
  const cluster::JsonObject sent = cluster::ReadJsonObject(json);
  return ApplyTakingOver({client.get(), "/a"}, json, *sent.root, "set", from);
}

TEST_CASE("whoever writes all the time is tried five times, and again later") {
  const std::string apply = "/a?fieldManager=sluice-agent&force=true";
  const std::string theirs =
      Live(Entry("kustomize-controller", "Apply", kTheirs) + "," + Entry("sluice-agent", "Apply", kOurs));
  const std::string conflict = R"({"kind":"Status","reason":"Conflict","code":409,"message":"modified"})";
  cluster::FakeServer server({{apply, {200, {}, theirs}}, {"/a", {409, {}, conflict}}});
  const Outcome outcome = TakeOver(server, {"flux"});
  CHECK(outcome.answer == Answer::kLater);
  CHECK(outcome.words.find("somebody writes it all the time") != std::string::npos);
  CHECK(server.TakeRequests().size() == 11);  // applied six times, tried five times
  CHECK(TakeOver(server, {}).answer == Answer::kDone);
  CHECK(server.TakeRequests().size() == 1);
  server.Set("/a", {403, {}, R"({"kind":"Status","reason":"Forbidden","code":403,"message":"no"})"});
  CHECK(TakeOver(server, {"flux"}).answer == Answer::kRefused);
}

}  // namespace
}  // namespace sluice::agent
