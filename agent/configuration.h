// What an agent is told, once, by the operator of its cluster: one YAML file (docs/agent.md), out of reach of
// any push.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/drift_settings.h"
#include "agent/flux_settings.h"
#include "base/result.h"

namespace sluice::agent {

struct RepositoryAccess {
  std::string url;                 // https://…, ssh://…, user@host:path, or an absolute path
  std::string ssh_key{};           // paths; empty: none
  std::string known_hosts{};       // of the server's keys; nobody is asked
  std::string token_file{};        // for https, sent as the password
  std::string user = "sluice";     // that goes with the token
  std::string ca_file{};           // instead of the system's
  std::uint64_t bytes = 1u << 30;  // of one fetch
  std::chrono::seconds deadline{120};
};

// Whose rights an object is applied with.
struct ServiceAccount {
  std::string ns;  // empty: the object's own
  std::string name;
};

struct Configuration {
  RepositoryAccess repository;
  std::string environment;
  std::string cluster;                              // as records and trust.json name it
  std::string pin;                                  // digest of the first record of policy
  std::string directory = "/var/lib/sluice/agent";  // for what was fetched: may be lost at any time
  std::string ns = "sluice-system";                 // of the agent's state
  std::string kubeconfig{};                         // empty: the service account of the pod
  std::string context{};
  std::string default_namespace{};  // of objects that name none; empty: these are refused
  // By namespace; "*": of every other, "_cluster": of what has none. Empty: everything with the agent's own
  // rights. Else what stands in no row is refused.
  std::map<std::string, ServiceAccount> service_accounts{};
  DriftSettings drift{};
  std::chrono::seconds interval{30};
  unsigned max_removed = 20;       // percent of what was applied; more asks for a consent in the record
  bool require_freshness = true;   // without one nothing new is applied
  bool prune_namespaces = false;   // objects of these kinds are removed
  bool prune_definitions = false;  // only where these say so
  std::string outcome_key = {};    // path of the private key that signs outcomes; empty: none are
  std::string metrics = {};        // "127.0.0.1:9402"; empty: none
  std::vector<std::string> take_over = {};  // tools whose objects become ours whole (agent/take_over.h)
  std::optional<FluxSettings> flux = {};    // Flux applies; nothing: the agent does
};

inline constexpr std::string_view kOthers = "*", kClusterWide = "_cluster";

// `path` is for errors, which are kConfiguration with line and column.
Result<Configuration> ParseConfiguration(std::string_view text, const std::string& path);

}  // namespace sluice::agent
