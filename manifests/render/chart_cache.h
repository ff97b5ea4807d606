// Charts from elsewhere, as `sluice render fetch` put them on this machine, each
// pinned by the digests of its files. Below the cache's directory:
//
//   REPOSITORY/NAME-VERSION/…        the chart's files, unpacked by helm
//   REPOSITORY/NAME-VERSION.sha256   `sha256sum` of each, sorted: "DIGEST  NAME-VERSION/PATH"
//
// REPOSITORY is the repository's address without slashes at its end, bytes
// outside [a-z0-9.-] and a leading dot percent-encoded, so that charts of one
// name from two places are never taken for each other.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "manifests/render/helm.h"

namespace sluice::manifests::render {

// Empty, or in half a sentence why this is no chart that could be fetched: an
// address that is not https://, http:// or oci://, or holds a password; a name
// that is not one; a version that is not exact.
std::string WhyNotFetchable(const ChartSource& source);

// "REPOSITORY/NAME-VERSION"; of what is fetchable.
std::string CachePath(const ChartSource& source);

// What gets it: "sluice render fetch ADDRESS NAME VERSION".
std::string FetchCommand(const ChartSource& source);

// The files of a chart, every digest checked. kNotFound: it is not in the cache.
// kFailed: something in the cache is not what was fetched. Thread-safe.
Result<std::vector<ChartFile>> ReadCachedChart(const std::string& cache, const ChartSource& source);

struct FetchOptions {
  std::string program;                     // absolute path of helm
  std::string cache;                       // made where it is absent
  std::vector<std::string> environment{};  // "NAME=value" for helm: proxies, certificates
  std::string logins{};                    // file of logins to registries, as `helm registry login` writes it
};

struct Fetched {
  std::string digest;      // SHA-256 of the list of digests: what the cache pins
  bool was_there = false;  // and is unchanged; helm was asked all the same
};

// Runs `helm pull`, which has the network, may write in a scratch directory
// alone and runs no plugin, and keeps what it got. A chart that is there and came
// differently this time is a kFailed error that says so: a published version
// never changes. One at a time for a cache.
Result<Fetched> FetchChart(const FetchOptions& options, const ChartSource& source);

// "1.2.3", "v1.2.3-rc.1+build": all three numbers, nothing to choose from. A range is
// decided in the cluster alone.
bool IsExactVersion(std::string_view version);

}  // namespace sluice::manifests::render
