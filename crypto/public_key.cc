// Tested by tests/crypto/signature_test.cc and, against ssh-keygen, by
// tests/crypto/agreement_test.cc.
#include "crypto/public_key.h"

#include <bit>

#include "crypto/base64.h"
#include "crypto/certificate.h"
#include "crypto/digest.h"
#include "crypto/evp_key.h"
#include "crypto/wire.h"

namespace sluice::crypto {
namespace {

constexpr std::size_t kKeyBytes = 64u << 10;
constexpr unsigned kSmallestRsa = 1024;  // SSH_RSA_MINIMUM_MODULUS_SIZE
constexpr std::size_t kEd25519Bytes = 32, kEd25519Signature = 64;

struct KeyType {
  std::string_view name;
  std::string_view certificate;  // the name of its certificates
  KeyAlgorithm algorithm;
  bool security_key;
  std::string_view curve;  // as SSH calls it
  const char* group;       // as libcrypto does
  Hash hash;               // of its signatures; RSA's name theirs
};

constexpr KeyType kKeyTypes[] = {
    {"ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com", KeyAlgorithm::kEd25519, false, "", "", Hash::kNone},
    {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256-cert-v01@openssh.com", KeyAlgorithm::kEcdsa256, false,
     "nistp256", "P-256", Hash::kSha256},
    {"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384-cert-v01@openssh.com", KeyAlgorithm::kEcdsa384, false,
     "nistp384", "P-384", Hash::kSha384},
    {"ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521-cert-v01@openssh.com", KeyAlgorithm::kEcdsa521, false,
     "nistp521", "P-521", Hash::kSha512},
    {"ssh-rsa", "ssh-rsa-cert-v01@openssh.com", KeyAlgorithm::kRsa, false, "", "", Hash::kNone},
    {"sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519-cert-v01@openssh.com", KeyAlgorithm::kEd25519, true, "",
     "", Hash::kNone},
    {"sk-ecdsa-sha2-nistp256@openssh.com", "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
     KeyAlgorithm::kEcdsa256, true, "nistp256", "P-256", Hash::kSha256},
};

// Other words that may stand before a key in a file, and what they stand for.
constexpr std::string_view kOtherWords[][2] = {
    {"rsa-sha2-256", "ssh-rsa"},
    {"rsa-sha2-512", "ssh-rsa"},
    {"rsa-sha2-256-cert-v01@openssh.com", "ssh-rsa-cert-v01@openssh.com"},
    {"rsa-sha2-512-cert-v01@openssh.com", "ssh-rsa-cert-v01@openssh.com"},
};

const KeyType* FindType(std::string_view name) {
  for (const KeyType& type : kKeyTypes)
    if (name == type.name || name == type.certificate) return &type;
  return nullptr;
}

const KeyType& TypeOf(const PublicKey& key) { return *FindType(key.type); }

unsigned BitsOf(std::string_view number) {
  if (number.empty()) return 0;
  const auto first = static_cast<unsigned char>(number.front());
  return static_cast<unsigned>(8 * (number.size() - 1)) + static_cast<unsigned>(std::bit_width(first));
}

// A big number in its one spelling.
bool TakeKeyNumber(WireReader& reader, std::string_view& number) {
  const std::string_view before = reader.rest();
  number = reader.BigNumber();
  const std::size_t written = before.size() - reader.rest().size() - 4;
  const bool needs_zero = !number.empty() && (static_cast<unsigned char>(number.front()) & 0x80) != 0;
  return reader.ok() && written == number.size() + (needs_zero ? 1 : 0);
}

Result<EvpKeyHandle> TakeRsa(WireReader& reader, PublicKey& key) {
  std::string_view exponent, modulus;
  if (!TakeKeyNumber(reader, exponent) || !TakeKeyNumber(reader, modulus))
    return Failed("the numbers of the key are not written in their one form");
  key.bits = BitsOf(modulus);
  if (key.bits < kSmallestRsa) return LimitPassed("an RSA key of fewer than 1,024 bits");
  return MakeRsaKey(modulus, exponent);
}

Result<EvpKeyHandle> TakeKey(const KeyType& type, WireReader& reader, PublicKey& key) {
  if (type.algorithm == KeyAlgorithm::kRsa) return TakeRsa(reader, key);
  key.bits = type.algorithm == KeyAlgorithm::kEcdsa384   ? 384
             : type.algorithm == KeyAlgorithm::kEcdsa521 ? 521
                                                         : 256;
  if (type.algorithm != KeyAlgorithm::kEd25519) {
    if (reader.String() != type.curve) return Failed("the curve is not the one of the type");
    return MakeEcdsaKey(type.group, reader.String());
  }
  const std::string_view bytes = reader.String();
  if (bytes.size() != kEd25519Bytes) return Failed("an Ed25519 key has 32 bytes");
  return MakeEd25519Key(bytes);
}

// The fields of the bare key, from where the reader stands.
Status TakeFields(const KeyType& type, WireReader& reader, PublicKey& key) {
  const std::string_view before = reader.rest();
  Result<EvpKeyHandle> made = TakeKey(type, reader, key);
  if (!made) return made.error();
  key.key = std::move(*made);
  if (type.security_key) {
    key.application = reader.String();
    if (key.application.find('\0') != std::string::npos) return Failed("a NUL in the application");
  }
  if (!reader.ok()) return Failed("the key ends too soon");
  key.plain = WireString(type.name).append(before.substr(0, before.size() - reader.rest().size()));
  return Ok{};
}

// The bytes that a signature of this key holds, as libcrypto takes them.
std::string LibraryForm(const PublicKey& key, std::string_view bytes) {
  if (key.algorithm == KeyAlgorithm::kEd25519)
    return bytes.size() == kEd25519Signature ? std::string(bytes) : "";
  if (key.algorithm == KeyAlgorithm::kRsa) {
    const std::size_t size = (key.bits + 7) / 8;  // zeros in front may be missing
    return bytes.size() > size ? "" : std::string(size - bytes.size(), '\0').append(bytes);
  }
  WireReader reader(bytes);
  const std::string_view r = reader.BigNumber(), s = reader.BigNumber();
  return reader.Done() ? EcdsaDer(r, s) : "";
}

// What the signature calls itself, and the hash that this means; false where it
// is no name for a signature of this key.
bool HashOf(const PublicKey& key, std::string_view name, Hash& hash) {
  hash = TypeOf(key).hash;
  if (key.algorithm != KeyAlgorithm::kRsa) return name == key.type;
  hash = name == "rsa-sha2-256" ? Hash::kSha256 : Hash::kSha512;
  return name == "rsa-sha2-256" || name == "rsa-sha2-512";
}

std::string_view View(const Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// What a security key signs in place of the data (PROTOCOL.u2f).
std::string SecurityKeyData(const PublicKey& key, std::uint8_t flags, std::uint32_t counter,
                            std::string_view data) {
  std::string signed_data(View(DigestSha256(key.application)));
  signed_data += static_cast<char>(flags);
  return signed_data.append(WireNumber(counter)).append(View(DigestSha256(data)));
}

}  // namespace

Result<PublicKey> ReadPublicKey(std::string_view blob) {
  if (blob.size() > kKeyBytes) return LimitPassed("a key of more than 64 KiB");
  WireReader reader(blob);
  const std::string_view name = reader.String();
  const KeyType* type = FindType(name);
  if (type == nullptr) return Failed("a key of no type that is taken here");
  PublicKey key;
  key.algorithm = type->algorithm;
  key.security_key = type->security_key;
  key.type = type->name;
  key.blob = blob;
  const bool certified = name == type->certificate;
  if (certified) reader.String();  // the nonce
  if (Status fields = TakeFields(*type, reader, key); !fields) return fields.error();
  if (certified) {
    Result<Certificate> certificate = ReadCertificate(blob, reader);
    if (!certificate) return certificate.error();
    key.certificate = std::make_shared<const Certificate>(std::move(*certificate));
  }
  if (!reader.Done()) return Failed("bytes after the key");
  return key;
}

Result<PublicKey> ReadPublicKeyLine(std::string_view line) {
  constexpr std::string_view kBlanks = " \t";
  const std::size_t end = line.find_first_of(kBlanks);
  const std::size_t start = line.find_first_not_of(kBlanks, end);
  if (end == std::string_view::npos || start == std::string_view::npos) return Failed("a key is two words");
  std::string_view word = line.substr(0, end);
  for (const auto& [other, name] : kOtherWords)
    if (word == other) word = name;
  if (FindType(word) == nullptr) return Failed("a key of no type that is taken here");
  const std::string_view text = line.substr(start, line.find_first_of(kBlanks, start) - start);
  const std::optional<std::string> blob = FromBase64(text, Blanks::kSkip);
  if (!blob) return Failed("the second word of a key is not base64");
  if (WireReader(*blob).String() != word)
    return Failed("the key is of another type than its first word says");
  return ReadPublicKey(*blob);
}

std::string PublicKeyLine(const PublicKey& key) { return key.type + " " + ToBase64(key.plain); }

std::string Fingerprint(const PublicKey& key) {
  std::string text = "SHA256:" + ToBase64(View(DigestSha256(key.plain)));
  while (text.back() == '=') text.pop_back();
  return text;
}

Result<SecurityKeyWords> VerifyWithKey(const PublicKey& key, std::string_view signature,
                                       std::string_view data) {
  WireReader reader(signature);
  Hash hash;
  if (!HashOf(key, reader.Text(), hash)) return Failed("the signature is of another type than the key");
  const std::string_view bytes = reader.String();
  SecurityKeyWords words;
  std::string instead;
  if (key.security_key) {
    const std::uint8_t flags = reader.Byte();
    words = {(flags & 1) != 0, (flags & 4) != 0, reader.Number()};
    data = instead = SecurityKeyData(key, flags, words.counter, data);
  }
  if (!reader.Done()) return Failed("the signature has not the bytes that its type has");
  const std::string form = LibraryForm(key, bytes);
  if (form.empty() || !Holds(*key.key, hash, form, data)) return Failed("the signature does not hold");
  return words;
}

}  // namespace sluice::crypto
