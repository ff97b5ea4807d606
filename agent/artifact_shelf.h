// What Flux fetches from us: the newest archive and the one before it, by their whole
// path and by nothing else.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "net/listener.h"

namespace sluice::agent {

struct ShelvedArtifact {
  std::string path{};  // begins with "/"; it holds the digest, so that other bytes have another path
  std::shared_ptr<const std::string> bytes{};
};

// Thread-safe.
class ArtifactShelf {
 public:
  // In place of the older of both; nothing where it lies there already.
  void Put(ShelvedArtifact artifact);
  // Null: there is none.
  std::shared_ptr<const std::string> Find(std::string_view path) const;

 private:
  mutable std::mutex mutex_;
  std::array<ShelvedArtifact, 2> artifacts_;  // the newest first; guarded by mutex_
};

// To GET of such a path. A target that is spelt in any other way is not there.
net::ServedAnswer AnswerTo(const net::RequestHead& request, const ArtifactShelf& shelf);

// Serves it at "ADDRESS:PORT", to a few at a time: each is sent a copy.
Result<std::unique_ptr<net::Listener>> ServeArtifacts(const std::string& at, const ArtifactShelf& shelf);

}  // namespace sluice::agent
