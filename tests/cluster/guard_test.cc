// The guard against an API server whose every answer is a row of a table. The
// same on a real server: tests/cli/cluster_doctor_test.py.
#include "cluster/guard.h"

#include <algorithm>

#include "tests/catch.h"
#include "tests/cluster/fake_server.h"

namespace sluice::cluster {
namespace {

const std::string kAdmission = "/apis/admissionregistration.k8s.io/v1/";
const std::string kWho = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
const std::string kPolicy = kAdmission + "validatingadmissionpolicies/sluice-dry-run-only";
const std::string kBinding = kAdmission + "validatingadmissionpolicybindings/sluice-dry-run-only";
const std::string kServices = "/apis/apiregistration.k8s.io/v1/apiservices";
const std::string kRules = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
const std::string kMay = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
const std::string kCreate = "/api/v1/namespaces/sluice-system/configmaps";
const std::string kDelete = "/api/v1/namespaces/sluice-system/configmaps/sluice-guard-canary";

net::ServedAnswer Json(int status, std::string body) { return {status, {}, std::move(body)}; }

net::ServedAnswer Refusal(int status, const std::string& message) {
  return Json(status, R"({"kind": "Status", "message": ")" + message + "\"}");
}

std::string Policy(const std::string& version = "7", const std::string& failure = "Fail") {
  return R"({"metadata": {"name": "sluice-dry-run-only", "uid": "u", "resourceVersion": ")" + version +
         R"("}, "spec": {"failurePolicy": ")" + failure +
         R"(", "matchConstraints": {"namespaceSelector": {}, "objectSelector": {}, "matchPolicy": "Equivalent",
         "resourceRules": [{"operations": ["CREATE", "UPDATE", "DELETE", "CONNECT"], "apiGroups": ["*"],
         "apiVersions": ["*"], "resources": ["*/*"], "scope": "*"}]}, "validations": [
         {"expression": "request.dryRun == true", "message": "this identity may only dry-run", "reason": "Forbidden"},
         {"expression": "!has(request.subResource) || request.subResource != 'token'",
          "message": "a dry run of a token request gives a real token", "reason": "Forbidden"}],
         "matchConditions": [{"name": "gate", "expression": "request.userInfo.username == 'gate'"}]}})";
}

std::string Binding(const std::string& action = "Deny") {
  return R"({"metadata": {"name": "sluice-dry-run-only", "uid": "v", "resourceVersion": "8"},
    "spec": {"policyName": "sluice-dry-run-only", "validationActions": [")" +
         action + "\"]}}";
}

std::string Rules(const std::string& verb, const std::string& resource,
                  const std::string& incomplete = "false") {
  return R"({"status": {"incomplete": )" + incomplete + R"(, "resourceRules": [{"verbs": [")" + verb +
         R"("], "apiGroups": [""], "resources": [")" + resource + R"("]}]}})";
}

const std::string kDenied =
    R"(configmaps \"sluice-guard-canary\" is forbidden: ValidatingAdmissionPolicy 'sluice-dry-run-only' )"
    "with binding 'sluice-dry-run-only' denied request: this identity may only dry-run";

// A server whose guard holds.
FakeServer::Answers Good() {
  return {{kWho, Json(201, R"({"status": {"userInfo": {"username": "gate"}}})")},
          {kPolicy, Json(200, Policy())},
          {kBinding, Json(200, Binding())},
          {kServices, Json(200, R"({"items": [{"spec": {"group": "apps"}}]})")},
          {kRules, Json(201, Rules("get", "pods"))},
          {kMay, Json(201, R"({"status": {"allowed": false}})")},
          {kCreate, Refusal(403, kDenied)},
          {kDelete, Refusal(403, kDenied)}};
}

// How many of the requests since the last call were to `path`.
std::size_t Count(const std::vector<std::string>& requests, const std::string& path) {
  return static_cast<std::size_t>(
      std::count_if(requests.begin(), requests.end(),
                    [&](const std::string& one) { return one.substr(one.find(' ') + 1) == path; }));
}

net::Clock::time_point Soon() { return net::Clock::now() + std::chrono::seconds(20); }

GuardReport CheckOnce(FakeServer& server, GuardOptions options = {}) {
  const auto client = server.Client({.tries = 1});
  return Guard(*client, std::move(options)).Check(Soon());
}

TEST_CASE("a guard that holds") {
  FakeServer server(Good());
  const GuardReport report = CheckOnce(server);
  CHECK(report.Reason() == "");
  CHECK(report.Holds());
  CHECK(report.user == "gate");
  const std::vector<std::string> came = server.TakeRequests();
  CHECK(Count(came, kCreate) == 1);
  CHECK(Count(came, kMay) == 0);
}

