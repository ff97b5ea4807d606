// What an agent must not forget: what it believed, what it applied. As texts; state_store.h keeps them.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "agent/proof.h"

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
  bool divided = false;    // the inventory stands in ConfigMaps of its own, and stays there
};

// So many ConfigMaps: 50,000 objects with lines of 320 bytes, of which a third is usual.
inline constexpr std::size_t kInventoryParts = 16;

// Texts of the data of ConfigMaps, and back. Read without trust in the form: an Error names what is wrong.
std::string StateText(const State& state);
std::string OwnedText(const State& state);
std::array<std::string, kInventoryParts> OwnedTexts(const State& state);  // the same, divided
Result<State> ReadState(std::string_view state, std::string_view owned);
// Adds to what is known; what is told twice is as it was told last.
Status ReadOwnedText(std::string_view text, std::map<std::string, Owned>& owned);

// "ConfigMap,Deployment.apps": the kinds in the set, as KEP 3659 writes them.
std::string KindsOf(const State& state);

// "applyset-…-v1": of the ConfigMap of this name, by the rule of KEP 3659.
std::string ApplySetId(std::string_view name, std::string_view ns);
inline constexpr std::string_view kPartOf = "applyset.kubernetes.io/part-of";

}  // namespace sluice::agent
