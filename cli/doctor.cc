// `sluice cluster`: questions about a cluster itself, answered by sluice-cluster.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "cli/ask_option.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/own_program.h"

namespace sluice::cli {

void AddCluster(CLI::App& app, int& exit_code) {
  CLI::App* cluster = app.add_subcommand("cluster", "look at a cluster as Sluice sees it");
  cluster->require_subcommand(1);
  CLI::App* doctor = cluster->add_subcommand(
      "doctor", "say what an identity may do in a cluster, and whether the guard holds it to dry runs");
  const auto name = std::make_shared<std::string>();
  const auto ns = std::make_shared<std::string>("sluice-system");
  const auto file = std::make_shared<std::string>();
  doctor
      ->add_option("cluster", *name,
                   "a name of the operator's file, or a context of your kubeconfig; default: its current one")
      ->type_name("NAME|CONTEXT");
  AddClustersFile(*doctor, *file);
  doctor->add_option("--namespace", *ns, "where the identity lives; default: sluice-system")
      ->type_name("NAME");
  doctor->callback([name, ns, file, &exit_code] {
    const Result<std::string> clusters = ClustersFile(*file);
    exit_code = clusters ? BecomeClusterProgram({"doctor", *name, *ns, *clusters}) : Fail(clusters.error());
  });
}

}  // namespace sluice::cli
