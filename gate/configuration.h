// What a repository's people write: `.sluice/sluice.yaml` and
// `.sluice/waivers.yaml`, read from the policy side. Everything has defaults;
// docs/configuration.md describes each key, gate/sluice.schema.json is checked
// first. What is wrong in these files is a finding of group `policy/`.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_tree.h"
#include "base/finding.h"
#include "base/glob.h"
#include "base/limits.h"
#include "manifests/document.h"
#include "promotion/promotion_keys.h"
#include "schemas/json_schema.h"

namespace sluice::gate {

struct RuleSetting {
  std::string rule;  // an id, or a group such as "native" or "schema"
  Severity severity = Severity::kError;
  std::string path;  // glob; empty: everywhere
};

struct Waiver {
  std::string rule;
  // Globs; of two lists that are there, both hold. Whoever pushes chooses the path of an object,
  // so that a glob of objects is never held against one.
  std::vector<std::string> objects;  // over "Kind/namespace/name" ("Kind/name" for cluster-scoped)
  std::vector<std::string> paths;    // over the file's path
  std::string owner, reason;
  std::string expires;  // YYYY-MM-DD; the day itself still counts, in UTC
  Range range;          // in waivers.yaml
};

// Which files are manifests, and how controllers build them. Neither `discover`
// nor `include`: the whole tree.
struct Roots {
  bool flux = false, argo_cd = false, kustomize = false;  // `discover`: what a controller would build
  std::vector<std::string> include;
  std::vector<std::string> exclude;
  std::vector<std::string> urls;     // by which controllers know this repository; empty: guessed
  bool strict_substitution = false;  // Flux runs with StrictPostBuildSubstitutions

  bool WholeTree() const { return !flux && !argo_cd && !kustomize && include.empty(); }
};

// What may be done to the refs that a pattern protects; all of it is judged.
struct Protection {
  std::string branch;   // glob over branch names, or over full names where it begins with "refs/"
  bool create = false;  // made anew by a push
  bool remove = false;  // `delete`
  bool force = false;   // moved to what is no descendant
};

// Users' own JSON Schemas for files that are no Kubernetes objects.
struct DocumentSchema {
  std::string glob;
  std::string path;                                   // of the schema, below .sluice/
  std::shared_ptr<const schemas::JsonSchema> schema;  // null where it could not be read: a finding says so
};

// A cluster that runs what the repository holds, or the part of it that is named.
struct Cluster {
  std::string name;        // a DNS label; where a command names it, as it did
  std::string kubernetes;  // its minor, for which what it runs is judged; empty: by `kubernetes`
  std::vector<std::string> paths, branches;  // globs; empty: all
};

struct Configuration {
  std::vector<std::string> kubernetes;  // target minors of what no cluster runs; empty: the newest three
  std::vector<Cluster> clusters;        // by name
  std::vector<Protection> protect;      // the policy ref's branch is, named or not
  bool names_protected = false;         // `protect` is written; environments' branches stand in it too
  Roots roots;
  std::vector<RuleSetting> rules;  // later entries win over earlier ones, ids over groups
  std::vector<DocumentSchema> documents;
  std::vector<std::string> bundles;  // bytes of .sluice/schemas/*.bundle, made by `sluice schemas import`
  bool ratchet = false;
  promotion::PromotionSettings promotion;
  Limits limits;                                        // never above the defaults
  std::map<std::string_view, std::size_t> said_limits;  // by key: an operator may allow more
  std::vector<Waiver> waivers;
  std::string source;  // for people: "main@3fa2c1", "defaults"
};

struct LoadedConfiguration {
  Configuration configuration;
  Findings findings;  // an error among them: the files mean nothing safe
};

// What stands in the place of `.sluice/`, or in it, and does not belong there.
Findings CheckConfigurationNames(const FileTree& tree, const Configuration& configuration);

// Reads `.sluice/` of a tree; a tree without it gives the defaults.
LoadedConfiguration LoadConfiguration(const FileTree& tree, std::string source);

std::span<const Rule* const> ConfigurationRules();

}  // namespace sluice::gate
