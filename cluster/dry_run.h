// The dry run of a whole change: existence is asked first, then each object with
// its live state, eight at a time, all within the request's deadline.
//
//   DryRunReply reply = DryRun(client, cache, {}, request);
#pragma once

#include <cstddef>
#include <string>

#include "base/dry_run.h"
#include "cluster/answer_cache.h"
#include "cluster/managers.h"
#include "cluster/plan.h"
#include "cluster/server_request.h"

namespace sluice::cluster {

// A cluster that discovery has been read from.
struct Server {
  SendRequest send;
  FindKind find;
  std::string minor{};    // "1.34"; empty: not known
  std::string trouble{};  // why it could not be reached; then nothing is sent
};

struct DryRunOptions {
  SentKinds sends{};
  Applier usual{};       // for objects that are new, or that no known tool deploys
  unsigned at_once = 8;  // requests
};

// As many answers as objects, whatever happens. Memory: the answers, and two
// bodies a thread at a time.
DryRunReply DryRun(const Server& server, const DryRunOptions& options, const DryRunRequest& request);

// The same with discovery and the server's version before it. Whether the guard of
// the cluster holds is asked by the caller (cluster/guard.h).
DryRunReply DryRun(ApiClient& client, const AnswerCache& cache, const DryRunOptions& options,
                   const DryRunRequest& request);

}  // namespace sluice::cluster
