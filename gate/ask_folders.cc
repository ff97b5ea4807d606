// A push reaches a folder by a file in it, or by one that is in no environment's folder,
// such as a base. What is built decides whether it moves: a folder's objects as a whole,
// so that its record needs nothing of the pushes in between, which left it alone. One that
// moves by request is moved by none: what waits is told.
// Tested by tests/push/folders.sh and requests.sh.
#include "gate/ask_folders.h"

#include <algorithm>
#include <map>
#include <set>

#include "gate/answers.h"
#include "gate/facts.h"
#include "gate/intent.h"
#include "gate/moved_by.h"
#include "gate/rules.h"
#include "gate/settle.h"
#include "git/changes.h"
#include "promotion/folder_paths.h"
#include "promotion/words.h"

namespace sluice::gate {
namespace {

using promotion::Environment;

// By the repository's configuration and by the operator's.
std::vector<const Environment*> FoldersAt(const Judges& judges, const std::string& ref) {
  std::vector<const Environment*> found;
  for (const PolicySide* side : {&judges.own, judges.floor}) {
    if (side == nullptr) continue;
    for (const Environment& environment : side->loaded.configuration.promotion.environments)
      if (!environment.folder.empty() && environment.Ref() == ref) found.push_back(&environment);
  }
  return found;
}

class Folders {
 public:
  Folders(const Judges& judges, const RefMove& move, Content& content, RefVerdict& out)
      : judges_(judges), move_(move), content_(content), out_(out), all_(FoldersAt(judges, move.ref)) {}

  void Run() {
    if (all_.empty()) return;
    const git::Repository& repository = *judges_.push.repository;
    if (judges_.push.standing) return judges_.push.folder.empty() ? void() : Reach(judges_.push.folder);
    auto changes = git::Changes(repository, content_.base_tree, content_.tree, judges_.push.settings.limits);
    if (!changes) return CannotJudge(content_.verdict, changes.error());
    changes_ = *std::move(changes);
    std::set<std::string> folders;
    for (const Environment* environment : all_) folders.insert(environment->folder);
    for (const std::string& folder : folders) {
      if (IsByRequest(folder) ? TouchesObjects(folder) : IsReached(folder)) Reach(folder);
    }
  }

 private:
  void Reach(const std::string& folder) {
    if (std::string why = WhyAtOdds(judges_, move_.ref, folder); !why.empty()) {
      Findings findings = {MakeFinding(kConfigurationRule, {}, {}, std::move(why))};
      findings.front().remedy = "in a push of its own, or ask whoever runs this server";
      return Join(std::move(findings), content_.verdict);
    }
    if (!judges_.push.standing && IsByRequest(folder)) return Tell(folder);
    Ask(folder);
  }

  // In some environment's folder, and not in this one.
  bool IsOthers(const std::string& folder, const std::string& path) const {
    return !promotion::IsInFolder(folder, path) &&
           std::any_of(all_.begin(), all_.end(),
                       [&](const Environment* other) { return promotion::IsInFolder(other->folder, path); });
  }

  bool IsReached(const std::string& folder) const {
    return std::any_of(changes_.begin(), changes_.end(), [&](const git::FileChange& file) {
      return !promotion::IsConfigurationPath(file.path) && !IsOthers(folder, file.path);
    });
  }

  // By either configuration.
  bool IsByRequest(const std::string& folder) const {
    return std::any_of(all_.begin(), all_.end(), [&](const Environment* environment) {
      return environment->folder == folder && environment->ByRequest();
    });
  }

  // Without building it: what is in no folder and comes with no object concerns none.
  bool TouchesObjects(const std::string& folder) const {
    const bool inside = std::any_of(changes_.begin(), changes_.end(), [&](const git::FileChange& file) {
      return promotion::IsInFolder(folder, file.path);
    });
    return inside || (!content_.verdict.objects.empty() && IsReached(folder));
  }

  void Tell(const std::string& folder) const {
    for (const Environment* environment : all_) {
      if (environment->folder != folder) continue;
      content_.verdict.notes.push_back(StaysWords(judges_, environment->name));
      return;  // of two configurations the first names it
    }
  }

  void Ask(const std::string& folder) {
    RefMove there = move_;
    if (judges_.push.standing) there.update.old_id = there.update.new_id;  // it is judged whole
    Result<Content> whole = JudgeFolder(judges_, there, folder);
    if (!whole) return CannotJudge(content_.verdict, whole.error());
    TakeEvidence(whole->verdict);
    const EnvironmentBranch* const recorded = EnvironmentAt(judges_.push.settings, move_.ref, folder);
    const std::string place = move_.ref + ":" + folder;
    const RefUpdate update{move_.update.old_id, move_.update.new_id, place};
    FolderIntent made{place, {}, {}};
    const auto intend = [&](const Approvals& approvals, const RecordGround& ground) {
      if (recorded == nullptr) return;
      made.name = IntentName(update);
      made.intent = IntentOf(judges_, {update, place, recorded->name, *whole, {}, approvals, ground});
    };
    intend({}, {});
    auto answers = AskFolder(judges_, move_, {made.name, made.intent}, folder);
    if (!answers) return CannotAsk(answers.error(), content_);
    const std::string nothing = promotion::DigestOf("");
    const bool has_record = !answers->empty() && answers->front().move.head;
    std::erase_if(*answers, [&](const EnvironmentAnswer& one) { return one.move.change == nothing; });
    // Kept all the same: it ends what was judged before and is not recorded yet.
    if (answers->empty() && has_record && recorded != nullptr) out_.folders.push_back(std::move(made));
    if (answers->empty()) return;
    // All that is recorded has to be judged, also what a push before this one left unrecorded.
    Join(std::move(whole->verdict.findings), content_.verdict);
    Approvals approvals;
    const RecordGround ground = GroundOf(*answers);
    for (EnvironmentAnswer& answer : *answers) {
      Join(std::move(answer.findings), content_.verdict);
      AddApprovals(answer, approvals);
    }
    intend(approvals, ground);
    for (EnvironmentAnswer& answer : *answers) out_.turns.push_back(TurnOf(answer));
    if (recorded != nullptr) out_.folders.push_back(std::move(made));
  }

  // What clusters said of the same objects, which are asked once.
  void TakeEvidence(Verdict& whole) const {
    if (!judges_.push.ask) return;
    std::map<std::pair<std::string, std::string>, const JudgedObject*> known;
    for (const JudgedObject& object : content_.verdict.objects)
      known.emplace(std::pair(IdentityKey(object.name), object.digest), &object);
    for (JudgedObject& object : whole.objects) {
      const auto same = known.find({IdentityKey(object.name), object.digest});
      if (same != known.end()) object.evidence = same->second->evidence;
    }
  }

  const Judges& judges_;
  const RefMove& move_;
  Content& content_;
  RefVerdict& out_;
  const std::vector<const Environment*> all_;
  std::vector<git::FileChange> changes_;
};

}  // namespace

void AskFolders(const Judges& judges, const RefMove& move, Content& content, RefVerdict& out) {
  if (move.kind == RefKind::kProtected && !move.Deletes()) Folders(judges, move, content, out).Run();
}

}  // namespace sluice::gate
