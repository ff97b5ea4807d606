// What is done about drift, as the operator of a cluster says it: the key `drift` of the
// agent's configuration.
//
//   drift:
//     action: heal            # heal (usual), alert or ignore
//     rules:                  # the first that fits counts
//     - {kind: Deployment, field: spec.replicas, action: ignore, reason: HPA}
//     - {environment: production, namespace: "legacy-*", action: alert}
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/finding.h"
#include "base/result.h"
#include "manifests/document.h"

namespace sluice::agent {

enum class DriftAction : std::uint8_t {
  kHeal,    // told, and what the record says is applied again
  kAlert,   // told, and left
  kIgnore,  // neither
};
// "heal", "alert", "ignore".
std::string_view ActionWords(DriftAction action);

// What is empty fits everything. `environment`, `ns` and `name` are globs (base/glob.h).
// `field` fits the field itself and all below it; "[*]" in it fits any element, and "*"
// between dots any one key that has no dot.
struct DriftRule {
  std::string environment{}, group{}, kind{}, ns{}, name{}, field{};
  DriftAction action = DriftAction::kAlert;
  std::string reason{};
};

struct DriftSettings {
  DriftAction action = DriftAction::kHeal;
  std::vector<DriftRule> rules{};  // at most 1,000
};

struct DriftDecision {
  DriftAction action = DriftAction::kHeal;
  std::string_view reason{};  // of the rule
};
DriftDecision Decide(const DriftSettings& settings, std::string_view environment, const ObjectName& object,
                     std::string_view field);

bool FieldFits(std::string_view pattern, std::string_view field);

// `drift` is the value of the key, null where there is none; `path` is that of its file.
// kConfiguration with line and column for whatever is not as above.
Result<DriftSettings> ReadDriftSettings(const manifests::Node* drift, const std::string& path);

// One rule as a line of YAML: `{kind: Deployment, …}`.
std::string RuleText(const DriftRule& rule);

}  // namespace sluice::agent
