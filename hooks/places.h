// Where a push lies on disk, as real paths: the repository that git stands in,
// and the quarantine that holds what was pushed. Git's variables are believed
// only where they name these.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/oid.h"
#include "base/result.h"
#include "hooks/call.h"

namespace sluice::hooks {

struct Places {
  std::string git_dir;
  std::string common_dir;  // equal but in a linked work tree
  std::string objects;
  std::string quarantine;  // empty: nothing new was pushed
  HashKind hash = HashKind::kSha1;

  std::string Own() const { return common_dir + "/sluice"; }  // what is ours
};

// The repository at `directory`; git runs receiving hooks in it. kNotFound
// where it is none.
Result<Places> PlacesAt(const std::string& directory);

// As above for people, who also name a directory with a work tree.
Result<Places> FindRepository(const std::string& directory);

// As above for a hook: $GIT_DIR has to be `directory`.
Result<Places> PlacesOf(const Call& call, const std::string& directory);

// Fills `quarantine` from $GIT_QUARANTINE_PATH and $GIT_OBJECT_DIRECTORY.
Status FindQuarantine(const Call& call, std::string_view platform, Places& places);

// Directories that a reader of the repository has to reach: its own, the
// quarantine, its alternates.
std::vector<std::string> ReadableOf(const Places& places);

// The name that hook.yaml's patterns see: `sluice/project` where the installer
// wrote it, else ProjectFromPath.
std::string ProjectOf(const Places& places);
// The path below the last "repositories" or below /srv/git, else the last part;
// without ".git".
std::string ProjectFromPath(std::string_view git_dir);

}  // namespace sluice::hooks
