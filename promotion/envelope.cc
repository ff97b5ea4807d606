// The form leaves no choice, so it is read piece by piece and not as JSON.
// Tested by tests/promotion/envelope_test.cc.
#include "promotion/envelope.h"

#include <array>
#include <optional>

#include "crypto/base64.h"
#include "crypto/dsse.h"

namespace sluice::promotion {
namespace {

struct TypeRow {
  std::string_view media_type;
  std::string_view ns;
  std::size_t limit;
};

// In the order of PayloadType.
constexpr std::array<TypeRow, 4> kTypes = {{
    {"application/vnd.in-toto+json", "sluice-record", 16u << 20},
    {"application/vnd.sluice.freshness+json", "sluice-record", 64u << 10},
    {"application/vnd.sluice.approval+json", "sluice-approval", 64u << 10},
    {"application/vnd.sluice.outcome+json", "sluice-outcome", 64u << 10},
}};

const TypeRow& RowOf(PayloadType type) { return kTypes[static_cast<std::size_t>(type)]; }

constexpr std::string_view kPayload = "{\"payload\":\"";
constexpr std::string_view kType = "\",\"payloadType\":\"";
constexpr std::string_view kSignature = "\",\"signatures\":[{\"sig\":\"";
constexpr std::string_view kEnd = "\"}]}\n";

// Takes the pieces in turn; at() is the byte of the first that was not there.
class Pieces {
 public:
  explicit Pieces(std::string_view bytes) : bytes_(bytes) {}
  std::size_t at() const { return at_; }
  bool Done() const { return at_ == bytes_.size(); }

  bool Take(std::string_view piece) {
    if (bytes_.substr(at_, piece.size()) != piece) return false;
    at_ += piece.size();
    return true;
  }

  std::optional<std::string> TakeBase64() {
    const std::size_t end = bytes_.find('"', at_);
    std::optional<std::string> decoded = crypto::FromBase64(bytes_.substr(at_, end - at_));
    if (end == std::string_view::npos) return std::nullopt;
    if (decoded) at_ = end;
    return decoded;
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

}  // namespace

std::string_view MediaType(PayloadType type) { return RowOf(type).media_type; }
std::string_view NamespaceOf(PayloadType type) { return RowOf(type).ns; }
std::size_t LimitOf(PayloadType type) { return RowOf(type).limit; }

std::string SignedBytes(PayloadType type, std::string_view payload) {
  return crypto::PreAuthenticationEncoding(MediaType(type), payload);
}

Result<Envelope> ReadEnvelope(const std::string& what, PayloadType type, std::string_view bytes) {
  if (bytes.size() > LimitOf(type))
    return LimitPassed(what + " has more than " + std::to_string(LimitOf(type)) + " bytes");
  Pieces pieces(bytes);
  const auto wrong = [&](std::string_view message) {
    return Failed(what + ", byte " + std::to_string(pieces.at()) + ": " + std::string(message));
  };
  if (!pieces.Take(kPayload)) return wrong("an envelope begins {\"payload\":\"");
  Envelope envelope;
  envelope.type = type;
  std::optional<std::string> payload = pieces.TakeBase64();
  if (!payload) return wrong("the payload is not padded base64 of the standard alphabet");
  envelope.payload = std::move(*payload);
  if (!pieces.Take(kType)) return wrong("payloadType should follow the payload");
  if (!pieces.Take(MediaType(type)))
    return wrong("the payload should be of the type " + std::string(MediaType(type)));
  if (!pieces.Take(kSignature)) return wrong("one signature should follow, and its sig alone");
  const std::optional<std::string> blob = pieces.TakeBase64();
  if (!blob) return wrong("the signature is not padded base64 of the standard alphabet");
  if (!pieces.Take(kEnd) || !pieces.Done()) return wrong("an envelope ends \"}]} and a line feed");
  Result<crypto::Signature> signature = crypto::ReadSignature(*blob);
  if (!signature) return Failed(what + ": " + signature.error().message);
  if (crypto::SignatureBlob(*signature) != *blob)
    return Failed(what + ": the signature is not written in its one form");
  envelope.signature = std::move(*signature);
  return envelope;
}

std::string EnvelopeText(PayloadType type, std::string_view payload, std::string_view signature) {
  std::string text(kPayload);
  text.append(crypto::ToBase64(payload)).append(kType).append(MediaType(type)).append(kSignature);
  return text.append(crypto::ToBase64(signature)).append(kEnd);
}

Result<crypto::SecurityKeyWords> VerifyEnvelope(const Envelope& envelope) {
  return crypto::Verify(envelope.signature, NamespaceOf(envelope.type),
                        SignedBytes(envelope.type, envelope.payload));
}

}  // namespace sluice::promotion
