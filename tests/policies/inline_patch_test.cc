// secret/plain in the patches that stand in a kustomization.
#include "tests/catch.h"
#include "tests/policies/native_gate.h"

namespace sluice::policies {
namespace {

std::string RulesIn(const std::string& kustomization) {
  const Findings findings = Judge({{"kustomization.yaml", kustomization}});
  CAPTURE(TextOf(findings));
  for (const Finding& finding : findings) CHECK(finding.message.find("hunter2") == std::string::npos);
  return RulesOf(findings);
}

TEST_CASE("a plain value of a Secret is found in every kind of inline patch") {
  for (const char* text : {
           "patches:\n- patch: |\n    apiVersion: v1\n    kind: Secret\n    metadata: {name: s}\n    "
           "stringData: {a: hunter2}\n",
           "patches:\n- patch: '{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {a: "
           "hunter2}}'\n",
           "patches:\n- patch: |\n    kind: Secret\n    metadata: {name: s}\n    data: {a: aHVudGVyMg==}\n",
           "patches:\n- target: {kind: Secret}\n  patch: |\n    metadata: {name: any}\n    stringData: {a: "
           "hunter2}\n",
           "patches:\n- patch: |\n    stringData: {a: hunter2}\n",
           "patches:\n- patch: |\n    apiVersion: v1\n    kind: ConfigMap\n    ---\n    kind: Secret\n    "
           "stringData: {a: hunter2}\n",
           "patchesStrategicMerge:\n- |\n  kind: Secret\n  metadata: {name: s}\n  stringData: {a: hunter2}\n",
           "patches:\n- |\n  kind: Secret\n  metadata: {name: s}\n  stringData: {a: hunter2}\n",
           "patches:\n- target: {kind: Secret, name: s}\n  patch: |\n    - op: add\n      path: /data/a\n    "
           "  value: aHVudGVyMg==\n",
           "patches:\n- target: {kind: Secret}\n  patch: '[{op: replace, path: /stringData, value: {a: "
           "hunter2}}]'\n",
           "patchesJson6902:\n- target: {version: v1, kind: Secret, name: s}\n  patch: |\n    - op: add\n    "
           "  path: /stringData/a\n"
           "      value: hunter2\n",
           // A reader that takes a key twice would find the Secret here.
           "patches:\n- patch: |\n    kind: Secret\n    kind: Secret\n    stringData: {a: hunter2}\n",
       }) {
    CAPTURE(text);
    CHECK(RulesIn(text) == "secret/plain");
  }
}

TEST_CASE("inline patches of other things, and Secrets without a value, are no findings") {
  for (const char* text : {
           "patches:\n- patch: |\n    kind: Secret\n    metadata: {name: s}\n    stringData: {a: "
           "'${PASSWORD}'}\n",
           "patches:\n- patch: |\n    kind: Secret\n    metadata: {name: s, labels: {a: hunter2}}\n",
           "patches:\n- patch: |\n    apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: s}\n    "
           "data: {a: b}\n",
           "patches:\n- patch: |\n    apiVersion: shop.example/v1\n    kind: Secret\n    data: {a: b}\n",
           "patches:\n- target: {kind: Deployment}\n  patch: |\n    - op: replace\n      path: /data/a\n     "
           " value: b\n",
           "patches:\n- target: {kind: Secret}\n  patch: |\n    - op: remove\n      path: /data/a\n",
           "patches:\n- target: {kind: Secret}\n  patch: |\n    - op: replace\n      path: /metadata/name\n  "
           "    value: hunter2\n",
           "patches:\n- path: secret.yaml\n",
           "patchesStrategicMerge:\n- secret.yaml\n",
       }) {
    CAPTURE(text);
    CHECK(RulesIn(text) == "");
  }
}

TEST_CASE("the finding stands at the patch and names it") {
  const Findings findings = Judge({{"kustomization.yaml",
                                    "resources: []\npatches:\n- path: a.yaml\n- patch: |\n    kind: Secret\n "
                                    "   data: {a: aHVudGVyMg==}\n"}});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].range.begin.line == 4);
  CHECK(findings[0].field == "patches[1].patch");
}

}  // namespace
}  // namespace sluice::policies
