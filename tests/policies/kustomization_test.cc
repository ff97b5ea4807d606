// The fields of a kustomization, as kustomize decodes them.
#include "policies/native.h"
#include "tests/catch.h"
#include "tests/policies/native_gate.h"

namespace sluice::policies {
namespace {

std::string Found(const std::string& text, const std::string& path = "kustomization.yaml") {
  return TextOf(CheckKustomization(manifests::Parse(path, text, Limits{})));
}

TEST_CASE("a field that kustomize does not know is found, with the one that was meant") {
  CHECK(Found("resource: [a.yaml]\n") ==
        "kustomize/unknown-field kustomization.yaml:1: a kustomization has no field \"resource\", did you "
        "mean \"resources\" {}\n");
  CHECK(Found("Resources: [a.yaml]\n").find("did you mean \"resources\"") != std::string::npos);
  CHECK(Found("wibble: 1\n") ==
        "kustomize/unknown-field kustomization.yaml:1: a kustomization has no field \"wibble\" {}\n");
  const Findings findings =
      CheckKustomization(manifests::Parse("kustomization.yaml", "namePrefx: a-\n", Limits{}));
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].remedy == "write \"namePrefix\"");
}

TEST_CASE("a value of the wrong kind is found at its place") {
  struct Case {
    const char* text;
    const char* words;
  };
  for (const Case& c : {
           Case{"resources: a.yaml\n", "1: resources takes a list of strings, got a string {resources}"},
           {"resources:\n- a.yaml\n- {path: b.yaml}\n",
            "3: resources takes a list of strings, got in it a mapping {resources[1]}"},
           {"resources:\n-\n", "2: resources takes a list of strings, got in it null {resources[0]}"},
           {"resources: {a: b}\n", "1: resources takes a list of strings, got a mapping {resources}"},
           {"namePrefix: 3\n", "1: namePrefix takes a string, got an integer {namePrefix}"},
           {"namespace: [a]\n", "1: namespace takes a string, got a list {namespace}"},
           {"commonLabels: {a: true}\n",
            "1: commonLabels takes a mapping of strings, got in it a boolean {commonLabels.a}"},
           {"commonLabels: [a]\n", "1: commonLabels takes a mapping of strings, got a list {commonLabels}"},
           {"images: {name: a}\n", "1: images takes a list of mappings, got a mapping {images}"},
           {"images: [nginx]\n", "1: images takes a list of mappings, got in it a string {images[0]}"},
           {"patches: {path: a}\n", "1: patches takes a list of mappings or paths, got a mapping {patches}"},
           {"generatorOptions: true\n",
            "1: generatorOptions takes a mapping, got a boolean {generatorOptions}"},
           {"- a.yaml\n", "1: a kustomization is a mapping, got a list {}"},
       }) {
    CAPTURE(c.text);
    CHECK(Found(c.text) == std::string("kustomize/wrong-type kustomization.yaml:") + c.words + "\n");
  }
}

TEST_CASE("what kustomize takes passes") {
  for (const char* text : {
           "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nmetadata: {name: "
           "a}\nresources: [a.yaml]\n",
           "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{path: a.yaml}]\n",
           "resources:\nimages: []\nnamespace: null\n",
           "patches: [a.yaml]\nbases: [../b]\ncommonAnnotations: {a: '1', b: }\n",
           "labels: [{pairs: {a: b}}]\nreplicas: [{name: a, count: 2}]\nsortOptions: {order: fifo}\n",
           "openapi: {path: s.json}\nbuildMetadata: [managedByLabel]\nhelmCharts: [{name: a}]\nvars: "
           "[]\ninventory: {}\n",
           "",
       }) {
    CAPTURE(text);
    CHECK(Found(text) == "");
  }
}

TEST_CASE("only the three names are kustomizations") {
  CHECK(Found("wibble: 1\n", "a/kustomization.yml") != "");
  CHECK(Found("wibble: 1\n", "a/Kustomization") != "");
  CHECK(Found("wibble: 1\n", "a/other.yaml") == "");
}

TEST_CASE("a kustomization of faults costs a hundred findings") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "f" + std::to_string(i) + ": 1\n";
  CHECK(CheckKustomization(manifests::Parse("kustomization.yaml", text, Limits{})).size() == 100);
}

}  // namespace
}  // namespace sluice::policies
