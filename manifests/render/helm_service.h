// Helm for a process that may start nothing: the judge of a hook asks its
// parent, which runs helm for it (process/broker.h). A request crosses as typed
// fields of bounded length, never as arguments.
#pragma once

#include <string>

#include "manifests/render/helm_run.h"
#include "process/broker.h"

namespace sluice::manifests::render {

// The parent's side; `program` is the operator's. A request is checked here
// again, and helm ends with the judge's deadline at the latest.
process::Service HelmService(std::string program, HelmLimits limits = {});

// The judge's side; `broker` must outlive it.
RunHelm HelmThrough(const process::Broker& broker);

// The request on the wire. Decode: kFailed for what Encode never writes.
std::string Encode(const HelmRequest& request);
Result<HelmRequest> DecodeHelmRequest(std::string_view bytes);

}  // namespace sluice::manifests::render
