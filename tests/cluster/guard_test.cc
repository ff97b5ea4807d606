// The guard against an API server whose every answer is a row of a table. The
// same on a real server: tests/cli/cluster_doctor_test.py.
#include "cluster/guard.h"

#include <map>
#include <mutex>

#include "net/listener.h"
#include "tests/catch.h"
#include "tests/net/certificates.h"

namespace sluice::cluster {
namespace {

const std::string kAdmission = "/apis/admissionregistration.k8s.io/v1/";
const std::string kWho = "POST /apis/authentication.k8s.io/v1/selfsubjectreviews";
const std::string kPolicy = "GET " + kAdmission + "validatingadmissionpolicies/sluice-dry-run-only";
const std::string kBinding = "GET " + kAdmission + "validatingadmissionpolicybindings/sluice-dry-run-only";
const std::string kServices = "GET /apis/apiregistration.k8s.io/v1/apiservices";
const std::string kRules = "POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
const std::string kMay = "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
const std::string kCreate = "POST /api/v1/namespaces/sluice-system/configmaps";
const std::string kDelete = "DELETE /api/v1/namespaces/sluice-system/configmaps/sluice-guard-canary";

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

// An API server by its answers: "METHOD path" to what it says. Keeps what came.
class FakeServer {
 public:
  FakeServer() {
    answers_ = {{kWho, Json(201, R"({"status": {"userInfo": {"username": "gate"}}})")},
                {kPolicy, Json(200, Policy())},
                {kBinding, Json(200, Binding())},
                {kServices, Json(200, R"({"items": [{"spec": {"group": "apps"}}]})")},
                {kRules, Json(201, Rules("get", "pods"))},
                {kMay, Json(201, R"({"status": {"allowed": false}})")},
                {kCreate, Refusal(403, kDenied)},
                {kDelete, Json(200, "{}")}};
    auto listener =
        net::Listener::Start({}, [this](const net::ServedRequest& request) { return Answer(request); });
    REQUIRE(listener);
    listener_ = std::move(*listener);
  }

  void Set(const std::string& request, net::ServedAnswer answer) {
    const std::lock_guard lock(mutex_);
    answers_[request] = std::move(answer);
  }

  std::size_t Count(const std::string& request) {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::count(came_.begin(), came_.end(), request));
  }

  std::unique_ptr<ApiClient> Client() const {
    Access access;
    access.server = *net::ParseUrl("http://127.0.0.1:" + std::to_string(listener_->port()));
    // Spares each client the reading of the certificates of the system.
    static const std::string authority = net::Authority("nobody").certificate_pem;
    access.tls.ca_pem = authority;
    auto client = ApiClient::Make(access, {.tries = 1});
    REQUIRE(client);
    return std::move(*client);
  }

 private:
  net::ServedAnswer Answer(const net::ServedRequest& request) {
    const std::lock_guard lock(mutex_);
    came_.push_back(request.head.method + " " + request.head.target);
    const auto found = answers_.find(came_.back());
    return found == answers_.end() ? Refusal(404, "not here") : found->second;
  }

  std::mutex mutex_;
  std::map<std::string, net::ServedAnswer> answers_;
  std::vector<std::string> came_;
  std::unique_ptr<net::Listener> listener_;
};

net::Clock::time_point Soon() { return net::Clock::now() + std::chrono::seconds(20); }

GuardReport CheckOnce(FakeServer& server, GuardOptions options = {}) {
  const auto client = server.Client();
  return Guard(*client, std::move(options)).Check(Soon());
}

TEST_CASE("a guard that holds") {
  FakeServer server;
  const GuardReport report = CheckOnce(server);
  CHECK(report.Reason() == "");
  CHECK(report.Holds());
  CHECK(report.user == "gate");
  CHECK(server.Count(kCreate) == 1);
  CHECK(server.Count(kMay) == 0);
}

TEST_CASE("the create is tried again once anything changed") {
  FakeServer server;
  const auto client = server.Client();
  Guard guard(*client, {});
  CHECK(guard.Check(Soon()).Holds());
  CHECK(guard.Check(Soon()).Holds());
  CHECK(server.Count(kCreate) == 1);
  server.Set(kPolicy, Json(200, Policy("9")));
  CHECK(guard.Check(Soon()).Holds());
  CHECK(server.Count(kCreate) == 2);
  server.Set(kRules, Json(201, Rules("list", "pods")));
  CHECK(guard.Check(Soon()).Holds());
  CHECK(server.Count(kCreate) == 3);
  server.Set(kBinding, Json(200, Binding("Audit")));
  CHECK_FALSE(guard.Check(Soon()).Holds());
  CHECK(server.Count(kCreate) == 3);
  server.Set(kBinding, Json(200, Binding()));
  CHECK(guard.Check(Soon()).Holds());
  CHECK(server.Count(kCreate) == 4);
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
    FakeServer server;
    if (row.reason.empty()) {  // that group with the right that the server lists
      server.Set(kRules, Json(201, Rules("patch", "pods")));
    }
    server.Set(row.request, row.answer);
    const GuardReport report = CheckOnce(server);
    CHECK_FALSE(report.faults.empty());
    CHECK(report.Reason().starts_with("the guard of this cluster does not hold: " + row.reason));
    CHECK(server.Count(kDelete) == (row.answer.status == 201 && row.request == kCreate ? 1 : 0));
    CHECK(server.Count(kCreate) == (row.request == kCreate ? 1 : 0));
  }
}

TEST_CASE("where the server does not answer nobody can say") {
  const std::string requests[] = {kWho, kPolicy, kBinding, kServices, kRules, kCreate};
  for (const std::string& request : requests) {
    for (const int status : {500, 503, 429}) {
      INFO(request << " " << status);
      FakeServer server;
      server.Set(request, Refusal(status, "busy"));
      const GuardReport report = CheckOnce(server);
      CHECK(report.Reason().starts_with(
          "the guard of this cluster could not be checked: the API server answered " +
          std::to_string(status)));
    }
  }
}

TEST_CASE("a canary that cannot be taken away is told") {
  FakeServer server;
  server.Set(kCreate, Json(201, "{}"));
  server.Set(kDelete, Refusal(403, "no"));
  const GuardReport report = CheckOnce(server);
  REQUIRE(report.faults.size() == 2);
  CHECK(report.faults[1].find("could not be deleted") != std::string::npos);
}

TEST_CASE("where rights cannot be listed each one is asked about") {
  FakeServer server;
  server.Set(kRules, Json(201, Rules("get", "pods", "true")));
  CHECK(CheckOnce(server).Holds());
  CHECK(server.Count(kMay) == 29);
  server.Set(kMay, Json(201, R"({"status": {"allowed": true}})"));
  CHECK(CheckOnce(server).faults.size() == 5);
  server.Set(kMay, Refusal(500, "x"));
  CHECK_FALSE(CheckOnce(server).trouble.empty());
}

TEST_CASE("rights are asked for in the namespaces of the change") {
  FakeServer server;
  CHECK(CheckOnce(server, {.namespaces = {"shop", "web"}}).Holds());
  CHECK(server.Count(kRules) == 3);
  CHECK_FALSE(CheckOnce(server, {.namespaces = {"a\"b"}}).Holds());
}

}  // namespace
}  // namespace sluice::cluster
