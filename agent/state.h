// What an agent must not forget, as a ConfigMap of its cluster: what it believed,
// what it applied. The resource version is the lock: of two agents that write,
// the second is refused and begins again. The ConfigMap is the parent of an ApplySet
// (KEP 3659), so that `kubectl` and others see whose the objects are.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "agent/configuration.h"
#include "agent/proof.h"
#include "base/finding.h"
#include "cluster/api_client.h"

namespace sluice::agent {

// An object that was applied, or was about to be.
struct Owned {
  std::string version;  // "v1" of its group
  std::string uid{};    // of the live object; empty: it may not have come into being
};

struct State {
  Believed believed;
  std::optional<promotion::RememberedRecord> applied;  // the record that the cluster is kept at
  std::map<std::string, Owned> owned;                  // by object path; what stands or stood in `applied`
  std::string outcome{};   // of `applied`: "applied", "failed"; empty: not done yet
  std::int64_t since = 0;  // when that began, seconds since 1970
};

// The two texts of the ConfigMap's data, and back. Read without trust in the form: an
// Error names what is wrong.
std::string StateText(const State& state);
std::string OwnedText(const State& state);
Result<State> ReadState(std::string_view state, std::string_view owned);

// "applyset-…-v1": of the ConfigMap of this name, by the rule of KEP 3659.
std::string ApplySetId(std::string_view name, std::string_view ns);
inline constexpr std::string_view kPartOf = "applyset.kubernetes.io/part-of";

class StateStore {
 public:
  StateStore(cluster::ApiClient& client, const Configuration& configuration);

  // Empty where there is no ConfigMap yet.
  Result<State> Load();
  // kFailed where it was written by another since; kLimit where it does not fit. What is there already is
  // written only where the lock is to be `asked`.
  Status Save(const State& state, bool asked = false);

  const std::string& name() const { return name_; }
  const std::string& applyset() const { return applyset_; }

 private:
  std::string Body(const State& state) const;

  cluster::ApiClient& client_;
  std::string name_, ns_, path_, applyset_;
  std::string resource_version_;  // empty: there is none
  std::string uid_;
  std::string written_;  // the body that is there
};

}  // namespace sluice::agent
