// PROTOCOL.certkeys of OpenSSH. Critical options are read past: they speak of
// logins, and ssh-keygen does not ask for them when it verifies a signature.
#include "crypto/certificate.h"

namespace sluice::crypto {
namespace {

constexpr std::size_t kPrincipals = 256;  // SSHKEY_CERT_MAX_PRINCIPALS
constexpr std::uint32_t kUser = 1, kHost = 2;

bool TakePrincipals(std::string_view bytes, std::vector<std::string>& principals) {
  WireReader reader(bytes);
  while (reader.ok() && !reader.rest().empty() && principals.size() <= kPrincipals)
    principals.emplace_back(reader.Text());
  return reader.ok() && principals.size() <= kPrincipals;
}

// Pairs of a name and a value.
bool ArePairs(std::string_view bytes) {
  WireReader reader(bytes);
  while (reader.ok() && !reader.rest().empty()) {
    reader.String();
    reader.String();
  }
  return reader.ok();
}

// A certificate is no authority; told by its name, before it is read as a key.
Result<PublicKey> ReadAuthority(std::string_view blob) {
  WireReader reader(blob);
  if (reader.String().find("-cert-v01@") != std::string_view::npos)
    return Failed("its authority is itself a certificate");
  return ReadPublicKey(blob);
}

}  // namespace

Result<Certificate> ReadCertificate(std::string_view blob, WireReader& reader) {
  Certificate certificate;
  reader.Long();  // the serial number
  const std::uint32_t type = reader.Number();
  reader.Text();  // the key's id
  const std::string_view principals = reader.String();
  certificate.valid_after = reader.Long();
  certificate.valid_before = reader.Long();
  const std::string_view options = reader.String(), extensions = reader.String();
  reader.String();  // reserved
  const std::string_view authority_blob = reader.String();
  const std::string_view signed_part = blob.substr(0, blob.size() - reader.rest().size());
  const std::string_view signature = reader.String();
  if (!reader.ok()) return Failed("the certificate ends too soon");
  if (type != kUser && type != kHost) return Failed("a certificate of no known type");
  certificate.user = type == kUser;
  if (!TakePrincipals(principals, certificate.principals) || !ArePairs(options) || !ArePairs(extensions))
    return Failed("the lists of the certificate are malformed");
  const Result<PublicKey> authority = ReadAuthority(authority_blob);
  if (!authority) return authority.error();
  if (Result<SecurityKeyWords> held = VerifyWithKey(*authority, signature, signed_part); !held)
    return Failed("the authority's signature of the certificate: " + held.error().message);
  certificate.authority = authority->plain;
  certificate.authority_bits = authority->bits;
  return certificate;
}

}  // namespace sluice::crypto
