// What a promotion copies into an environment that is a folder: of the predecessor's
// newest record what `carry` names, each version written at the place where it stands in
// the folder's files, each path as a file. Nothing is written here: a plan says what would
// be, the caller makes the tree, and the tree is built and held against the plan.
//
//   PlanCarry: newest record + folder -> edits        CheckCarry: the edited tree -> is it that?
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "gate/build_settings.h"
#include "gate/configuration.h"
#include "git/edit_tree.h"
#include "git/repository.h"

namespace sluice::gate {

inline constexpr std::size_t kMostCarriedPaths = 10'000;

// The configuration has to live as long as the plan.
struct CarryAsked {
  std::shared_ptr<const git::Repository> repository;
  const Configuration& configuration;
  const promotion::Environment& environment;  // of the configuration; a folder
  const promotion::Environment& from;         // likewise: the predecessor
  Oid commit;                                 // of the branch, that the new one goes on top of
  BuildSettings build;
  unsigned jobs = 1;
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

// A version that differs.
struct CarriedValue {
  std::string object;         // "Deployment shop/web"
  std::string identity;       // IdentityKey
  std::string field, place;   // as CarriedVersion has them
  std::string before, after;  // for people
  std::string wanted{};       // `after`, as canonical JSON
  std::string file{};         // of the folder, where it is written; empty: nowhere
  std::uint32_t line = 0;
  std::string why_not{};  // half a sentence, where no edit was found; the tree may hold it all the same
};

struct BuiltFolder;  // of a tree

struct CarryPlan {
  Oid source;                  // commit that the predecessor's record was built from
  std::uint64_t sequence = 0;  // of that record
  std::vector<CarriedValue> values;
  std::vector<std::string> paths;    // files that are copied or go, in the folder; sorted
  std::vector<git::TreeEdit> edits;  // of the branch's tree; empty: there is nothing to carry
  std::vector<std::string> others;   // what else differs: for people, and never values
  std::vector<std::string> cannot;   // what `carry` names and cannot be copied: then nothing is
  std::shared_ptr<const BuiltFolder> was{};

  bool Nothing() const { return values.empty() && paths.empty() && cannot.empty(); }
};

// kUsage where there is no such record, or what the folder builds cannot be told.
Result<CarryPlan> PlanCarry(const CarryAsked& asked);

// `tree` is that of the branch with the edits of the plan; `asked.repository` has to hold
// it. Adds to `plan.cannot` each version that is not what the predecessor runs, and, where no
// paths are carried, whatever else came to differ.
Status CheckCarry(const CarryAsked& asked, const Oid& tree, CarryPlan& plan);

}  // namespace sluice::gate
