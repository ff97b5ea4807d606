// Signatures are made by `ssh-keygen -Y sign`: passphrases, agents, security
// keys and PKCS #11 are its business, and no private key is ever in our memory.
#pragma once

#include <chrono>
#include <string>

#include "base/result.h"

namespace sluice::crypto {

struct SignOptions {
  std::string program = "/usr/bin/ssh-keygen";
  // A private key; a public one (or a certificate) whose private key an agent
  // holds or lies beside it.
  std::string key_file{};
  std::string ns{};
  // Its words reach the user, and it may ask at the terminal (passphrase, PIN) or
  // wait for a touch. Else it fails where it would have to.
  bool may_ask = false;
  std::chrono::milliseconds deadline{120'000};
};

// The blob of a signature over `message`, as ReadSignature takes it. Of the
// environment ssh-keygen gets HOME, PATH, TERM, DISPLAY and what begins SSH_. May be
// called from any thread, one at a time where it may ask.
Result<std::string> Sign(std::string_view message, const SignOptions& options);

}  // namespace sluice::crypto
