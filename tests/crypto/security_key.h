// A security key in software (PROTOCOL.u2f of OpenSSH): what a FIDO token
// would sign, signed here.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace sluice::crypto {

class SecurityKey {
 public:
  // "sk-ssh-ed25519@openssh.com" or "sk-ecdsa-sha2-nistp256@openssh.com".
  SecurityKey(std::string type, std::string application);
  ~SecurityKey();

  std::string Line() const;  // the public key: type and base64
  // The lines of an SSHSIG. Flags: 1 touched, 4 known by PIN or finger.
  std::string Sign(const std::string& ns, const std::string& message, std::uint8_t flags,
                   std::uint32_t counter) const;

 private:
  struct Held;
  std::string type_, application_, blob_;
  std::unique_ptr<Held> held_;
};

}  // namespace sluice::crypto
