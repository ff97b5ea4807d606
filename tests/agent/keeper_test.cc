// What is known between cycles.
#include "agent/keeper.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "tests/catch.h"
#include "tests/cluster/fake_server.h"
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

// A configuration that leads to the server.
class Cluster {
 public:
  explicit Cluster(cluster::FakeServer::Answers answers) : server_(std::move(answers)) {
    char name[] = "/tmp/sluice-keeper-XXXXXX";
    const int file = mkstemp(name);
    REQUIRE(file >= 0);
    close(file);
    configuration_.kubeconfig = name;
    std::ofstream(name) << "apiVersion: v1\nkind: Config\ncurrent-context: a\n"
                           "contexts: [{name: a, context: {cluster: a, user: a}}]\n"
                           "clusters: [{name: a, cluster: {server: '"
                        << server_.access().server.Origin() << "'}}]\nusers: [{name: a, user: {}}]\n";
    configuration_.environment = "production";
    auto identities = Identities::Open(configuration_, nullptr);
    if (!identities) FAIL(identities.error().Text());
    identities_ = *std::move(identities);
  }
  ~Cluster() { unlink(configuration_.kubeconfig.c_str()); }

  cluster::FakeServer& server() { return server_; }
  Identities& identities() { return *identities_; }
  KeptObject Red() {
    return {"core/ConfigMap/shop/red",
            {{&identities_->Own(), kPath}, kRed, kMaps},
            std::make_shared<const std::string>(kRecord)};
  }

 private:
  cluster::FakeServer server_;
  Configuration configuration_;
  std::unique_ptr<Identities> identities_;
};

KeeperSettings Settings() { return {.environment = "production", .applyset = "set"}; }

TEST_CASE("what is not watched is applied in each cycle, however often it was taken") {
  Cluster cluster({{"/api/v1/configmaps", {.status = 403, .body = R"({"kind":"Status","message":"no"})"}}});
  Keeper keeper(cluster.identities(), Settings());
  keeper.Keep({cluster.Red()});
  Accept(keeper, cluster.Red());
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (keeper.IsAccepted(kRed, kRecord) && std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
  CHECK_FALSE(keeper.IsAccepted(kRed, kRecord));
  Accept(keeper, cluster.Red());
  CHECK_FALSE(keeper.IsAccepted(kRed, kRecord));
}

TEST_CASE("what is noticed while an object is applied is not forgotten with the answer") {
  Cluster cluster(
      {{"/api/v1/configmaps", {.body = R"({"kind":"List","metadata":{"resourceVersion":"9"},"items":[]})"}},
       {kPath, {.status = 404, .body = R"({"kind":"Status","reason":"NotFound"})"}}});
  Keeper keeper(cluster.identities(), Settings());
  keeper.Keep({cluster.Red()});
  REQUIRE(Rings(keeper));  // it is gone
  Accept(keeper, cluster.Red());
  CHECK_FALSE(keeper.IsAccepted(kRed, kRecord));
  CHECK(keeper.Sends(kRed, kRecord).empty());
  Accept(keeper, cluster.Red());
  CHECK(keeper.IsAccepted(kRed, kRecord));
  CHECK_FALSE(keeper.IsAccepted(kRed, "{}"));
}

}  // namespace
}  // namespace sluice::agent
