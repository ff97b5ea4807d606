// What is known between cycles.
#include "agent/keeper.h"

#include <poll.h>

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

TEST_CASE("what is noticed while an object is applied is not forgotten with the answer") {
  FakeCluster cluster(
      {{"/api/v1/configmaps", {.body = R"({"kind":"List","metadata":{"resourceVersion":"9"},"items":[]})"}},
       {kPath, {.status = 404, .body = R"({"kind":"Status","reason":"NotFound"})"}}});
  Keeper keeper(cluster.identities(), Settings());
  keeper.Keep({Red(cluster)});
  Accept(keeper, Red(cluster));
  REQUIRE(Rings(keeper));  // it is gone
  Accept(keeper, Red(cluster));
  CHECK_FALSE(keeper.IsAccepted(kRed, kRecord));
  CHECK(keeper.Sends(kRed, kRecord).empty());
  Accept(keeper, Red(cluster));
  CHECK(keeper.IsAccepted(kRed, kRecord));
  CHECK_FALSE(keeper.IsAccepted(kRed, "{}"));
}

TEST_CASE("what was never applied is not told as gone") {
  FakeCluster cluster(
      {{"/api/v1/configmaps", {.body = R"({"kind":"List","metadata":{"resourceVersion":"9"},"items":[]})"}},
       {kPath, {.status = 404, .body = R"({"kind":"Status","reason":"NotFound"})"}}});
  Keeper keeper(cluster.identities(), Settings());
  KeptObject blue = Red(cluster);
  blue.located.name.name = "blue";
  keeper.Keep({Red(cluster), blue});
  const cluster::Text recorded(kRecord), live(kLive);
  keeper.Accept(blue, *recorded, *live);
  REQUIRE(Rings(keeper));  // blue is gone, and red was never there
  Accept(keeper, Red(cluster));
  CHECK(keeper.IsAccepted(kRed, kRecord));
  CHECK_FALSE(keeper.IsAccepted(blue.located.name, kRecord));
}

}  // namespace
}  // namespace sluice::agent
