// The pipeline: two trees and a configuration in, one verdict out. Hook,
// command and (later) service call the same function.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/dry_run.h"
#include "base/file_tree.h"
#include "base/verdict.h"
#include "gate/build_settings.h"
#include "gate/configuration.h"
#include "gate/recorded_objects.h"
#include "git/changes.h"
#include "git/index.h"

namespace sluice::gate {

// A blob in which credentials and hidden characters were looked for.
struct LookedAt {
  Oid blob;
  bool as_manifest = false;  // for plain Secrets too
};

struct CheckInput {
  std::string subject;                   // for people: "main", "apps/", "a..b"
  const FileTree* before = nullptr;      // null: nothing was there
  const FileTree* after = nullptr;       // never null
  std::vector<git::FileChange> changes;  // what differs, in path order
  // Reads a changed file by id, where that is cheaper than by path; may be empty.
  std::function<Result<std::string>(const Oid& id, std::size_t limit)> read_blob;
  const Configuration* configuration = nullptr;   // never null
  std::shared_ptr<const git::Index> index;        // null: facts are computed
  std::vector<git::FileChange> since_index;       // from the index's tree to `after`; unused without one
  bool read_rest = true;                          // without an index: facts of the files that did not change
  bool objects = true;                            // list each object; else (no canonical) those not verified
  bool digests = true;                            // of each judged object
  std::vector<std::string>* canonical = nullptr;  // filled with the canonical JSON of verdict.objects
  // Likewise with the paths by which a cluster runs each of them (clusters.h).
  std::vector<std::vector<std::string>>* places = nullptr;
  std::vector<std::string>* removed = nullptr;  // filled with IdentityKeys of objects that are no more
  std::vector<LookedAt>* looked_at = nullptr;   // filled with the changed files that were really read
  std::vector<Skipped>* not_built = nullptr;    // filled with those of verdict.skipped that builds lack
  BuildSettings build;
  AskCluster ask;                  // one question a cluster, one after the other; empty: offline
  std::vector<std::string> asked;  // names of configuration->clusters
  // Clusters are asked about what differs from this alone; null: about all that changes.
  const RecordedObjects* recorded = nullptr;
  std::chrono::milliseconds ask_within{120'000};  // for all of them; less where the deadline is nearer
  unsigned jobs = 1;                              // worker threads
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  std::chrono::system_clock::time_point now = std::chrono::system_clock::now();  // for waivers
  std::function<void(std::size_t done, std::size_t all)> progress;  // from any thread; may be empty
};

// Never fails: what could not be done is a verdict of kUnjudged with a reason.
Verdict Check(const CheckInput& input);

// Every file of a tree as an addition, for a check without a before; entries of
// a tree without ids get an id that is not zero and names nothing.
Result<std::vector<git::FileChange>> WholeTree(const FileTree& tree, const RepoPath& directory = {});
// The id that a file of a tree without ids has in a change: not zero, names nothing.
Oid PresentId();

// All built-in rules, sorted by id; and one by id (null: no such rule).
std::span<const Rule* const> AllRules();
const Rule* FindRule(std::string_view id);

// Names the engine and its data; facts of another engine are not used.
std::string_view EngineVersion();

}  // namespace sluice::gate
