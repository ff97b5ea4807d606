// The helm that tests run: $SLUICE_HELM, or what tests/oracles/kubernetes-tools
// fetched. Tests that need it skip where there is none.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>

#include "manifests/render/helm.h"
#include "tests/catch.h"

namespace sluice::manifests::render {

inline std::string HelmProgram() {
  const char* named = std::getenv("SLUICE_HELM");
  const std::string path = named != nullptr ? named : SLUICE_KUBERNETES_TOOLS "/helm/helm";
  return access(path.c_str(), X_OK) == 0 ? path : std::string();
}

#define NEEDS_HELM(program)                                                                \
  const std::string program = HelmProgram();                                               \
  if (program.empty()) {                                                                   \
    std::cout << "skipped: needs helm: $SLUICE_HELM, or tests/oracles/kubernetes-tools\n"; \
    return;                                                                                \
  }

inline ChartFile FileOf(const std::string& path, std::string bytes) {
  return {*RepoPath::Parse(path), std::move(bytes)};
}

// A release "shop" in "store" of a chart "web" with these files.
inline HelmRequest Ask(std::vector<ChartFile> files, std::string values = "{}") {
  HelmRequest request{.release = "shop", .ns = "store", .values = std::move(values)};
  request.chart.push_back(FileOf("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.2.3\n"));
  for (ChartFile& file : files) request.chart.push_back(std::move(file));
  return request;
}

}  // namespace sluice::manifests::render
