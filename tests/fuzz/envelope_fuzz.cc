// libFuzzer: envelopes (DSSE) of every type. What is read is written again, byte
// for byte: there is one spelling.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "promotion/envelope.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  using namespace sluice::promotion;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const PayloadType type :
       {PayloadType::kStatement, PayloadType::kFreshness, PayloadType::kApproval, PayloadType::kOutcome}) {
    const Result<Envelope> envelope = ReadEnvelope("it", type, bytes);
    if (!envelope) continue;
    if (EnvelopeText(type, envelope->payload, crypto::SignatureBlob(envelope->signature)) != bytes)
      std::abort();
    static_cast<void>(VerifyEnvelope(*envelope));
  }
  return 0;
}
