// SHA-256 against the test vectors of FIPS 180-4 and of NIST's validation suite.
#include "crypto/digest.h"

#include "tests/catch.h"

namespace sluice::crypto {
namespace {

TEST_CASE("a digest is SHA-256 as FIPS 180-4 defines it") {
  const struct {
    std::string bytes;
    std::string_view digest;
  } vectors[] = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {std::string(1'000'000, 'a'), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
      {std::string(1, '\0'), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
  };
  for (const auto& [bytes, digest] : vectors) CHECK(Hex(DigestSha256(bytes)) == digest);
  UseProcessor();
  for (const auto& [bytes, digest] : vectors) CHECK(Hex(DigestSha256(bytes)) == digest);
}

TEST_CASE("a digest is written as 64 lower-case hexadecimal digits") {
  Sha256 digest{};
  digest[0] = 0xAB;
  digest[31] = 0x0F;
  REQUIRE(Hex(digest) == "ab" + std::string(60, '0') + "0f");
}

}  // namespace
}  // namespace sluice::crypto
