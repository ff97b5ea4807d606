// What a kustomization may say.
#include "manifests/render/kustomization_fields.h"

#include "tests/catch.h"
#include "tests/manifests/reading.h"

namespace sluice::manifests::render {
namespace {

// "rule line:column message" of the first report; empty for none.
std::string First(const char* text, const char* type = "Kustomization") {
  const ParsedFile file = ParseText(text);
  std::string first;
  CheckFields(*file.documents.at(0).root, type, [&](const Rule& rule, Range place, std::string message) {
    if (!first.empty()) return;
    first = std::string(rule.id) + " " + std::to_string(place.begin.line) + ":" +
            std::to_string(place.begin.column) + " " + message;
  });
  return first;
}

TEST_CASE("what kustomize takes passes") {
  for (const char* text : {
           "resources: [a]\nnamespace: b\nlabels: [{pairs: {a: b}, includeSelectors: true}]\n",
           "Resources: [a]\nNAMEPREFIX: b\n",
           "images: [{name: a, newTag: null}]\ncommonLabels: {a: null}\nresources: null\n",
           "replicas: [{name: a, count: 3}, null]\n",
           "helmCharts: [{name: a, valuesInline: {any: [thing]}}]\n",
           "patches: [{path: a, target: {kind: b}, options: {allowNameChange: true}}]\n",
           "openapi: {path: a}\nmetadata: {name: a, labels: {b: c}}\n",
           "sortOptions: {order: legacy, legacySortOptions: {orderFirst: [a]}}\n",
       }) {
    CAPTURE(text);
    CHECK(First(text).empty());
  }
  CHECK(
      First("nameReference: [{kind: a, fieldSpecs: [{path: b, create: true}]}]\n", "Configuration").empty());
}

TEST_CASE("what kustomize refuses is told with its place") {
  const struct {
    const char* text;
    const char* report;
  } cases[] = {
      {"resource: [a]\n",
       "kustomize/unknown-field 1:1 a kustomization has no field \"resource\", did you mean \"resources\""},
      {"frob: 1\n", "kustomize/unknown-field 1:1 a kustomization has no field \"frob\""},
      {"inventory: {}\n", "kustomize/unknown-field 1:1 a kustomization has no field \"inventory\""},
      {"patches:\n- pathh: a\n",
       "kustomize/unknown-field 2:3 there is no field \"pathh\" here, did you mean \"path\""},
      {"patches:\n- target: {knd: a}\n",
       "kustomize/unknown-field 2:12 there is no field \"knd\" here, did you mean \"kind\""},
      {"replacements: [{targets: [{select: {x: y}}]}]\n",
       "kustomize/unknown-field 1:37 there is no field \"x\" here"},
      {"secretGenerator: [{options: {a: b}}]\n", "kustomize/unknown-field 1:30 there is no field \"a\" here"},
      {"resources: a\n", "kustomize/wrong-type 1:12 resources takes a list of strings, got a string"},
      {"resources: [1]\n",
       "kustomize/wrong-type 1:13 resources takes a list of strings, got in it an integer"},
      {"resources: [null]\n", "kustomize/wrong-type 1:13 resources takes a list of strings, got in it null"},
      {"namespace: 1\n", "kustomize/wrong-type 1:12 namespace takes a string, got an integer"},
      {"namePrefix: [a]\n", "kustomize/wrong-type 1:13 namePrefix takes a string, got a list"},
      {"commonLabels: [a]\n",
       "kustomize/wrong-type 1:15 commonLabels takes a mapping of strings, got a list"},
      {"commonLabels: {a: true}\n",
       "kustomize/wrong-type 1:19 commonLabels takes a mapping of strings, got in it a boolean"},
      {"patches: [a.yaml]\n",
       "kustomize/wrong-type 1:11 patches takes a list of mappings, got in it a string"},
      {"patches: {path: a}\n", "kustomize/wrong-type 1:10 patches takes a list of mappings, got a mapping"},
      {"patches: [{options: {allowNameChange: 'true'}}]\n",
       "kustomize/wrong-type 1:39 options takes a mapping of true or false, got in it a string"},
      {"images: [{newTag: 1.5}]\n",
       "kustomize/wrong-type 1:19 newTag takes a string, got a number with a fraction"},
      {"replicas: [{count: '3'}]\n", "kustomize/wrong-type 1:20 count takes an integer, got a string"},
      {"labels: [{includeSelectors: 'yes'}]\n",
       "kustomize/wrong-type 1:29 includeSelectors takes true or false, got a string"},
      {"generatorOptions: a\n", "kustomize/wrong-type 1:19 generatorOptions takes a mapping, got a string"},
      {"openapi: {path: [a]}\n",
       "kustomize/wrong-type 1:17 openapi takes a mapping of strings, got in it a list"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.text);
    CHECK(First(each.text) == each.report);
  }
}

TEST_CASE("names of fields come out as kustomize spells them") {
  const ParsedFile file = ParseText("Resources: [a]\npatches: [{Target: {KIND: b}}]\nmetadata: {Name: c}\n");
  Arena arena(0);
  const auto named = WithFieldNames(arena, *file.documents.at(0).root, "Kustomization");
  REQUIRE(named);
  std::string json;
  CanonicalJson(*named, json);
  CHECK(json == R"({"metadata":{"name":"c"},"patches":[{"target":{"kind":"b"}}],"resources":["a"]})");
  CHECK_FALSE(WithFieldNames(arena, *named, "Kustomization"));
}

}  // namespace
}  // namespace sluice::manifests::render