TEST_CASE("the create is tried again once anything changed") {
  FakeServer server(Good());
  const auto client = server.Client({.tries = 1});
  Guard guard(*client, {});
  CHECK(guard.Check(Soon()).Holds());
  CHECK(guard.Check(Soon()).Holds());
  CHECK(Count(server.TakeRequests(), kCreate) == 1);
  server.Set(kPolicy, Json(200, Policy("9")));
  CHECK(guard.Check(Soon()).Holds());
  CHECK(Count(server.TakeRequests(), kCreate) == 1);
  server.Set(kRules, Json(201, Rules("list", "pods")));
  CHECK(guard.Check(Soon()).Holds());
  CHECK(Count(server.TakeRequests(), kCreate) == 1);
  server.Set(kBinding, Json(200, Binding("Audit")));
  CHECK_FALSE(guard.Check(Soon()).Holds());
  CHECK(Count(server.TakeRequests(), kCreate) == 0);
  server.Set(kBinding, Json(200, Binding()));
  CHECK(guard.Check(Soon()).Holds());
  CHECK(Count(server.TakeRequests(), kCreate) == 1);
}

TEST_CASE("a guard that does not hold is said to, and why") {
  struct Case {
    std::string request;
    net::ServedAnswer answer;
    std::string reason;  // its beginning, after the words that all have
  };
  const Case cases[] = {
      {kPolicy, Refusal(404, "x"),
       "there is no ValidatingAdmissionPolicy sluice-dry-run-only: apply deploy/gate"},
      {kPolicy, Refusal(403, "x"),
       "the identity may not read the ValidatingAdmissionPolicy sluice-dry-run-only"},
      {kPolicy, Json(200, Policy("7", "Ignore")),
       "the policy sluice-dry-run-only was edited: spec.failurePolicy"},
      {kPolicy, Json(200, "{}"), "the policy sluice-dry-run-only was edited: metadata.name"},
      {kBinding, Refusal(404, "x"), "there is no ValidatingAdmissionPolicyBinding sluice-dry-run-only"},
      {kBinding, Json(200, Binding("Warn")),
       "the binding sluice-dry-run-only was edited: spec.validationActions[0]"},
      {kWho, Json(201, R"({"status": {"userInfo": {"username": "ana"}}})"),
       "the policy sluice-dry-run-only was edited: spec.matchConditions[0].expression"},
      {kWho, Json(201, "{}"),
       "the policy sluice-dry-run-only was edited: spec.matchConditions[0].expression"},
      {kServices, Refusal(403, "x"), "the identity may not read the list of APIServices"},
      {kServices, Json(200, R"({"items": [{"spec": {"group": "", "service": {"name": "x"}}}]})"), ""},
      {kRules, Json(201, Rules("impersonate", "users")), "the identity may impersonate others"},
      {kRules, Json(201, Rules("*", "pods")), "the identity may do more than what is listed by kind"},
      {kCreate, Json(201, "{}"), "a real create of a ConfigMap in sluice-system was taken: nothing keeps"},
      {kCreate, Refusal(403, "User cannot create resource"),
       "a real create of a ConfigMap in sluice-system was not refused by the policy sluice-dry-run-only: the "
       "API "
       "server answered 403: User cannot create"},
      {kCreate, Refusal(403, "webhook says: " + kDenied),
       "a real create of a ConfigMap in sluice-system was not"},
      {kCreate, Refusal(403, kDenied + " or not"), "a real create of a ConfigMap in sluice-system was not"},
      {kCreate, Refusal(422, kDenied), "a real create of a ConfigMap in sluice-system was not refused"},
      {kCreate, Refusal(409, "already exists"),
       "a real create of a ConfigMap in sluice-system was not refused"},
      {kCreate, Refusal(404, "namespaces not found"),
       "a real create of a ConfigMap in sluice-system was not"},
      {kCreate, Json(200, "{}"), "a real create of a ConfigMap in sluice-system was not refused"},
  };
  for (const Case& row : cases) {
    INFO(row.request << " " << row.answer.body);
    FakeServer server(Good());
    if (row.reason.empty()) {  // that group with the right that the server lists
      server.Set(kRules, Json(201, Rules("patch", "pods")));
    }
    server.Set(row.request, row.answer);
    const GuardReport report = CheckOnce(server);
    CHECK_FALSE(report.faults.empty());
    CHECK(report.Reason().starts_with("the guard of this cluster does not hold: " + row.reason));
    const std::vector<std::string> came = server.TakeRequests();
    const bool is_there = row.request == kCreate && (row.answer.status == 201 || row.answer.status == 409);
    CHECK(Count(came, kDelete) == (is_there ? 1 : 0));
    CHECK(Count(came, kCreate) == (row.request == kCreate ? 1 : 0));
  }
}

