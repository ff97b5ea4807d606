// The objects that a change takes away: those of files that were judged before,
// and those of builds. Facts tell of a file's own, so this asks for no text
// again. Tested by tests/gate/push_test.cc.
#include <algorithm>
#include <unordered_set>

#include "gate/facts.h"
#include "gate/work.h"

namespace sluice::gate {
namespace {

// Whether a build took in what the file held there, so that another name may have been recorded.
bool WasBuilt(const Work& work, const ChangedFile& file, const std::string& identity) {
  bool built = false;
  work.facts_before->Find(FactKind::kIdentity, identity, [&](const FactView& fact) {
    if (fact.file != file.change->path) return;
    const std::string line = std::to_string(ParsePlace(fact.value).line);
    built |= work.rendered.objects_before.contains(file.change->path + ":" + line);
  });
  return built;
}

// As it stands in `file`, and not as what a kustomization makes of it.
bool AppliesFrom(const Work& work, std::string_view file) {
  const Role role = RoleOf(work.facts, work.input.configuration->roots, file);
  return role.in_scope && role.whole && role.kustomizations.empty();
}

}  // namespace

bool IsStillThere(const Work& work, const std::string& identity) {
  if (work.rendered.made.contains(identity)) return true;
  bool there = false;
  work.facts.Find(FactKind::kIdentity, identity,
                  [&](const FactView& fact) { there |= !there && AppliesFrom(work, fact.file); });
  return there;
}

void FindRemoved(Work& work) {
  std::vector<std::string>& removed = *work.input.removed;
  for (const RemovedRecord& record : work.rendered.removed)
    removed.push_back(IdentityKey(record.judged.name));
  for (const ChangedFile& file : work.files) {
    if (!work.facts_before || file.old_identities.empty()) continue;
    const Role role = RoleOf(*work.facts_before, work.input.configuration->roots, file.change->path);
    if (!role.in_scope || !role.whole) continue;
    for (const std::string& identity : file.old_identities)
      if (!IsStillThere(work, identity) && !WasBuilt(work, file, identity)) removed.push_back(identity);
  }
  std::sort(removed.begin(), removed.end());
  removed.erase(std::unique(removed.begin(), removed.end()), removed.end());
}

}  // namespace sluice::gate
