// A whole run against a cluster that is a table.
#include "cluster/dry_run.h"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "tests/cluster/nodes.h"

namespace sluice::cluster {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

const std::string kPolicies = "GET /apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
const std::string kBindings = "GET /apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings";

// By "METHOD PATH" without the query; what is not in it is 404. It has no policies.
struct Table {
  std::map<std::string, ServerAnswer> answers{{kPolicies, {200, R"({"items":[]})", {}, {}}},
                                              {kBindings, {200, R"({"items":[]})", {}, {}}}};
  std::vector<std::string> asked;  // with the query
  std::mutex mutex;

  ServerAnswer Send(const ServerRequest& request) {
    const std::lock_guard lock(mutex);
    asked.push_back(request.method + ' ' + request.path);
    const auto found = answers.find(request.method + ' ' + request.path.substr(0, request.path.find('?')));
    if (found != answers.end()) return found->second;
    return {404, R"({"kind":"Status","reason":"NotFound","message":"not found"})", {}, {}};
  }
  bool Asked(const std::string& begins) {
    for (const std::string& each : asked) {
      if (each.starts_with(begins)) return true;
    }
    return false;
  }
};

const std::vector<std::string> kVerbs = {"get", "list", "patch", "delete"};
const std::string kAdmissionGroup = "admissionregistration.k8s.io";

const std::vector<ApiResource> kServed = {
    {"", "v1", "Namespace", "namespaces", false, kVerbs},
    {"", "v1", "ConfigMap", "configmaps", true, kVerbs},
    {"", "v1", "Secret", "secrets", true, kVerbs},
    {"apps", "v1", "Deployment", "deployments", true, kVerbs},
    {"apps", "v1", "ReplicaSet", "replicasets", true, kVerbs},
    {kAdmissionGroup, "v1", "ValidatingAdmissionPolicy", "validatingadmissionpolicies", false, kVerbs},
    {kAdmissionGroup, "v1", "ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings", false,
     kVerbs},
};

Server ServerOf(Table& table) {
  return {[&table](const ServerRequest& request, Clock::time_point) { return table.Send(request); },
          [](std::string_view api_version, std::string_view kind) -> ServedKind {
            for (const ApiResource& each : kServed) {
              if (each.group == GroupOf(api_version) && each.kind == kind) return {&each};
            }
            return {};
          },
          "1.34",
          {}};
}

std::string MapJson(const std::string& name, const std::string& data, const std::string& metadata = "") {
  return "{\"apiVersion\":\"v1\",\"data\":{" + data + "},\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" +
         name + "\",\"namespace\":\"shop\"" + metadata + "}}";
}

DryRunObject Map(const std::string& name, const std::string& data = "") {
  return {{"v1", "ConfigMap", "shop", name}, false, MapJson(name, data)};
}
DryRunObject Gone(const std::string& kind, const std::string& name) {
  return {{kind == "Deployment" ? "apps/v1" : "v1", kind, "shop", name}, true, {}};
}

const std::string kMaps = "/api/v1/namespaces/shop/configmaps/";

DryRunReply Ask(Table& table, std::vector<DryRunObject> objects, DryRunOptions options = {},
                bool compare = false) {
  return DryRun(ServerOf(table), options, {"c", std::move(objects), 60s, compare});
}

TEST_CASE("a new object, a changed one, the same one") {
  Table table;
  table.answers["PATCH " + kMaps + "new"] = {201, MapJson("new", ""), {}, {}};
  table.answers["GET " + kMaps + "old"] = {200, MapJson("old", "\"a\":\"1\"", ",\"uid\":\"u\""), {}, {}};
  table.answers["PATCH " + kMaps + "old"] = {200, MapJson("old", "\"a\":\"2\""), {}, {}};
  table.answers["GET " + kMaps + "same"] = {200, MapJson("same", "\"a\":\"1\"", ",\"generation\":1"), {}, {}};
  table.answers["PATCH " + kMaps + "same"] = {
      200, MapJson("same", "\"a\":\"1\"", ",\"generation\":2"), {}, {}};
  const DryRunReply reply = Ask(table, {Map("new"), Map("old"), Map("same")});
  CHECK(reply.minor == "1.34");
  REQUIRE(reply.answers.size() == 3);
  for (const DryRunAnswer& answer : reply.answers) CHECK(answer.known == Known::kTaken);
  CHECK(reply.answers[0].effect == Effect::kCreated);
  CHECK(reply.answers[1].effect == Effect::kUpdated);
  CHECK(reply.answers[2].effect == Effect::kUnchanged);
  for (const DryRunAnswer& answer : reply.answers) CHECK((answer.live + answer.taken).empty());
  CHECK(table.Asked("PATCH " + kMaps + "new?dryRun=All&fieldValidation=Strict&fieldManager=sluice"));
}

TEST_CASE("every request of a run is a dry run or a read") {
  Table table;
  table.answers["GET " + kMaps + "old"] = {200, MapJson("old", ""), {}, {}};
  Ask(table, {Map("old"), Map("new"), Gone("ConfigMap", "old"), Gone("ConfigMap", "never"),
              Gone("Deployment", "web")});
  CHECK(table.asked.size() > 6);
  for (const std::string& request : table.asked) {
    CAPTURE(request);
    CHECK((request.starts_with("GET ") || request.find("?dryRun=All") != std::string::npos));
  }
}

TEST_CASE("the live object says as whom to apply") {
  Table table;
  const std::string managed =
      R"(,"managedFields":[{"manager":"kustomize-controller","operation":"Apply","apiVersion":"v1","fieldsV1":{"f:data":{}}}])";
  table.answers["GET " + kMaps + "x"] = {200, MapJson("x", "", managed), {}, {}};
  Ask(table, {Map("x"), Map("y")}, {.usual = {"sluice agent", false}});
  CHECK(table.Asked("PATCH " + kMaps +
                    "x?dryRun=All&fieldValidation=Strict&fieldManager=kustomize-controller&force=true"));
  CHECK(table.Asked("PATCH " + kMaps + "y?dryRun=All&fieldValidation=Strict&fieldManager=sluice%20agent"));
}

TEST_CASE("what the tool takes away and the server keeps is not known") {
  const auto answer = [](const std::string& operation, const std::string& fields, ServerAnswer said) {
    Table table;
    const std::string managed =
        ",\"managedFields\":[{\"manager\":\"kubectl-client-side-apply\",\"operation\":\"" + operation +
        "\",\"apiVersion\":\"v1\",\"fieldsV1\":{\"f:data\":" + fields + "}}]";
    const std::string live = MapJson("x", R"("a":"1","b":"1","c":"1","d":"1","e":"1")", managed);
    table.answers["GET " + kMaps + "x"] = {200, live, {}, {}};
    table.answers["PATCH " + kMaps + "x"] =
        said.status == 0 ? ServerAnswer{200, live, {}, {}} : std::move(said);
    return Ask(table, {Map("x", R"("a":"1")")}).answers[0];
  };
  const std::string both = R"({"f:a":{},"f:b":{}})",
                    all = R"({"f:a":{},"f:b":{},"f:c":{},"f:d":{},"f:e":{}})";
  const DryRunAnswer kept = answer("Update", both, {});
  CHECK(kept.known == Known::kUnverified);
  CHECK(kept.effect == Effect::kUpdated);
  CHECK(kept.reason ==
        "\"kubectl-client-side-apply\" updates rather than applies: it takes away data.b, which a dry run "
        "keeps");
  CHECK(answer("Update", all, {}).reason ==
        "\"kubectl-client-side-apply\" updates rather than applies: it takes away data.b, data.c, data.d and "
        "1 more, "
        "which a dry run keeps");
  CHECK(answer("Update", R"({"f:a":{}})", {}).known == Known::kTaken);
  CHECK(answer("Apply", both, {}).known == Known::kTaken);
  const ServerAnswer denial{
      403,
      R"({"kind":"Status","reason":"Forbidden","message":"admission webhook \"w\" denied the request: b"})",
      {},
      {}};
  CHECK(answer("Update", both, denial).known == Known::kUnverified);
  CHECK(answer("Apply", both, denial).known == Known::kRefused);
}

