// Object ids computed from bytes. Whatever the readers hand out was hashed
// first, so a flipped bit on disk, in data, offsets or tables, is an Error and
// never other bytes.
//
// SHA-1 here is plain: git's receive-pack refuses collision attacks before an
// object gets this far, and an id alone is never the proof of anything in
// Sluice (records carry SHA-256).
#pragma once

#include <string_view>

#include "base/oid.h"
#include "git/repository.h"

namespace sluice::git {

// The id of an object: the hash of "type size\0" and `bytes`. Thread-safe.
Oid HashObject(HashKind kind, ObjectType type, std::string_view bytes);

// "commit", "tree", "blob", "tag".
std::string_view TypeName(ObjectType type);
std::optional<ObjectType> TypeByName(std::string_view name);

}  // namespace sluice::git
