// The recorder knows an environment by its name and the gate by its place, and whoever asks
// has the repository's configuration alone. Tested by tests/push/requests-floor.sh.
#include "gate/moved_by.h"

namespace sluice::gate {
namespace {

using promotion::Environment;

std::string Place(const Environment& environment) {
  return environment.folder.empty() ? environment.branch : environment.folder + " of " + environment.branch;
}

std::string WhyAtOdds(const Environment& own, const Environment& floor) {
  const bool same_place = own.Ref() == floor.Ref() && own.folder == floor.folder;
  if (own.name != floor.name && !same_place) return {};
  if (!own.ByRequest() && !floor.ByRequest()) return {};
  if (own.name != floor.name)
    return Place(own) + " is " + own.name + " here, and " + floor.name +
           " in the operator's policy: one that moves by request has one name";
  if (!same_place)
    return own.name + " is " + Place(own) + " here, and " + Place(floor) +
           " in the operator's policy: one that moves by request has one place";
  if (own.ByRequest()) return {};
  return own.name +
         " moves by request in the operator's policy, and by pushes here: write `movedBy: request` into "
         ".sluice/sluice.yaml too";
}

}  // namespace

std::string WhyAtOdds(const Judges& judges, const std::string& ref, const std::string& folder) {
  if (judges.floor == nullptr) return {};
  for (const Environment& own : judges.own.loaded.configuration.promotion.environments) {
    if (own.Ref() != ref || own.folder != folder) continue;
    for (const Environment& floor : judges.floor->loaded.configuration.promotion.environments)
      if (std::string why = WhyAtOdds(own, floor); !why.empty()) return why;
  }
  return {};
}

}  // namespace sluice::gate