TEST_CASE("a comparison shows both states, without values of Secrets") {
  Table table;
  table.answers["GET " + kMaps + "x"] = {200, MapJson("x", "\"a\":\"1\"", ",\"uid\":\"u\""), {}, {}};
  table.answers["PATCH " + kMaps + "x"] = {200, MapJson("x", "\"a\":\"2\""), {}, {}};
  const std::string secret =
      R"({"apiVersion":"v1","data":{"k":"aHVudGVyMg=="},"kind":"Secret","metadata":{"name":"s","namespace":"shop"}})";
  table.answers["PATCH /api/v1/namespaces/shop/secrets/s"] = {201, secret, {}, {}};
  const DryRunReply reply = Ask(table, {Map("x"), {{"v1", "Secret", "shop", "s"}, false, secret}},
                                {.sends = {.secrets = true}}, true);
  CHECK(reply.answers[0].live == MapJson("x", "\"a\":\"1\""));
  CHECK(reply.answers[0].taken == MapJson("x", "\"a\":\"2\""));
  CHECK(reply.answers[1].live.empty());
  CHECK(reply.answers[1].taken.find("\"k\":\"***\"") != std::string::npos);
}

TEST_CASE("a removal tells what it waits for and what goes with it") {
  Table table;
  const std::string live =
      R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","uid":"u1","finalizers":["a/b"]}})";
  table.answers["GET /apis/apps/v1/namespaces/shop/deployments/web"] = {200, live, {}, {}};
  table.answers["DELETE /apis/apps/v1/namespaces/shop/deployments/web"] = {
      200, R"({"status":"Success"})", {}, {}};
  table.answers["GET /apis/apps/v1/namespaces/shop/replicasets"] = {
      200,
      R"({"items":[{"metadata":{"name":"web-1","ownerReferences":[{"uid":"u1"}]}},{"metadata":{"name":"x"}},)"
      R"({"metadata":{"name":"y","ownerReferences":[{"uid":"u2"}]}}]})",
      {},
      {}};
  const DryRunReply reply = Ask(table, {Gone("Deployment", "web"), Gone("ConfigMap", "never")});
  const DryRunAnswer& answer = reply.answers[0];
  CHECK(answer.known == Known::kTaken);
  CHECK(answer.effect == Effect::kDeleted);
  REQUIRE(answer.causes.size() == 2);
  CHECK(answer.causes[0].message == "it stays until these finalizers are gone: a/b");
  CHECK(answer.causes[1].message == "with it ReplicaSet web-1 goes");
  CHECK(reply.answers[1].known == Known::kTaken);
  CHECK(reply.answers[1].effect == Effect::kNone);
  CHECK(reply.answers[1].reason == "it is not in the cluster");
}

