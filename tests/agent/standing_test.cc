// Whether an apply would change nothing: a live object as API servers give it, and each way in which it may
// differ.
#include "agent/standing.h"

#include "tests/catch.h"

namespace sluice::agent {
namespace {

// As it is sent, its text without the blanks that are here for the reader.
const std::string kSent = R"({"apiVersion":"apps/v1","kind":"Deployment",
  "metadata":{"labels":{"app":"web","applyset.kubernetes.io/part-of":"set"},"name":"web","namespace":"shop"},
  "spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},
    "template":{"metadata":{"labels":{"app":"web"}},
      "spec":{"containers":[{"args":["a","b"],"image":"web:1","name":"web","ports":[{"containerPort":80}],
                             "resources":{"limits":{"cpu":"1"}}},
                            {"emptied":{},"image":"log:1","name":"log"}],
              "tolerations":[{"key":"a"}]}}}})";
const std::string kFields = R"({"f:metadata":{"f:labels":{"f:app":{},"f:applyset.kubernetes.io/part-of":{}}},
  "f:spec":{"f:replicas":{},"f:selector":{},
    "f:template":{"f:metadata":{"f:labels":{"f:app":{}}},
      "f:spec":{"f:containers":{"k:{\"name\":\"log\"}":{".":{},"f:emptied":{},"f:image":{},"f:name":{}},
                                "k:{\"name\":\"web\"}":{".":{},"f:args":{},"f:image":{},"f:name":{},
        "f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}},
        "f:resources":{"f:limits":{"f:cpu":{}}}}},
        "f:tolerations":{}}}}})";
const std::string kLive = R"({"apiVersion":"apps/v1","kind":"Deployment",
  "metadata":{"annotations":{"by":"others"},"creationTimestamp":"2026-01-01T00:00:00Z","generation":1,
    "labels":{"app":"web","applyset.kubernetes.io/part-of":"set","other":"x"},
    "managedFields":[{"apiVersion":"apps/v1","fieldsType":"FieldsV1","fieldsV1":FIELDS,"manager":"sluice-agent",
                      "operation":"Apply","time":"2026-01-01T00:00:00Z"},
                     {"apiVersion":"apps/v1","fieldsType":"FieldsV1","fieldsV1":{"f:status":{}},"manager":"kcm",
                      "operation":"Update","subresource":"status"}],
    "name":"web","namespace":"shop","resourceVersion":"7","uid":"u"},
  "spec":{"progressDeadlineSeconds":600,"replicas":2,"selector":{"matchLabels":{"app":"web"}},
    "template":{"metadata":{"labels":{"app":"web"}},
      "spec":{"containers":[{"args":["a","b"],"image":"web:1","imagePullPolicy":"Always","name":"web",
                             "ports":[{"containerPort":80,"protocol":"TCP"}],"resources":{"limits":{"cpu":"1"}}},
                            {"emptied":{},"image":"log:1","name":"log"},{"image":"mesh:1","name":"injected"}],
              "dnsPolicy":"ClusterFirst","tolerations":[{"key":"a"}]}}},
  "status":{"replicas":2}})";

std::string With(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  if (at == text.npos) FAIL("no " << from);
  return text.replace(at, from.size(), to);
}

bool StandsSo(const std::string& sent, const std::string& live) {
  const cluster::JsonObject mine = cluster::ReadJsonObject(sent), theirs = cluster::ReadJsonObject(live);
  REQUIRE(mine.root != nullptr);
  REQUIRE(theirs.root != nullptr);
  return Stands(*mine.root, *theirs.root);
}

const std::string kThere = With(kLive, "FIELDS", kFields);

TEST_CASE("what an apply would not change stands") {
  CHECK(StandsSo(kSent, kThere));
  // A list that is owned whole, in which the server filled in what it does.
  CHECK(StandsSo(kSent, With(kThere, R"({"key":"a"})", R"({"key":"a","protocol":"TCP"})")));
  CHECK_FALSE(StandsSo(kSent, With(kThere, R"({"key":"a"})", R"({"key":"a","protocol":"UDP"})")));
}

