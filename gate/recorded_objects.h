// What is recorded of an environment in a folder, where clusters are asked about what would
// differ from that and about nothing else: the folder is judged whole, and a cluster has
// most of it already.
#pragma once

#include <string>
#include <unordered_map>

#include "base/file_tree.h"
#include "base/finding.h"
#include "promotion/chain_head.h"

namespace sluice::gate {

struct RecordedObjects {
  std::string folder;
  std::unordered_map<std::string, promotion::ListedFile> objects;  // by IdentityKey
  std::shared_ptr<const FileTree> files;                           // of the record; null: there is none

  // Whether it holds the object with exactly this canonical JSON.
  bool Holds(const std::string& identity, std::string_view canonical) const;
  // The name of one of `objects`, with the version that it has there.
  Result<ObjectName> NameOf(const promotion::ListedFile& object) const;
};

// Of the newest record; of an environment without one nothing is known.
Result<RecordedObjects> ReadRecordedObjects(const promotion::RepositoryPointer& repository,
                                            const std::string& environment, const std::string& folder);

}  // namespace sluice::gate
