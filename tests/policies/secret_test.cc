// secret/plain: which Secrets may stand in Git.
#include <string>
#include <vector>

#include "manifests/object.h"
#include "policies/native.h"
#include "tests/catch.h"
#include "tests/policies/native_gate.h"

namespace sluice::policies {
namespace {

std::string Secret(const std::string& lines, const std::string& metadata = "") {
  return "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n" + metadata + lines;
}

constexpr const char* kEnc = "ENC[AES256_GCM,data:p0lJyQ==,iv:hV0z,tag:BzWp,type:str]";

TEST_CASE("Secrets that hold nothing readable pass") {
  for (const std::string& text :
       {Secret(""), Secret("data: {}\n"), Secret("data:\n"), Secret("stringData: null\n"),
        Secret("type: kubernetes.io/service-account-token\n",
               "  annotations:\n    kubernetes.io/service-account.name: x\n"),
        Secret("data:\n  a:\n  b: \"\"\n  c: null\n"),
        Secret("stringData:\n  a: ${A}\n  b: <path:kv/db#pw>\n  c: op://v/i/f\n"),
        Secret("stringData:\n  a: \"{{ .Values.a }}\"\n"), Secret("data:\n  a: ${A}\n"),
        Secret("data:\n  a: JHtBfQ==\n"),              // ${A}
        Secret("data:\n  a: PHBhdGg6a3YvZGIjcHc+\n"),  // <path:kv/db#pw>
        Secret("data:\n  a: |\n    JHtB\n    fQ==\n"),
        std::string("apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db}\nspec:\n  "
                    "encryptedData:\n    a: AgBy\n"),
        std::string(
            "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: db}\nspec:\n  data:\n"
            "    - secretKey: password\n      remoteRef: {key: db}\n"),
        std::string("apiVersion: example.com/v1\nkind: Secret\nmetadata: {name: db}\ndata: {a: b}\n"),
        Secret("stringData:\n  type: git\n  url: https://github.com/shop/deploy\n  project: shop\n",
               "  labels:\n    argocd.argoproj.io/secret-type: repository\n")}) {
    const Findings findings = Judge(text);
    CAPTURE(text, TextOf(findings));
    CHECK(findings.empty());
  }
}

TEST_CASE("Secrets with a value that can be read are secret/plain") {
  for (const std::string& text :
       {Secret("data:\n  a: aHVudGVyMg==\n"),
        Secret("stringData:\n  a: hunter2\n"),
        Secret("stringData:\n  a: 42\n"),
        Secret("stringData:\n  a: true\n"),
        Secret("stringData:\n  a: [x]\n"),
        Secret("stringData:\n  a: {b: c}\n"),
        Secret("data: aHVudGVyMg==\n"),
        Secret("stringData: [x]\n"),
        Secret("stringData:\n  a: ${A}\n  b: hunter2\n"),
        Secret("stringData:\n  a: x${A}\n"),
        Secret("stringData:\n  a: ${A:=hunter2}\n"),
        Secret("stringData:\n  a: ${A}${B}\n"),
        Secret("stringData:\n  a: ENC[hunter2]\n"),
        Secret("stringData:\n  a: \" \"\n"),
        Secret("stringData:\n  a: changeme\n"),
        Secret("data:\n  a: JHtBfQ==x\n"),
        Secret("data:\n  a: JHtBfSBodW50ZXIy\n"),  // ${A} hunter2
        Secret("type: kubernetes.io/service-account-token\ndata:\n  token: aHVudGVyMg==\n"),
        Secret("type: kubernetes.io/tls\ndata:\n  tls.crt: aHVudGVyMg==\n"),
        Secret("sops: yes\nstringData:\n  a: hunter2\n"),
        Secret("sops: {}\nstringData:\n  a: hunter2\n"),
        Secret("immutable: true\nstringData:\n  a: hunter2\n"),
        std::string("apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Secret\n    metadata: "
                    "{name: db}\n    data: {a: aHVudGVyMg==}\n"),
        std::string("{\"apiVersion\": \"v1\", \"kind\": \"Secret\", \"metadata\": {\"name\": \"db\"}, "
                    "\"stringData\": {\"a\": \"hunter2\"}}"),
        std::string(
            "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: &x {a: hunter2}\ndata: *x\n"),
        Secret("stringData:\n  type: git\n  password: hunter2\n",
               "  labels:\n    argocd.argoproj.io/secret-type: repository\n"),
        Secret("stringData:\n  type: git\n  url: https://github.com/shop/deploy\n"),
        Secret("stringData:\n  type: git\n", "  labels:\n    app: argo-cd\n")}) {
    const Findings findings = Judge(text);
    CAPTURE(text, TextOf(findings));
    CHECK(RulesOf(findings) == "secret/plain");
    CHECK(findings.size() == 1);
    CHECK(TextOf(findings).find("hunter2") == std::string::npos);
  }
}

TEST_CASE("a plain Secret is told by its keys, at the first of them") {
  const Findings findings =
      Judge(Secret("data:\n  ok: \"\"\n  a: eA==\n  b: eA==\nstringData:\n  c: x\n  d: x\n  e: x\n  f: x\n"));
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].message ==
        "Secret holds 6 values in plain text: \"a\", \"b\", \"c\", \"d\", \"e\" and 1 more");
  CHECK(findings[0].field == "data.a");
  CHECK(findings[0].range.begin == Position{7, 3});
  CHECK(findings[0].object == ObjectName{"v1", "Secret", "", "db"});
}

