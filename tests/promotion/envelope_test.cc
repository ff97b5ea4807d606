// An envelope that ssh-keygen signed, and every bit of it altered.
#include "promotion/envelope.h"

#include "crypto/base64.h"
#include "tests/catch.h"
#include "tests/promotion/vectors.h"

namespace sluice::promotion {
namespace {

Result<Envelope> Read(std::string_view bytes, PayloadType type = PayloadType::kApproval) {
  return ReadEnvelope("the approval", type, bytes);
}

std::string Replaced(std::string text, std::string_view old, std::string_view by) {
  const std::size_t at = text.find(old);
  REQUIRE(at != std::string::npos);
  return text.replace(at, old.size(), by);
}

TEST_CASE("an envelope is read, verified and written again") {
  const std::string bytes = ReadVector("approval.json");
  const Result<Envelope> envelope = Read(bytes);
  REQUIRE(envelope);
  CHECK(VerifyEnvelope(*envelope));
  CHECK(EnvelopeText(PayloadType::kApproval, envelope->payload, crypto::SignatureBlob(envelope->signature)) ==
        bytes);
}

TEST_CASE("no bit of an envelope may be another") {
  const std::string bytes = ReadVector("approval.json");
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string other = bytes;
    other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << bit % 8));
    const Result<Envelope> envelope = Read(other);
    if (!envelope) continue;
    INFO("bit " << bit);
    CHECK_FALSE(VerifyEnvelope(*envelope));
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK_FALSE(Read(bytes.substr(0, size)));
}

TEST_CASE("an envelope in another spelling is refused, with its byte") {
  const std::string bytes = ReadVector("approval.json");
  const std::string payload = Read(bytes)->payload;
  const struct {
    std::string bytes;
    const char* message;
  } cases[] = {
      {"", "byte 0: an envelope begins"},
      {" " + bytes, "byte 0: an envelope begins"},
      {bytes + "\n", "an envelope ends"},
      {bytes.substr(0, bytes.size() - 1), "an envelope ends"},
      {Replaced(bytes, "{\"payload\":\"", "{\"payload\": \""), "byte 0: an envelope begins"},
      {Replaced(bytes, "{\"payload\":\"", "{\"payload\":\"!"), "byte 12: the payload is not"},
      {Replaced(bytes, "\",\"payloadType", "=\",\"payloadType"), "byte 12: the payload is not"},
      {Replaced(bytes, "approval+json", "outcome+json"), "the payload should be of the type"},
      {Replaced(bytes, "application/", "Application/"), "the payload should be of the type"},
      {Replaced(bytes, "{\"sig\"", "{\"keyid\":\"x\",\"sig\""), "one signature should follow"},
      {Replaced(bytes, "[{\"sig\"", "[],[{\"sig\""), "one signature should follow"},
      {Replaced(bytes, "\"}]}", "\"},{\"sig\":\"\"}]}"), "an envelope ends"},
      {Replaced(bytes, "\"}]}", "\"}],\"more\":1}"), "an envelope ends"},
      {Replaced(bytes, "U1NIU0lH", "U1NIU0lI"), "it does not begin SSHSIG"},
      {EnvelopeText(PayloadType::kApproval, payload, ""), "it does not begin SSHSIG"},
      {std::string((64u << 10) + 1, ' '), "more than 65536 bytes"},
  };
  for (const auto& [text, message] : cases) {
    const Result<Envelope> envelope = Read(text);
    REQUIRE_FALSE(envelope);
    INFO(envelope.error().message);
    CHECK(envelope.error().message.find(message) != std::string::npos);
  }
}

TEST_CASE("a signature in another form than its one is refused") {
  const Envelope envelope = *Read(ReadVector("approval.json"));
  std::string blob = crypto::SignatureBlob(envelope.signature);
  CHECK(Read(EnvelopeText(PayloadType::kApproval, envelope.payload, blob)));
  blob[9] = 0;  // version 0, which ssh-keygen takes
  const Result<Envelope> other = Read(EnvelopeText(PayloadType::kApproval, envelope.payload, blob));
  REQUIRE_FALSE(other);
  CHECK(other.error().message == "the approval: the signature is not written in its one form");
}

TEST_CASE("a signature holds for its type and its payload alone") {
  const Envelope envelope = *Read(ReadVector("approval.json"));
  const std::string blob = crypto::SignatureBlob(envelope.signature);
  for (const PayloadType type : {PayloadType::kStatement, PayloadType::kFreshness, PayloadType::kOutcome}) {
    const Result<Envelope> other = Read(EnvelopeText(type, envelope.payload, blob), type);
    REQUIRE(other);
    CHECK_FALSE(VerifyEnvelope(*other));
  }
  const Result<Envelope> other = Read(EnvelopeText(PayloadType::kApproval, envelope.payload + " ", blob));
  REQUIRE(other);
  CHECK_FALSE(VerifyEnvelope(*other));
}

}  // namespace
}  // namespace sluice::promotion
