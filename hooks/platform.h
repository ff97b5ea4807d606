// Where each Git server looks for hooks of others (reference: the servers' own
// documentation, summed up in docs/hooks.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hooks/places.h"

namespace sluice::hooks {

struct Placement {
  std::string hook;    // "pre-receive" or "post-receive"
  std::string path;    // of the file that names our program
  bool moves = false;  // what stands there is moved aside and chained to
};

struct Placements {
  std::vector<Placement> hooks;          // in the order in which they are written
  std::vector<std::string> directories;  // to be made for them
  std::vector<std::string> next;         // what the operator has to do
  bool push_options = false;             // git itself has to be told to take them
};

// kUsage where the repository does not look as the platform leaves it.
Result<Placements> PlacementsFor(std::string_view platform, const Places& places, std::string_view project);

// Wherever hooks of ours may stand in the repository itself, whatever serves it or served it once:
// those of gitolite are of no repository.
std::vector<Placement> AllPlacements(const Places& places, std::string_view project);

// What the repository looks like: "gitea", "gitolite" or "git".
std::string_view Recognise(const Places& places);

// The directory of git's own hooks: core.hooksPath where the repository's
// configuration says so. kUsage where it is set for the whole machine.
Result<std::string> HooksDirectory(const Places& places);

// Standard output of `git WORDS` in the repository, run with its owner's
// configuration. kFailed where git says no.
Result<std::string> RunGit(const Places& places, std::vector<std::string> words);

// `git config KEY VALUE` in the repository, unless it has the key.
Result<bool> SetUnlessSet(const Places& places, const std::string& key, const std::string& value);

}  // namespace sluice::hooks
