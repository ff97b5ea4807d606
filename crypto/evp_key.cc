// A library context of our own: the default one reads openssl.cnf, and with it
// whatever OPENSSL_CONF names. Started at the first key (0.9 ms).
#include "crypto/evp_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/provider.h>

#include "crypto/digest.h"

namespace sluice::crypto {

struct EvpKey {
  EVP_PKEY* key = nullptr;
  ~EvpKey() { EVP_PKEY_free(key); }
};

namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* thing) const {
    Free(thing);
  }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Freed<Free>>;
using Number = Owned<BIGNUM, BN_free>;

OSSL_LIB_CTX* Library() {
  static OSSL_LIB_CTX* const library = [] {
    UseProcessor();
    OSSL_LIB_CTX* made = OSSL_LIB_CTX_new();
    if (made != nullptr && OSSL_PROVIDER_load(made, "default") == nullptr) {
      OSSL_LIB_CTX_free(made);
      made = nullptr;
    }
    return made;
  }();
  return library;
}

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Number ToNumber(std::string_view bytes) {
  return Number(BN_bin2bn(Bytes(bytes), static_cast<int>(bytes.size()), nullptr));
}

Result<EvpKeyHandle> Made(EVP_PKEY* key) {
  ERR_clear_error();
  if (key == nullptr) return Failed("libcrypto does not take the key");
  auto made = std::make_shared<EvpKey>();
  made->key = key;
  return EvpKeyHandle(std::move(made));
}

EVP_PKEY* FromParameters(const char* algorithm, OSSL_PARAM* parameters) {
  const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(
      EVP_PKEY_CTX_new_from_name(Library(), algorithm, nullptr));
  EVP_PKEY* key = nullptr;
  if (context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
  return EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters) == 1 ? key : nullptr;
}

// What OpenSSH asks of a point besides (sshkey_ec_validate_public): neither
// coordinate is short or above the order.
bool IsPointSound(const char* group, std::string_view point) {
  const Owned<EC_GROUP, EC_GROUP_free> curve(
      EC_GROUP_new_by_curve_name_ex(Library(), nullptr, EC_curve_nist2nid(group)));
  const BIGNUM* order = curve == nullptr ? nullptr : EC_GROUP_get0_order(curve.get());
  if (order == nullptr || point.size() % 2 != 1) return false;
  const Number most(BN_dup(order));
  if (most == nullptr || BN_sub_word(most.get(), 1) != 1) return false;
  const std::size_t half = point.size() / 2;
  for (const std::string_view part : {point.substr(1, half), point.substr(1 + half)}) {
    const Number coordinate = ToNumber(part);
    if (coordinate == nullptr || BN_num_bits(coordinate.get()) <= BN_num_bits(order) / 2 ||
        BN_cmp(coordinate.get(), most.get()) >= 0)
      return false;
  }
  return true;
}

const char* Name(Hash hash) {
  switch (hash) {
    case Hash::kSha256:
      return "SHA256";
    case Hash::kSha384:
      return "SHA384";
    case Hash::kSha512:
      return "SHA512";
    case Hash::kNone:
      break;
  }
  return nullptr;
}

}  // namespace

Result<EvpKeyHandle> MakeEd25519Key(std::string_view bytes) {
  return Made(EVP_PKEY_new_raw_public_key_ex(Library(), "ED25519", nullptr, Bytes(bytes), bytes.size()));
}

Result<EvpKeyHandle> MakeEcdsaKey(const char* group, std::string_view point) {
  constexpr char kUncompressed = 4;
  if (point.empty() || point.front() != kUncompressed || !IsPointSound(group, point))
    return Failed("the point is not one of its curve");
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, const_cast<char*>(group), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, const_cast<char*>(point.data()),
                                        point.size()),
      OSSL_PARAM_construct_end()};
  return Made(FromParameters("EC", parameters));
}

Result<EvpKeyHandle> MakeRsaKey(std::string_view modulus, std::string_view exponent) {
  const Number n = ToNumber(modulus), e = ToNumber(exponent);
  const Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
  if (builder == nullptr || n == nullptr || e == nullptr ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return Failed("libcrypto does not take the key");
  const Owned<OSSL_PARAM, OSSL_PARAM_free> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  return Made(FromParameters("RSA", parameters.get()));
}

bool Holds(const EvpKey& key, Hash hash, std::string_view signature, std::string_view data) {
  const Owned<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  const bool holds =
      context != nullptr &&
      EVP_DigestVerifyInit_ex(context.get(), nullptr, Name(hash), Library(), nullptr, key.key, nullptr) ==
          1 &&
      EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(data), data.size()) == 1;
  ERR_clear_error();
  return holds;
}

std::string EcdsaDer(std::string_view r, std::string_view s) {
  const Owned<ECDSA_SIG, ECDSA_SIG_free> signature(ECDSA_SIG_new());
  Number r_number = ToNumber(r), s_number = ToNumber(s);
  if (signature == nullptr || ECDSA_SIG_set0(signature.get(), r_number.get(), s_number.get()) != 1) return {};
  static_cast<void>(r_number.release());
  static_cast<void>(s_number.release());
  const int size = i2d_ECDSA_SIG(signature.get(), nullptr);
  std::string der(static_cast<std::size_t>(size > 0 ? size : 0), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  if (size > 0) i2d_ECDSA_SIG(signature.get(), &out);
  return der;
}

}  // namespace sluice::crypto
