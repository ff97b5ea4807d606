// PROTOCOL.sshsig of OpenSSH, and its sshsig.c where that leaves a choice.
// Tested by tests/crypto/signature_test.cc and agreement_test.cc.
#include "crypto/signature.h"

#include "crypto/base64.h"
#include "crypto/digest.h"
#include "crypto/wire.h"

namespace sluice::crypto {
namespace {

constexpr std::string_view kMagic = "SSHSIG";
constexpr std::uint32_t kVersion = 1;
constexpr std::string_view kBegin = "-----BEGIN SSH SIGNATURE-----";
constexpr std::string_view kEnd = "\n-----END SSH SIGNATURE-----";
constexpr std::size_t kArmourBytes = 4 * kSignatureBytes;
constexpr std::size_t kArmourColumns = 70;

std::string_view NameOf(MessageHash hash) { return hash == MessageHash::kSha256 ? "sha256" : "sha512"; }

template <class Digest>
std::string_view View(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// What the key signs in place of the message.
std::string SignedData(std::string_view ns, MessageHash hash, std::string_view message) {
  std::string data(kMagic);
  data.append(WireString(ns)).append(WireString("")).append(WireString(NameOf(hash)));
  return data.append(hash == MessageHash::kSha256 ? WireString(View(DigestSha256(message)))
                                                  : WireString(View(DigestSha512(message))));
}

// The base64 between the two lines. Past a CR, as OpenSSH 9.6 and later take it.
std::string_view Between(std::string_view text) {
  if (text.substr(0, kBegin.size()) != kBegin) return {};
  text.remove_prefix(kBegin.size());
  if (!text.empty() && text.front() == '\r') text.remove_prefix(1);
  if (text.empty() || text.front() != '\n') return {};
  text.remove_prefix(1);
  const std::size_t end = text.find(kEnd);
  if (end == std::string_view::npos) return {};
  text = text.substr(0, end);
  if (!text.empty() && text.back() == '\0') text.remove_suffix(1);  // as OpenSSH does
  return text;
}

bool TooFewBits(const PublicKey& key, unsigned least) {
  if (key.certificate != nullptr && key.certificate->authority.find("ssh-rsa") == 4 &&
      key.certificate->authority_bits < least)
    return true;
  return key.algorithm == KeyAlgorithm::kRsa && key.bits < least;
}

}  // namespace

Result<Signature> ReadSignature(std::string_view blob) {
  if (blob.size() > kSignatureBytes) return LimitPassed("a signature of more than 16 KiB");
  if (blob.substr(0, kMagic.size()) != kMagic)
    return Failed("not an SSH signature: it does not begin SSHSIG");
  WireReader reader(blob.substr(kMagic.size()));
  if (const std::uint32_t version = reader.Number(); version > kVersion)
    return Failed("an SSH signature of version " + std::to_string(version) + ", which is not known here");
  const std::string_view key_blob = reader.String();
  Signature signature;
  signature.ns = reader.Text();
  reader.String();  // reserved, and not signed
  const std::string_view hash = reader.Text();
  signature.bytes = reader.String();
  if (!reader.Done()) return Failed("an SSH signature of another length than its fields");
  if (hash != "sha256" && hash != "sha512") return Failed("an SSH signature with an unknown hash");
  signature.hash = hash == "sha256" ? MessageHash::kSha256 : MessageHash::kSha512;
  Result<PublicKey> key = ReadPublicKey(key_blob);
  if (!key) return Error{key.error().kind, "the key of the signature: " + key.error().message, {}, {}};
  signature.key = std::move(*key);
  return signature;
}

Result<Signature> ReadArmour(std::string_view text) {
  if (text.size() > kArmourBytes) return LimitPassed("the lines of a signature of more than 64 KiB");
  const std::string_view lines = Between(text);
  if (lines.data() == nullptr) return Failed("no BEGIN and END of an SSH signature");
  const std::optional<std::string> blob = FromBase64(lines, Blanks::kSkip);
  if (!blob) return Failed("what stands between BEGIN and END SSH SIGNATURE is not base64");
  return ReadSignature(*blob);
}

std::string SignatureBlob(const Signature& signature) {
  std::string blob(kMagic);
  blob.append(WireNumber(kVersion)).append(WireString(signature.key.blob)).append(WireString(signature.ns));
  blob.append(WireString("")).append(WireString(NameOf(signature.hash)));
  return blob.append(WireString(signature.bytes));
}

std::string Armour(std::string_view blob) {
  const std::string text = ToBase64(blob);
  std::string lines(kBegin);
  for (std::size_t at = 0; at < text.size(); at += kArmourColumns)
    lines.append("\n").append(text, at, kArmourColumns);
  return lines.append(kEnd).append("\n");
}

Result<SecurityKeyWords> Verify(const Signature& signature, std::string_view ns, std::string_view message,
                                const VerifyOptions& options) {
  if (signature.ns != ns)
    return Failed("the signature was made for \"" + signature.ns + "\", not for \"" + std::string(ns) + "\"");
  if (TooFewBits(signature.key, options.rsa_bits))
    return Failed("an RSA key of fewer than " + std::to_string(options.rsa_bits) + " bits signed");
  return VerifyWithKey(signature.key, signature.bytes, SignedData(ns, signature.hash, message));
}

}  // namespace sluice::crypto