TEST_CASE("the namespace of the change is asked for first") {
  Table table;
  const DryRunObject space{{"v1", "Namespace", "", "shop"},
                           false,
                           R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"}})"};
  CHECK(Ask(table, {space, Map("x")}).answers[1].known == Known::kOffline);
  CHECK_FALSE(table.Asked("PATCH " + kMaps));
  table.answers["GET /api/v1/namespaces/shop"] = {200, space.json, {}, {}};
  table.answers["PATCH " + kMaps + "x"] = {201, MapJson("x", ""), {}, {}};
  CHECK(Ask(table, {space, Map("x")}).answers[1].known == Known::kTaken);
}

TEST_CASE("a namespace whose labels change judges what lands in it by others than it has") {
  const auto known = [](const std::string& sent, const std::string& live, int status = 200) {
    const auto space = [](const std::string& labels) {
      return R"({"apiVersion":"v1","kind":"Namespace","metadata":{"labels":{)" + labels +
             R"(},"name":"shop"}})";
    };
    Table table;
    table.answers["GET /api/v1/namespaces/shop"] = {status, space(live), {}, {}};
    table.answers["PATCH " + kMaps + "x"] = {201, MapJson("x", ""), {}, {}};
    return Ask(table, {{{"v1", "Namespace", "", "shop"}, false, space(sent)}, Map("x")}).answers[1].known;
  };
  const std::string own = R"("kubernetes.io/metadata.name":"shop")", a = R"("a":"1")", b = R"("a":"2")";
  CHECK(known(a, a + "," + own) == Known::kTaken);
  CHECK(known("", own) == Known::kTaken);
  CHECK(known(a, b) == Known::kUnverified);
  CHECK(known(a, own) == Known::kUnverified);
  CHECK(known("", a) == Known::kUnverified);
  CHECK(known(R"("a":"")", own) == Known::kUnverified);
  CHECK(known(a, a, 403) == Known::kUnverified);
}

TEST_CASE("policies of the cluster are asked for, for their parameters") {
  Table table;
  table.answers[kPolicies] = {
      200,
      R"({"items":[{"metadata":{"name":"p"},"spec":{"paramKind":{"apiVersion":"v1","kind":"ConfigMap"},)"
      R"("matchConstraints":{"resourceRules":[{"apiGroups":[""],"resources":["configmaps"]}]}}}]})",
      {},
      {}};
  table.answers[kBindings] = {
      200,
      R"({"items":[{"metadata":{"name":"b"},"spec":{"policyName":"p","paramRef":{"name":"limits"}}}]})",
      {},
      {}};
  table.answers["PATCH " + kMaps + "x"] = {201, MapJson("x", ""), {}, {}};
  CHECK(Ask(table, {Map("x")}).answers[0].known == Known::kTaken);
  const DryRunReply reply = Ask(table, {Map("x"), Map("limits")});
  CHECK(reply.answers[0].known == Known::kUnverified);
  CHECK(reply.answers[0].reason == "the change itself changes admission policy p, or what it goes by");
}