TEST_CASE("where the server does not answer nobody can say") {
  const std::string requests[] = {kWho, kPolicy, kBinding, kServices, kRules, kCreate};
  for (const std::string& request : requests) {
    for (const int status : {500, 503, 429}) {
      INFO(request << " " << status);
      FakeServer server(Good());
      server.Set(request, Refusal(status, "busy"));
      const GuardReport report = CheckOnce(server);
      CHECK(report.Reason().starts_with(
          "the guard of this cluster could not be checked: the API server answered " +
          std::to_string(status)));
      // The create may have been done all the same, but for 429.
      const bool may_remain = request == kCreate && status != 429;
      CHECK(Count(server.TakeRequests(), kDelete) == (may_remain ? 1 : 0));
    }
  }
}

TEST_CASE("a canary that cannot be taken away is told") {
  FakeServer server(Good());
  server.Set(kCreate, Json(201, "{}"));
  server.Set(kDelete, Refusal(403, "no"));
  const GuardReport report = CheckOnce(server);
  REQUIRE(report.faults.size() == 2);
  CHECK(report.faults[1].find("could not be deleted") != std::string::npos);
}

TEST_CASE("a canary of which nobody knows is looked for") {
  struct Case {
    int removed;
    std::size_t faults;
    bool may_be_left;
  };
  for (const Case& row : {Case{200, 1, false}, Case{404, 0, false}, Case{403, 0, true}, Case{500, 0, true}}) {
    INFO(row.removed);
    FakeServer server(Good());
    server.Set(kCreate, Refusal(504, "late"));
    server.Set(kDelete, Refusal(row.removed, "x"));
    const GuardReport report = CheckOnce(server);
    CHECK(report.faults.size() == row.faults);  // it was there: nothing refused it
    CHECK(report.trouble.find("the API server answered 504") == 0);
    CHECK((report.trouble.find("may be left in sluice-system") != std::string::npos) == row.may_be_left);
  }
}

TEST_CASE("a canary that was left by another time is taken away, and the create tried again") {
  FakeServer server(Good());
  server.Set(kCreate, Refusal(409, "already exists"));
  server.Set(kDelete, Json(200, "{}"));
  CHECK_FALSE(CheckOnce(server).Holds());
  std::vector<std::string> came = server.TakeRequests();
  CHECK(Count(came, kCreate) == 2);
  CHECK(Count(came, kDelete) == 1);
  server.Set(kDelete, Refusal(403, "no"));
  CHECK(CheckOnce(server).faults.size() == 2);
  came = server.TakeRequests();
  CHECK(Count(came, kCreate) == 1);
  CHECK(Count(came, kDelete) == 1);
}

TEST_CASE("where rights cannot be listed nobody can say, and what can be asked is") {
  FakeServer server(Good());
  server.Set(kRules, Json(201, Rules("get", "pods", "true")));
  const GuardReport report = CheckOnce(server);
  CHECK(report.Reason().starts_with(
      "the guard of this cluster could not be checked: the API server cannot list"));
  CHECK(Count(server.TakeRequests(), kMay) == 46);
  server.Set(kMay, Json(201, R"({"status": {"allowed": true}})"));
  CHECK(CheckOnce(server).faults.size() == 5);
}

TEST_CASE("an operator may be content with questions") {
  FakeServer server(Good());
  server.Set(kRules, Json(201, Rules("get", "pods", "true")));
  const GuardOptions content{.unlisted_rights = true};
  CHECK(CheckOnce(server, content).Holds());
  CHECK(Count(server.TakeRequests(), kCreate) == 1);
  server.Set(kMay, Json(201, R"({"status": {"allowed": true}})"));
  CHECK(CheckOnce(server, content).faults.size() == 5);
  for (const char* said :
       {R"({"status": {}})", R"({"status": {"allowed": false, "evaluationError": "x"}})", "{}"}) {
    server.Set(kMay, Json(201, said));
    CHECK(CheckOnce(server, content).trouble == "the API server cannot say what the identity may do");
  }
  server.Set(kMay, Refusal(500, "x"));
  CHECK_FALSE(CheckOnce(server, content).trouble.empty());
}

TEST_CASE("rights are asked for in the namespaces of the change") {
  FakeServer server(Good());
  CHECK(CheckOnce(server, {.namespaces = {"shop", "web"}}).Holds());
  CHECK(Count(server.TakeRequests(), kRules) == 3);
  CHECK_FALSE(CheckOnce(server, {.namespaces = {"a\"b"}}).Holds());
  std::vector<std::string> many(60, "shop");
  server.TakeRequests();
  CHECK(CheckOnce(server, {.namespaces = many}).Holds());
  CHECK(Count(server.TakeRequests(), kRules) == 61);
  many.resize(1001, "web");
  CHECK(
      CheckOnce(server, {.namespaces = many})
          .Reason()
          .starts_with("the guard of this cluster could not be checked: the change touches more than 1000"));
}

}  // namespace
}  // namespace sluice::cluster
