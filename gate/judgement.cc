// What is not judged cannot be arranged, in any order of pushes. A change of
// kustomizations, charts and controllers alters what files that it does not
// touch are for; this stage finds those files from the facts that differ.
// - A file that comes into judgement is examined as if the change brought it.
// - An object that was judged before and would not be judged after is an error,
//   whether its own file changed or another one. Deleting it is not that.
// Invariant: a file whose role differs between the two trees is in work.files
// or has a finding, or more than kMaxAffected files were asked for and the
// change is refused for that.
// Tested by tests/gate/judgement_test.cc and tests/push/a-file-that-comes-into-judgement.sh.
#include <algorithm>
#include <map>
#include <set>

#include "gate/rules.h"
#include "gate/standing.h"
#include "gate/work.h"

namespace sluice::gate {
namespace {

constexpr std::size_t kMaxAffected = 20000;
constexpr auto kReferenceNumber = static_cast<std::uint16_t>(FactKind::kReference);

// How far from a path a fact reaches: to what a kustomization would take from
// there, to everything below, or to what is below and called a part of something.
enum class Reach : std::uint8_t { kResource, kBelow, kPartsBelow };

// A path whose role a fact touches, and where that fact stands or stood.
struct Touch {
  std::string path;
  Reach reach = Reach::kResource;
  std::string by;  // the file of the fact
  Position place;
};

// The facts without their places.
std::map<std::string, const Fact*> ByMeaning(const std::vector<Fact>& facts) {
  std::map<std::string, const Fact*> meanings;
  for (const Fact& fact : facts) {
    if (!TellsRoles(fact)) continue;
    const std::string value = fact.kind == kReferenceNumber ? fact.value.substr(0, 1) : fact.value;
    meanings.emplace(std::to_string(fact.kind) + ' ' + value + ' ' + fact.key, &fact);
  }
  return meanings;
}

Touch TouchOf(const std::string& file, const Fact& fact, bool stands) {
  Touch touch{fact.key, Reach::kResource, file, {1, 1}};
  switch (static_cast<FactKind>(fact.kind)) {
    case FactKind::kReference:
      if (stands) touch.place = ParsePlace(std::string_view(fact.value).substr(1));
      break;
    case FactKind::kChart:
      touch.path += fact.key.empty() ? "templates" : "/templates";
      touch.reach = Reach::kBelow;
      break;
    case FactKind::kKustomization:
      touch.reach = Reach::kPartsBelow;
      break;
    default:
      touch.reach = Reach::kBelow;
  }
  return touch;
}

// The two trees' facts, and what of them differs.
class Trees {
 public:
  explicit Trees(Work& work) : work_(work) {
    std::unordered_set<std::string> changed;
    std::vector<FileFacts> old;
    for (ChangedFile& file : work_.files) {
      changed.insert(file.change->path);
      FileFacts facts = OldFacts(file);
      Compare(file, facts.facts);
      for (const Fact& fact : facts.facts) {
        if (fact.kind == static_cast<std::uint16_t>(FactKind::kIdentity))
          file.old_identities.push_back(fact.key);
      }
      old.push_back(std::move(facts));
    }
    work_.facts_before = work_.facts.Replaced(changed, std::move(old));
  }

  const Facts& before() const { return *work_.facts_before; }
  const std::vector<Touch>& touched() const { return touched_; }

 private:
  FileFacts OldFacts(const ChangedFile& file) const {
    const bool was_file = !file.change->old_id.IsZero() && file.change->old_kind == FileKind::kFile;
    if (!was_file || !file.named || !file.manifest) return {};
    Result<std::string> bytes = work_.Read(file, true);
    return bytes ? FactsOf(file.change->path, *std::move(bytes), work_.limits) : FileFacts();
  }

  void Compare(const ChangedFile& file, const std::vector<Fact>& old) {
    const std::map<std::string, const Fact*> was = ByMeaning(old);
    const std::map<std::string, const Fact*> is = ByMeaning(file.examined.facts);
    for (const auto& [meaning, fact] : was) {
      if (!is.contains(meaning)) touched_.push_back(TouchOf(file.change->path, *fact, false));
    }
    for (const auto& [meaning, fact] : is) {
      if (!was.contains(meaning)) touched_.push_back(TouchOf(file.change->path, *fact, true));
    }
  }

  Work& work_;
  std::vector<Touch> touched_;
};

// The files that were touched, followed through directories and kustomizations.
class Affected {
 public:
  Affected(Work& work, const Facts& before) : work_(work), before_(before) {}

