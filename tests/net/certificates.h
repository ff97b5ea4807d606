// Certificates for tests, made by OpenSSL in memory.
#pragma once

#include <string>
#include <vector>

namespace sluice::net {

struct Pair {
  std::string certificate_pem, key_pem;
};

struct Wanted {
  std::string common_name = "test";
  std::vector<std::string> alternative_names{};  // "DNS:a.example", "IP:127.0.0.1"
  long from = -3600, until = 3600;               // seconds from now
  bool is_authority = false;
  std::string usage = "serverAuth";
};

Pair SelfSigned(const Wanted& wanted);
Pair SignedBy(const Pair& authority, const Wanted& wanted);
// An authority of its own.
Pair Authority(const std::string& name);

}  // namespace sluice::net
