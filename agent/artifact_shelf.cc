// Tested by tests/agent/artifact_shelf_test.cc.
#include "agent/artifact_shelf.h"

#include "agent/listen_address.h"

namespace sluice::agent {
namespace {

constexpr std::size_t kAtOnce = 4;
constexpr std::chrono::minutes kTakeTime{2};

}  // namespace

void ArtifactShelf::Put(ShelvedArtifact artifact) {
  const std::lock_guard lock(mutex_);
  if (artifact.path == artifacts_[0].path) return;
  artifacts_[1] = std::exchange(artifacts_[0], std::move(artifact));
}

std::shared_ptr<const std::string> ArtifactShelf::Find(std::string_view path) const {
  const std::lock_guard lock(mutex_);
  for (const ShelvedArtifact& artifact : artifacts_)
    if (artifact.bytes && artifact.path == path) return artifact.bytes;
  return nullptr;
}

net::ServedAnswer AnswerTo(const net::RequestHead& request, const ArtifactShelf& shelf) {
  if (request.method != "GET") return {.status = 405, .headers = {{"Allow", "GET"}}};
  const std::shared_ptr<const std::string> bytes = shelf.Find(request.target);
  if (!bytes) return {.status = 404};
  return {.headers = {{"Content-Type", "application/gzip"}}, .body = *bytes};
}

Result<std::unique_ptr<net::Listener>> ServeArtifacts(const std::string& at, const ArtifactShelf& shelf) {
  Result<net::ListenerOptions> options = ListenAddress("flux.listen", at);
  if (!options) return options.error();
  options->limits = {.connections = kAtOnce, .body_bytes = 0, .answer = kTakeTime};
  return net::Listener::Start(
      *options, [&shelf](const net::ServedRequest& request) { return AnswerTo(request.head, shelf); });
}

}  // namespace sluice::agent
