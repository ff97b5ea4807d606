// A cluster that answers from a table, as a configuration leads to it.
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <fstream>

#include "agent/identities.h"
#include "tests/catch.h"
#include "tests/cluster/fake_server.h"

namespace sluice::agent {

class FakeCluster {
 public:
  explicit FakeCluster(cluster::FakeServer::Answers answers) : server_(std::move(answers)) {
    char name[] = "/tmp/sluice-agent-XXXXXX";
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
  ~FakeCluster() { unlink(configuration_.kubeconfig.c_str()); }

  cluster::FakeServer& server() { return server_; }
  Identities& identities() { return *identities_; }
  const Configuration& configuration() const { return configuration_; }

 private:
  cluster::FakeServer server_;
  Configuration configuration_;
  std::unique_ptr<Identities> identities_;
};

}  // namespace sluice::agent
