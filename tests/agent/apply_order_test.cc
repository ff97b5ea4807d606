#include "agent/apply_order.h"

#include <map>

#include "tests/catch.h"

namespace sluice::agent {
namespace {

RecordedObject Recorded(const std::string& path, const std::string& api_version, const std::string& kind,
                        const std::string& ns, const std::string& name, const std::string& depends = "") {
  std::string json = R"({"apiVersion":")" + api_version + R"(","kind":")" + kind + R"(","metadata":{)";
  if (!depends.empty()) json += R"("annotations":{"sluice.dev/depends-on":")" + depends + R"("},)";
  json += R"("name":")" + name + "\"";
  if (!ns.empty()) json += R"(,"namespace":")" + ns + "\"";
  return {path, json + "}}", true};
}

RecordedObject Map(const std::string& name, const std::string& depends = "") {
  return Recorded("core/ConfigMap/a/" + name, "v1", "ConfigMap", "a", name, depends);
}

std::string NamesOf(const std::vector<OrderedObject>& objects) {
  std::string names;
  for (const OrderedObject& object : objects) names += (names.empty() ? "" : " ") + object.name.name;
  return names;
}

TEST_CASE("what others need comes first, what judges them last") {
  const auto objects = Order({
      Recorded("admissionregistration.k8s.io/ValidatingWebhookConfiguration/_cluster/hook",
               "admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "", "hook"),
      Recorded("apps/Deployment/a/web", "apps/v1", "Deployment", "a", "web"),
      Map("settings"),
      Recorded("apiextensions.k8s.io/CustomResourceDefinition/_cluster/things.a.example",
               "apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "things.a.example"),
      Recorded("a.example/Thing/a/thing", "a.example/v1", "Thing", "a", "thing"),
      Recorded("core/ServiceAccount/a/account", "v1", "ServiceAccount", "a", "account"),
      Recorded("core/Namespace/_cluster/a", "v1", "Namespace", "", "a"),
  });
  CHECK(NamesOf(objects) == "a things.a.example account settings thing web hook");
}

TEST_CASE("depends-on stands above the kinds") {
  const auto objects = Order({
      Map("late", "apps/namespaces/a/Deployment/web"),
      Map("later", " /namespaces/a/ConfigMap/late , /namespaces/a/ConfigMap/early"),
      Map("early"),
      Recorded("apps/Deployment/a/web", "apps/v1", "Deployment", "a", "web"),
  });
  CHECK(NamesOf(objects) == "early web late later");
  CHECK(objects[3].needs.size() == 2);
  for (const OrderedObject& object : objects) CHECK(object.trouble == "");
}

TEST_CASE("what can never be applied has a reason") {
  struct Case {
    RecordedObject object;
    std::string words;
  };
  const Case cases[] = {
      {Map("a", "/namespaces/a/ConfigMap/nobody"), "which the record does not hold"},
      {Map("a", "a/b"), "takes GROUP/namespaces/NAMESPACE/KIND/NAME"},
      {Map("a", "/namespaces/a/ConfigMap/"), "takes GROUP/"},
      {Map("a", "/namespaces/a/ConfigMap/a"), "goes in a circle"},
      {{"core/ConfigMap/a/other", Map("a").json, true}, "another object than its path"},
      {{"apps/ConfigMap/a/a", Map("a").json, true}, "another object than its path"},
      {{"core/ConfigMap/b/a", Map("a").json, true}, "another object than its path"},
      {{"core/ConfigMap/a/a", "[]", true}, "no JSON object"},
      {{"core/ConfigMap/a/a", "{", true}, "no JSON object"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.object.path, one.object.json);
    const auto objects = Order({one.object, Map("bystander")});
    REQUIRE(objects.size() == 2);
    const OrderedObject& object = objects[0].name.name == "bystander" ? objects[1] : objects[0];
    CHECK(object.trouble.find(one.words) != std::string::npos);
    CHECK((objects[0].trouble.empty() || objects[1].trouble.empty()));
  }
}

TEST_CASE("where others apply, dependencies mean nothing, and paths mean what they do") {
  const auto objects = Order({Map("a", "/namespaces/a/ConfigMap/b"),
                              Map("b", "/namespaces/a/ConfigMap/a"),
                              Map("c", "/namespaces/a/ConfigMap/nobody"),
                              Map("d", "words"),
                              {"core/ConfigMap/a/e", Map("f", "words").json, true}},
                             false);
  std::string troubles;
  for (const OrderedObject& object : objects) troubles += object.trouble;
  CHECK(troubles == "it is another object than its path in the record says");
}

TEST_CASE("circles end, and whoever stands beside them goes on") {
  const auto objects = Order({Map("a", "/namespaces/a/ConfigMap/b"), Map("b", "/namespaces/a/ConfigMap/a"),
                              Map("c"), Map("d", "/namespaces/a/ConfigMap/c")});
  std::map<std::string, std::string> troubles;
  for (const OrderedObject& object : objects) troubles[object.name.name] = object.trouble;
  CHECK_FALSE(troubles["a"].empty());
  CHECK_FALSE(troubles["b"].empty());
  CHECK(troubles["c"].empty());
  CHECK(troubles["d"].empty());
}

TEST_CASE("objects that are recorded as not applied are left out") {
  RecordedObject secret = Recorded("core/Secret/a/s", "v1", "Secret", "a", "s");
  secret.apply = false;
  CHECK(Order({secret}).empty());
}

TEST_CASE("what would be one object is refused twice, what would not is not") {
  const auto at = [](const std::string& path, const std::string& ns, const std::string& name) {
    return Recorded(path, "v1", "ConfigMap", ns, name);
  };
  const std::vector<RecordedObject> recorded = {
      at("core/ConfigMap/_cluster/x", "", "x"), at("core/ConfigMap/a/x", "a", "x"),
      at("core/ConfigMap/b/x", "b", "x"), Map("y"),
      Recorded("a.example/ConfigMap/a/x", "a.example/v1", "ConfigMap", "a", "x")};
  const auto refused = [&](std::string_view default_namespace) {
    auto objects = Order(recorded);
    RefuseTwins(objects, default_namespace);
    std::string paths;
    for (const OrderedObject& object : objects)
      if (!object.trouble.empty()) paths += object.path + ": " + object.trouble + "\n";
    return paths;
  };
  CHECK(refused("a") ==
        "core/ConfigMap/_cluster/x: the record holds it twice: also at core/ConfigMap/a/x\n"
        "core/ConfigMap/a/x: the record holds it twice: also at core/ConfigMap/_cluster/x\n");
  CHECK(refused("c").empty());
  CHECK(refused("").empty());
}

}  // namespace
}  // namespace sluice::agent
