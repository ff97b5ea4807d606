// One signature that ssh-keygen made, and what is none. agreement_test.cc holds
// every type of key and thousands of mutants against ssh-keygen.
#include "crypto/signature.h"

#include <openssl/bn.h>

#include "crypto/base64.h"
#include "crypto/dsse.h"
#include "crypto/wire.h"
#include "tests/catch.h"
#include "tests/crypto/security_key.h"

namespace sluice::crypto {
namespace {

constexpr char kArmour[] = R"(-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgcFh/RbMdIo2X8yagVJGrmpqttN
N5xLkcvPllYYcXBB0AAAAPc2x1aWNlLWFwcHJvdmFsAAAAAAAAAAZzaGE1MTIAAABTAAAA
C3NzaC1lZDI1NTE5AAAAQFkAs2XTDJ69e61uLTYduFdhoQPLjIYb7kTX8lPnFtDrBXKPgR
WPCGoahgMBCFbNrh/B8i0B/8OScJwXMJJzYgU=
-----END SSH SIGNATURE-----
)";

const std::string kMessage = PreAuthenticationEncoding("http://example.com/HelloWorld", "hello world");

Signature TheSignature() {
  Result<Signature> read = ReadArmour(kArmour);
  REQUIRE(read);
  return *read;
}

std::string Replaced(std::string text, std::string_view old, std::string_view by) {
  const std::size_t at = text.find(old);
  REQUIRE(at != std::string::npos);
  return text.replace(at, old.size(), by);
}

std::string Why(const Result<Signature>& read) { return read ? "" : read.error().message; }

// A blob of these fields, one of which a test makes wrong.
struct Fields {
  std::string magic = "SSHSIG";
  std::uint32_t version = 1;
  std::string key = TheSignature().key.blob, ns = "sluice-approval", reserved = "", hash = "sha512",
              bytes = TheSignature().bytes, rest = "";
  std::string Blob() const {
    return magic + WireNumber(version) + WireString(key) + WireString(ns) + WireString(reserved) +
           WireString(hash) + WireString(bytes) + rest;
  }
};

std::string NotRead(const Fields& fields) { return Why(ReadSignature(fields.Blob())); }

TEST_CASE("the pre-authentication encoding is that of DSSE's own example") {
  CHECK(kMessage == "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  CHECK(PreAuthenticationEncoding("", "") == "DSSEv1 0  0 ");
}

TEST_CASE("a signature of ssh-keygen holds for its message and its use alone") {
  const Signature signature = TheSignature();
  CHECK(signature.ns == "sluice-approval");
  CHECK(Fingerprint(signature.key) == "SHA256:lqhE3mxJtD2e/vKOrYJgY69O4VnOQxzYW+6ludI4vGA");
  CHECK(Verify(signature, "sluice-approval", kMessage));
  for (const char* ns : {"sluice-record", "git", "", "sluice-approva", "sluice-approvalx", "Sluice-approval"})
    CHECK_FALSE(Verify(signature, ns, kMessage));
  for (std::size_t at = 0; at < kMessage.size(); ++at) {
    std::string other = kMessage;
    other[at] = static_cast<char>(other[at] ^ 1);
    CHECK_FALSE(Verify(signature, "sluice-approval", other));
  }
  CHECK_FALSE(Verify(signature, "sluice-approval", kMessage + "\n"));
}

TEST_CASE("what is read is written again, byte for byte") {
  const Signature signature = TheSignature();
  CHECK(Armour(SignatureBlob(signature)) == kArmour);
  CHECK(Fields().Blob() == SignatureBlob(signature));
  // What is not signed and ssh-keygen takes in other forms has one form here.
  for (const Fields& fields :
       {Fields{.version = 0}, Fields{.reserved = "x"}, Fields{.ns = std::string("sluice-approval\0", 16)}}) {
    const Result<Signature> read = ReadSignature(fields.Blob());
    REQUIRE(read);
    CHECK(SignatureBlob(*read) == SignatureBlob(signature));
  }
}

TEST_CASE("no bit of a signature may be another, but those that are not signed") {
  const std::string blob = SignatureBlob(TheSignature());
  std::size_t held = 0;
  for (std::size_t bit = 0; bit < 8 * blob.size(); ++bit) {
    std::string other = blob;
    other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << bit % 8));
    const Result<Signature> read = ReadSignature(other);
    held += read && Verify(*read, "sluice-approval", kMessage);
  }
  CHECK(held == 1);  // version 0
}

TEST_CASE("a blob that is no signature is refused in words") {
  CHECK(NotRead({.magic = "SSHSIH"}) == "not an SSH signature: it does not begin SSHSIG");
  CHECK(NotRead({.version = 2}) == "an SSH signature of version 2, which is not known here");
  CHECK(NotRead({.rest = "x"}) == "an SSH signature of another length than its fields");
  CHECK(NotRead({.ns = std::string("a\0b", 3)}) == "an SSH signature of another length than its fields");
  for (const char* hash : {"", "sha1", "SHA512", "sha512x", "sha*", "sha256,sha512"})
    CHECK(NotRead({.hash = hash}) == "an SSH signature with an unknown hash");
  CHECK(NotRead({.key = ""}) == "the key of the signature: a key of no type that is taken here");
  CHECK(NotRead({.key = WireString("ssh-dss")}) ==
        "the key of the signature: a key of no type that is taken here");
  const std::string blob = Fields().Blob();
  for (std::size_t size = 0; size < blob.size(); ++size) CHECK_FALSE(ReadSignature(blob.substr(0, size)));
  CHECK(ReadSignature(blob + std::string(kSignatureBytes, 'x')).error().kind == ErrorKind::kLimit);
}

