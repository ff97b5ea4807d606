// secret/token, secret/private-key and their kin, over any bytes. Tokens are put
// together here, from a prefix and random text: none stands in this file.
#include <ctime>
#include <string>
#include <vector>

#include "policies/native.h"
#include "policies/rules/credential_table.h"
#include "tests/catch.h"
#include "tests/policies/native_gate.h"
#include "tests/policies/random_text.h"

namespace sluice::policies {
namespace {

std::string AlphabetText(Alphabet alphabet) {
  std::string text;
  for (int c = ' '; c < 127; ++c) {
    if ((SetsOf(static_cast<char>(c)) & alphabet) != 0) text += static_cast<char>(c);
  }
  return text;
}

std::string Sample(const CredentialShape& shape, std::uint64_t seed, std::size_t length) {
  const std::string letters = AlphabetText(shape.alphabet & ~(kDash | kUnderscore | kEquals | kDot));
  std::string body = RandomText(seed).Of(letters, length);
  if (shape.dot_at != 0 && shape.dot_at < body.size()) body[shape.dot_at] = '.';
  return std::string(shape.anchor) + (shape.check == CheckAssignedToken ? ": " : "") + body;
}

bool IsByAlphabet(const CredentialShape& shape) {
  return shape.check == CheckToken || shape.check == CheckAssignedToken;
}

TEST_CASE("each shape of a token is found wherever it stands") {
  std::uint64_t seed = 1;
  for (const CredentialShape& shape : kCredentialShapes) {
    if (!IsByAlphabet(shape)) continue;
    for (const std::size_t length : {shape.min, shape.max}) {
      const std::string token = Sample(shape, ++seed, length);
      for (const std::string& text :
           {token, "token: " + token + "\n", "# " + token + "\n", "{\"a\":\"" + token + "\"}",
            "a=" + token + ",b", "x\\n" + token + "\\n", std::string(37, ' ') + token,
            std::string("\0\xff", 2) + token + '\0'}) {
        const Findings findings = CheckCredentials("x", text);
        CAPTURE(shape.what, shape.anchor, text);
        REQUIRE(findings.size() == 1);
        CHECK(findings[0].rule == "secret/token");
        CHECK(findings[0].message == std::string(shape.what) + " in plain text");
      }
    }
  }
}

TEST_CASE("what is too short, too long or in another alphabet is no token") {
  std::uint64_t seed = 1000;
  for (const CredentialShape& shape : kCredentialShapes) {
    if (!IsByAlphabet(shape)) continue;
    CAPTURE(shape.what, shape.anchor);
    CHECK(CheckCredentials("x", Sample(shape, ++seed, shape.min - 1u)).empty());
    CHECK(CheckCredentials("x", Sample(shape, ++seed, shape.max + 1u)).empty());
    CHECK(CheckCredentials("x", std::string(shape.anchor) + ' ' + std::string(shape.max, '!')).empty());
    CHECK(CheckCredentials("x", std::string(shape.anchor)).empty());
  }
}

TEST_CASE("a SendGrid key has its dot in its place") {
  const std::string body = RandomText(12).Of(kLetters, 66);
  CHECK(CheckCredentials("x", "SG." + body).empty());
  CHECK(CheckCredentials("x", "SG." + body.substr(0, 22) + '.' + body.substr(23)).size() == 1);
  CHECK(CheckCredentials("x", "SG." + body.substr(0, 23) + '.' + body.substr(24)).empty());
}

TEST_CASE("examples of documentation are no tokens") {
  const auto joined = [](std::string_view prefix, std::string_view body) {
    return std::string(prefix) + std::string(body);
  };
  for (const std::string& text :
       {joined("AKIA", "IOSFODNN7EXAMPLE"), joined("AKIA", "XXXXXXXXXXXXXXXX"),
        joined("AKIA", "1234567890ABCDEF"), joined("AKIA", "ZQZQZQZQZQZQZQZQ"),
        joined("ghp_", "16C7e42F292c6912E7710c838347Ae178B4a"),
        joined("ghp_", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
        joined("ghp_", "abcdefghijklmnopqrstuvwxyz0123456789"),
        joined("ghp_", "000000000000000000000000000000000000"), joined("glpat-", "your_access_token_here"),
        joined("xoxb-", "your-slack-bot-token-goes-here"),
        joined("aws_secret_access_key = ", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        joined("AccountKey=",
               "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="),
        joined("hvs.", "<token>"), joined("sk_live_", "..."), joined("sk_test_", "x7Kq2mVb9RtLw4YzNc8JdHs5"),
        joined("AIza", "SyExampleExampleExampleExampleExamp")}) {
    const Findings findings = CheckCredentials("x", text);
    CAPTURE(text);
    CHECK(findings.empty());
  }
}

TEST_CASE("words that begin like a token are none") {
  for (const char* text :
       {"xghp_x7Kq2mVb9RtLw4YzNc8JdHs5PfGa3EuTiQo1", "npm_config_registry", "hf_home: /data", "sk-anthropic",
        "SG.example", "AKIAtests", "eyJust", "https://hooks.slack.com/services/${SLACK}",
        "AGE-SECRET-KEY-1...", "AccountKey=${KEY}", "glpat-${TOKEN}", "SKIPPED", "skip_live_", "dapi: x",
        "pul-request", "aws_secret_access_key: ${KEY}",
        "name: AWS_SECRET_ACCESS_KEY\n  valueFrom:\n    secretKeyRef: {name: a, key: b}"}) {
    CAPTURE(text);
    CHECK(CheckCredentials("x", text).empty());
  }
}

TEST_CASE("the value of an env variable that names an AWS secret key is found") {
  const std::string key = RandomText(7).Of(kLetters, 40);
  const std::string text = "- name: AWS_SECRET_ACCESS_KEY\n  value: \"" + key + "\"\n";
  const Findings findings = CheckCredentials("x", text);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].range == Range{{2, 11}, {2, 51}});
}

std::string Pem(const std::string& label, const std::string& body) {
  return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
}
std::string Base64Of(const std::string& text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 3) {
    const auto byte = [&](std::size_t k) {
      return k < text.size() ? static_cast<unsigned char>(text[k]) : 0u;
    };
    const unsigned bits = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    for (int shift = 18; shift >= 0; shift -= 6) out += kDigits[bits >> shift & 63];
  }
  return out;
}

TEST_CASE("private keys are found in every form") {
  const std::string body = RandomText(3).Of(kLetters, 64) + "\n" + RandomText(4).Of(kLetters, 64);
  for (const char* label : {"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY",
                            "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK"}) {
    const std::string pem = Pem(label, body);
    std::string escaped = "\"";
    for (const char c : pem) escaped += c == '\n' ? std::string("\\n") : std::string(1, c);
    std::string indented = "key: |\n    ";
    for (const char c : pem) indented += c == '\n' ? std::string("\n    ") : std::string(1, c);
    for (const std::string& text : {pem, escaped, indented, "k: " + Base64Of(pem) + "\n"}) {
      const Findings findings = CheckCredentials("x", text);
      CAPTURE(label, text);
      REQUIRE(findings.size() == 1);
      CHECK(findings[0].rule == "secret/private-key");
    }
  }
}

TEST_CASE("keys under a passphrase are a warning") {
  const std::string body = RandomText(5).Of(kLetters, 128);
  for (const std::string& text :
       {Pem("ENCRYPTED PRIVATE KEY", body), Pem("ENCRYPTED COSIGN PRIVATE KEY", body),
        Base64Of(Pem("ENCRYPTED PRIVATE KEY", body)),
        Pem("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0011\n\n" + body),
        Pem("OPENSSH PRIVATE KEY", "b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni" + body),
        "\"-----BEGIN OPENSSH PRIVATE KEY-----\\nb3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni" + body + "\\n\""}) {
    const Findings findings = CheckCredentials("x", text);
    CAPTURE(text);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].rule == "secret/encrypted-private-key");
    CHECK(findings[0].severity == Severity::kWarning);
  }
  for (const auto& [label, begin] : std::vector<std::pair<std::string, std::string>>{
           {"OPENSSH PRIVATE KEY", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU"},
           {"RSA PRIVATE KEY", "b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni"}}) {
    CHECK(RulesOf(CheckCredentials("x", Pem(label, begin + body))) == "secret/private-key");
  }
}

