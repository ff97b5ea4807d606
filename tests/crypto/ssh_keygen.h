// ssh-keygen as the judge of our signatures, and as their maker.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "process/private_directory.h"

namespace sluice::crypto {

inline constexpr char kSshKeygen[] = "/usr/bin/ssh-keygen";

// A time zone with summer time, for both sides.
inline constexpr char kZone[] = "CET-1CEST,M3.5.0,M10.5.0/3";

// False, with the line that skips a test, where there is none.
bool HasSshKeygen();

// What is asked of a signature; all of it goes to both judges.
struct Question {
  std::string message;
  std::string armour;
  std::string signers;  // the file of allowed signers
  std::string revoked;  // empty: none
  std::string principal;
  std::string ns;
  std::int64_t time = 0;
};

// A directory with keys.
class Workshop {
 public:
  Workshop();
  const std::string& path() const { return directory_.path(); }
  // Runs ssh-keygen there; its exit code.
  int Run(std::vector<std::string> words, const std::string& input = "") const;
  // Makes NAME and NAME.pub; `words` are "-t", "ed25519" and the like. False where it cannot.
  bool MakeKey(const std::string& name, std::vector<std::string> words) const;
  // Lets the key CA sign NAME's certificate for the principals; more words as ssh-keygen's.
  void Certify(const std::string& ca, const std::string& name, const std::string& principals,
               std::vector<std::string> words = {}) const;
  std::string Read(const std::string& name) const;
  void Write(const std::string& name, std::string_view text) const;
  // The first two words of NAME.pub or NAME-cert.pub.
  std::string PublicKeyOf(const std::string& file) const;
  // The lines of `ssh-keygen -Y sign`.
  std::string SignWith(const std::string& file, const std::string& ns, const std::string& message,
                       const std::string& hash) const;
  // What `ssh-keygen -Y verify` says.
  bool Accepts(const Question& question) const;

 private:
  process::PrivateDirectory directory_;
};

// What we say, with the least size of RSA keys that ssh-keygen has; `why` gets the
// reason of a refusal.
bool WeAccept(const Question& question, std::string& why);

}  // namespace sluice::crypto