TEST_CASE("a key has one spelling") {
  const std::string point(32, 'p'), type = "ssh-ed25519";
  const std::string n = "\x7f" + std::string(255, 'n'), e("\1\0\1", 3);
  CHECK(ReadPublicKey(WireString(type) + WireString(point)));
  CHECK(ReadPublicKey(WireString("ssh-rsa") + WireString(e) + WireString(n)));
  for (const std::string& blob :
       {WireString("ED25519") + WireString(point), WireString(type + '\0') + WireString(point),
        WireString(type) + WireString(point + "p"), WireString(type) + WireString(point.substr(1)),
        WireString(type) + WireString(point) + "x",
        WireString("rsa-sha2-512") + WireString(e) + WireString(n),
        WireString("ssh-rsa") + WireString(std::string(1, '\0') + e) + WireString(n),
        WireString("ssh-rsa") + WireString(e) + WireString(std::string(1, '\0') + n),
        WireString("ssh-rsa") + WireString(e) + WireString("\x80" + n), WireString("ssh-rsa") + WireString(e),
        WireString("ssh-rsa") + WireString(e) + WireString("\x7f" + std::string(2048, 'n')),
        WireString("ecdsa-sha2-nistp256") + WireString("nistp384") + WireString("\4" + std::string(64, 'x')),
        WireString("ecdsa-sha2-nistp256") + WireString("nistp256") + WireString("\4" + std::string(64, 'x')),
        WireString("ecdsa-sha2-nistp256") + WireString("nistp256") + WireString("\2" + std::string(32, 'x')),
        WireString("ecdsa-sha2-nistp256") + WireString("nistp256") + WireString(std::string(1, '\0'))})
    CHECK_FALSE(ReadPublicKey(blob));
  const Result<PublicKey> small =
      ReadPublicKey(WireString("ssh-rsa") + WireString(e) + WireString(n.substr(0, 127)));
  REQUIRE_FALSE(small);
  CHECK(small.error().kind == ErrorKind::kLimit);
}

TEST_CASE("an Ed25519 signature with S past the order is refused, which ssh-keygen takes") {
  Signature signature = TheSignature();
  std::string s = signature.bytes.substr(signature.bytes.size() - 32);  // little end first
  BIGNUM* number = BN_lebin2bn(reinterpret_cast<unsigned char*>(s.data()), 32, nullptr);
  BIGNUM* order = nullptr;
  BN_hex2bn(&order, "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed");
  BN_add(number, number, order);
  BN_bn2lebinpad(number, reinterpret_cast<unsigned char*>(s.data()), 32);
  BN_free(number), BN_free(order);
  signature.bytes.replace(signature.bytes.size() - 32, 32, s);
  CHECK_FALSE(Verify(signature, "sluice-approval", kMessage));
}

TEST_CASE("a security key's flags and counter are signed, and told") {
  const SecurityKey key("sk-ecdsa-sha2-nistp256@openssh.com", "ssh:sluice");
  Result<Signature> read = ReadArmour(key.Sign("sluice-approval", kMessage, 5, 41));
  REQUIRE(read);
  CHECK(read->key.application == "ssh:sluice");
  const Result<SecurityKeyWords> words = Verify(*read, "sluice-approval", kMessage);
  REQUIRE(words);
  CHECK(words->present);
  CHECK(words->verified);
  CHECK(words->counter == 41);
  for (const std::size_t from_end : {1u, 5u}) {  // the counter, the flags
    Signature other = *read;
    other.bytes[other.bytes.size() - from_end] =
        static_cast<char>(other.bytes[other.bytes.size() - from_end] ^ 1);
    CHECK_FALSE(Verify(other, "sluice-approval", kMessage));
  }
}

TEST_CASE("the lines of a signature begin at once and end") {
  const std::string text = kArmour;
  CHECK(ReadArmour(text + "whatever"));
  CHECK(ReadArmour(Replaced(text, "SIGNATURE-----\n", "SIGNATURE-----\r\n")));
  for (const std::string& other :
       {" " + text, Replaced(text, "BEGIN", "begin"), Replaced(text, "-----END", "----END"), std::string(),
        Replaced(text, "SIGNATURE-----\n", "SIGNATURE----- \n"), Replaced(text, "U1NIU0lH", "U1NIU0l!"),
        Replaced(text, "U1NIU0lH", "U1NIU0lI"), std::string(1u << 20, '-')})
    CHECK_FALSE(ReadArmour(other));
}

}  // namespace
}  // namespace sluice::crypto