  // False where there are too many.
  bool Follow(const Touch& first) {
    if (first.reach == Reach::kPartsBelow) AddParts(first);
    if (first.reach != Reach::kPartsBelow) open_.push_back(first);
    while (!open_.empty()) {
      const Touch touch = std::move(open_.back());
      open_.pop_back();
      if (!seen_.emplace(touch.path, touch.reach).second) continue;
      if (seen_.size() > kMaxAffected || work_.Late()) return false;
      if (!ExpandDirectory(touch)) TakeFile(touch);
    }
    return true;
  }

  const std::vector<Touch>& files() const { return files_; }

 private:
  void Open(const Touch& from, std::string path, Reach reach) {
    open_.push_back({std::move(path), reach, from.by, from.place});
  }

  // False for what is no directory.
  bool ExpandDirectory(const Touch& touch) {
    const Result<RepoPath> parsed = RepoPath::Parse(touch.path);
    if (!parsed && !touch.path.empty()) return false;
    const RepoPath directory = parsed ? *parsed : RepoPath();
    const Result<std::vector<FileEntry>> entries = work_.input.after->List(directory);
    if (!entries) return false;
    for (const FileEntry& entry : *entries) {
      const Result<RepoPath> child = directory.Child(entry.name);
      const bool taken = entry.kind == FileKind::kFile &&
                         (touch.reach == Reach::kBelow || manifests::IsKustomizationName(entry.name));
      const bool below = entry.kind == FileKind::kDirectory && touch.reach == Reach::kBelow;
      if (child && (taken || below)) Open(touch, child->text(), touch.reach);
    }
    return true;
  }

  void TakeFile(const Touch& touch) {
    files_.push_back(touch);
    const Result<RepoPath> path = RepoPath::Parse(touch.path);
    if (!path || !manifests::IsKustomizationName(path->Name())) return;
    Result<std::string> bytes = work_.input.after->Read(*path, work_.limits.file_bytes);
    if (!bytes) return;
    FileFacts told = FactsOf(touch.path, *std::move(bytes), work_.limits);
    for (Fact& fact : told.facts) {
      if (fact.kind == kReferenceNumber) Open(touch, std::move(fact.key), Reach::kResource);
    }
  }

  // What is called a patch or the like, in either tree, below a directory.
  void AddParts(const Touch& touch) {
    const std::string prefix = touch.path.empty() ? "" : touch.path + "/";
    const auto add = [&](const FactView& fact) {
      const bool part = !fact.value.starts_with(static_cast<char>(Reference::kResource));
      if (part && fact.key.starts_with(prefix)) Open(touch, std::string(fact.key), Reach::kResource);
    };
    work_.facts.ForEach(FactKind::kReference, add);
    before_.ForEach(FactKind::kReference, add);
  }

