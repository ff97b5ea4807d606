// What the operator of a Git server writes, out of reach of any push:
// `/etc/sluice/hook.yaml`, and one repository's `$GIT_DIR/sluice/settings.yaml`,
// which `sluice hook set` writes and which may only narrow the first.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"

namespace sluice::gate {

enum class Mode : std::uint8_t { kEnforce, kObserve };

struct PolicyFloor {
  std::string repository;  // path of a bare repository; empty: none
  std::string ref;         // "refs/heads/main"
};

// A branch whose content is an environment's, or a folder of it, and is recorded.
struct EnvironmentBranch {
  std::string name;
  std::string ref;       // "refs/heads/…"
  std::string folder{};  // empty: the whole branch

  friend bool operator==(const EnvironmentBranch&, const EnvironmentBranch&) = default;
};

// One repository's effective settings.
struct HookSettings {
  Mode mode = Mode::kEnforce;
  Limits limits;    // with hook_deadline as `deadline`
  std::string log;  // "syslog", a file path, or empty: no log
  PolicyFloor floor;
  std::vector<std::string> bypass_by;  // names of people
  std::string policy_ref;              // empty: HEAD's branch
  std::string policy_commit;           // hex; overrides the ref (bootstrap, way back from a lock-out)
  std::string platform = "git";        // git, gitolite, gitea, forgejo, gitlab, github
  std::string identity = "auto";       // where the pusher's name comes from (docs/hooks.md)
  std::string helm;                    // absolute path of the program; empty: charts are not judged
  std::string chart_cache;             // absolute path, filled by `sluice render fetch`; empty: none
  bool ask_clusters = false;           // those of the repository's `clusters`
  std::string clusters_file;           // clusters.yaml beside hook.yaml, there or not
  std::vector<EnvironmentBranch> environments;
};

// The environment whose branch it is, or whose folder of that branch; or null.
const EnvironmentBranch* EnvironmentAt(const HookSettings& settings, const std::string& ref,
                                       const std::string& folder = {});

// The provider of the pusher's name ("gitea"): `auto` is the platform's own.
std::string_view IdentityOf(const HookSettings& settings);

// `project` is the repository's path below its root without ".git", matched
// against the patterns of hook.yaml. Texts may be empty (absent files). Errors
// are kConfiguration with file and line: the hook rejects, `observe` reports.
Result<HookSettings> ParseHookSettings(std::string_view hook_yaml, std::string_view settings_yaml,
                                       std::string_view project);

// `settings.yaml` with one key set (empty value: removed), other keys kept.
// kUsage on an unknown key or a value that it cannot have.
Result<std::string> SetSetting(std::string_view settings_yaml, std::string_view key, std::string_view value);

}  // namespace sluice::gate
