#include "tests/crypto/security_key.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include <vector>

#include "crypto/base64.h"
#include "crypto/digest.h"
#include "crypto/signature.h"
#include "crypto/wire.h"
#include "tests/catch.h"

namespace sluice::crypto {

struct SecurityKey::Held {
  EVP_PKEY* key = nullptr;
  bool ed25519 = false;
  ~Held() { EVP_PKEY_free(key); }
};

namespace {

template <class Digest>
std::string Text(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string PublicBytes(EVP_PKEY* key, bool ed25519) {
  unsigned char bytes[128];
  std::size_t size = sizeof bytes;
  if (ed25519) {
    REQUIRE(EVP_PKEY_get_raw_public_key(key, bytes, &size) == 1);
  } else {
    REQUIRE(EVP_PKEY_get_octet_string_param(key, "pub", bytes, sizeof bytes, &size) == 1);
  }
  return {reinterpret_cast<char*>(bytes), size};
}

std::string SignRaw(EVP_PKEY* key, bool ed25519, const std::string& data) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  REQUIRE(EVP_DigestSignInit(context, nullptr, ed25519 ? nullptr : EVP_sha256(), nullptr, key) == 1);
  std::vector<unsigned char> out(256);
  std::size_t size = out.size();
  REQUIRE(EVP_DigestSign(context, out.data(), &size, reinterpret_cast<const unsigned char*>(data.data()),
                         data.size()) == 1);
  EVP_MD_CTX_free(context);
  return {reinterpret_cast<char*>(out.data()), size};
}

std::string BigNumber(const BIGNUM* number) {
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  if (!bytes.empty() && (bytes[0] & 0x80) != 0) bytes.insert(bytes.begin(), '\0');
  return WireString(bytes);
}

std::string EcdsaWire(const std::string& der) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  ECDSA_SIG* signature = d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size()));
  REQUIRE(signature != nullptr);
  std::string wire = BigNumber(ECDSA_SIG_get0_r(signature)) + BigNumber(ECDSA_SIG_get0_s(signature));
  ECDSA_SIG_free(signature);
  return wire;
}

}  // namespace

SecurityKey::SecurityKey(std::string type, std::string application)
    : type_(std::move(type)), application_(std::move(application)), held_(std::make_unique<Held>()) {
  held_->ed25519 = type_.find("ed25519") != std::string::npos;
  held_->key = held_->ed25519 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519") : EVP_EC_gen("P-256");
  const std::string bytes = WireString(PublicBytes(held_->key, held_->ed25519));
  blob_ = WireString(type_) + (held_->ed25519 ? bytes : WireString("nistp256") + bytes) +
          WireString(application_);
}

SecurityKey::~SecurityKey() = default;

std::string SecurityKey::Line() const { return type_ + " " + ToBase64(blob_); }

std::string SecurityKey::Sign(const std::string& ns, const std::string& message, std::uint8_t flags,
                              std::uint32_t counter) const {
  const std::string to_sign = "SSHSIG" + WireString(ns) + WireString("") + WireString("sha512") +
                              WireString(Text(DigestSha512(message)));
  const std::string data = Text(DigestSha256(application_)) + static_cast<char>(flags) + WireNumber(counter) +
                           Text(DigestSha256(to_sign));
  const std::string raw = SignRaw(held_->key, held_->ed25519, data);
  const std::string bytes = WireString(type_) + WireString(held_->ed25519 ? raw : EcdsaWire(raw)) +
                            static_cast<char>(flags) + WireNumber(counter);
  return Armour("SSHSIG" + WireNumber(1) + WireString(blob_) + WireString(ns) + WireString("") +
                WireString("sha512") + WireString(bytes));
}

}  // namespace sluice::crypto
