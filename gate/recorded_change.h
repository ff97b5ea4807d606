// What a push changes, object by object: what the newest record holds beside what the
// next one would. What people agree to and what bots are held to is this.
#pragma once

#include <memory>
#include <vector>

#include "manifests/diff.h"
#include "promotion/chain_head.h"
#include "promotion/next_record.h"

namespace sluice::gate {

struct RecordedChange {
  std::vector<std::unique_ptr<manifests::ParsedFile>> files;  // own the nodes
  std::vector<std::unique_ptr<std::vector<manifests::Object>>> objects;
  std::vector<manifests::ObjectDifference> differences;
};

// `head` may be null: the first record. An Error: an object of the record cannot be read.
Result<RecordedChange> ChangeOf(const promotion::RepositoryPointer& repository,
                                const promotion::RecordHeadOf* head, const promotion::NextObjects& next);

}  // namespace sluice::gate
