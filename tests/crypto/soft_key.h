// An Ed25519 key in this process, for tests that sign thousands of times.
#pragma once

#include <memory>
#include <string>

namespace sluice::crypto {

class SoftKey {
 public:
  SoftKey();
  ~SoftKey();
  SoftKey(SoftKey&&) noexcept;

  std::string Line() const;  // "ssh-ed25519 BASE64"
  // The blob of an SSHSIG over the message.
  std::string Sign(const std::string& ns, const std::string& message) const;

 private:
  struct Held;
  std::unique_ptr<Held> held_;
};

}  // namespace sluice::crypto
