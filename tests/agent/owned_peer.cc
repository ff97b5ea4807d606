// Looks after objects of a real API server, for live_test.py:
//
//   owned_peer KUBECONFIG [LABELS]
//
// reads commands, a line each: `own` with the recorded objects as JSON, `accept` with the
// object in the answer to an apply; and writes what is called. Ends with its input.
#include <cstdio>
#include <iostream>

#include "agent/watch_owned.h"
#include "cluster/access.h"
#include "cluster/kubeconfig.h"
#include "cluster/members.h"
#include "cluster/served_kind.h"
#include "manifests/object.h"

namespace sluice::agent {
namespace {

using cluster::StringAt;

ObjectName NameOf(const manifests::Node& root) {
  return {std::string(StringAt(&root, {"apiVersion"})), std::string(StringAt(&root, {"kind"})),
          std::string(StringAt(&root, {"metadata", "namespace"})),
          std::string(StringAt(&root, {"metadata", "name"}))};
}

void Say(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

OwnedCalls Calls() {
  return {.differs =
              [](const ObjectName& name, const Drift& drift, const DriftNews& news) {
                Say(std::string(news.ended           ? "same "
                                : news.fresh.empty() ? "again "
                                                     : "differs ") +
                    DriftJson(name, drift));
              },
          .gone = [](const ObjectName& name) { Say("gone " + name.kind + " " + name.name); },
          .health =
              [](const ObjectName& name, const ObjectHealth& health) {
                Say("health " + name.kind + " " + name.name + " " + std::string(HealthWords(health.health)) +
                    ": " + health.reason);
              },
          .trouble = [](const cluster::ApiResource& kind,
                        std::string_view words) { Say("trouble " + kind.kind + " " + std::string(words)); }};
}

// What `list`, a JSON list, has; each of a kind that the server serves.
std::vector<OwnedObject> Objects(const cluster::JsonObject& list, const cluster::Discovery& discovery) {
  std::vector<OwnedObject> objects;
  for (const manifests::Node& each : cluster::ElementsAt(list.root, {"items"})) {
    OwnedObject object{.name = NameOf(each)};
    const auto* resource = discovery.Find(cluster::GroupOf(object.name.api_version),
                                          cluster::VersionOf(object.name.api_version), object.name.kind);
    if (resource == nullptr) continue;
    object.resource = *resource;
    std::string json;
    manifests::CanonicalJson(each, json);
    object.recorded = std::make_shared<const std::string>(std::move(json));
    objects.push_back(std::move(object));
  }
  return objects;
}

int Look(const std::string& path, const std::string& labels) {
  const auto config = cluster::LoadKubeconfig(path, {});
  const Result<cluster::Access> access = config ? cluster::AccessOf(*config, "") : config.error();
  auto client = access ? cluster::ApiClient::Make(*access, {})
                       : Result<std::unique_ptr<cluster::ApiClient>>(access.error());
  if (!client) return std::fprintf(stderr, "%s\n", client.error().Text().c_str()), 2;
  OwnedWatch watch(**client, {.environment = "production", .label = labels}, Calls());
  for (std::string line; std::getline(std::cin, line);) {
    const std::size_t space = line.find(' ');
    const cluster::JsonObject json = cluster::ReadJsonObject(line.substr(space + 1));
    if (json.root == nullptr) return std::fprintf(stderr, "no JSON: %s\n", line.c_str()), 2;
    if (line.starts_with("own ")) {
      const auto discovery = cluster::Discovery::Fetch(**client, cluster::AnswerCache(),
                                                       net::Clock::now() + std::chrono::seconds(30));
      if (!discovery) return std::fprintf(stderr, "%s\n", discovery.error().Text().c_str()), 2;
      watch.Own(Objects(json, *discovery));
    } else {
      watch.Accepted(NameOf(*json.root), *json.root);
    }
  }
  return 0;
}

}  // namespace
}  // namespace sluice::agent

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: owned_peer KUBECONFIG [LABELS]\n"), 2;
  return sluice::agent::Look(argv[1], argc > 2 ? argv[2] : "");
}
