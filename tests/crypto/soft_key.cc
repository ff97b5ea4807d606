#include "tests/crypto/soft_key.h"

#include <openssl/evp.h>

#include <cstdlib>

#include "crypto/base64.h"
#include "crypto/digest.h"
#include "crypto/wire.h"

namespace sluice::crypto {
namespace {

// Benchmarks use this too, and have no test to fail.
void Must(bool done) {
  if (!done) std::abort();
}

}  // namespace

struct SoftKey::Held {
  EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  ~Held() { EVP_PKEY_free(key); }

  std::string Blob() const {
    unsigned char bytes[32];
    std::size_t size = sizeof bytes;
    Must(EVP_PKEY_get_raw_public_key(key, bytes, &size) == 1);
    return WireString("ssh-ed25519") + WireString({reinterpret_cast<char*>(bytes), size});
  }
};

SoftKey::SoftKey() : held_(std::make_unique<Held>()) {}
SoftKey::~SoftKey() = default;
SoftKey::SoftKey(SoftKey&&) noexcept = default;

std::string SoftKey::Line() const { return "ssh-ed25519 " + ToBase64(held_->Blob()); }

std::string SoftKey::Sign(const std::string& ns, const std::string& message) const {
  const Sha512 digest = DigestSha512(message);
  const std::string data = "SSHSIG" + WireString(ns) + WireString("") + WireString("sha512") +
                           WireString({reinterpret_cast<const char*>(digest.data()), digest.size()});
  unsigned char signature[64];
  std::size_t size = sizeof signature;
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  Must(EVP_DigestSignInit(context, nullptr, nullptr, nullptr, held_->key) == 1);
  Must(EVP_DigestSign(context, signature, &size, reinterpret_cast<const unsigned char*>(data.data()),
                      data.size()) == 1);
  EVP_MD_CTX_free(context);
  return "SSHSIG" + WireNumber(1) + WireString(held_->Blob()) + WireString(ns) + WireString("") +
         WireString("sha512") +
         WireString(WireString("ssh-ed25519") + WireString({reinterpret_cast<char*>(signature), size}));
}

}  // namespace sluice::crypto
