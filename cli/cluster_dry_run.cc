// `sluice-cluster dry-run`: one question on standard input, one answer on
// standard output (hooks/cluster_protocol.h). The name in the question leads to
// an identity of the operator's, whose guard must hold, or to a context of the
// user's own kubeconfig. Tests: tests/cli/ask_test.py.
#include <sys/stat.h>

#include <algorithm>
#include <iostream>
#include <set>

#include "cli/cluster_commands.h"
#include "cli/cluster_context.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cluster/dry_run.h"
#include "cluster/guard.h"
#include "gate/operator_clusters.h"
#include "hooks/cluster_protocol.h"

namespace sluice::cli {
namespace {

constexpr std::size_t kMaxClustersBytes = 1u << 20;
constexpr std::size_t kMostNamespaces = 50;  // that the guard asks about

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

// None where there is no such file.
Result<std::vector<gate::OperatorCluster>> ReadClusters(const std::string& path) {
  struct stat status {};
  if (path.empty() || stat(path.c_str(), &status) != 0) return std::vector<gate::OperatorCluster>();
  if ((status.st_mode & S_IWOTH) != 0) {
    return Error{ErrorKind::kConfiguration, "the file may be written by anyone: chmod o-w", path, {}};
  }
  const Result<std::string> text = cluster::ReadConfigurationFile(path, kMaxClustersBytes);
  if (!text) return text.error();
  return gate::ParseOperatorClusters(*text, path);
}

// As whom a cluster is asked, and what may be sent.
struct Identity {
  cluster::Access access;
  cluster::DryRunOptions options;
  bool guarded = false;
};

Result<Identity> IdentityOf(const gate::OperatorCluster& known) {
  Result<cluster::Access> access = FindContext(known.kubeconfig, known.context);
  if (!access) return access.error();
  Identity identity{*std::move(access), {}, true};
  identity.options.sends = {known.secrets, known.rbac};
  if (!known.field_manager.empty()) identity.options.usual.manager = known.field_manager;
  identity.options.usual.force = known.force;
  return identity;
}

Result<Identity> FindIdentity(const std::string& name, const DryRunWords& words) {
  const Result<std::vector<gate::OperatorCluster>> clusters = ReadClusters(words.clusters_file);
  if (!clusters) return clusters.error();
  for (const gate::OperatorCluster& known : *clusters) {
    if (known.name == name) return IdentityOf(known);
  }
  if (!words.kubeconfig)
    return Error{ErrorKind::kConfiguration, "no cluster is named \"" + name + "\"", words.clusters_file, {}};
  Result<cluster::Access> access = FindContext({}, name);
  if (!access) return access.error();
  return Identity{*std::move(access), {}, false};
}

std::vector<std::string> NamespacesOf(const DryRunRequest& request) {
  std::set<std::string> names;
  for (const DryRunObject& object : request.objects) {
    if (!object.name.ns.empty() && names.size() < kMostNamespaces) names.insert(object.name.ns);
  }
  return {names.begin(), names.end()};
}

DryRunReply Nothing(const DryRunRequest& request, std::string trouble) {
  return {{}, std::move(trouble), std::vector<DryRunAnswer>(request.objects.size())};
}

Result<DryRunReply> Answer(const DryRunRequest& request, const DryRunWords& words) {
  const cluster::Clock::time_point end = cluster::Clock::now() + request.deadline;
  const Result<Identity> identity = FindIdentity(request.cluster, words);
  if (!identity) return identity.error();
  const auto client = OpenClient(identity->access);
  if (!client) return client.error();
  if (identity->guarded) {
    cluster::Guard guard(**client,
                         {.namespaces = NamespacesOf(request), .rbac_kinds = identity->options.sends.rbac});
    const cluster::GuardReport report = guard.Check(end);
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
