// What may be removed, and how much of it counts.
#include "agent/prune.h"

#include "tests/agent/fake_cluster.h"

namespace sluice::agent {
namespace {

const std::string kMaps = "/api/v1/namespaces/a/configmaps/";

std::string Live(const std::string& uid) {
  return R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","namespace":"a","uid":")" + uid +
         R"(","resourceVersion":"5","labels":{"applyset.kubernetes.io/part-of":"set"},)"
         R"("managedFields":[{"manager":"sluice-agent","operation":"Apply"}]}})";
}

TEST_CASE("what the record holds under another path is forgotten, not removed") {
  FakeCluster cluster({
      {"/api", {.body = R"({"kind":"APIVersions","versions":["v1"]})"}},
      {"/apis", {.body = R"({"kind":"APIGroupList","groups":[]})"}},
      {"/api/v1",
       {.body =
            R"({"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"configmaps",)"
            R"("singularName":"configmap","namespaced":true,"kind":"ConfigMap","verbs":["get","list","watch"]}]})"}},
      {kMaps + "x", {.body = Live("u1")}},
      {kMaps + "y", {.body = Live("u2")}},
      {kMaps + "z", {.body = Live("u1")}},
  });
  Places places(cluster.identities(), cluster.configuration());
  const Status discovered = places.Discover();
  if (!discovered) FAIL(discovered.error().Text());
  std::map<std::string, Owned> owned = {{"core/ConfigMap/_cluster/x", {"v1", "u1"}},
                                        {"core/ConfigMap/a/x", {"v1", "u1"}},
                                        {"core/ConfigMap/a/y", {"v1", "u2"}},
                                        {"core/ConfigMap/a/z", {"v1", ""}}};
  const auto pruned =
      Prune(Superfluous(owned, {"core/ConfigMap/_cluster/x"}), cluster.configuration(), places, "set", owned);
  REQUIRE(pruned.size() == 3);
  CHECK(pruned[0].fate == PrunedObject::Fate::kLeft);
  CHECK(pruned[0].words == "the record holds it under another path");
  CHECK(pruned[1].fate == PrunedObject::Fate::kDeleted);
  CHECK(pruned[2].fate == PrunedObject::Fate::kLeft);  // whose uid nobody wrote down
  CHECK(owned.size() == 1);
  std::string deleted;
  for (const std::string& request : cluster.server().TakeRequests())
    if (request.starts_with("DELETE")) deleted += request;
  CHECK(deleted == "DELETE " + kMaps + "y");
}

TEST_CASE("what an earlier record took away is not removed again by the next") {
  const std::map<std::string, Owned> owned = {{"a", {}}, {"b", {}}, {"c", {}}, {"kept", {}}, {"later", {}}};
  const auto removals = [&](const std::set<std::string>& before, const std::set<std::string>& after) {
    const auto [removed, of] = RemovalsOf(owned, before, after);
    return std::to_string(removed) + "/" + std::to_string(of);
  };
  CHECK(removals({"a", "b", "c"}, {"a", "b", "c"}) == "0/3");
  CHECK(removals({"a", "b", "c"}, {"a", "new"}) == "2/3");
  CHECK(removals({"a", "b", "c", "kept"}, {"a", "b", "c"}) == "1/4");
  CHECK(removals({"a", "left to others"}, {}) == "1/1");
  CHECK(removals({}, {}) == "0/0");
}

TEST_CASE("what is recorded as not applied stays where we apply, and goes where Flux does") {
  const std::vector<RecordedObject> objects = {{"core/ConfigMap/shop/a", "{}", true},
                                               {"core/Secret/shop/s", "{}", false}};
  const std::set<std::string> before = {"core/ConfigMap/shop/a", "core/Secret/shop/s"};
  std::map<std::string, Owned> owned;
  for (const std::string& path : before) owned[path].version = "v1";
  CHECK(RemovalsOf(owned, before, StayingPaths(objects, false)).removed == 0);
  CHECK(RemovalsOf(owned, before, StayingPaths(objects, true)).removed == 1);
}

}  // namespace
}  // namespace sluice::agent
