// One push judged: which refs are protected, by whose policy, against what
// base, and what may override it. The hooks turn this into an exit code.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/dry_run.h"
#include "base/verdict.h"
#include "gate/move_kind.h"
#include "gate/operator.h"
#include "git/repository.h"
#include "manifests/render/roots.h"
#include "promotion/review.h"
#include "promotion/turn.h"

namespace sluice::gate {

struct RefUpdate {
  Oid old_id;       // zero: the ref is new
  Oid new_id;       // zero: the ref goes away
  std::string ref;  // full name
};

// Files by which the index may lag behind a tree: a hook reads them itself.
inline constexpr std::size_t kIndexMayLag = 16;

// Of an environment that moves by request: its folder alone is judged, as it is at the
// commit of the only update, by whoever asked (gate/requested_move.h).
struct RequestedMove {
  std::string environment;     // empty: this is a push
  std::string envelope;        // ref of the request; empty: nobody has asked yet, and `pusher` would
  std::uint64_t restores = 0;  // the record that it goes back to; of an envelope what that says
  std::string reason{};        // likewise: why
};

struct Push {
  std::shared_ptr<const git::Repository> repository;
  std::shared_ptr<const git::Repository> floor;  // the shared policy repository; null: none
  HookSettings settings;
  std::vector<RefUpdate> updates;
  std::string pusher;                // empty: not known
  std::vector<std::string> options;  // push options, untrusted
  std::chrono::steady_clock::time_point deadline;
  unsigned jobs = 1;
  manifests::render::RunHelm helm{};  // empty: charts are not judged
  AskCluster ask{};                   // empty: no cluster is asked
  bool standing = false;              // the refs have moved already: only where they stand is judged
  std::string folder{};               // whose environment is asked then; empty: the branch's
  std::string reason;                 // why that is judged again; a line of text, for the intents
  MergeCommits merge{};               // empty: a promotion that needs a merge cannot be told
  RequestedMove requested{};
};

struct EnvironmentMove;  // gate/environment_move.h

// An environment at a ref that is moved, and why it may not move, as far as that is data.
struct EnvironmentTurn {
  std::string environment;
  promotion::Move kind = promotion::Move::kDirect;
  Oid source;              // commit that moves
  std::string change;      // the change digest; empty: not known
  std::string repository;  // its id, which approvals name; empty: there is none yet
  promotion::Conditions unmet, waived;
  std::vector<promotion::Requirement> asked;  // of people, and who agreed
  std::vector<promotion::NotCounted> not_counted;
  std::vector<promotion::Excluded> excluded;
  std::optional<promotion::Seen> seen;  // what an approval of it says, where it has to; why_unseen: it cannot
  std::string why_unseen;
  std::shared_ptr<const EnvironmentMove> move;  // what it does to the objects
  std::optional<promotion::Moment> earliest;    // see promotion::Turn
};

// What would be recorded of an environment that is a folder.
struct FolderIntent {
  std::string place;         // REF:FOLDER
  std::string name, intent;  // as RefVerdict has them, with `place` for the ref
};

struct RefVerdict {
  RefUpdate update;
  bool is_protected = false;
  bool rejects = false;       // after protection, mode and bypass were weighed
  bool index_behind = false;  // there is no index, or it lies further than kIndexMayLag behind this tree
  Verdict verdict;
  std::string base;                   // name of the branch that it was held against; empty: nothing was there
  std::string intent_name;            // hex SHA-256 of "ref LF old LF new LF"; see gate/intent.h
  std::string intent;                 // JSON to be kept on acceptance of an environment's branch; else empty
  std::vector<FolderIntent> folders;  // on acceptance: of each environment in a folder that moves
  std::vector<EnvironmentTurn> turns;  // by each configuration that has an environment at the ref
};

struct PushVerdict {
  bool accepted = false;
  std::string bypass;  // "ana: reason", where a bypass was used
  std::vector<RefVerdict> refs;
};

// Never fails: what could not be judged rejects on protected refs and says why.
PushVerdict JudgePush(const Push& push);

// After a push: writes the index of the policy branch's tree where the one
// that is there lies further behind than kIndexMayLag. Slow (the whole tree, the first time).
Status RefreshIndex(std::shared_ptr<const git::Repository> repository, const HookSettings& settings);

}  // namespace sluice::gate