TEST_CASE("what only speaks of private keys is none") {
  const std::string body = RandomText(6).Of(kLetters, 128);
  for (const std::string& text :
       {Pem("CERTIFICATE", body), Pem("PUBLIC KEY", body), Pem("PGP PUBLIC KEY BLOCK", body),
        Pem("PGP MESSAGE", body), Pem("AGE ENCRYPTED FILE", body), Pem("PRIVATE KEY", "..."),
        Pem("PRIVATE KEY", "<your key>"), Pem("PRIVATE KEY", "${KEY}"),
        Pem("PRIVATE KEY", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC..."), Pem("PRIVATE KEY", std::string(128, 'x')),
        Pem("PRIVATE KEY", "EXAMPLEKEYEXAMPLEKEY" + body), std::string("-----BEGIN PRIVATE KEY-----"),
        "--BEGIN PRIVATE KEY-----\n" + body, "BEGIN PRIVATE KEY-----\n" + body,
        "-----BEGIN PRIVATE KEY\n" + body, Base64Of(Pem("CERTIFICATE", body)),
        Base64Of("-----BEGIN PRIVATE KEY-----"), std::string("----- BEGIN")}) {
    CAPTURE(text);
    CHECK(CheckCredentials("x", text).empty());
  }
}

std::string WebToken(const std::string& header, const std::string& claims, const std::string& signature) {
  return Base64Of(header) + '.' + Base64Of(claims) + '.' + signature;
}

TEST_CASE("a web token is a warning, one of Kubernetes an error") {
  const std::string signature = RandomText(8).Of(kLetters, 43);
  const std::string header = R"({"alg":"RS256","kid":"a"})";
  const Findings other = CheckCredentials("x", WebToken(header, R"({"sub":"ana","aud":"shop"})", signature));
  REQUIRE(RulesOf(other) == "secret/web-token");
  CHECK(other[0].severity == Severity::kWarning);
  for (const char* claims : {R"({"iss":"kubernetes/serviceaccount","sub":"a"})",
                             R"({"aud":["x"],"kubernetes.io":{"namespace":"a"}})"}) {
    CHECK(RulesOf(CheckCredentials("x", WebToken(header, claims, signature))) == "secret/token");
  }
}

TEST_CASE("three parts with dots are not always a web token") {
  const std::string signature = RandomText(9).Of(kLetters, 43);
  const std::string header = R"({"alg":"HS256","typ":"JWT"})", claims = R"({"sub":"ana"})";
  for (const std::string& text :
       {WebToken(header, claims, "x7Kq2mVb9RtLw4YzNc8"),
        WebToken(header, claims, "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"),
        WebToken(R"({"typ":"JWT"})", claims, signature), Base64Of(header) + '.' + Base64Of(claims),
        WebToken(header, "claims", signature), "x" + WebToken(header, claims, signature)}) {
    CAPTURE(text);
    CHECK(CheckCredentials("x", text).empty());
  }
}

TEST_CASE("passwords in URLs are found, what stands for one is not") {
  for (const char* url : {"postgres://shop:hunter2@db/shop", "https://ana:hunter2@git.example/x.git",
                          "redis://:hunter2@redis:6379", "amqp://shop:hunter2@[::1]:5672",
                          "mongodb+srv://shop:hunt%40er2@db.example", "http://a:b$c@host"}) {
    CAPTURE(url);
    const Findings findings = CheckCredentials("x", "url: \"" + std::string(url) + "\"\n");
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].rule == "secret/url-password");
  }
  for (const char* url : {"https://example.com/a:b@c",
                          "https://ana@example.com",
                          "https://example.com:8080",
                          "https://a:@host",
                          "://a:b@c",
                          "https://${USER}:${PASS}@host",
                          "https://a:${PASS}@host",
                          "https://a:$(PASS)@host",
                          "https://a:$PASS@host",
                          "https://a:<password>@host",
                          "https://a:{{ .pass }}@host",
                          "https://a:%s@host",
                          "https://a:***@host",
                          "https://user:password@host",
                          "https://user:PASS@host",
                          "https://postgres:postgres@db",
                          "https://shopper:shopper@host",
                          "https://a:a@host",
                          "https://a:your-token@host",
                          "https://a:mypassword1@host",
                          "oci://registry:tag@sha256:0011",
                          "http://a:b c@host",
                          "http://a:b@",
                          "http://a:b@ host",
                          "https://a:xxxxx@host",
                          "git://[user:pw@]host"}) {
    CAPTURE(url);
    CHECK(CheckCredentials("x", "url: \"" + std::string(url) + "\"\n").empty());
  }
}

