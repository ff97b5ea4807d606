// What is signed, with its signature: a DSSE envelope of one signature, in its
// one spelling (docs/ledger.md, section 3).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/signature.h"

namespace sluice::promotion {

enum class PayloadType : std::uint8_t { kStatement, kFreshness, kApproval, kOutcome };

struct Envelope {
  PayloadType type = PayloadType::kStatement;
  std::string payload;
  crypto::Signature signature;  // not yet known to hold
};

std::string_view MediaType(PayloadType type);
std::string_view NamespaceOf(PayloadType type);  // of signatures under such a payload
std::size_t LimitOf(PayloadType type);           // bytes of an envelope

// The bytes that are signed.
std::string SignedBytes(PayloadType type, std::string_view payload);

// An envelope of the type that is asked for; an Error names what it is read as
// (`what`, "approval 3fa2…") and the byte. Its signature is read, not verified.
Result<Envelope> ReadEnvelope(const std::string& what, PayloadType type, std::string_view bytes);
// `signature` is a blob, as crypto::Sign makes it.
std::string EnvelopeText(PayloadType type, std::string_view payload, std::string_view signature);

// Whether the signature holds, in the type's namespace, with this project's least
// size of keys. Whose key it is, is another question.
Result<crypto::SecurityKeyWords> VerifyEnvelope(const Envelope& envelope);

}  // namespace sluice::promotion
