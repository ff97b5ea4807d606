// Where Flux applies in the agent's place: the keys `apply` and `flux` of its
// configuration.
//
//   apply: flux                          # sluice (usual): the agent applies
//   flux:
//     artifact: flux-system/shop         # NAMESPACE/NAME of the ExternalArtifact
//     listen: 0.0.0.0:9403               # where the agent serves it
//     url: http://agent.sluice-system.svc.cluster.local:9403   # as Flux reaches that
#pragma once

#include <string>

#include "base/result.h"
#include "manifests/document.h"

namespace sluice::agent {

struct FluxSettings {
  std::string ns, name;
  std::string listen;
  std::string url;  // without a slash at its end
};

// `flux` is the value of the key; `path` is that of its file. kConfiguration with line and
// column for whatever is not as above; all three are required.
Result<FluxSettings> ReadFluxSettings(const manifests::Node& flux, const std::string& path);

// Whether Flux applies. `root` is the whole configuration: an Error where the two keys are
// not there together, or stand beside one that says how the agent itself applies.
Result<bool> ReadApply(const manifests::Node& root, const std::string& path);

}  // namespace sluice::agent
