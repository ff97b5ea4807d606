// The grammar of allowed signers, line by line; agreement_test.cc holds it
// against ssh-keygen.
#include "crypto/allowed_signers.h"

#include <cstdlib>
#include <ctime>

#include "crypto/revoked_keys.h"
#include "crypto/ssh_pattern.h"
#include "tests/catch.h"

namespace sluice::crypto {
namespace {

constexpr char kKey[] = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHBYf0WzHSKNl/MmoFSRq5qarbTTecS5HLz5ZWGHFwQd";
constexpr char kOther[] = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIISL1tSX4Y7uUdtfI9F3KfPEY6hIdFtfJelBTqetTO1W";

std::string With(const std::string& front) { return front + " " + kKey + "\n"; }

AllowedSigners Read(const std::string& text) {
  Result<AllowedSigners> read = ReadAllowedSigners(text);
  REQUIRE(read);
  return *read;
}

std::string Answer(const std::string& text, const std::string& principal, std::int64_t time = 1'000'000'000) {
  const AllowedSigners signers = Read(text);
  const PublicKey key = *ReadPublicKeyLine(kKey);
  const auto found = FindSigner(signers, {key, principal, "sluice-approval", time});
  return found ? "line " + std::to_string((*found)->line) : found.error().message;
}

std::string Problem(const std::string& text) {
  const AllowedSigners signers = Read(text);
  REQUIRE(signers.lines.empty());
  REQUIRE(signers.problems.size() == 1);
  return signers.problems[0].message;
}

bool Ends(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

TEST_CASE("a line lets those sign whom its patterns name") {
  for (const char* principals : {"ana", "ben,ana", "a*", "???", "*,!ben", "\"ana\"", "a\"na\"", "**a"})
    CHECK(Answer(With(principals), "ana") == "line 1");
  for (const char* principals : {"ben", "an", "anna", "a", "?", "ana,!a*", "!ana", "ANA", "!ben", "ana;ben"})
    CHECK_FALSE(Answer(With(principals), "ana") == "line 1");
}

TEST_CASE("a refusal says what the nearest line lacks") {
  const std::string other = "ana " + std::string(kOther) + "\n";
  CHECK(Ends(Answer("", "ana"), "is not allowed to sign as ana"));
  CHECK(Ends(Answer("ana " + std::string(kOther), "ana"), "line 1: it has another key"));
  CHECK(Ends(Answer(With("ana namespaces=\"git\""), "ana"),
             "line 1: the key may not be used for this namespace"));
  CHECK(Ends(Answer(other + With("ana valid-before=\"20010101Z\""), "ana"),
             "line 2: the key was no longer valid"));
  CHECK(Ends(Answer(With("ana valid-after=\"20020101Z\""), "ana"), "line 1: the key was not yet valid"));
  CHECK(Ends(Answer(With("ana cert-authority"), "ana"), "line 1: it has another key"));
}

TEST_CASE("the first line that fits counts, whatever stands before it") {
  CHECK(Answer("# ana\n\n  \t\n" + With("ana valid-before=\"19990101Z\"") + "broken\n" + With("ana"),
               "ana") == "line 6");
}

TEST_CASE("a key is good from the first second to the last") {
  const std::string text = With("ana valid-after=\"20010909014640Z\",valid-before=\"200109090147Z\"");
  CHECK(Answer(text, "ana", 1'000'000'000) == "line 1");
  CHECK(Answer(text, "ana", 1'000'000'020) == "line 1");
  CHECK(Ends(Answer(text, "ana", 999'999'999), "not yet valid"));
  CHECK(Ends(Answer(text, "ana", 1'000'000'021), "no longer valid"));
  CHECK_FALSE(Answer(text, "ana", -1) == "line 1");
}

TEST_CASE("a time without Z is local, and said to be") {
  setenv("TZ", "CET-1", 1);
  tzset();
  const std::string text = With("ana valid-after=\"20010909024640\"");
  CHECK(Read(text).lines[0].local_time);
  CHECK(Read(text).lines[0].valid_after == 1'000'000'000);
  CHECK_FALSE(Read(With("ana valid-after=\"20010909UTC\"")).lines[0].local_time);
}

TEST_CASE("a malformed line is passed over and reported") {
  for (const char* text :
       {"ana", "ana ", "ana\n", "ana ssh-ed25519", "ana ssh-ed25519 ", "ana ssh-ed25519 AAAA",
        "ana ssh-dss AAAAB3NzaC1kc3M=",
        "ana ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHBYf0WzHSKNl/MmoFSRq5qarbTTecS5HLz5ZWGHFwQdAA==",
        "ana ecdsa-sha2-nistp256 AAAAC3NzaC1lZDI1NTE5AAAAIHBYf0WzHSKNl/MmoFSRq5qarbTTecS5HLz5ZWGHFwQd",
        "\"ana ssh-ed25519 AAAA", "ana namespaces=\"git"})
    CHECK_FALSE(Problem(text).empty());
}

TEST_CASE("an option that is not known or not whole makes its line malformed") {
  const struct {
    const char* options;
    const char* message;
  } cases[] = {
      {"no-touch-required", "an unknown option"},
      {"cert-authorityx", "an unknown option"},
      {"valid-after", "an unknown option"},
      {"cert-authority,", "a comma behind the last option"},
      {"namespaces=git", "a value without quotes"},
      {"namespaces=\"a\",namespaces=\"b\"", "namespaces given twice"},
      {"namespaces=\"a\"x", "an unknown option"},
      {"valid-after=20200101Z", "a value without quotes"},
      {"valid-after=\"20200101Z\",valid-after=\"20200101Z\"", "a time given twice"},
      {"valid-after=\"2020-01-01\"", "not a time: write YYYYMMDDZ or YYYYMMDDHHMMSSZ"},
      {"valid-after=\"20201301Z\"", "not a time: write YYYYMMDDZ or YYYYMMDDHHMMSSZ"},
      {"valid-after=\"2020010124Z\"", "not a time: write YYYYMMDDZ or YYYYMMDDHHMMSSZ"},
      {"valid-after=\"19700101Z\"", "not a time: write YYYYMMDDZ or YYYYMMDDHHMMSSZ"},
      {"valid-after=\"\"", "not a time: write YYYYMMDDZ or YYYYMMDDHHMMSSZ"},
      {"valid-after=\"20200102Z\",valid-before=\"20200102Z\"", "valid-before is not after valid-after"},
  };
  for (const auto& [options, message] : cases) CHECK(Problem(With(std::string("ana ") + options)) == message);
}

TEST_CASE("options may be written as OpenSSH writes them") {
  for (const char* options :
       {"cert-authority", "CERT-AUTHORITY,namespaces=\"a,b\"", ",cert-authority", "namespaces=\"a b\"",
        "namespaces=\"\"", "Valid-Before=\"20200230z\"", "valid-after=\"20200101Utc\",,cert-authority"}) {
    INFO(options);
    CHECK(Read(With(std::string("ana ") + options)).lines.size() == 1);
  }
  CHECK(Read(With("ana namespaces=\"a\\\"b\"")).lines[0].namespaces == "a\"b");
}

TEST_CASE("a file of signers has a bound") {
  const Result<AllowedSigners> read = ReadAllowedSigners(std::string(kAllowedSignersBytes + 1, '#'));
  REQUIRE_FALSE(read);
  CHECK(read.error().kind == ErrorKind::kLimit);
}

TEST_CASE("patterns match in time that their lengths bound") {
  const std::string text(20'000, 'a');
  std::string pattern;
  for (int i = 0; i < 500; ++i) pattern += "*a";
  CHECK(MatchesPatternList(text, pattern));
  CHECK_FALSE(MatchesPatternList(text, pattern + "b"));
  CHECK_FALSE(MatchesPatternList("a", "a," + std::string(1023, 'b')));
  CHECK(MatchesPatternList("a", "a," + std::string(1022, 'b')));
}

TEST_CASE("a revoked key is found, also as an authority, and no line is guessed at") {
  const PublicKey key = *ReadPublicKeyLine(kKey);
  const auto revokes = [&](const std::string& text) {
    const Result<RevokedKeys> read = ReadRevokedKeys(text);
    return read ? (IsRevoked(*read, key) ? "yes" : "no") : read.error().message;
  };
  CHECK(revokes("# none\n\n") == "no");
  CHECK(revokes(std::string(kOther) + "\n") == "no");
  CHECK(revokes(std::string(kOther) + "\n  " + kKey + " comment") == "yes");
  for (const std::string& text : {std::string("ana ") + kKey, std::string("SHA256:abc"), std::string("\r\n"),
                                  std::string(kOther) + "\nx\n"})
    CHECK(revokes(text).find("of the revoked keys") != std::string::npos);
  CHECK(revokes(std::string("SSHKRL\n\0\0\0\0\1", 12)).find("(KRL)") != std::string::npos);
  PublicKey certified = *ReadPublicKeyLine(kOther);
  const auto certificate = std::make_shared<Certificate>();
  certificate->authority = key.plain;
  certified.certificate = certificate;
  CHECK(IsRevoked(*ReadRevokedKeys(kKey), certified));
}

}  // namespace
}  // namespace sluice::crypto