TEST_CASE("a record that differs from what is there does not stand") {
  const std::pair<std::string, std::string> rows[] = {
      {"\"replicas\":2", "\"replicas\":3"},
      {"\"replicas\":2,", ""},                               // it is ours, and has to go
      {"\"replicas\":2", "\"paused\":true,\"replicas\":2"},  // it is not ours yet
      {"\"replicas\":2", "\"paused\":null,\"replicas\":2"},
      {"\"args\":[\"a\",\"b\"]", "\"args\":[\"b\",\"a\"]"},
      {"\"args\":[\"a\",\"b\"]", "\"args\":[\"a\"]"},
      {"\"image\":\"web:1\"", "\"image\":\"web:2\""},
      {"\"cpu\":\"1\"", "\"cpu\":\"1000m\""},  // whoever is in doubt applies
      {"\"containerPort\":80", "\"containerPort\":81"},
      {"{\"containerPort\":80}", "{\"containerPort\":80},{\"containerPort\":81}"},
      {",\n                            {\"emptied\":{},\"image\":\"log:1\",\"name\":\"log\"}", ""},
      {"\"emptied\":{},", ""},
      {"\"emptied\":{}", "\"emptied\":{\"a\":1}"},
      {"{\"key\":\"a\"}", "{\"key\":\"b\"}"},
      {"{\"key\":\"a\"}", "{\"key\":\"a\",\"operator\":\"Exists\"}"},
      {"{\"key\":\"a\"}", "{}"},
      {"\"app\":\"web\",\"applyset", "\"applyset"},
      {"\"apiVersion\":\"apps/v1\"", "\"apiVersion\":\"apps/v1beta1\""},
      {"\"name\":\"web\",\"namespace\"", "\"annotations\":{\"a\":\"b\"},\"name\":\"web\",\"namespace\""},
      {"\"selector\":{\"matchLabels\":{\"app\":\"web\"}}",
       "\"selector\":{\"matchLabels\":{\"app\":\"other\"}}"},
  };
  for (const auto& [from, to] : rows) {
    CAPTURE(from, to);
    CHECK_FALSE(StandsSo(With(kSent, from, to), kThere));
  }
}

TEST_CASE("what others did to it does not stand") {
  const std::string ours = R"("manager":"sluice-agent",
                      "operation":"Apply")";
  const std::pair<std::string, std::string> rows[] = {
      {"\"replicas\":2", "\"replicas\":3"},
      {"\"replicas\":2,", ""},
      {"\"f:replicas\":{},", ""},                                    // taken by somebody, with the same value
      {"\"f:replicas\":{},", "\"f:paused\":{},\"f:replicas\":{},"},  // ours, from a record before
      {"\"f:labels\":{\"f:app\":{},\"f:applyset.kubernetes.io/part-of\":{}}", "\"f:labels\":{\"f:app\":{}}"},
      {ours, R"("manager":"kubectl","operation":"Apply")"},
      {ours, R"("manager":"sluice-agent","operation":"Update")"},
      {ours, ours + R"(,"subresource":"scale")"},
      // Somebody under our name.
      {R"("manager":"kcm",
                      "operation":"Update","subresource":"status")",
       R"("manager":"sluice-agent","operation":"Update")"},
      {"\"creationTimestamp\"", "\"deletionTimestamp\":\"2026-01-01T00:00:00Z\",\"creationTimestamp\""},
      {"{\"image\":\"mesh:1\",\"name\":\"injected\"}", "{\"image\":\"web:1\",\"name\":\"web2\"}"},
      {"\"image\":\"log:1\"", "\"image\":\"log:2\""},
      {"\"name\":\"log\"},{", "\"name\":\"logs\"},{"},
      {"\"protocol\":\"TCP\"}]", "\"protocol\":\"UDP\"}]"},
      {"\"managedFields\"", "\"managed\""},
  };
  for (const auto& [from, to] : rows) {
    CAPTURE(from, to);
    std::string live = With(kThere, from, to);
    if (from.find("mesh") != from.npos) {
      CHECK(StandsSo(kSent, live));  // theirs
      continue;
    }
    CHECK_FALSE(StandsSo(kSent, live));
  }
}

}  // namespace
}  // namespace sluice::agent
