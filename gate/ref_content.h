// What a ref would hold after a push, judged by every policy that has a say,
// and the search through the commits that bring it.
#pragma once

#include "gate/ref_move.h"

namespace sluice::gate {

// What judges one push; `floor` may be null.
struct Judges {
  const Push& push;
  const PolicySide& own;
  const PolicySide* floor = nullptr;
};

struct Content {
  Verdict verdict;  // not settled yet
  Oid tree;
  Oid base_tree;                       // that it was held against; zero: nothing
  std::string base;                    // name of the branch that it was held against; empty: nothing
  std::vector<std::string> canonical;  // of verdict.objects
  std::vector<std::string> removed;    // IdentityKeys of objects that are no more
  bool index_behind = false;           // see RefVerdict
  bool unsearched = false;             // credentials and hidden characters were not looked for everywhere
};

// `begun` holds what is known of the move already.
Content JudgeContent(const Judges& judges, const RefMove& move, Verdict begun);

// All that a folder of the tree builds, each object with its canonical text, judged as a
// whole by the repository's own policy and by the operator's. Clusters are asked where it moves
// by request, about what differs from its newest record; a push asked them about what it
// changes. An Error: it could not be told.
Result<Content> JudgeFolder(const Judges& judges, const RefMove& move, const std::string& folder);

// All that the ref would hold, against nothing, whatever was there before and however it
// would move: by the repository's own policy and the operator's. Its history is not searched.
Result<Verdict> JudgeWhole(const Judges& judges, const RefMove& move);

// The verdict cannot be finished, for this reason.
void CannotJudge(Verdict& verdict, const Error& error);

}  // namespace sluice::gate
