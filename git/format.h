// How a repository is kept: its hash, its refs, and the extensions that a
// reader must know (gitrepository-layout, "repository format version").
#pragma once

#include <string>
#include <string_view>

#include "base/oid.h"
#include "base/result.h"

namespace sluice::git {

struct RepositoryFormat {
  HashKind hash = HashKind::kSha1;
  bool files_refs = true;   // false: refs are kept as something else (reftable)
  std::string ref_storage;  // its name where it is not "files"
};

// From the text of $GIT_DIR/config. kFailed on an extension or a version that
// we do not know: such a repository must not be read by guesswork.
Result<RepositoryFormat> ParseFormat(std::string_view config);

}  // namespace sluice::git
