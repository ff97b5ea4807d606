// The state in the cluster: the ConfigMap `sluice-agent-ENV`, and where the inventory does not fit into it,
// `sluice-agent-ENV.1` to `.16`, each object in the one that its path leads to. The first is the parent of an
// ApplySet (KEP 3659), so that `kubectl` and others see whose the objects are, and the owner of the others.
//
// Its resource version is the lock: of two agents that write, the second is refused and begins again. The
// others are written behind it, one after the other. Each line of the inventory stands for itself, is written
// before its object may come into being and taken out when it is gone: an agent that ends in between leaves
// lines as they were and lines as they are to be, and both are right. An agent that lost its lease and goes
// on writing changes nothing: the next one writes its name into each part before it applies anything, and
// with that the resource versions that the other knows are past. Tested by tests/agent/state_store_test.cc,
// divided_test.py.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "agent/configuration.h"
#include "agent/json_text.h"
#include "agent/state.h"
#include "cluster/api_client.h"

namespace sluice::agent {

// Of this process, and of no other that ever wrote.
const std::string& OwnWriter();

class StateStore {
 public:
  StateStore(cluster::ApiClient& client, const Configuration& configuration,
             std::string writer = OwnWriter());

  // Empty where there is no ConfigMap yet; an Error where one of the others is missing.
  Result<State> Load();
  // kFailed where it was written by another since; kLimit where it does not fit, and nothing is written. What
  // is there already is written only where the lock is to be `asked`. Divides the state where it has to.
  Status Save(State& state, bool asked = false);

  const std::string& name() const { return first_.name; }
  const std::string& applyset() const { return applyset_; }

 private:
  // A ConfigMap, as it is there.
  struct Stored {
    std::string name{};
    std::string resource_version{};  // empty: there is none
    std::string uid{};
    std::string written{};  // see Content::Text
  };
  struct Content {
    JsonMapping metadata;  // without its name and version
    std::string data;
    std::string Text() const { return metadata.End() + data; }
    bool Fits() const;
  };

  Content First(const State& state, const std::string& owned) const;
  Content Part(const std::string& owned, std::string_view writer) const;
  Status LoadPart(Stored& part, State& state);
  Status Divide(State& state);
  Status Make(Stored& part);
  Status Write(Stored& stored, Content content);
  bool IsOurs(const manifests::Node& part) const;

  cluster::ApiClient& client_;
  const std::string ns_, path_, applyset_, writer_;
  Stored first_;
  std::array<Stored, kInventoryParts> parts_;
  std::string undivided_;  // what the first has of the inventory, from before it was divided
};

}  // namespace sluice::agent
