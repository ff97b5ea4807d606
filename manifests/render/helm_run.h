// `helm template`, run once for one request: shut in, without network, without
// a place to write, without anything of the caller's environment.
#pragma once

#include <chrono>
#include <string>

#include "base/result.h"
#include "manifests/render/helm.h"

namespace sluice::manifests::render {

// What a run may take; the defaults are those of docs/limits.md.
struct HelmLimits {
  std::chrono::milliseconds wall{20'000};
  std::chrono::seconds cpu{10};
  std::uint64_t memory_bytes = 512u << 20;
  std::size_t output_bytes = 16u << 20;
};

// `program` is the absolute path of helm 3 or 4, from whoever runs us and never
// from a repository. The output is what `helm template` prints. Errors:
// kConfiguration: helm read the chart and refuses it, in its own words (of one
// line, with no path of ours in it). kLimit names the limit. kUsage: WhyRefused.
// kFailed: helm could not be run here, or this kernel cannot shut it in; that
// needs Landlock too. Thread-safe.
Result<std::string> RunHelmTemplate(const std::string& program, const HelmRequest& request,
                                    const HelmLimits& limits = {});

// The same as RootContext has it.
RunHelm HelmAt(std::string program, HelmLimits limits = {});

}  // namespace sluice::manifests::render