TEST_CASE("places are lines and code points") {
  const std::string token = "ghp_" + RandomText(10).Of(kLetters, 36);
  const Findings findings =
      CheckCredentials("a/b.txt", "\xc3\xa9\n\xc3\xa9: " + token + " " + token + "\r\n" + token);
  REQUIRE(findings.size() == 3);
  CHECK(findings[0].range == Range{{2, 4}, {2, 44}});
  CHECK(findings[1].range == Range{{2, 45}, {2, 85}});
  CHECK(findings[2].range.begin == Position{3, 1});
  CHECK(findings[0].file == "a/b.txt");
}

TEST_CASE("the hundredth finding says where there are more") {
  std::string text;
  for (int i = 0; i < 150; ++i)
    text += "ghp_" + RandomText(100 + static_cast<unsigned>(i)).Of(kLetters, 36) + "\n";
  const Findings findings = CheckCredentials("x", text);
  REQUIRE(findings.size() == 100);
  CHECK(findings.back().message ==
        "GitHub personal access token in plain text; more of the same follow, which are not listed");
}

// The filter may only ever leave out places where no anchor stands.
TEST_CASE("the filter finds what a search without it finds") {
  RandomText random(11);
  for (int round = 0; round < 400; ++round) {
    const CredentialShape& shape = kCredentialShapes[random.Next() % kCredentialShapes.size()];
    if (!IsByAlphabet(shape)) continue;
    const std::size_t before = random.Next() % 40;
    const std::string text = random.Of(" :-_./=\n", before) + ' ' + Sample(shape, random.Next(), shape.min) +
                             random.Of(" :\n", random.Next() % 20);
    bool expected = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
      CredentialMatch match;
      const bool stands = std::string_view(text).substr(at).starts_with(shape.anchor);
      expected = expected || (stands && shape.check(text, at, shape, match));
    }
    CAPTURE(shape.anchor, text);
    CHECK(expected);
    CHECK(CheckCredentials("x", text).empty() != expected);
  }
}

