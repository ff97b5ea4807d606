// What the gate asks of a cluster, and what comes back, as data. The gate never
// talks to a cluster: whoever calls it hands it a function of this shape
// (design §2), the command a child process, a test a table.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/finding.h"
#include "base/result.h"

namespace sluice {

// One object of a change, as it would be sent.
struct DryRunObject {
  ObjectName name;       // with the namespace that it would land in
  bool removal = false;  // the change takes it away
  std::string json;      // canonical JSON, as judged and rendered; empty for a removal
};

struct DryRunRequest {
  std::string cluster;                // its name in the configuration
  std::vector<DryRunObject> objects;  // the whole change: what one brings, another may need
  std::chrono::milliseconds deadline{0};
  bool compare = false;  // fill DryRunAnswer::live and ::taken
};

// Something that the API server says of an object. `rule` is one of group
// cluster/, its severity is the rule's.
struct DryRunCause {
  std::string rule;
  std::string field;  // "spec.containers[0].image", indices as in the object that was sent; empty: all of it
  std::string message;  // no full stop; no value of a Secret
};

enum class Known : std::uint8_t {
  kTaken,       // the API server would take it
  kRefused,     // it would not: `causes` say why
  kOffline,     // not asked, for `reason`: what is judged here is all that can be known
  kUnverified,  // asked or not, nobody could say, for `reason`
};

enum class Effect : std::uint8_t { kNone, kCreated, kUpdated, kUnchanged, kReplaced, kDeleted };

// The answer about the object of the same index.
struct DryRunAnswer {
  Known known = Known::kUnverified;
  Effect effect = Effect::kNone;    // forecast; kNone where it is not known
  std::vector<DryRunCause> causes;  // with kTaken those that do not refuse: warnings, fields taken over
  std::string reason;
  std::string live;   // canonical JSON without what servers set; Secrets' values masked; empty: none
  std::string taken;  // the same of what the API server would store
};

struct DryRunReply {
  std::string minor;                  // "1.34", empty where the cluster was not reached
  std::string trouble;                // why no object has an answer of the cluster; half a sentence
  std::vector<DryRunAnswer> answers;  // as many as objects, always
};

// An Error means that nobody could be asked at all: a broken configuration.
// Ends by the request's deadline, whatever the cluster does.
using AskCluster = std::function<Result<DryRunReply>(const DryRunRequest& request)>;

}  // namespace sluice
