// What Flux made of what it was handed: the Kustomizations (kustomize.toolkit.fluxcd.io/v1)
// that follow an ExternalArtifact, and what they say of its revision.
#pragma once

#include <span>
#include <string>

#include "agent/health.h"
#include "base/finding.h"
#include "cluster/api_client.h"

namespace sluice::agent {

struct FluxStanding {
  bool applied = false;   // that revision is what they all applied last
  ObjectHealth health{};  // of the hand-over
};

// Of those among `kustomizations` that follow `artifact` in its own namespace. One that
// would apply other objects than those that were proven (patches, substitutions, another
// cluster), or a part of them, has failed.
FluxStanding StandingOf(std::span<const manifests::Node> kustomizations, const ObjectName& artifact,
                        std::string_view revision);

// Asks for those of the artifact's namespace.
FluxStanding AskFlux(cluster::ApiClient& client, const ObjectName& artifact, std::string_view revision);

}  // namespace sluice::agent
