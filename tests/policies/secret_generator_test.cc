// secret/generator-literal and secret/env-file.
#include <string>
#include <vector>

#include "manifests/document.h"
#include "policies/native.h"
#include "tests/catch.h"
#include "tests/policies/native_gate.h"

namespace sluice::policies {
namespace {

SecretSources Sources(const std::string& text) {
  return CheckSecretGenerators(manifests::Parse("kustomization.yaml", text, Limits{}));
}
std::string Generator(const std::string& lines) { return "secretGenerator:\n  - name: db\n" + lines; }

TEST_CASE("literals with a value are found one by one, without the value") {
  const SecretSources sources =
      Sources(Generator("    literals:\n      - user=${USER}\n      - pw=hunter2\n      - "
                        "\"key='hunter2'\"\n      - empty=\n      - novalue\n"));
  REQUIRE(sources.findings.size() == 2);
  CHECK(sources.findings[0].rule == "secret/generator-literal");
  CHECK(sources.findings[0].message == "secretGenerator has the value of \"pw\" in plain text");
  CHECK(sources.findings[0].field == "secretGenerator[0].literals[1]");
  CHECK(sources.findings[0].range.begin == Position{5, 9});
  CHECK(TextOf(sources.findings).find("hunter2") == std::string::npos);
}

TEST_CASE("literals that hold no secret pass") {
  for (const char* literal :
       {"a=${A}", "\"a='${A}'\"", "'a=\"${A}\"'", "a=", "a=''", "a=<path:kv/db#pw>", "a=op://v/i/f"}) {
    CAPTURE(literal);
    CHECK(Sources(Generator("    literals:\n      - " + std::string(literal) + "\n")).findings.empty());
  }
  CHECK(Sources("configMapGenerator:\n  - name: c\n    literals: [a=b]\n").findings.empty());
  CHECK(Sources("secretGenerator: x\n").findings.empty());
  CHECK(Sources("secretGenerator:\n  - x\n  - literals: x\n  - envs: x\n").findings.empty());
}

TEST_CASE("a generator in a file of its own is read too") {
  const SecretSources sources = Sources(
      "apiVersion: builtin\nkind: SecretGenerator\nmetadata: {name: db}\nliterals: [pw=hunter2]\nenvs: "
      "[db.env]\n");
  CHECK(RulesOf(sources.findings) == "secret/generator-literal");
  CHECK(sources.env_files == std::vector<std::string>{"db.env"});
}

TEST_CASE("env files are named as the kustomization names them") {
  const SecretSources sources =
      Sources(Generator("    env: old.env\n    envs: [a.env, ../b.env, \"https://x/y.env\"]\n") +
              "  - name: x\n    envs:\n      - c.env\n    files: [d.txt]\n");
  CHECK(sources.env_files == std::vector<std::string>{"old.env", "a.env", "../b.env", "c.env"});
}

const std::string kEnc = "ENC[AES256_GCM,data:p0lJyQ==,iv:hV0z,tag:BzWp,type:str]";

TEST_CASE("env files without a plain value pass") {
  for (const std::string& text :
       {std::string(), std::string("# pw=hunter2\n\n"), std::string("PW=\nPW2=''\nFROM_ENV\n"),
        std::string("PW=${PW}\r\nPW2=\r\n"), std::string("\xef\xbb\xbf# x\n  # y=z\n"),
        "PW=" + kEnc + "\nsops_mac=" + kEnc + "\nsops_version=3.10.2\n",
        "HOST_unencrypted=db\nPW=" + kEnc + "\nsops_mac=" + kEnc + "\nsops_unencrypted_suffix=_unencrypted\n",
        "HOST=db\nPW=" + kEnc + "\nsops_mac=" + kEnc + "\nsops_encrypted_regex=^PW$\n"}) {
    const Findings findings = CheckEnvFile("db.env", text);
    CAPTURE(text, TextOf(findings));
    CHECK(findings.empty());
  }
}

TEST_CASE("env files with a plain value are one finding, at the first") {
  for (const std::string& text :
       {std::string("PW=hunter2"), std::string("# x\nA=\nPW=hunter2\nB=hunter2\n"),
        std::string("  PW=hunter2\r\n"), std::string("PW='hunter2'\n"), std::string("PW==hunter2\n"),
        "A=" + kEnc + "\nPW=hunter2\nsops_mac=" + kEnc + "\n", std::string("sops_version=hunter2\n"),
        std::string("PW=hunter2\nsops_mac=hunter2\nsops_encrypted_regex=^A$\n"),
        "PW=hunter2\nsops_mac=" + kEnc + "\nsops_encrypted_regex=^P\n"}) {
    const Findings findings = CheckEnvFile("a/db.env", text);
    CAPTURE(text, TextOf(findings));
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].rule == "secret/env-file");
    CHECK(findings[0].file == "a/db.env");
    CHECK(findings[0].range.begin.line > 0);
    CHECK(findings[0].message.find("hunter2") == std::string::npos);
  }
  CHECK(CheckEnvFile("db.env", "# x\nA=\nPW=x\nB=y\n")[0].range.begin.line == 3);
}

}  // namespace
}  // namespace sluice::policies