TEST_CASE("policies that cannot be read may go by what the change brings") {
  struct Row {
    const char* name;
    ServerAnswer answer;
    const char* why;
  };
  const std::vector<Row> rows = {
      {"refused", {403, R"({"kind":"Status"})", {}, {}}, "the API server answers 403"},
      {"absent", {404, "{}", {}, {}}, "the API server answers 404"},
      {"broken", {500, "boom", {}, {}}, "the API server answers 500"},
      {"late or too large", {0, "", {}, "its answer is too large"}, "its answer is too large"},
      {"silent", {0, "", {}, {}}, "no answer came"},
      {"cut", {200, R"({"items":[)", {}, {}}, "the answer is no list"},
      {"no list", {200, R"({"kind":"Status"})", {}, {}}, "the answer is no list"},
      {"items of another kind", {200, R"({"items":{}})", {}, {}}, "the answer is no list"},
      {"a part", {200, R"({"items":[],"metadata":{"continue":"x"}})", {}, {}}, "the answer is no whole list"},
  };
  for (const Row& row : rows) {
    for (const std::string& list : {kPolicies, kBindings}) {
      CAPTURE(row.name, list);
      Table table;
      table.answers[list] = row.answer;
      table.answers["PATCH " + kMaps + "x"] = {201, MapJson("x", ""), {}, {}};
      const DryRunReply reply = Ask(table, {Map("x"), Map("limits")});
      CHECK(reply.answers[0].known == Known::kUnverified);
      CHECK(reply.answers[0].reason == std::string("admission policies could not be read: ") + row.why);
      CHECK(Ask(table, {Map("x")}).answers[0].known == Known::kTaken);
    }
  }
}

TEST_CASE("what a server cannot say is never a verdict") {
  struct Row {
    const char* name;
    ServerAnswer live, answer;
  };
  const ServerAnswer absent{404, R"({"kind":"Status","reason":"NotFound"})", {}, {}};
  const std::string whole = MapJson("x", "\"a\":\"1\"");
  const std::vector<Row> rows = {
      {"no connection", {0, "", {}, "connection refused"}, {201, whole, {}, {}}},
      {"the live object is an error", {500, "boom", {}, {}}, {201, whole, {}, {}}},
      {"the live object is late", {429, "", {}, {}}, {201, whole, {}, {}}},
      {"the live object is cut", {200, whole.substr(0, 40), {}, {}}, {200, whole, {}, {}}},
      {"the live object is a list", {200, "[]", {}, {}}, {200, whole, {}, {}}},
      {"cut", absent, {201, whole.substr(0, 40), {}, {}}},
      {"empty", absent, {201, "", {}, {}}},
      {"no JSON", absent, {201, "<html>fine</html>", {}, {}}},
      {"YAML", absent, {201, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}", {}, {}}},
      {"two documents", absent, {201, whole + whole, {}, {}}},
      {"a key twice", absent, {201, R"({"kind":"ConfigMap","kind":"ConfigMap"})", {}, {}}},
      {"deep", absent, {201, std::string(5000, '['), {}, {}}},
      {"another object", absent, {201, MapJson("y", ""), {}, {}}},
      {"another kind", absent, {201, R"({"apiVersion":"v1","kind":"Status","status":"Success"})", {}, {}}},
      {"moved", absent, {301, whole, {}, {}}},
      {"no content", absent, {204, "", {}, {}}},
      {"accepted", absent, {202, whole, {}, {}}},
      {"a denial that is none",
       absent,
       {202, R"({"kind":"Status","message":"admission webhook \"w\" denied the request"})", {}, {}}},
      {"bad gateway", absent, {502, "<html>", {}, {}}},
      {"gateway time-out",
       absent,
       {504, R"({"kind":"Status","reason":"Timeout","message":"timeout"})", {}, {}}},
      {"too many", absent, {429, "Too many requests, please try again later.\n", {}, {}}},
      {"internal", absent, {500, R"({"kind":"Status","message":"Internal error occurred: x"})", {}, {}}},
      {"storage", absent, {500, R"({"kind":"Status","message":"etcdserver: request timed out"})", {}, {}}},
      {"proxy forbids", absent, {403, "<html>Forbidden</html>", {}, {}}},
      {"forbidden without words", absent, {403, R"({"kind":"Status","reason":"Forbidden"})", {}, {}}},
      {"anonymous",
       absent,
       {403,
        R"({"kind":"Status","message":"forbidden: User \"system:anonymous\" cannot patch path \"/\""})",
        {},
        {}}},
      {"not ready",
       absent,
       {403,
        R"({"kind":"Status","message":"x \"y\" is forbidden: not yet ready to handle request"})",
        {},
        {}}},
      {"gone", absent, {410, R"({"kind":"Status","reason":"Expired","message":"too old"})", {}, {}}},
      {"unknown 404",
       absent,
       {404, R"({"kind":"Status","reason":"NotFound","message":"things \"x\" not found"})", {}, {}}},
      {"a page of a proxy", absent, {404, "<html>404 page not found</html>", {}, {}}},
      {"unprocessable by others", absent, {422, "<html>", {}, {}}},
      {"unprocessable without reason", absent, {422, R"({"kind":"Status","message":"x"})", {}, {}}},
      {"media type",
       absent,
       {415, R"({"kind":"Status","reason":"UnsupportedMediaType","message":"x"})", {}, {}}},
      {"method", absent, {405, R"({"kind":"Status","reason":"MethodNotAllowed","message":"x"})", {}, {}}},
      {"an unknown bad request",
       absent,
       {400, R"({"kind":"Status","reason":"BadRequest","message":"x"})", {}, {}}},
      {"a conflict without causes",
       absent,
       {409, R"({"kind":"Status","message":"Apply failed with 1 conflict"})", {}, {}}},
      {"a race",
       absent,
       {409,
        R"({"kind":"Status","message":"Operation cannot be fulfilled on x: the object has been modified"})",
        {},
        {}}},
      {"a webhook's trouble",
       absent,
       {500,
        R"({"kind":"Status","message":"admission webhook \"w\" attempted to modify the object"})",
        {},
        {}}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    Table table;
    table.answers["GET " + kMaps + "x"] = row.live;
    table.answers["PATCH " + kMaps + "x"] = row.answer;
    const DryRunReply reply = Ask(table, {Map("x")});
    CHECK(reply.answers[0].known == Known::kUnverified);
    CHECK_FALSE(reply.answers[0].reason.empty());
    CHECK(reply.answers[0].causes.empty());
  }
}

