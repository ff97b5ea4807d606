// libFuzzer: files of allowed signers and of revoked keys. Every key that a line
// names may be asked about.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "crypto/allowed_signers.h"
#include "crypto/revoked_keys.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  using namespace sluice::crypto;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Result<AllowedSigners> signers = ReadAllowedSigners(bytes);
  if (signers)
    for (const AllowedSigner& line : signers->lines) {
      const SignerQuestion question = {line.key, "ana", "sluice-approval", 1'790'000'000};
      const auto found = FindSigner(*signers, question);
      if (found && (*found)->line > line.line && (*found)->key.blob == line.key.blob &&
          line.principals == "ana" && !line.authority && !line.namespaces && line.valid_after == 0 &&
          line.valid_before == 0)
        std::abort();  // an earlier line fits
    }
  if (const Result<RevokedKeys> revoked = ReadRevokedKeys(bytes); revoked && signers)
    for (const AllowedSigner& line : signers->lines) static_cast<void>(IsRevoked(*revoked, line.key));
  return 0;
}
