// Refs kept as files: loose ones, and packed-refs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/oid.h"
#include "base/result.h"
#include "git/repository.h"

namespace sluice::git {

// Whether `name` may be asked for: "refs/…" or a name of capitals such as HEAD,
// and nothing that would lead elsewhere (git-check-ref-format).
bool IsRefName(std::string_view name);

// Descriptors of the directories; those of a work tree differ. Not owned.
struct RefDirectories {
  int git_dir = -1;  // HEAD and what else belongs to one work tree
  int common = -1;   // everything else
  HashKind hash = HashKind::kSha1;
};

// What a ref says: an id, or the name of another ref.
struct RefValue {
  Oid id;
  std::string target;  // empty: `id` it is
};

// kNotFound where there is none.
Result<RefValue> ReadRef(const RefDirectories& directories, std::string_view name);
// The name at the end of symbolic refs, at most five deep, whether or not there
// is such a ref.
Result<std::string> TargetRef(const RefDirectories& directories, std::string_view name);
// The id there.
Result<Oid> ResolveRef(const RefDirectories& directories, std::string_view name);

// The id of `name` in a packed-refs file. A sorted file (git's own always is)
// is searched by halves with pread, so 10,000 refs cost what ten cost.
Result<Oid> FindPackedRef(int fd, std::string_view name, HashKind hash);

// As Repository::ListRefs has it. The cost is that of the refs there, however many
// others a sorted packed-refs holds.
Result<std::vector<ListedRef>> ListRefs(const RefDirectories& directories, std::string_view directory,
                                        std::size_t most);

}  // namespace sluice::git