TEST_CASE("where .sops.yaml knows the file, the remedy is sops") {
  const Findings findings = Judge({{".sops.yaml", "creation_rules:\n  - path_regex: .*\n    age: age1x\n"},
                                   {"db.yaml", Secret("stringData:\n  a: hunter2\n")}});
  REQUIRE(RulesOf(findings) == "secret/plain");
  CHECK(findings[0].remedy.ends_with("sops --encrypt --in-place db.yaml"));
}

TEST_CASE("the copy that kubectl apply leaves in an annotation is plain too") {
  const std::string copy = "  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      ";
  for (const char* json :
       {R"({"kind":"Secret","data":{"a":"aHVudGVyMg=="}})",
        R"({"kind":"Secret","stringData":{"a":"hunter2"}})",
        R"({"kind":"Secret", "stringData": {"a":"hunter2"}})",
        R"({"kind":"Secret","d\u0061ta":{"a":"aHVudGVyMg=="}})",
        R"({"kind":"Secret","data":{"a":"aHVudGVyMg==")", R"({"data":{"a":"x"},"data":{}})"}) {
    const Findings findings = Judge(Secret("", copy + json + "\n"));
    CAPTURE(json, TextOf(findings));
    CHECK(RulesOf(findings) == "secret/plain");
  }
  for (const char* json : {R"({"kind":"Secret","type":"Opaque"})", R"({"kind":"Secret","data":{}})"})
    CHECK(Judge(Secret("", copy + json + "\n")).empty());
}

TEST_CASE("SOPS values without metadata in the Secret itself are judged with the file") {
  CHECK(RulesOf(Judge(Secret("stringData:\n  a: " + std::string(kEnc) + "\n"))) == "secret/half-encrypted");
}

bool Hidden(const std::string& text) {
  const manifests::ParsedFile file = manifests::Parse("x.yaml", text, Limits{});
  REQUIRE(file.documents.size() == 1);
  return HidesSource(*file.documents[0].root);
}

TEST_CASE("documents that are or hold a Secret, however misspelt, hide their source") {
  const std::string token = std::string("ghp_") + "x7Kq2mVb9RtLw4YzNc8JdHs5PfGa3EuTiQo1";
  const std::string map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
  const std::string data = "data: {password: aHVudGVyMg==}\n";
  for (const std::string& text :
       {Secret(""), std::string("apiVersion: example.com/v1\nkind: Secret\nmetadata: {name: a}\n"),
        std::string("apiVersion: v1\nkind: secret\nmetadata: {name: a}\n"),
        std::string("apiVersion: v1\nkind: Secrte\nmetadata: {name: a}\nstringData: {a: hunter2}\n"),
        std::string("apiVersion: example.com/v1\nkind: Object\nmetadata: {name: a}\nspec:\n  manifest:\n    "
                    "kind: Secret\n"),
        "apiVersion: v1\nKind: Secret\n" + data, "apiversion: v1\nkind: Secret\n" + data,
        "kind: Secret\n" + data, "apiVersion: v1\nkind: [Secret]\n" + data,
        "apiVersion: v1\nkind: Secert\n" + data, "apiVersion: v1\n" + data, "type: Opaque\n" + data,
        std::string("StringData: {a: hunter2}\n"), "apiVersion: v1\nkind: SecretList\nitems:\n- " + data,
        map + "data:\n  a: " + token + "\n", map + "data:\n  " + token + ": x\n",
        map + "data:\n  url: postgres://shop:hunter2@db/shop\n"}) {
    CAPTURE(text);
    CHECK(Hidden(text));
  }
  for (const std::string& text :
       {map + "data: {a: b}\n", std::string("data: {a: b}\nservice: {type: NodePort}\n"),
        std::string("apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: a}\n"),
        std::string("apiVersion: example.com/v1\nkind: SecretStore\nmetadata: {name: a}\n")}) {
    CAPTURE(text);
    CHECK_FALSE(Hidden(text));
  }
}

}  // namespace
}  // namespace sluice::policies
