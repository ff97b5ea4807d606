// secret/half-encrypted, secret/sops-required, secret/sops-rules.
#include <string>
#include <vector>

#include "manifests/document.h"
#include "policies/native.h"
#include "policies/rules/sops_document.h"
#include "tests/catch.h"
#include "tests/policies/native_gate.h"

namespace sluice::policies {
namespace {

const std::string kEnc = "ENC[AES256_GCM,data:p0lJyQ==,iv:hV0z,tag:BzWp,type:str]";
const std::string kAge = "  age:\n    - recipient: age1x\n      enc: y\n";
const std::string kMac = "  mac: " + kEnc + "\n";
const std::string kModified = "  lastmodified: \"2025-11-03T09:12:44Z\"\n";
const std::string kRegex = "  encrypted_regex: ^(data|stringData)$\n";
const std::string kSops = "sops:\n" + kAge + kMac + kModified + kRegex;

std::string Secret(const std::string& lines) {
  return "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n" + lines;
}
std::string Values(const std::string& sops) {
  return "user: " + kEnc + "\ndb:\n  list:\n    - " + kEnc + "\n  none:\n" + sops;
}

TEST_CASE("documents that SOPS encrypted pass") {
  for (const std::string& text :
       {Secret("stringData:\n  a: " + kEnc + "\n" + kSops),
        Secret("data:\n  a: " + kEnc + "\n  b: \"\"\n  c:\n" + kSops),
        Secret("stringData:\n  a_plain: ${A}\n  b: " + kEnc + "\nsops:\n" + kAge + kMac +
               "  unencrypted_regex: ^(apiVersion|kind|metadata|a_plain)$\n"),
        Secret("stringData:\n  host: \"\"\n  pw_secret: " + kEnc + "\nsops:\n" + kAge + kMac +
               "  encrypted_suffix: _secret\n"),
        Values("sops:\n" + kAge + kMac), Values("sops:\n" + kMac + "  key_groups:\n    - age: []\n"),
        Values("host: db\nsops:\n" + kAge + kMac + "  encrypted_comment_regex: secret\n"),
        Secret("stringData:\n  a: " + kEnc + "\nsops:\n" + kAge + kMac +
               "  encrypted_comment_regex: secret\n"),
        Values("note_unencrypted: plain\nparent_unencrypted:\n  a: plain\nsops:\n" + kAge + kMac),
        Values("sops:\n" + kAge + kMac) + "---\n" + Values("sops:\n" + kAge + kMac),
        "apiVersion: v1\nkind: List\nitems:\n  - " +
            std::string("{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {a: \"") + kEnc +
            "\"}}\n" + kSops,
        std::string("sops:\n  enabled: true\nimage: nginx\n")}) {
    const Findings findings = Judge(text);
    CAPTURE(text, TextOf(findings));
    CHECK(findings.empty());
  }
}

TEST_CASE("what the selector of SOPS leaves out of a Secret is plain all the same") {
  for (const std::string& text :
       {Secret("data:\n  a: " + kEnc + "\nstringData:\n  b: hunter2\nsops:\n" + kAge + kMac +
               "  encrypted_regex: ^data$\n"),
        Secret("stringData:\n  a_plain: hunter2\n  b: " + kEnc + "\nsops:\n" + kAge + kMac +
               "  unencrypted_regex: ^(apiVersion|kind|metadata|a_plain)$\n"),
        Secret("stringData:\n  host: hunter2\n  pw_secret: " + kEnc + "\nsops:\n" + kAge + kMac +
               "  encrypted_suffix: _secret\n"),
        Secret("stringData:\n  a: " + kEnc + "\n  b_unencrypted: hunter2\nsops:\n" + kAge + kMac +
               "  unencrypted_regex: ^(kind|apiVersion|metadata|name|b_unencrypted)$\n")}) {
    const Findings findings = Judge(text);
    CAPTURE(text, TextOf(findings));
    CHECK(RulesOf(findings) == "secret/plain");
    CHECK(TextOf(findings).find("hunter2") == std::string::npos);
  }
}

TEST_CASE("documents of which SOPS encrypted only a part are secret/half-encrypted") {
  for (const std::string& text :
       {Secret("stringData:\n  a: " + kEnc + "\n  b: hunter2\n" + kSops),
        Secret("stringData:\n  a: hunter2\n" + kSops),
        Secret("data:\n  a: " + kEnc + "\nstringData:\n  b: 42\n" + kSops),
        Secret("stringData:\n  a: " + kEnc + " hunter2\n" + kSops),
        Secret("stringData:\n  a: " + kEnc + "\nsops:\n" + kAge + kModified + kRegex),           // no mac
        Secret("stringData:\n  a: " + kEnc + "\nsops:\n" + kAge + "  mac: hunter2\n" + kRegex),  // none
        Secret("stringData:\n  a: " + kEnc + "\nsops:\n" + kMac + kRegex),                       // no key
        Secret("stringData:\n  a: " + kEnc + "\nsops:\n  age: []\n" + kMac + kRegex),
        Secret("stringData:\n  a: hunter2\nsops:\n" + kAge + kMac + "  encrypted_regex: ^nothing$\n"),
        Secret("stringData:\n  a: hunter2\nsops:\n" + kAge + kMac + "  unencrypted_regex: .*\n"),
        Secret("stringData:\n  a: hunter2\nsops:\n" + kAge + kMac + "  encrypted_comment_regex: secret\n"),
        Secret("stringData:\n  a: hunter2\n  b: " + kEnc + "\nsops:\n" + kAge + kMac +
               "  unencrypted_comment_regex: plain\n"),
        Secret("stringData:\n  a: " + kEnc + "\nsops:\n" + kAge +
               kMac),  // the default would encrypt kind too
        Secret("stringData:\n  a: " + kEnc + "\nsops:\n" + kAge + kMac + "  encrypted_regex: ^(data\n"),
        Secret("stringData:\n  a: " + kEnc + "\n"),
        Values(""),
        Values("pw: hunter2\nsops:\n" + kAge + kMac),
        Values("sops:\n" + kAge + kModified),
        Values("list:\n  - hunter2\nsops:\n" + kAge + kMac),
        std::string("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  a: " + kEnc +
                    "\n  b: hunter2\n" + kSops),
        Secret("stringData:\n  a: " + kEnc + "\n" + kSops) +
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  a: " + kEnc + "\n"}) {
    const Findings findings = Judge(text);
    CAPTURE(text, TextOf(findings));
    CHECK(RulesOf(findings) == "secret/half-encrypted");
    CHECK(findings.size() == 1);
    CHECK(TextOf(findings).find("hunter2") == std::string::npos);
  }
}

TEST_CASE("a half-encrypted finding points at the key that was forgotten") {
  const Findings findings =
      Judge(Secret("stringData:\n  a: " + kEnc + "\n  b: hunter2\n  c: hunter3\n" + kSops));
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].message == "2 values that its sops metadata wants encrypted are plain");
  CHECK(findings[0].field == "stringData.b");
  CHECK(findings[0].range.begin == Position{7, 3});
}

TEST_CASE("an encrypted document is known by IsSopsEncrypted, a half-encrypted one is not") {
  const auto encrypted = [](const std::string& text) {
    const manifests::ParsedFile file = manifests::Parse("x.yaml", text, Limits{});
    return IsSopsEncrypted(*file.documents.at(0).root);
  };
  CHECK(encrypted(Secret("stringData:\n  a: " + kEnc + "\n" + kSops)));
  CHECK_FALSE(encrypted(Secret("stringData:\n  a: hunter2\n" + kSops)));
  CHECK_FALSE(encrypted(Secret("stringData:\n  a: " + kEnc + "\n")));
  CHECK_FALSE(encrypted("a: b\n"));
}

// As SOPS decides it: getsops/sops, sops.go, shouldBeEncrypted.
TEST_CASE("any part of a path decides, and the later key overrules the earlier") {
  const auto wants = [](const std::string& keys, std::vector<std::string_view> path) {
    const manifests::ParsedFile file = manifests::Parse("x.yaml", keys, Limits{});
    const SopsSelector selector = SelectorOf(*file.documents.at(0).root);
    SopsSelector::Marks marks;
    for (const std::string_view part : path) marks = selector.With(marks, part);
    return selector.WantsEncrypted(marks);
  };
  CHECK(wants("a: b\n", {"data", "a"}));
  CHECK_FALSE(wants("a: b\n", {"data_unencrypted", "a"}));
  CHECK_FALSE(wants("unencrypted_suffix: _x\n", {"data", "a_x"}));
  CHECK(wants("unencrypted_suffix: _x\n", {"data", "a_unencrypted"}));
  CHECK(wants("encrypted_suffix: _x\n", {"a_x", "b"}));
  CHECK_FALSE(wants("encrypted_suffix: _x\n", {"a", "b"}));
  CHECK_FALSE(wants("encrypted_regex: ^data$\n", {"metadata", "a"}));
  CHECK(wants("encrypted_regex: data\n", {"metadata", "a"}));  // not anchored
  CHECK_FALSE(wants("unencrypted_regex: ^(kind|metadata)$\n", {"metadata", "a"}));
  CHECK(wants("unencrypted_regex: ^(kind|metadata)$\n", {"data", "a"}));
  CHECK(wants("unencrypted_regex: a\nencrypted_regex: a\n", {"a"}));
  CHECK(wants("unencrypted_suffix: _x\nencrypted_suffix: _y\n", {"a_x", "b_y"}));
}

Findings JudgeWith(const std::string& rules, const std::string& path, const std::string& text) {
  return Judge({{".sops.yaml", "creation_rules:\n" + rules}, {path, text}});
}
std::string Rule(const std::string& path_regex, const std::string& more = "") {
  return "  - path_regex: " + path_regex + "\n    age: age1x\n" + more;
}
const std::string kDataOnly = "    encrypted_regex: ^(data|stringData)$\n";
const std::string kConfigMap = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  a: b\n";

TEST_CASE("a plain file whose name is kept for encrypted ones is secret/sops-required") {
  const std::vector<std::vector<std::string>> cases = {
      {Rule("\\.sops\\.ya?ml$"), "a/values.sops.yaml", "pw: hunter2\n"},
      {Rule("\\.sops\\.ya?ml$", kDataOnly), "a/c.sops.yml", kConfigMap},
      {Rule("secrets?\\.yaml$"), "secrets.yaml", "pw: hunter2\n"},
      {Rule("\\.enc\\.json$"), "x.enc.json", "{\"pw\": \"hunter2\"}"},
      {Rule("^never$") + Rule("\\.sops\\.yaml$"), "values.sops.yaml", "pw: [hunter2]\n"},
      {Rule("\\.sops\\.yaml$"), "values.sops.yaml", "pw: hunter2\nsops:\n  enabled: true\n"}};
  for (const auto& c : cases) {
    const Findings findings = JudgeWith(c[0], c[1], c[2]);
    CAPTURE(c[0], c[1], TextOf(findings));
    CHECK(RulesOf(findings) == "secret/sops-required");
    CHECK(TextOf(findings).find("hunter2") == std::string::npos);
  }
}

TEST_CASE("a creation rule that takes every manifest keeps no file for encrypted ones") {
  const std::vector<std::vector<std::string>> cases = {
      {Rule(".*\\.yaml$", kDataOnly), "apps/c.yaml", kConfigMap},
      {Rule("clusters/prod/.*\\.yaml", kDataOnly), "clusters/prod/c.yaml", kConfigMap},
      {"  - age: age1x\n", "c.yaml", kConfigMap},
      {"  - path_regex: \"\"\n    age: age1x\n", "c.yaml", kConfigMap},
      {Rule("\\.sops\\.yaml$", kDataOnly), "d.sops.yaml",
       "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: d\n"},
      {Rule("secret.*\\.yaml$", kDataOnly), "secretstore.yaml",
       "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata:\n  name: d\nspec:\n  data:\n    "
       "- secretKey: a\n"},
      {Rule("\\.sops\\.yaml$"), "c.yaml", kConfigMap},
      {Rule("\\.sops\\.yaml$"), "v.sops.yaml", Values("sops:\n" + kAge + kMac)},
      {Rule("\\.sops\\.yaml$"), "v.sops.yaml", "# nothing\n"},
      // The first rule that matches is the one that counts.
      {Rule("values", "    encrypted_regex: ^pw$\n") + Rule("\\.sops\\.yaml$"), "values.sops.yaml",
       "host: db\n"},
      {Rule("kustomization"), "kustomization.yaml", "resources: [a.yaml]\n"}};
  for (const auto& c : cases) {
    const Findings findings = JudgeWith(c[0], c[1], c[2]);
    CAPTURE(c[0], c[1], TextOf(findings));
    CHECK(findings.empty());
  }
}

TEST_CASE("paths are matched from the directory of .sops.yaml, and only below it") {
  const auto rules = ParseSopsRules(
      manifests::Parse("infra/.sops.yaml", "creation_rules:\n" + Rule("^db/.*\\.sops\\.yaml$"), Limits{}));
  const NativeContext context{.catalog = &CatalogOf({"1.34"}), .sops = rules.rules.get()};
  const auto count = [&context](const char* path) {
    return CheckSopsFile(context, manifests::Parse(path, "pw: hunter2\n", Limits{})).size();
  };
  CHECK(count("infra/db/v.sops.yaml") == 1);
  CHECK(count("db/v.sops.yaml") == 0);
  CHECK(count("other/db/v.sops.yaml") == 0);  // as long as infra/
  CHECK(count("infra/x/db/v.sops.yaml") == 0);
}

TEST_CASE("a .sops.yaml that cannot be read says where") {
  const std::vector<std::string> bad = {"creation_rules: x\n", "creation_rules: {a: b}\n",
                                        "creation_rules:\n  - x\n", "creation_rules:\n" + Rule("(")};
  for (const std::string& text : bad) {
    const LoadedSopsRules loaded = ParseSopsRules(manifests::Parse(".sops.yaml", text, Limits{}));
    CAPTURE(text);
    REQUIRE(loaded.rules != nullptr);
    REQUIRE(loaded.findings.size() == 1);
    CHECK(loaded.findings[0].rule == "secret/sops-rules");
    CHECK(loaded.findings[0].range.begin.line > 0);
  }
  for (const char* text : {"", "stores: {}\n", "creation_rules:\n", "[]", "x\n"}) {
    CAPTURE(text);
    CHECK(ParseSopsRules(manifests::Parse(".sops.yaml", text, Limits{})).findings.empty());
  }
}

}  // namespace
}  // namespace sluice::policies