  Work& work_;
  const Facts& before_;
  std::vector<Touch> open_;
  std::set<std::pair<std::string, Reach>> seen_;
  std::vector<Touch> files_;
};

std::size_t CountObjects(const Work& work, const std::string& path, std::string bytes) {
  ExamineOptions options = work.Options(path);
  options.digests = options.canonical = false;
  const Examined examined = Examine(path, std::move(bytes), options);
  return examined.readable ? examined.objects.size() : 0;
}

// `holder` is the file with the objects, `file` the one that takes them out.
void ReportOut(Work& work, const std::string& holder, const std::string& file, Position place,
               std::size_t objects, const std::string& reason) {
  if (objects == 0) return;
  Finding finding = MakeFinding(kNotJudgedRule, file, {place, place},
                                (objects == 1 ? "an object" : std::to_string(objects) + " objects") + " of " +
                                    (holder == file ? "this file" : holder) + " would no longer be judged (" +
                                    reason + ")");
  work.out_of_judgement.push_back({std::move(finding), holder});
}

// A changed file, judged before and not after.
void CheckOwn(Work& work, const Facts& before, const ChangedFile& file) {
  const bool was_file = !file.change->old_id.IsZero() && file.change->old_kind == FileKind::kFile;
  if (!was_file || !file.present || !file.manifest || file.examined.blank) return;
  if (IsJudged(file.role, file.examined)) return;
  // An unreadable file in judgement is rejected for that already. A template is in none.
  const bool rejected =
      file.role.whole && ((file.role.in_scope && file.examined.like_manifest) || file.role.deployed);
  if (!file.examined.readable && rejected) return;
  Result<std::string> bytes = work.Read(file, true);
  if (!bytes || !StandingIn(work, before, file.change->path, *bytes).judged) return;
  const std::string& path = file.change->path;
  ReportOut(work, path, path, {1, 1}, CountObjects(work, path, *std::move(bytes)),
            OutReason(file.role, file.examined.readable));
}

// What of an unchanged file counts now; nothing: all as before.
std::optional<Take> TakeOfUnchanged(const Standing& before, const Standing& after) {
  if (!after.judged) return std::nullopt;
  if (!before.judged) return Take::kAll;
  if (before.role.substituted && !after.role.substituted) return Take::kPlaceholders;
  // Where it is built, a text that nobody can read counts, and so does an object that stands twice.
  const bool built_elsewhere =
      before.role.deployed != after.role.deployed || before.role.kustomizations != after.role.kustomizations;
  return built_elsewhere ? std::optional(Take::kUnreadable) : std::nullopt;
}

void BringIn(Work& work, const std::string& path, Role role, Take take, std::string bytes) {
  git::FileChange& change = work.unchanged.emplace_back();
  change.path = path;
  change.new_kind = FileKind::kFile;
  change.new_id = PresentId();
  ChangedFile& file = work.files.emplace_back();
  file.change = &change;
  file.named = true;
  file.present = file.manifest = true;
  file.take = take;
  file.role = std::move(role);
  file.examined = Examine(path, std::move(bytes), work.Options(path));
  work.by_path.emplace(change.path, work.files.size() - 1);
}

// A file that cannot be read is no pass where it would be judged only now.
void TellUnread(Work& work, const Facts& before, const Touch& touch, const Error& error) {
  if (error.kind == ErrorKind::kNotFound) return;
  if (error.kind != ErrorKind::kLimit) return work.CannotJudge(touch.path + ": " + error.message);
  const bool now = StandingIn(work, work.facts, touch.path, {}).judged;
  if (!now || StandingIn(work, before, touch.path, {}).judged) return;
  work.verdict.findings.push_back(MakeFinding(kTooLargeRule, touch.path, {}, error.message));
}

// An unchanged file that the change touches.
void CheckOther(Work& work, const Facts& before_facts, const Touch& touch) {
  const Result<RepoPath> path = RepoPath::Parse(touch.path);
  if (!path || work.Find(touch.path) != nullptr) return;
  Result<std::string> bytes = work.input.after->Read(*path, work.limits.file_bytes);
  if (!bytes) return TellUnread(work, before_facts, touch, bytes.error());
  const Standing before = StandingIn(work, before_facts, touch.path, *bytes);
  Standing after = StandingIn(work, work.facts, touch.path, *bytes);
  if (before.judged && !after.judged) {
    return ReportOut(work, touch.path, touch.by, touch.place,
                     CountObjects(work, touch.path, *std::move(bytes)), OutReason(after.role, true));
  }
  const std::optional<Take> take = TakeOfUnchanged(before, after);
  if (take) BringIn(work, touch.path, std::move(after.role), *take, *std::move(bytes));
}

}  // namespace

Standing StandingIn(const Work& work, const Facts& facts, const std::string& path, std::string_view bytes) {
  Standing standing{RoleOf(facts, work.input.configuration->roots, path)};
  LookInside(standing.role, bytes);
  const bool manifest = IsManifestName(path) || !standing.role.kustomizations.empty();
  standing.judged = manifest && standing.role.whole && standing.role.in_scope;
  return standing;
}

std::string OutReason(const Role& role, bool readable) {
  if (!role.whole) return role.reason;
  if (!role.in_scope) return "outside the roots";
  return readable ? "apiVersion and kind are gone" : "it cannot be read";
}

void LookInside(Role& role, std::string_view bytes) {
  if (!role.chart_template || bytes.find("{{") != bytes.npos) return;
  role.whole = true;
  role.reason.clear();
}

void CompareJudgement(Work& work) {
  if (work.input.before == nullptr) return;
  const Trees trees(work);
  for (const ChangedFile& file : work.files) CheckOwn(work, trees.before(), file);
  CheckMoved(work);
  Affected affected(work, trees.before());
  for (const Touch& touch : trees.touched()) {
    if (affected.Follow(touch)) continue;
    if (work.Late()) return;
    work.verdict.findings.push_back(MakeFinding(
        kTooLargeRule, touch.by, {touch.place, touch.place},
        "the change alters what more than " + std::to_string(kMaxAffected) + " other files are for"));
    return;
  }
  for (const Touch& touch : affected.files()) {
    if (work.Late()) return;
    CheckOther(work, trees.before(), touch);
  }
}

}  // namespace sluice::gate
