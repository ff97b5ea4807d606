// What is not judged cannot be arranged: an object that was judged before this
// change and would not be judged after it is an error, whether its own file
// changed or another one (a kustomization that now calls it a patch, a chart
// that now surrounds it). Deleting an object is not that.
#include <iterator>

#include "gate/rules.h"
#include "gate/work.h"

namespace sluice::gate {
namespace {

constexpr std::size_t kMaxAffected = 1000;

class Before {
 public:
  explicit Before(Work& work) : work_(work) {}

  // How many objects of the file were judged before the change.
  std::size_t JudgedObjects(const std::string& path, Result<std::string> bytes) {
    if (!bytes) return 0;
    ExamineOptions options = work_.Options();
    options.digests = options.canonical = false;
    const Examined examined = Examine(path, *std::move(bytes), options);
    if (examined.objects.empty() || !examined.readable) return 0;
    return IsJudged(RoleOf(OldFacts(), work_.input.configuration->roots, path), examined)
               ? examined.objects.size()
               : 0;
  }

 private:
  // The facts of the tree before the change, made when they are first needed.
  const Facts& OldFacts() {
    if (made_) return facts_;
    made_ = true;
    std::unordered_set<std::string> changed;
    std::vector<Fact> old;
    for (const ChangedFile& file : work_.files) {
      changed.insert(file.change->path);
      if (file.change->old_id.IsZero() || !file.path || !file.manifest) continue;
      Result<std::string> bytes = work_.Read(file, true);
      if (!bytes) continue;
      std::vector<Fact> facts = FactsOf(file.change->path, *std::move(bytes), work_.limits);
      std::move(facts.begin(), facts.end(), std::back_inserter(old));
    }
    facts_ = work_.facts.Replaced(changed, old);
    return facts_;
  }

  Work& work_;
  Facts facts_;
  bool made_ = false;
};

std::string Reason(const ChangedFile& file) {
  if (!file.role.whole) return file.role.reason;
  if (!file.role.in_scope) return "outside the roots";
  return file.examined.readable ? "apiVersion and kind are gone" : "it cannot be read";
}

void Report(Work& work, const std::string& file, Position place, std::size_t objects,
            const std::string& subject, const std::string& reason) {
  work.verdict.findings.push_back(
      MakeFinding(kNotJudgedRule, file, {place, place},
                  (objects == 1 ? "an object" : std::to_string(objects) + " objects") + " of " + subject +
                      " would no longer be judged (" + reason + ")"));
}

void CheckOwn(Work& work, Before& before, const ChangedFile& file) {
  const bool was_file = !file.change->old_id.IsZero() && file.change->old_kind == FileKind::kFile;
  if (!was_file || !file.present || !file.manifest || file.examined.blank) return;
  if (IsJudged(file.role, file.examined)) return;
  // An unreadable file in judgement is rejected for that already.
  if (!file.examined.readable && (file.examined.like_manifest || file.role.deployed)) return;
  const std::size_t objects = before.JudgedObjects(file.change->path, work.Read(file, true));
  if (objects > 0) Report(work, file.change->path, {1, 1}, objects, "this file", Reason(file));
}

// Unchanged files that a fact of a changed file touches, with the fact's place.
void CheckOthers(Work& work, Before& before, const ChangedFile& file) {
  std::size_t looked_at = 0;
  const auto check = [&](const std::string& path, Position place) {
    if (work.Find(path) != nullptr || !IsManifestName(path) || ++looked_at > kMaxAffected) return;
    const Role role = RoleOf(work.facts, work.input.configuration->roots, path);
    const Result<RepoPath> parsed = RepoPath::Parse(path);
    if (role.whole || !parsed) return;
    const std::size_t objects =
        before.JudgedObjects(path, work.input.after->Read(*parsed, work.limits.file_bytes));
    if (objects > 0) Report(work, file.change->path, place, objects, path, role.reason);
  };
  for (const Fact& fact : file.examined.facts) {
    if (fact.kind == static_cast<std::uint16_t>(FactKind::kReference))
      check(fact.key, ParsePlace(fact.value.substr(1)));
  }
  if (!file.path || file.path->Name() != "Chart.yaml") return;
  const Result<RepoPath> templates = file.path->Parent().Child("templates");
  const Result<std::vector<git::FileChange>> below =
      templates ? WholeTree(*work.input.after, *templates)
                : Result<std::vector<git::FileChange>>(templates.error());
  if (!below) return;
  for (const git::FileChange& entry : *below) check(entry.path, {1, 1});
}

}  // namespace

void FindTakenOutOfJudgement(Work& work) {
  if (work.input.before == nullptr) return;
  Before before(work);
  for (const ChangedFile& file : work.files) {
    CheckOwn(work, before, file);
    if (file.present) CheckOthers(work, before, file);
  }
}

}  // namespace sluice::gate
