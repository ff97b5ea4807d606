// The state of one verdict under way, and the stages that gate.cc hands it
// through, in their order.
#pragma once

#include <atomic>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "gate/built_record.h"
#include "gate/clusters.h"
#include "gate/examine.h"
#include "gate/gate.h"
#include "gate/roles.h"

namespace sluice::gate {

// What of a file's examination counts.
enum class Take : std::uint8_t {
  kAll,
  kPlaceholders,  // the file did not change; what stands at ${...} counted as unknown before
  kUnreadable,    // the file did not change; whether it can be read did not matter before
};

struct ChangedFile {
  const git::FileChange* change = nullptr;
  bool named = false;     // its path is one; else a finding says so
  bool present = false;   // in the tree after the change, as a plain file
  bool manifest = false;  // read as YAML or JSON
  bool actions = false;   // holds "{{"
  Take take = Take::kAll;
  std::string unread;  // why it could not be read
  Examined examined;
  std::vector<ExaminedFinding> later_findings;  // made when more than the file was known
  Role role;
  std::vector<std::string> old_identities;  // of its objects before the change

  RepoPath Path() const { return *RepoPath::Parse(change->path); }  // where it is named
};

// Something that was judged before the change and would not be after it, unless
// a build takes the file in as a patch.
struct OutOfJudgement {
  Finding finding;
  std::string file;  // that held it
};

// What the builds that a change affects came to.
struct Rendered {
  Findings findings;  // each of one build
  Findings older;     // what the same objects were found for before; with ratchet alone
  std::vector<BuiltRecord> objects;
  std::unordered_set<std::string>
      objects_of;  // "file:line" where the built objects stand: those are judged as built
  std::unordered_set<std::string> read;            // paths that builds came to their end with
  std::unordered_set<std::string> printed;         // of those, by controllers' builds that left nothing out
  std::unordered_set<std::string> objects_before;  // as objects_of, of the tree before
  std::unordered_set<std::string> read_before;     // as `read`
  std::vector<RemovedRecord>
      removed;  // what some build made before and nothing makes now, where that is asked
  std::unordered_set<std::string> made;  // IdentityKeys of what builds make, as far as `removed` needs it
  // Puts a finding to where a field of a built object was written, by
  // BuiltRecord::number; empty where no cluster is asked.
  std::function<void(std::size_t number, std::string_view field, Finding& finding)> locate;

  bool Builds(std::string_view file, Position place) const;
  bool HasRead(const std::string& path) const { return read.contains(path); }
};

struct Work {
  explicit Work(const CheckInput& in);

  const CheckInput& input;
  Verdict verdict;
  Limits limits;
  std::unique_ptr<Catalogs> catalogs;
  std::vector<ChangedFile> files;         // those of input.changes, then those of `unchanged`
  std::deque<git::FileChange> unchanged;  // files whose role the change alters, as if they were added
  std::unordered_map<std::string_view, std::size_t> by_path;  // of `files`
  Facts facts;
  std::optional<Facts> facts_before;  // of the tree before; absent without one
  Rendered rendered;
  std::vector<OutOfJudgement> out_of_judgement;
  std::set<std::string> crd_files;      // whose definitions the catalogue has
  std::set<std::string> changed_kinds;  // KindKey of those that CRDs of the change define
  std::set<std::string> dependents;     // files that the change leaves alone, with objects of these kinds
  std::atomic<std::uint64_t> bytes{0};

  const ChangedFile* Find(std::string_view path) const;
  // For what stands at one of `paths`; good until a CRD is added.
  ExamineOptions Options(std::span<const std::string> paths) const;
  ExamineOptions Options(const std::string& path) const { return Options(std::span(&path, 1)); }
  // The file after the change, or before it.
  Result<std::string> Read(const ChangedFile& file, bool before) const;
  bool Late();                           // past the deadline; the verdict says so
  void CannotJudge(std::string reason);  // from any thread; the first reason stays

 private:
  std::atomic<bool> late_{false};
  std::mutex mutex_;
};

void ListFiles(Work& work);  // collect.cc
void ExamineAll(Work& work);
void ReadFacts(Work& work);
void GiveRoles(Work& work);
void CompareJudgement(Work& work);  // judgement.cc: what comes into it, what goes out of it
void CheckMoved(Work& work);        // moved_out.cc: of that, what goes by a move
void LookAgain(Work& work);         // second_look.cc
void JudgeBuilt(Work& work);        // render.cc: what kustomizations and controllers build
void JudgeDependents(Work& work);   // second_look.cc: those that no build takes in
void AskClusters(Work& work);       // ask_clusters.cc: what an API server says of it
void FindDuplicates(Work& work);    // cross.cc: findings that need more than one file
void FindMissingFiles(Work& work);
void FindSecretValues(Work& work);
void Conclude(Work& work);     // conclude.cc: what counts
void FindRemoved(Work& work);  // removed.cc: what is no more
// Whether the tree after the change has the object, built or as it stands in a
// file; asked once builds are known.
bool IsStillThere(const Work& work, const std::string& identity);

// What findings of dependents end in.
inline constexpr std::string_view kByChangedCrd = ", by the CustomResourceDefinition that this change brings";

// Makes the catalogue know the kinds (KindKey) that CRDs of the tree define.
void AddCrdsOf(Work& work, const std::set<std::string>& kinds);  // second_look.cc

// One of each of the findings that several builds share; `through` lists those.
Findings MergeBuilt(Findings findings);  // render_findings.cc

// A template without any action is the manifest that the chart renders.
void LookInside(Role& role, std::string_view bytes);

// True where the file's documents are judged as whole objects.
bool IsJudged(const Role& role, const Examined& examined);

}  // namespace sluice::gate
