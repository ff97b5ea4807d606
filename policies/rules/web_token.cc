// secret/web-token, and Kubernetes' own tokens under secret/token: three parts
// of base64url with dots between, the first two JSON objects.
#include <string>

#include "policies/rules/base64.h"
#include "policies/rules/credential_shapes.h"
#include "policies/rules/rules.h"

namespace sluice::policies {

// A warning: many are public by design (the anonymous keys of hosted databases)
// or have long expired, and nothing in them says which.
constexpr Rule kWebTokenRule{
    .id = "secret/web-token",
    .severity = Severity::kWarning,
    .title = "a signed JSON web token in plain text",
    .why = "Until it expires, whoever has the token is whom it names.",
    .remedy =
        "if it is a credential, withdraw it and keep the new one in a Secret that is encrypted or made "
        "by reference",
    .fails = R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: mirror
  namespace: shop
data:
  token: eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.)"
             R"(eyJzdWIiOiJtaXJyb3IiLCJhdWQiOiJzaG9wIiwiaWF0IjoxNzYyMTYyMDAwfQ.)"
             R"(b1Vq8sYt3KzRw0XeLm5NcJd7HgPf2TaUiQoZy9E4xRk
)",
    .passes = R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: mirror
  namespace: shop
data:
  tokenFrom: mirror-token
)",
};

namespace {

constexpr std::size_t kPartBytes = 16384;  // a longer part is no token that a header could carry
constexpr std::size_t kHeaderBytes = 10;
constexpr std::size_t kSignatureBytes = 20;
constexpr std::size_t kDecodedBytes = 4096;

std::size_t PartEnd(std::string_view bytes, std::size_t at) {
  return at + RunLength(bytes, at, kUrlBase64, kPartBytes);
}

bool HasDot(std::string_view bytes, std::size_t at) { return at < bytes.size() && bytes[at] == '.'; }

}  // namespace

bool CheckWebToken(std::string_view bytes, std::size_t at, const CredentialShape& shape,
                   CredentialMatch& match) {
  if (!BeginsToken(bytes, at, kUrlBase64)) return false;
  const std::size_t header = PartEnd(bytes, at);
  if (header - at < kHeaderBytes || !HasDot(bytes, header)) return false;
  if (!bytes.substr(header + 1).starts_with(shape.anchor)) return false;
  const std::size_t payload = PartEnd(bytes, header + 1);
  if (!HasDot(bytes, payload)) return false;
  const std::size_t end = PartEnd(bytes, payload + 1);
  const std::string_view signature = bytes.substr(payload + 1, end - payload - 1);
  if (signature.size() < kSignatureBytes || IsExample(signature)) return false;
  if (DecodeBase64(bytes.substr(at, header - at), kDecodedBytes).find("\"alg\"") == std::string::npos) {
    return false;
  }
  const std::string claims = DecodeBase64(bytes.substr(header + 1, payload - header - 1), kDecodedBytes);
  const bool is_kubernetes = claims.find("kubernetes.io") != std::string::npos ||
                             claims.find("kubernetes/serviceaccount") != std::string::npos;
  match = {.rule = is_kubernetes ? &kTokenRule : &kWebTokenRule,
           .what = is_kubernetes ? "Kubernetes service account token" : shape.what,
           .begin = at,
           .end = end};
  return true;
}

}  // namespace sluice::policies
