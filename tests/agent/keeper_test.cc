// What is known between cycles.
#include "agent/keeper.h"

#include <poll.h>

#include <algorithm>
#include <thread>

#include "tests/agent/fake_cluster.h"
#include "tests/cluster/nodes.h"

namespace sluice::agent {
namespace {

const ObjectName kRed{"v1", "ConfigMap", "shop", "red"};
const cluster::ApiResource kMaps{
    .group = "", .version = "v1", .kind = "ConfigMap", .resource = "configmaps", .namespaced = true};
const std::string kRecord =
    R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"red","namespace":"shop"}})";
const std::string kPath = "/api/v1/namespaces/shop/configmaps/red";

const std::string kLive =
    R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"red","namespace":"shop","uid":"u","resourceVersion":"5","labels":{"applyset.kubernetes.io/part-of":"set"}}})";

void Accept(Keeper& keeper, const KeptObject& object) {
  const cluster::Text recorded(kRecord), live(kLive);
  keeper.Accept(object, *recorded, *live);
}

bool Rings(const Keeper& keeper) {
  pollfd file{keeper.descriptor(), POLLIN, 0};
  return poll(&file, 1, 20'000) == 1;
}

KeptObject Red(FakeCluster& cluster) {
  return {"core/ConfigMap/shop/red",
          {{&cluster.identities().Own(), kPath}, kRed, kMaps},
          std::make_shared<const std::string>(kRecord)};
}

KeeperSettings Settings() { return {.environment = "production", .applyset = "set"}; }

TEST_CASE("what is not watched is applied in each cycle, however often it was taken") {
  FakeCluster cluster(
      {{"/api/v1/configmaps", {.status = 403, .body = R"({"kind":"Status","message":"no"})"}}});
  Keeper keeper(cluster.identities(), Settings());
  keeper.Keep({Red(cluster)});
  Accept(keeper, Red(cluster));
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (keeper.IsAccepted(kRed, kRecord) && std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
  CHECK_FALSE(keeper.IsAccepted(kRed, kRecord));
  Accept(keeper, Red(cluster));
  CHECK_FALSE(keeper.IsAccepted(kRed, kRecord));
}

const net::ServedAnswer kEmpty{.body = R"({"kind":"List","metadata":{"resourceVersion":"9"},"items":[]})"};
const net::ServedAnswer kAbsent{.status = 404, .body = R"({"kind":"Status","reason":"NotFound"})"};

bool Patches(FakeCluster& cluster) {
  const std::vector<std::string> requests = cluster.server().TakeRequests();
  return std::any_of(requests.begin(), requests.end(),
                     [](const std::string& request) { return request.starts_with("PATCH "); });
}

TEST_CASE("what is noticed while an object is applied is not forgotten with the answer") {
  FakeCluster cluster({{"/api/v1/configmaps", kEmpty}, {kPath, kAbsent}});
  Keeper keeper(cluster.identities(), Settings());
  keeper.Keep({Red(cluster)});
  REQUIRE(Rings(keeper));  // it is gone
  Accept(keeper, Red(cluster));
  CHECK(keeper.IsAccepted(kRed, kRecord));
  CHECK_FALSE(keeper.IsAccepted(kRed, "{}"));
  CHECK_FALSE(Patches(cluster));
  CHECK(keeper.Heal() == 0);  // the server does not take it
  CHECK(Patches(cluster));
  CHECK_FALSE(keeper.IsAccepted(kRed, kRecord));  // so that a cycle applies it
  CHECK(keeper.Sends(kRed, kRecord).empty());
  Accept(keeper, Red(cluster));
  CHECK(keeper.IsAccepted(kRed, kRecord));
}

TEST_CASE("what seemed gone and is there is left as it is") {
  FakeCluster cluster({{"/api/v1/configmaps", kEmpty}, {kPath, kAbsent}});
  Keeper keeper(cluster.identities(), Settings());
  keeper.Keep({Red(cluster)});
  REQUIRE(Rings(keeper));
  Accept(keeper, Red(cluster));
  cluster.server().Set(kPath, {.body = kLive});
  CHECK(keeper.Heal() == 0);
  CHECK_FALSE(Patches(cluster));
  CHECK(keeper.IsAccepted(kRed, kRecord));
}

TEST_CASE("of what lost its label the label alone is put back") {
  std::string bare = kLive;
  bare.replace(bare.find("part-of"), 7, "part-no");
  FakeCluster cluster({{"/api/v1/configmaps", kEmpty}, {kPath, {.body = bare}}});
  Keeper keeper(cluster.identities(), Settings());
  keeper.Keep({Red(cluster)});
  REQUIRE(Rings(keeper));
  Accept(keeper, Red(cluster));
  cluster.server().TakeRequests();
  int patches = 0;
  while (patches == 0 && Rings(keeper)) {  // its health rings too
    keeper.Heal();
    for (const std::string& request : cluster.server().TakeRequests())
      patches += request.starts_with("PATCH ");
  }
  CHECK(patches == 1);
  CHECK(keeper.IsAccepted(kRed, kRecord));
}

}  // namespace
}  // namespace sluice::agent
