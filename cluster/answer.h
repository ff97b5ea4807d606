// What an API server's answer to a dry run means: a closed table, one row a shape.
// A refusal is said only where a server with the right to say so says that it would
// refuse the very object; whatever else came, and any shape that is not in the
// table, means that nobody could say (Known::kUnverified).
//
// The shapes are those of real servers (tests/cluster/answers.jsonl, which a test
// asks one for again), the order of the table is that of the reading.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/dry_run.h"
#include "cluster/members.h"

namespace sluice::cluster {

// Something that the server misses and another object of the change may bring.
using Brings = std::function<bool(std::string_view kind, std::string_view ns, std::string_view name)>;

// What was asked. Nodes outlive the reading.
struct Asked {
  const DryRunObject* object = nullptr;   // never null
  const manifests::Node* sent = nullptr;  // null for a removal
  const manifests::Node* live = nullptr;  // null: it is not there
  Brings brings;                          // empty: the change brings nothing else
};

// What came.
struct ServerAnswer {
  int status = 0;  // of HTTP; 0: no whole answer came, for `trouble`
  std::string body;
  std::vector<std::string> warnings;  // of Warning headers, as ParseWarnings reads them
  std::string trouble;                // half a sentence
};

struct Understood {
  DryRunAnswer answer;  // without `live` and `taken`; an update is kUpdated, changed or not
  JsonObject body;
  const manifests::Node* taken = nullptr;  // the object that the server would store; null: none
};

// Bodies are read like pushed files, within the same limits.
Understood Understand(const Asked& asked, ServerAnswer answer);

DryRunAnswer UnverifiedFor(std::string reason);
DryRunAnswer OfflineFor(std::string reason);

}  // namespace sluice::cluster
