// libFuzzer: SSH signatures, as blobs and as lines, with the keys and
// certificates in them. What is read has one blob, which is read as the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "crypto/signature.h"

namespace sluice::crypto {
namespace {

void Look(const Result<Signature>& signature) {
  if (!signature) return;
  const std::string blob = SignatureBlob(*signature);
  const Result<Signature> again = ReadSignature(blob);
  if (!again || SignatureBlob(*again) != blob) std::abort();
  const Result<Signature> armoured = ReadArmour(Armour(blob));
  if (!armoured || SignatureBlob(*armoured) != blob) std::abort();
  static_cast<void>(Verify(*signature, signature->ns, "message"));
}

}  // namespace
}  // namespace sluice::crypto

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  sluice::crypto::Look(sluice::crypto::ReadSignature(bytes));
  sluice::crypto::Look(sluice::crypto::ReadArmour(bytes));
  return 0;
}
