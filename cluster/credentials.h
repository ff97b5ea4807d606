// What a request to the API server carries to say who asks, kept fresh.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include "cluster/access.h"
#include "cluster/exec_plugin.h"
#include "net/headers.h"

namespace sluice::cluster {

struct Presented {
  net::Headers headers;                  // Authorization, Impersonate-…
  std::string certificate_pem, key_pem;  // of an exec plugin, instead of those in access.tls; mostly empty
  std::uint64_t refresh = 0;             // which one these came from
};

// Thread-safe: a plugin runs once, however many ask. Token files are read again
// once a minute (client-go's period), plugins run again when what they gave
// expires, and both when the server has answered 401.
class Credentials {
 public:
  using Now = std::chrono::system_clock::time_point;
  using Deadline = std::chrono::steady_clock::time_point;

  Credentials(Access access, ExecOptions options)
      : access_(std::move(access)), options_(std::move(options)) {}

  // An Error where a plugin fails or has not ended by `end`, or a token file
  // cannot be read and nothing stands in for it.
  Result<Presented> Present(Now now, Deadline end = Deadline::max());
  // The server refused what was presented. False where nothing else can be had.
  // Of many who were refused with the same credentials, the first renews them.
  bool Refused(const Presented& presented);

 private:
  Status Refresh(Now now, Deadline end);
  Status ReadTokenFile(Now now);
  Status RunPlugin(Now now, Deadline end);

  const Access access_;
  const ExecOptions options_;
  std::timed_mutex mutex_;
  std::string token_;  // guarded by mutex_, as all below
  ExecCredential given_;
  bool fresh_ = false;
  std::uint64_t refresh_ = 0;
  Now until_{};  // then fresh_ no longer holds
};

}  // namespace sluice::cluster
