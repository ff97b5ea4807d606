// All objects of a repository: its quarantine, its own directory, and the
// alternates. What it hands out was hashed and is the object of that id.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "git/object_directory.h"

namespace sluice::git {

// `objects` and its alternates (info/alternates, at most five deep), the first
// first; what cannot be opened is left out, as git does. `understood` becomes
// false where an alternates file holds what we do not read.
std::vector<std::unique_ptr<ObjectDirectory>> OpenDirectories(const std::string& objects, HashKind kind,
                                                              bool* understood);

class ObjectStore {
 public:
  // `quarantine` may be empty.
  static Result<std::unique_ptr<ObjectStore>> Open(const std::string& objects, const std::string& quarantine,
                                                   HashKind kind);

  // As Repository::Read. Thread-safe.
  Result<RawObject> Read(const Oid& id, std::size_t limit) const;
  bool InQuarantine(const Oid& id) const { return quarantine_ && quarantine_->Contains(id); }

  // False where some of it is in a form that only git reads.
  bool understood() const;
  std::vector<std::string> Paths() const;

 private:
  explicit ObjectStore(HashKind kind) : kind_(kind) {}
  std::optional<Result<RawObject>> Find(const Oid& id, std::size_t limit) const;
  std::optional<Result<RawObject>> FindPacked(const Oid& id, std::size_t limit) const;

  const HashKind kind_;
  bool understood_ = true;
  std::unique_ptr<ObjectDirectory> quarantine_;
  std::vector<std::unique_ptr<ObjectDirectory>> directories_;
  mutable BaseCache cache_;
  mutable ObjectCache<Oid> known_;  // commits and trees that were read and hashed
};

// Hashes an object and holds it against its id: kFailed where they differ.
Status Verify(const Oid& id, const RawObject& object);

}  // namespace sluice::git
