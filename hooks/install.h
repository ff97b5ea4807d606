// Putting the gate into a repository of a Git server, taking it out, asking
// what stands. What an operator reads: docs/hooks.md.
//
// The hook file is text: `#!` and the path of the sluice-hook program, then the
// hook's name. The kernel starts the program itself (no shell), an upgrade of
// the program reaches every repository, and where the program is gone git
// rejects the push, since it cannot start the hook; a dangling symbolic link
// would open the gate without a word.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/verdict.h"
#include "gate/operator.h"

namespace sluice::hooks {

struct InstallOptions {
  std::string program{};        // absolute path of sluice-hook; empty: FindHookProgram()
  std::string platform{};       // git, gitolite, gitea, forgejo, gitlab, github; empty: as it is, or git
  std::string identity{};       // empty: as it is, or auto
  std::string mode{};           // enforce or observe; empty: as it is
  std::string project{};        // its name for hook.yaml; empty: as it is, or from the path
  std::string operator_file{};  // instead of /etc/sluice/hook.yaml; empty: as it is
};

// What was done, and what the operator has to do now; one sentence each.
struct Steps {
  std::vector<std::string> done;
  std::vector<std::string> next;
};

// Every function takes the path of a repository (bare, or with a work tree).
// All are idempotent, give what they write to the owner of the repository, and
// refuse (kUsage; kConfiguration: the operator's file, or what would come of it) what
// they do not understand before they change anything.
Result<Steps> Install(const std::string& repository, const InstallOptions& options);
// Takes the hooks out, of whatever platform, puts back what was there; settings and index stay.
Result<Steps> Uninstall(const std::string& repository);
// A key of settings.yaml: policyRef, policyCommit, platform, identity, mode or environments; an
// empty value removes it.
struct Setting {
  std::string key, value;
};
// All of them, or none. Where hooks stand as another platform wants them, `platform` is refused:
// an installation moves them.
Result<Steps> SetKeys(const std::string& repository, const std::vector<Setting>& settings);

struct RepositoryState {
  std::string path;        // of the repository's git directory
  bool gated = false;      // every push is judged
  bool observed = false;   // and none rejected
  bool has_policy = true;  // false: the policy branch does not exist beside others, nothing is protected
  std::string platform{};
  std::string trouble;  // why it is not gated, or what is wrong; empty: nothing
};
// Every repository at or below `directory`, in path order; symbolic links are
// not followed, more than 16 levels not entered.
Result<std::vector<RepositoryState>> ListRepositories(const std::string& directory);

// The sluice-hook program that belongs to this one: beside it (a build) or in
// ../libexec/sluice (installed). kNotFound, saying where it looked.
Result<std::string> FindHookProgram();

}  // namespace sluice::hooks
