// Tested by tests/push/ledger.sh.
#include "hooks/record.h"

#include <algorithm>

#include "git/repository.h"
#include "report/words.h"

namespace sluice::hooks {
namespace {

std::string NotRecorded(const std::string& what, const std::string& why) {
  return "warning: sluice did not record " + report::Printable(what + ": " + why) +
         "\nhint: the push stands; sluice ledger reconcile tells more\n";
}

// A branch may be pushed to by the name of a symbolic ref.
bool Moved(const git::Repository& repository, std::span<const gate::RefUpdate> updates,
           const std::string& ref) {
  return std::any_of(updates.begin(), updates.end(), [&](const gate::RefUpdate& update) {
    const Result<std::string> target = repository.TargetRef(update.ref);
    return update.ref == ref || (target && *target == ref);
  });
}

}  // namespace

Result<promotion::RecorderPlace> RecorderOf(const Places& places, const gate::HookSettings& settings) {
  promotion::RecorderPlace place;
  place.git_dir = places.common_dir;
  if (settings.floor.repository.empty()) return place;
  const Result<Places> floor = PlacesAt(settings.floor.repository);
  if (!floor) return floor.error();
  place.floor = floor->git_dir;
  place.floor_ref = settings.floor.ref;
  return place;
}

std::vector<promotion::RecordedBranch> BranchesOf(const gate::HookSettings& settings) {
  std::vector<promotion::RecordedBranch> branches;
  for (const gate::EnvironmentBranch& environment : settings.environments)
    branches.push_back({environment.name, environment.ref, environment.folder});
  return branches;
}

RecordedPush RecordPush(const Places& places, const gate::HookSettings& settings,
                        std::span<const gate::RefUpdate> updates) {
  if (settings.environments.empty()) return {};
  const auto repository = git::Open({.git_dir = places.git_dir});
  if (!repository) return {{}, NotRecorded("this push", repository.error().Text())};
  std::vector<promotion::RecordedBranch> branches = BranchesOf(settings);
  std::erase_if(branches, [&](const promotion::RecordedBranch& branch) {
    return !Moved(**repository, updates, branch.ref);
  });
  if (branches.empty()) return {};
  const Result<promotion::RecorderPlace> place = RecorderOf(places, settings);
  if (!place) return {{}, NotRecorded("this push", place.error().Text())};
  const auto recordings = promotion::RecordBranches(*place, branches);
  if (!recordings) return {{}, NotRecorded("this push", recordings.error().Text())};
  RecordedPush recorded;
  for (const promotion::Recording& recording : *recordings) {
    if (recording.written > 0) recorded.environments.insert(recording.environment);
    if (!recording.trouble.empty()) recorded.words += NotRecorded(recording.environment, recording.trouble);
  }
  return recorded;
}

}  // namespace sluice::hooks
