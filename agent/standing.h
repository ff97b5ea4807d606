// What an agent finds as it left it when it begins: compared with lists, so that five thousand objects that
// stand cost some dozen requests and no write. Whoever is in doubt applies. Tested by
// tests/agent/standing_test.cc and standing_test.py.
#pragma once

#include <vector>

#include "agent/apply_record.h"

namespace sluice::agent {

// Whether to apply `sent` would change nothing of `live`: each of its fields has that value there, our field
// manager owns these and no others, and it is not being deleted. The server's other ways to write a value,
// and what is null, count as another value.
bool Stands(const manifests::Node& sent, const manifests::Node& live);

// Of the objects that were applied before and of which this agent knows nothing yet, those that stand are
// told to the keeper and are done in `applied`. Secrets are never looked at: the agent need not have that
// right.
void TakeStanding(const std::vector<OrderedObject>& objects, const ApplyWork& work,
                  std::vector<AppliedObject>& applied);

}  // namespace sluice::agent
