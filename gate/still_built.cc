// Roots are told apart by their names; one that is elsewhere now may have got
// another file or, for the Applications of a set that gives none any more, stand
// under the name of the set.
// Tested by tests/gate/still_built_test.cc.
#include "gate/still_built.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "gate/facts.h"
#include "gate/rules.h"

namespace sluice::gate {
namespace {

using manifests::render::Builder;
using manifests::render::BuiltObject;
using manifests::render::NotBuilt;
using manifests::render::Place;
using manifests::render::Root;

std::set<std::string> Identities(const Build& build) {
  std::set<std::string> identities;
  for (const BuiltObject& object : build.built.objects) identities.insert(IdentityKey(object.object.Name()));
  return identities;
}

class Check {
 public:
  Check(const Builds& before, const Builds& after) : before_(before), after_(after) {
    std::set<std::string> outside_before;
    for (const Root* root : before.Outside()) outside_before.insert(NameOf(*root));
    for (const Root* root : after.Outside()) {
      if (outside_before.contains(NameOf(*root))) continue;
      by_object_.emplace(root->object, root);
      if (root->object.kind == "ApplicationSet") sets_.emplace(root->file, root);
    }
  }

  Findings Run() {
    for (const Build& build : before_.all()) {
      if (build.built.objects.empty() || !CameToItsEnd(build.built)) continue;
      const Build* const now = after_.Find(build.name);
      if (now == nullptr) {
        Gone(build);
      } else if (CameToItsEnd(now->built)) {
        LeftOut(build, *now);
      }
    }
    return std::move(findings_);
  }

 private:
  void Gone(const Build& build) {
    const Root* const root = OutsideNow(build.root);
    if (root == nullptr) return;
    const Place place = after_.sources().Resolve(root->place);
    Tell(build.root, build.built.objects.size(), root->file, place.range, root->outside);
  }

  // What is elsewhere now and was not, in the place of a root that is gone.
  const Root* OutsideNow(const Root& gone) const {
    if (const auto same = by_object_.find(gone.object); same != by_object_.end()) return same->second;
    const auto set = gone.by == Builder::kArgoCd ? sets_.find(gone.file) : sets_.end();
    return set == sets_.end() ? nullptr : set->second;
  }

  // What was left out before has taken nothing away.
  void LeftOut(const Build& build, const Build& now) {
    std::set<std::string> reasons, lost = Identities(build);
    for (const NotBuilt& part : build.built.not_built) reasons.insert(part.reason);
    const auto part = std::find_if(now.built.not_built.begin(), now.built.not_built.end(),
                                   [&](const NotBuilt& each) { return !reasons.contains(each.reason); });
    if (part == now.built.not_built.end()) return;
    for (const std::string& identity : Identities(now)) lost.erase(identity);
    if (!lost.empty()) Tell(now.root, lost.size(), part->file, part->place, part->reason);
  }

  void Tell(const Root& root, std::size_t objects, const std::string& file, Range place,
            const std::string& reason) {
    Finding finding = MakeFinding(kNotJudgedRule, file, {place.begin, place.begin},
                                  (objects == 1 ? "an object" : std::to_string(objects) + " objects") +
                                      " of " + root.name + " would no longer be judged (" + reason + ")");
    finding.object = root.object;
    finding.through = root.through;
    finding.remedy = "let it build from this repository alone, or delete it in a change of its own";
    findings_.push_back(std::move(finding));
  }

  const Builds& before_;
  const Builds& after_;
  std::map<ObjectName, const Root*> by_object_;
  std::map<std::string, const Root*> sets_;  // of Applications, by file
  Findings findings_;
};

}  // namespace

Findings CheckStillBuilt(const Builds& before, const Builds& after) { return Check(before, after).Run(); }

}  // namespace sluice::gate
