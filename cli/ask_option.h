// `--cluster` of a command: which clusters are asked, and the way to them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/dry_run.h"
#include "cli/command_line.h"
#include "gate/configuration.h"

namespace sluice::cli {

struct AskOptions {
  std::vector<std::string> clusters;  // names of the configuration, contexts of the kubeconfig, or "all"
  std::string file;                   // the operator's; empty: /etc/sluice/clusters.yaml
  unsigned seconds = 120;             // for every answer together
};

void AddAskOptions(const Command& command, AskOptions& options);

// `--clusters-file` alone, and the absolute path that it means: the operator's file
// where it is empty, kUsage where it names none.
Option AddClustersFile(const Command& command, std::string& file);
Result<std::string> ClustersFile(const std::string& named);

struct Questions {
  AskCluster ask;                                // empty: nobody is asked
  std::vector<std::string> asked;                // CheckInput::asked
  std::shared_ptr<std::optional<Error>> broken;  // filled while asking: the first that is no answer but a
                                                 // mistake of configuration or words; never null
};

// A name that the configuration does not have is a context of the user's
// kubeconfig, which runs everything: it is added. kUsage, or kNotFound where the
// program that talks to clusters is not installed.
Result<Questions> PrepareQuestions(const AskOptions& options, gate::Configuration& configuration);

}  // namespace sluice::cli
