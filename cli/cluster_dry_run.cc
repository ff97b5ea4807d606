// `sluice-cluster dry-run`: one question on standard input, one answer on
// standard output (hooks/cluster_protocol.h). The name in the question leads to
// an identity of the operator's, whose guard must hold, or to a context of the
// user's own kubeconfig. Tests: tests/cli/ask_test.py.
#include <iostream>
#include <set>

#include "cli/cluster_commands.h"
#include "cli/cluster_context.h"
#include "cli/cluster_identity.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "hooks/cluster_protocol.h"

namespace sluice::cli {
namespace {

struct DryRunWords {
  std::string clusters_file;
  bool kubeconfig = false;
};

Result<DryRunWords> ParseWords(const std::vector<std::string>& words) {
  DryRunWords parsed;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--kubeconfig") {
      parsed.kubeconfig = true;
    } else if (words[i] == "--clusters" && i + 1 < words.size()) {
      parsed.clusters_file = words[++i];
    } else {
      return Usage("dry-run takes --clusters FILE and --kubeconfig");
    }
  }
  return parsed;
}

std::string ReadInput() {
  std::string bytes;
  char buffer[1 << 16];
  while (bytes.size() <= hooks::kMaxQuestionBytes && std::cin.read(buffer, sizeof buffer).gcount() > 0)
    bytes.append(buffer, static_cast<std::size_t>(std::cin.gcount()));
  return bytes;
}

std::vector<std::string> NamespacesOf(const DryRunRequest& request) {
  std::set<std::string> names;
  for (const DryRunObject& object : request.objects) {
    if (!object.name.ns.empty()) names.insert(object.name.ns);
  }
  return {names.begin(), names.end()};
}

DryRunReply Nothing(const DryRunRequest& request, std::string trouble) {
  return {{}, std::move(trouble), std::vector<DryRunAnswer>(request.objects.size())};
}

Result<DryRunReply> Answer(const DryRunRequest& request, const DryRunWords& words) {
  const cluster::Clock::time_point end = cluster::Clock::now() + request.deadline;
  Result<ClusterIdentity> identity = FindIdentity(request.cluster, words.clusters_file, words.kubeconfig);
  if (!identity) return identity.error();
  const auto client = OpenClient(identity->access);
  if (!client) return client.error();
  if (identity->guarded) {
    identity->guard.namespaces = NamespacesOf(request);
    const cluster::GuardReport report = cluster::Guard(**client, identity->guard).Check(end);
    if (!report.Holds()) return Nothing(request, report.Reason());
  }
  DryRunRequest left = request;
  left.deadline = std::chrono::duration_cast<std::chrono::milliseconds>(end - cluster::Clock::now());
  return DryRun(**client, CacheOf(identity->access), identity->options, left);
}

}  // namespace

int RunClusterDryRun(const std::vector<std::string>& words) {
  const Result<DryRunWords> parsed = ParseWords(words);
  if (!parsed) return Fail(parsed.error());
  const Result<DryRunRequest> request = hooks::DecodeRequest(ReadInput());
  if (!request) return Fail(request.error());
  return Print(hooks::Encode(Answer(*request, *parsed))) ? kAccepted : kUnjudged;
}

}  // namespace sluice::cli
