// D18: no value of a Secret, and no credential, stands in any part of a finding.
#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/policies/native_gate.h"
#include "tests/policies/random_text.h"

namespace sluice::policies {
namespace {

struct Planted {
  std::string secret;
  std::map<std::string, std::string> files;
};

std::string Secret(const std::string& lines) {
  return "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n" + lines;
}
std::string Map(const std::string& lines) {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: db\n" + lines;
}

// Sixty places where people leave a secret.
std::vector<Planted> PlantedSecrets() {
  std::vector<Planted> all;
  std::uint64_t seed = 20;
  const std::string sops =
      "sops:\n  age: [{recipient: a, enc: b}]\n  mac: ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]\n"
      "  encrypted_regex: ^(data|stringData)$\n";
  for (int round = 0; round < 3; ++round) {
    const std::string word = "s" + RandomText(++seed).Of("abcdefghijklmnopqrstuvwxyz", 17);
    const std::string token = "ghp_" + RandomText(++seed).Of(kLetters, 36);
    const auto plant = [&all](const std::string& secret, const std::string& text,
                              const std::string& path = "a.yaml") {
      all.push_back({secret, {{path, text}}});
    };
    const std::string& s = round == 0 ? word : token;
    plant(s, Secret("stringData:\n  pw: " + s + "\n"));
    plant(s, Secret("data:\n  pw: " + s + "\n"));
    plant(s, Secret("stringData:\n  pw: |\n    " + s.substr(0, 9) + "\n    " + s.substr(9) + "\n"));
    plant(s, Secret("stringData: [" + s + "]\n"));
    plant(s, Secret("stringData: " + s + "\n"));
    plant(s, Secret("stringData:\n  pw: {a: {b: " + s + "}}\n"));
    plant(s, Secret("stringData:\n  pw: " + s + "\n" + sops));
    plant(s, Secret("# " + s + "\nstringData:\n  pw: x\n"));
    plant(s, Secret("  labels:\n    a: \"" + s + " x\"\n"));
    plant(
        s,
        Secret("  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{\"data\":{\"a\":\"" +
               s + "\"}}'\n"));
    plant(s, Secret("stringData:\n  pw: " + s + "\n  x: [\n"));  // does not parse
    plant(s,
          "apiVersion: v1\nkind: List\nitems:\n  - {apiVersion: v1, kind: Secret, metadata: {name: a}, data: "
          "{a: " +
              s + "}}\n");
    plant(s,
          "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"a\"},\"data\":{\"a\":\"" + s +
              "\"}}",
          "a.json");
    plant(s, "secretGenerator:\n  - name: a\n    literals: [pw=" + s + "]\n", "kustomization.yaml");
    all.push_back({s,
                   {{"kustomization.yaml", "secretGenerator:\n  - name: a\n    envs: [a.env]\n"},
                    {"a.env", "PW=" + s + "\n"}}});
    all.push_back(
        {s, {{".sops.yaml", "creation_rules:\n  - path_regex: sops\n"}, {"v.sops.yaml", "pw: " + s + "\n"}}});
    plant(s, Map("data:\n  url: postgres://shop:" + s + "@db/shop\n"));
    plant(token, Map("data:\n  token: " + token + "\n"));
    plant(token, Map("  labels:\n    " + token + ": \"a b\"\n"));
    plant(token,
          "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + token + "\n  namespace: " + token + "\n");
  }
  return all;
}

bool Shows(const Finding& finding, const std::string& secret) {
  const ObjectName& object = finding.object;
  for (const std::string& text : {finding.message, finding.remedy, finding.field, finding.source_line,
                                  object.api_version, object.kind, object.ns, object.name}) {
    if (text.find(secret) != std::string::npos) return true;
  }
  return false;
}

TEST_CASE("sixty planted secrets stand in no finding") {
  const std::vector<Planted> planted = PlantedSecrets();
  REQUIRE(planted.size() == 60);
  std::size_t found = 0;
  for (const Planted& p : planted) {
    const Findings findings = Judge(p.files);
    found += findings.empty() ? 0 : 1;
    for (const Finding& finding : findings) {
      CAPTURE(p.secret, p.files.begin()->second, TextOf(findings));
      CHECK_FALSE(Shows(finding, p.secret));
      CHECK_FALSE(Shows(finding, p.secret.substr(p.secret.size() / 2)));
      CHECK_FALSE(Shows(finding, p.secret.substr(0, 8)));
    }
  }
  CHECK(found >= 58);  // a comment and an unreadable file hold a word that only a person knows for a secret
}

}  // namespace
}  // namespace sluice::policies
