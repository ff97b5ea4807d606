// Refs moved by git itself (D9): one `git update-ref --stdin` transaction, all or
// none, each with the value that was there before. Git's own hooks and locks see
// it. For the owner of a repository alone; behind a forge refs move by pushes.
#pragma once

#include <span>
#include <string>

#include "base/oid.h"
#include "base/result.h"

namespace sluice::git {

struct RefChange {
  std::string name;  // in full, "refs/…"; symbolic refs are not followed
  Oid before;        // zero: there must be no such ref
  Oid after;         // zero: it goes away; equal to `before`: it is only looked at
};

enum class RefOutcome : unsigned char {
  kMoved,      // every one, and on the disk
  kOvertaken,  // none: some ref was not at `before` any more
};

// kUsage where a name is none, no change is given, or one ref twice; kFailed
// where git fails for another reason. At most one call at a time moves a ref; who
// comes second is overtaken.
Result<RefOutcome> UpdateRefs(const std::string& git_dir, std::span<const RefChange> changes);

}  // namespace sluice::git
