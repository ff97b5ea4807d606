// One loose object: "type size\0bytes", deflated, in a file of its own.
#pragma once

#include <string>

#include "git/repository.h"

namespace sluice::git {

// "ab/cdef…", the place of a loose object beneath an object directory.
std::string LoosePath(const Oid& id);

// The object in the file `fd`; kLimit past `limit` bytes, before memory is
// taken; kFailed where it is corrupt. Its hash is the caller's to check.
Result<RawObject> ReadLoose(int fd, std::size_t limit);

}  // namespace sluice::git
