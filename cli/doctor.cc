// `sluice cluster`: questions about a cluster itself, answered by sluice-cluster.
#include <memory>
#include <string>

#include "cli/ask_option.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/own_program.h"

namespace sluice::cli {

void AddCluster(const Command& app) {
  const Command cluster = app.AddCommand("cluster", "look at a cluster as Sluice sees it");
  cluster.NeedsCommand();
  const Command doctor = cluster.AddCommand(
      "doctor", "say what an identity may do in a cluster, and whether the guard holds it to dry runs");
  const auto name = std::make_shared<std::string>();
  const auto ns = std::make_shared<std::string>("sluice-system");
  const auto file = std::make_shared<std::string>();
  doctor
      .AddOption("cluster", *name,
                 "a name of the operator's file, or a context of your kubeconfig; default: its current one")
      .Type("NAME|CONTEXT");
  AddClustersFile(doctor, *file);
  doctor.AddOption("--namespace", *ns, "where the identity lives; default: sluice-system").Type("NAME");
  doctor.Runs([name, ns, file] {
    const Result<std::string> clusters = ClustersFile(*file);
    return clusters ? BecomeClusterProgram({"doctor", *name, *ns, *clusters}) : Fail(clusters.error());
  });
}

}  // namespace sluice::cli
