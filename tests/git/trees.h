// Objects that no command of git would make, written as they are; for SHA-1
// repositories. As `git hash-object --literally -w`, without a process each.
#pragma once

#include <string>
#include <vector>

#include "git/hash.h"
#include "tests/git/packs.h"
#include "tests/git/repositories.h"

namespace sluice::git {

struct RawEntry {
  std::string mode, name, id;
};

// The id.
inline std::string WriteObject(const std::string& repository, const std::string& type,
                               const std::string& bytes) {
  const std::string id = HashObject(HashKind::kSha1, *TypeByName(type), bytes).Hex();
  const std::string file = repository + "/objects/" + std::string(id).insert(2, "/");
  WriteTextFile(file, Deflate(type + ' ' + std::to_string(bytes.size()) + '\0' + bytes));
  return id;
}

inline std::string WriteTree(const std::string& repository, const std::vector<RawEntry>& entries) {
  std::string bytes;
  for (const RawEntry& entry : entries) {
    const Oid id = MustOid(entry.id);
    bytes += entry.mode + ' ' + entry.name + '\0';
    bytes.append(reinterpret_cast<const char*>(id.data()), id.size());
  }
  return WriteObject(repository, "tree", bytes);
}

}  // namespace sluice::git
