// secret/private-key and secret/encrypted-private-key: PEM blocks as text, with
// "\n" escapes (service account files), and in base64 (kubeconfigs, Secrets). A
// header alone is no key: at least 64 characters of body must follow, so that
// documentation and code that looks for keys pass.
#include <algorithm>
#include <string>

#include "policies/rules/base64.h"
#include "policies/rules/credential_shapes.h"
#include "policies/rules/rules.h"

namespace sluice::policies {

constexpr Rule kPrivateKeyRule{
    .id = "secret/private-key",
    .title = "a private key in plain text",
    .why = "Whoever can read the repository, its clones or its backups, now or later, can use the key.",
    .remedy =
        "make a new key pair and withdraw this one, then keep the new key in a Secret that is "
        "encrypted or made by reference",
    .fails = R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: tls
  namespace: shop
data:
  tls.key: |
    -----BEGIN EC PRIVATE )"
             R"(KEY-----
    MHcCAQEEIPRqG3vJ7yWcXo5LtKz0dVnB9sQf2mTaUe8iHhYw4kCxoAoGCCqGSM49
    AwEHoUQDQgAEd1ZpNn6rRb3sVj9XyqKu0LwEoTtGf7cMa2IhYx5QvBzCkDe4WmUg
    Jp8iOnSxHs6FtLrPqYvKz3uAbXwEdRcTfg==
    -----END EC PRIVATE KEY-----
)",
    .passes = R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: tls
  namespace: shop
data:
  tls.crt: |
    -----BEGIN CERTIFICATE-----
    MIIBdDCCARqgAwIBAgIUW8Zk3vJ7yWcXo5LtKz0dVnB9sQf2MAoGCCqGSM49BAMC
    -----END CERTIFICATE-----
)",
};

// A warning, so that signing keys which are made to be kept this way (cosign,
// minisign) can be: the passphrase is the secret, and it is not here.
constexpr Rule kEncryptedPrivateKeyRule{
    .id = "secret/encrypted-private-key",
    .severity = Severity::kWarning,
    .title = "a private key under a passphrase",
    .why =
        "The key is as safe as its passphrase: whoever has the file may guess as often as he likes, for "
        "as long as Git keeps it.",
    .remedy =
        "keep the key in a Secret that is encrypted or made by reference, or waive this with the "
        "reason",
    .fails = R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: signing
  namespace: shop
data:
  signing.key: |
    -----BEGIN ENCRYPTED PRIVATE )"
             R"(KEY-----
    MIIFHDBOBgkqhkiG9w0BBQ0wQTApBgkqhkiG9w0BBQwwHAQIYp3RqKjvW0sCAggA
    MAwGCCqGSIb3DQIJBQAwFAYIKoZIhvcNAwcECGmZk2xVn7cTBIIEyNd5qYw8EoRb
    -----END ENCRYPTED PRIVATE KEY-----
)",
    .passes = R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: signing
  namespace: shop
data:
  signing.pub: |
    -----BEGIN PUBLIC KEY-----
    MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEd1ZpNn6rRb3sVj9XyqKu0LwEoTtG
    -----END PUBLIC KEY-----
)",
};

namespace {

constexpr std::string_view kDashes = "-----";
constexpr std::size_t kLabelBytes = 48;   // "SSH2 ENCRYPTED PRIVATE KEY" and longer
constexpr std::size_t kBodyBytes = 2048;  // that are looked at
constexpr std::size_t kDecodedBytes = 512;
constexpr std::size_t kKeyBytes = 64;  // of body that make a key; an Ed25519 key has exactly these

// openssh-key-v1, then the cipher's name: what "aes256-ctr" and its kin begin with.
constexpr std::string_view kOpenSshEncrypted = "b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni";
constexpr std::string_view kOpenSshLabel = "OPENSSH";

enum class Pem : unsigned char { kNone, kPlain, kEncrypted };

// The base64 characters of a body, whatever stands between the lines.
std::string BodyOf(std::string_view text) {
  std::string body;
  for (std::size_t i = 0; i < text.size() && body.size() < kKeyBytes; ++i) {
    if (text[i] == '\\') {
      ++i;  // the letter of an escape
    } else if (text[i] == '-' || text[i] == '<' || text[i] == '{') {
      break;  // the end, or a placeholder
    } else if ((SetsOf(text[i]) & kBase64) != 0) {
      body += text[i];
    }
  }
  return body;
}

// `text` begins after "-----BEGIN ".
Pem KindOf(std::string_view text) {
  const auto end = text.substr(0, kLabelBytes).find(kDashes);
  if (end == std::string_view::npos) return Pem::kNone;
  const std::string_view label = text.substr(0, end);
  if (label.find("PRIVATE KEY") == std::string_view::npos) return Pem::kNone;
  const std::string_view rest = text.substr(end + kDashes.size(), kBodyBytes);
  const std::string_view headers = rest.substr(0, 256);
  const auto encrypted = headers.find("Proc-Type: 4,ENCRYPTED");
  if (encrypted != std::string_view::npos) return Pem::kEncrypted;
  const std::string body = BodyOf(rest);
  if (body.size() < kKeyBytes || IsExample(body)) return Pem::kNone;
  if (label.starts_with("ENCRYPTED")) return Pem::kEncrypted;
  const bool is_openssh = label.starts_with(kOpenSshLabel);
  return is_openssh && body.starts_with(kOpenSshEncrypted) ? Pem::kEncrypted : Pem::kPlain;
}

void Fill(Pem kind, const CredentialShape& shape, CredentialMatch& match) {
  match.rule = kind == Pem::kPlain ? &kPrivateKeyRule : &kEncryptedPrivateKeyRule;
  match.what = kind == Pem::kPlain ? shape.what : "private key under a passphrase";
}

}  // namespace

bool CheckPem(std::string_view bytes, std::size_t at, const CredentialShape& shape, CredentialMatch& match) {
  if (at < kDashes.size() || bytes.substr(at - kDashes.size(), kDashes.size()) != kDashes) return false;
  const std::string_view text = bytes.substr(at + shape.anchor.size());
  const Pem kind = KindOf(text);
  if (kind == Pem::kNone) return false;
  Fill(kind, shape, match);
  match.begin = at - kDashes.size();
  match.end = at + shape.anchor.size() + text.find(kDashes) + kDashes.size();
  return true;
}

bool CheckEncodedPem(std::string_view bytes, std::size_t at, const CredentialShape& shape,
                     CredentialMatch& match) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  const std::string label = DecodeBase64(bytes.substr(at, 2 * kLabelBytes), kLabelBytes);
  const bool may_be_a_key = label.starts_with(kBegin) && label.find("PRIVATE") != std::string::npos;
  if (!may_be_a_key) return false;  // most are certificates
  const std::string text = DecodeBase64(bytes.substr(at, 2 * kDecodedBytes), kDecodedBytes);
  const Pem kind = KindOf(std::string_view(text).substr(kBegin.size()));
  if (kind == Pem::kNone) return false;
  Fill(kind, shape, match);
  match.begin = at;
  match.end = at + RunLength(bytes, at, kBase64, bytes.size() - at);
  return true;
}

}  // namespace sluice::policies