TEST_CASE("who may not read the live object may still ask") {
  Table table;
  table.answers["GET " + kMaps + "x"] = {403, R"({"kind":"Status","message":"no"})", {}, {}};
  table.answers["PATCH " + kMaps + "x"] = {200, MapJson("x", ""), {}, {}};
  const DryRunReply reply = Ask(table, {Map("x")});
  CHECK(reply.answers[0].known == Known::kTaken);
  CHECK(reply.answers[0].effect == Effect::kUpdated);
}

TEST_CASE("an unreachable cluster is one reason for every object") {
  Table table;
  Server server = ServerOf(table);
  server.trouble = "10.0.0.1:6443 refuses connections";
  const DryRunReply reply = DryRun(server, {}, {"c", {Map("x"), Gone("Secret", "y")}, 60s, false});
  CHECK(table.asked.empty());
  CHECK(reply.trouble == server.trouble);
  REQUIRE(reply.answers.size() == 2);
  for (const DryRunAnswer& answer : reply.answers) {
    CHECK(answer.known == Known::kUnverified);
    CHECK(answer.reason == server.trouble);
  }
}

TEST_CASE("nothing is asked after the deadline, and everything has an answer") {
  Table table;
  const DryRunReply reply = DryRun(ServerOf(table), {}, {"c", {Map("x"), Map("y")}, 0ms, false});
  REQUIRE(reply.answers.size() == 2);
  for (const DryRunAnswer& answer : reply.answers) CHECK(answer.reason == "no answer within the deadline");
  CHECK_FALSE(table.Asked("PATCH"));
}

TEST_CASE("as many requests at once as are allowed, and no more") {
  Table table;
  Server server = ServerOf(table);
  std::mutex mutex;
  std::condition_variable met;
  int inside = 0, most = 0;
  server.send = [&](const ServerRequest& request, Clock::time_point) {
    if (request.method == "PATCH") {
      // Each waits until four are inside: with fewer threads this would not end.
      std::unique_lock lock(mutex);
      most = std::max(most, ++inside);
      met.notify_all();
      met.wait(lock, [&] { return most >= 4; });
      --inside;
    }
    return table.Send(request);
  };
  std::vector<DryRunObject> objects;
  for (int i = 0; i < 40; ++i) objects.push_back(Map("x" + std::to_string(i)));
  const DryRunReply reply = DryRun(server, {.at_once = 4}, {"c", std::move(objects), 60s, false});
  CHECK(most == 4);
  CHECK(reply.answers.size() == 40);
}

}  // namespace
}  // namespace sluice::cluster