// 4 MiB each of what makes a careless scanner quadratic. The bound is on work,
// told by a time on the processor far above any honest run and far below a
// quadratic one.
TEST_CASE("files that are all beginnings are read in linear time") {
  for (const char* unit : {"eyJ",
                           "-eyJ",
                           ".eyJ",
                           "eyJaaaaaaaaaa.",
                           "://",
                           "://a:",
                           "a://a:a",
                           "ghp_",
                           "xoxb-",
                           "sk-ant-",
                           "SG.",
                           "T3BlbkFJ",
                           "-----BEGIN ",
                           "-----BEGIN PRIVATE KEY-----",
                           "-----BEGIN PRIVATE KEY-----\n",
                           "LS0tLS1CRUdJTi",
                           "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t",
                           "AWS_SECRET_ACCESS_KEY ",
                           "AccountKey=",
                           "-",
                           "AKIA",
                           "hooks.slack.com/services/T",
                           "ops_eyJ",
                           ".atlasv1."}) {
    std::string text;
    while (text.size() < (4u << 20)) text += unit;
    const std::clock_t start = std::clock();
    const Findings findings = CheckCredentials("x", text);
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    CAPTURE(unit, seconds, findings.size());
    CHECK(seconds < 5);
    CHECK(findings.size() <= 100);
  }
}

}  // namespace
}  // namespace sluice::policies
