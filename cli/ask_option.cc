#include "cli/ask_option.h"

#include <algorithm>

#include "cli/paths.h"
#include "gate/clusters.h"
#include "hooks/cluster_program.h"
#include "process/child.h"

namespace sluice::cli {
namespace {

constexpr const char* kOperatorFile = "/etc/sluice/clusters.yaml";
constexpr std::string_view kEvery = "all";

Status AddNamed(const std::string& name, gate::Configuration& configuration,
                std::vector<std::string>& asked) {
  if (name == kEvery) {
    if (configuration.clusters.empty())
      return Usage("--cluster all means those of `clusters` in .sluice/sluice.yaml, which names none");
    for (const gate::Cluster& cluster : configuration.clusters) asked.push_back(cluster.name);
  } else {
    if (gate::FindCluster(configuration, name) == nullptr)
      configuration.clusters.push_back({name, {}, {}, {}});
    asked.push_back(name);
  }
  return Ok{};
}

}  // namespace

Option AddClustersFile(const Command& command, std::string& file) {
  return command
      .AddOption("--clusters-file", file, "where the names lead; default: /etc/sluice/clusters.yaml")
      .Type("FILE");
}

Result<std::string> ClustersFile(const std::string& named) {
  if (named.empty()) return std::string(kOperatorFile);
  const std::string file = AbsolutePath(named);
  if (!Exists(file)) return Usage("no file " + named);
  return file;
}

void AddAskOptions(const Command& command, AskOptions& options) {
  const Option cluster = command.AddOption(
      "--cluster", options.clusters,
      "ask this cluster what it would take: a name of `clusters`, or a context of your kubeconfig; "
      "all: every one of `clusters`");
  cluster.Type("NAME|CONTEXT|all").OneEach();
  AddClustersFile(command, options.file).Needs(cluster);
  command.AddOption("--cluster-timeout", options.seconds, "seconds for every answer together; default: 120")
      .Type("N")
      .Within(1, 86400)
      .Needs(cluster);
}

Result<Questions> PrepareQuestions(const AskOptions& options, gate::Configuration& configuration) {
  Questions questions;
  questions.broken = std::make_shared<std::optional<Error>>();
  for (const std::string& name : options.clusters) {
    const Status added = AddNamed(name, configuration, questions.asked);
    if (!added) return added.error();
  }
  std::sort(questions.asked.begin(), questions.asked.end());
  questions.asked.erase(std::unique(questions.asked.begin(), questions.asked.end()), questions.asked.end());
  if (questions.asked.empty()) return questions;
  const Result<std::string> file = ClustersFile(options.file);
  if (!file) return file.error();
  Result<std::string> program = hooks::FindClusterProgram();
  if (!program) return program.error();
  questions.ask = [ask = hooks::AskThrough({*std::move(program), *file, true, process::OwnEnvironment()}),
                   broken = questions.broken](const DryRunRequest& request) {
    Result<DryRunReply> reply = ask(request);
    if (!reply && !*broken) *broken = reply.error();
    return reply;
  };
  return questions;
}

}  // namespace sluice::cli
