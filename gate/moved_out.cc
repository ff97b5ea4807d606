// An object that leaves judgement by a move: its file is gone, or holds it no
// more, and it stands in another file of the change that is a template, the input
// of a generator or the like. That is what judgement.cc finds of a file that
// stays where it is; a deletion is neither.
// Invariant: nothing of the tree before is read where every changed file with
// objects is judged.
// Tested by tests/gate/moved_out_test.cc.
#include <algorithm>
#include <map>
#include <optional>

#include "gate/rules.h"
#include "gate/standing.h"
#include "gate/work.h"

namespace sluice::gate {
namespace {

// The text of a template with nothing in the place of an action that has lines of
// its own, and a letter in that of any other: what can be told of its objects.
std::string WithoutActions(std::string_view text) {
  std::string without;
  while (true) {
    const std::size_t begin = text.find("{{"), end = text.find("}}", begin);
    without += text.substr(0, begin);
    if (begin == text.npos || end == text.npos) return without;
    text.remove_prefix(end + 2);
    const std::size_t line = without.find_last_not_of(" \t");
    const bool starts = line == without.npos || without[line] == '\n';
    const std::size_t behind = text.find_first_not_of(" \t\r");
    const bool ends = behind == text.npos || text[behind] == '\n';
    if (!starts || !ends) without += 'x';
  }
}

// Objects of changed files that were judged there before and are judged nowhere
// now, by their identities; with the file.
class Lost {
 public:
  Lost(const Work& work, const Facts& before) : work_(work), before_(before) {
    for (const ChangedFile& file : work.files) Of(file);
  }

  bool Empty() const { return lost_.empty(); }

  // The file that held it, where that is another one; else empty.
  std::string From(const std::string& identity, const std::string& path) const {
    const auto found = lost_.find(identity);
    return found == lost_.end() || found->second == path ? std::string() : found->second;
  }

 private:
  void Of(const ChangedFile& file) {
    std::optional<bool> was_judged;
    for (const std::string& identity : file.old_identities) {
      if (IsJudgedNow(identity)) continue;
      if (!was_judged) was_judged = WasJudged(file);
      if (*was_judged) lost_.emplace(identity, file.change->path);
    }
  }

  bool WasJudged(const ChangedFile& file) const {
    const Result<std::string> bytes = work_.Read(file, true);
    return bytes && StandingIn(work_, before_, file.change->path, *bytes).judged;
  }

  bool IsJudgedNow(const std::string& identity) const {
    return work_.facts.Any(FactKind::kIdentity, identity, [&](const FactView& fact) {
      const ChangedFile* const changed = work_.Find(fact.file);
      if (changed != nullptr) return IsJudged(changed->role, changed->examined);
      const Role role = RoleOf(work_.facts, work_.input.configuration->roots, fact.file);
      return role.whole && role.in_scope;
    });
  }

  const Work& work_;
  const Facts& before_;
  std::map<std::string, std::string> lost_;
};

// A changed file in which objects may stand that nobody judges. What the
// configuration leaves out is as good as gone.
bool MayHide(const Work& work, const ChangedFile& file) {
  const std::string& path = file.change->path;
  if (!file.present || !file.role.in_scope || IsJudged(file.role, file.examined)) return false;
  const std::vector<std::string>& exclude = work.input.configuration->roots.exclude;
  const auto leaves_out = [&](const std::string& glob) { return GlobMatches(glob, path); };
  if (std::any_of(exclude.begin(), exclude.end(), leaves_out)) return false;
  return !file.examined.objects.empty() || (file.role.chart_template && !file.role.whole);
}

std::vector<std::string> IdentitiesIn(const Work& work, const ChangedFile& file) {
  std::vector<std::string> identities;
  for (const ExaminedObject& object : file.examined.objects) identities.push_back(IdentityKey(object.name));
  if (file.manifest && file.examined.readable) return identities;
  const Result<std::string> bytes = work.Read(file, false);
  if (!bytes) return identities;
  const FileFacts told = FactsOf(file.change->path, WithoutActions(*bytes), work.limits);
  for (const Fact& fact : told.facts) {
    if (fact.kind == static_cast<std::uint16_t>(FactKind::kIdentity)) identities.push_back(fact.key);
  }
  return identities;
}

// A changed file that took over what was judged in another one.
void CheckOne(Work& work, const Lost& lost, const ChangedFile& file) {
  std::string from;
  std::size_t objects = 0;
  for (const std::string& identity : IdentitiesIn(work, file)) {
    std::string other = lost.From(identity, file.change->path);
    if (other.empty()) continue;
    ++objects;
    from = std::move(other);
  }
  if (objects == 0) return;
  const std::string& path = file.change->path;
  Finding finding = MakeFinding(kNotJudgedRule, path, {{1, 1}, {1, 1}},
                                (objects == 1 ? "an object" : std::to_string(objects) + " objects") + " of " +
                                    from + " would no longer be judged in this file (" +
                                    OutReason(file.role, file.examined.readable) + ")");
  work.out_of_judgement.push_back({std::move(finding), path});
}

}  // namespace

void CheckMoved(Work& work) {
  std::vector<const ChangedFile*> hiding;
  for (const ChangedFile& file : work.files) {
    if (MayHide(work, file)) hiding.push_back(&file);
  }
  if (hiding.empty()) return;
  const Lost lost(work, *work.facts_before);
  if (lost.Empty()) return;
  for (const ChangedFile* file : hiding) CheckOne(work, lost, *file);
}

}  // namespace sluice::gate
