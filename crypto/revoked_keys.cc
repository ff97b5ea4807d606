#include "crypto/revoked_keys.h"

#include <algorithm>

namespace sluice::crypto {
namespace {
constexpr std::size_t kRevokedBytes = 1u << 20;
constexpr std::string_view kKrlMagic("SSHKRL\n\0", 8);
}  // namespace

Result<RevokedKeys> ReadRevokedKeys(std::string_view text) {
  if (text.size() > kRevokedBytes) return LimitPassed("a list of revoked keys of more than 1 MiB");
  if (text.substr(0, kKrlMagic.size()) == kKrlMagic)
    return Failed("a binary key revocation list (KRL) is not read here: list the public keys, one a line");
  RevokedKeys revoked;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    std::string_view line = text.substr(0, std::min(end, text.find('\0')));
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    text.remove_prefix(end);
    if (line.empty() || line.front() == '#' || line.front() == '\n') continue;
    const Result<PublicKey> key = ReadPublicKeyLine(line);
    if (!key && key.error().kind == ErrorKind::kLimit) continue;
    if (!key)
      return Failed("line " + std::to_string(number) + " of the revoked keys: " + key.error().message);
    revoked.plain.push_back(key->plain);
  }
  std::sort(revoked.plain.begin(), revoked.plain.end());
  return revoked;
}

bool IsRevoked(const RevokedKeys& revoked, const PublicKey& key) {
  const auto has = [&](const std::string& plain) {
    return std::binary_search(revoked.plain.begin(), revoked.plain.end(), plain);
  };
  return has(key.plain) || (key.certificate != nullptr && has(key.certificate->authority));
}

}  // namespace sluice::crypto
