// What a repository's people write: `.sluice/sluice.yaml` and
// `.sluice/waivers.yaml`, read from the policy side. Everything has defaults;
// docs/configuration.md describes each key, gate/sluice.schema.json is checked
// first. What is wrong in these files is a finding of group `policy/`.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file_tree.h"
#include "base/finding.h"
#include "base/limits.h"
#include "manifests/document.h"

namespace sluice::gate {

// A path glob: `**` any parts, `*` and `?` within one part, nothing else special.
bool GlobMatches(std::string_view glob, std::string_view path);

struct RuleSetting {
  std::string rule;   // an id, or a group such as "native" or "schema"
  Severity severity = Severity::kError;
  std::string path;   // glob; empty: everywhere
};

struct Waiver {
  std::string rule;
  std::vector<std::string> objects;  // globs over "Kind/namespace/name" ("Kind/name" for cluster-scoped)
  std::string owner, reason;
  std::string expires;               // YYYY-MM-DD; the day itself still counts, in UTC
  Range range;                       // in waivers.yaml
};

struct Roots {
  bool flux = false, argo_cd = false, kustomize = false;  // `discover`
  bool discover_set = false;
  std::vector<std::string> include;  // empty and no discover: the whole tree
  std::vector<std::string> exclude;
};

struct Configuration {
  std::vector<std::string> kubernetes;   // target minors; empty: the newest three
  std::vector<std::string> protect;      // branch globs; empty: the policy ref's branch
  Roots roots;
  std::vector<RuleSetting> rules;        // later entries win over earlier ones, ids over groups
  std::vector<std::pair<std::string, std::string>> documents;  // glob to schema path
  bool ratchet = false;
  Limits limits;
  std::vector<Waiver> waivers;
  std::string source;                    // for people: "main@3fa2c1", "defaults"
};

struct LoadedConfiguration {
  Configuration configuration;
  Findings findings;   // an error among them: the files mean nothing safe
};

// Reads `.sluice/` of a tree; a tree without it gives the defaults.
LoadedConfiguration LoadConfiguration(const FileTree& tree, std::string source);

std::span<const Rule* const> ConfigurationRules();

}  // namespace sluice::gate
