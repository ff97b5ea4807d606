// The recorder knows an environment by its name and the gate by its place, and whoever asks
// has the repository's configuration alone. Tested by tests/push/requests-floor.sh.
#include "gate/moved_by.h"

#include "promotion/chain_head.h"

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

Result<const Environment*> FindMovedByRequest(const Judges& judges, const std::string& name) {
  const Environment* const own =
      promotion::FindEnvironment(judges.own.loaded.configuration.promotion.environments, name);
  if (own == nullptr)
    return Usage("there is no environment " + name + " in the configuration of the repository");
  if (std::string why = WhyAtOdds(judges, own->Ref(), own->folder); !why.empty())
    return Usage(std::move(why));
  if (!own->ByRequest()) return Usage(name + " moves by pushes to " + own->branch + ", and not by request");
  const EnvironmentBranch* const recorded = EnvironmentAt(judges.push.settings, own->Ref(), own->folder);
  if (recorded == nullptr || recorded->name != name)
    return Usage(name + " is not set up for recording (sluice hook set REPO environments=…)");
  return own;
}

std::string StaysWords(const Judges& judges, const std::string& environment) {
  const std::string by_request = environment + " moves by request alone, and this push leaves it where it is";
  const auto policy = promotion::ReadPolicyHead(judges.push.repository);
  if (!policy || !*policy) return by_request;
  const auto head = promotion::ReadRecordHead(judges.push.repository, environment, **policy);
  if (!head) return by_request;
  if (!*head)
    return environment + " has no record yet; sluice promote " + environment +
           " --from COMMIT asks for the first";
  return environment + " stays at record " + std::to_string((*head)->record.head.sequence) +
         "; sluice promote " + environment + " moves it";
}

}  // namespace sluice::gate
