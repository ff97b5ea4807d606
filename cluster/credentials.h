// What a request to the API server carries to say who asks, kept fresh.
#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "cluster/access.h"
#include "cluster/exec_plugin.h"
#include "net/headers.h"

namespace sluice::cluster {

struct Presented {
  net::Headers headers;                  // Authorization, Impersonate-…
  std::string certificate_pem, key_pem;  // of an exec plugin, instead of those in access.tls; mostly empty
};

// Thread-safe: a plugin runs once, however many ask. Token files are read again
// once a minute (client-go's period), plugins run again when what they gave
// expires, and both when the server has answered 401.
class Credentials {
 public:
  using Now = std::chrono::system_clock::time_point;

  Credentials(Access access, ExecOptions options)
      : access_(std::move(access)), options_(std::move(options)) {}

  // An Error where a plugin fails, or a token file cannot be read and nothing
  // stands in for it.
  Result<Presented> Present(Now now);
  // The server refused what was presented.
  void Refused();

 private:
  Status Refresh(Now now);
  Status ReadTokenFile(Now now);
  Status RunPlugin(Now now);

  const Access access_;
  const ExecOptions options_;
  std::mutex mutex_;
  std::string token_;  // guarded by mutex_, as all below
  ExecCredential given_;
  bool fresh_ = false;
  Now until_{};  // then fresh_ no longer holds
};

}  // namespace sluice::cluster
