#include "tests/net/certificates.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <memory>

namespace sluice::net {
namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

void Must(bool done) {
  if (!done) std::abort();
}

std::string Text(BIO* bio) {
  char* bytes = nullptr;
  const long count = BIO_get_mem_data(bio, &bytes);
  return {bytes, static_cast<std::size_t>(count)};
}

void Add(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  Must(extension && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ",") + name;
  return text;
}

Certificate Unsigned(const Wanted& wanted, EVP_PKEY* key, X509* issuer) {
  static long serial = 1;
  Certificate made(X509_new());
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), wanted.from);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), wanted.until);
  X509_set_pubkey(made.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(wanted.common_name.c_str()), -1, -1, 0);
  X509* signer = issuer ? issuer : made.get();
  X509_set_issuer_name(made.get(), X509_get_subject_name(signer));
  Add(made.get(), signer, NID_basic_constraints,
      wanted.is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  Add(made.get(), signer, NID_subject_key_identifier, "hash");
  if (!wanted.is_authority) Add(made.get(), signer, NID_ext_key_usage, wanted.usage);
  if (!wanted.alternative_names.empty())
    Add(made.get(), signer, NID_subject_alt_name, Joined(wanted.alternative_names));
  return made;
}

Pair Finish(X509* made, EVP_PKEY* key, EVP_PKEY* signer) {
  Must(X509_sign(made, signer, EVP_sha256()) > 0);
  const Bio certificate(BIO_new(BIO_s_mem())), secret(BIO_new(BIO_s_mem()));
  Must(PEM_write_bio_X509(certificate.get(), made) == 1);
  Must(PEM_write_bio_PrivateKey(secret.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return {Text(certificate.get()), Text(secret.get())};
}

}  // namespace

Pair SelfSigned(const Wanted& wanted) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate made = Unsigned(wanted, key.get(), nullptr);
  return Finish(made.get(), key.get(), key.get());
}

Pair SignedBy(const Pair& authority, const Wanted& wanted) {
  const Bio certificate(BIO_new_mem_buf(authority.certificate_pem.data(), -1));
  const Bio secret(BIO_new_mem_buf(authority.key_pem.data(), -1));
  const Certificate issuer(PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr));
  const Key signer(PEM_read_bio_PrivateKey(secret.get(), nullptr, nullptr, nullptr));
  const Key key(EVP_EC_gen("P-256"));
  const Certificate made = Unsigned(wanted, key.get(), issuer.get());
  return Finish(made.get(), key.get(), signer.get());
}

Pair Authority(const std::string& name) { return SelfSigned({.common_name = name, .is_authority = true}); }

}  // namespace sluice::net
