// Of several replicas one works.
#include "agent/lease.h"

#include "tests/catch.h"
#include "tests/cluster/fake_server.h"

namespace sluice::agent {
namespace {

const std::string kLeases = "/apis/coordination.k8s.io/v1/namespaces/sluice-system/leases";
const std::string kLease = kLeases + "/sluice-agent-production", kAs = "?fieldManager=sluice-agent-lease";

std::string Held(const std::string& holder) {
  return R"({"metadata":{"resourceVersion":"7"},"spec":{"holderIdentity":")" + holder +
         R"(","renewTime":"2026-11-27T00:00:00.000000Z","leaseTransitions":3}})";
}

struct Case {
  std::string name;
  net::ServedAnswer read, write;
  bool error, held;
};

TEST_CASE("who holds the lease") {
  const net::ServedAnswer good{.body = Held("a")};
  const Case cases[] = {
      {"nobody ever had it", {.status = 404, .body = "{}"}, {.status = 201, .body = Held("me")}, false, true},
      {"another makes it first", {.status = 404, .body = "{}"}, {.status = 409, .body = "{}"}, false, false},
      {"no namespace", {.status = 404, .body = "{}"}, {.status = 404, .body = "{}"}, true, false},
      {"given back", {.body = Held("")}, good, false, true},
      {"given back, another was quicker", {.body = Held("")}, {.status = 409, .body = "{}"}, false, false},
      {"ours", {.body = Held("me")}, good, false, true},
      {"ours, and no right to renew it", {.body = Held("me")}, {.status = 403, .body = "{}"}, true, false},
      // Whatever its time says: by our clock it was seen just now.
      {"another's", {.body = Held("a")}, good, false, false},
      {"no answer", {.status = 500, .body = "{}"}, good, true, false},
      {"no JSON", {.body = "lease"}, good, true, false},
  };
  Configuration configuration;
  configuration.environment = "production";
  for (const Case& one : cases) {
    CAPTURE(one.name);
    cluster::FakeServer server({{kLease, one.read}, {kLeases + kAs, one.write}, {kLease + kAs, one.write}});
    const auto client = server.Client({.tries = 1});
    Lease lease(*client, configuration, "me");
    const Result<bool> held = lease.Hold();
    CHECK(!held == one.error);
    if (held) CHECK(*held == one.held);
    if (one.name == "another's") {
      CHECK(lease.other() == "a");
      CHECK(server.TakeRequests().size() == 1);
    }
  }
}

}  // namespace
}  // namespace sluice::agent
