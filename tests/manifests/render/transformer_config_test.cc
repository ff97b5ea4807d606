// Which fields transformers change.
#include "manifests/render/transformer_config.h"

#include "tests/catch.h"
#include "tests/manifests/reading.h"

namespace sluice::manifests::render {
namespace {

std::size_t References(const TransformerConfig& config, std::string_view kind) {
  for (const NameReference& each : config.references) {
    if (each.target.kind == kind) return each.referrers.size();
  }
  return 0;
}

TEST_CASE("the defaults are as many as those of kustomize 5.7") {
  const TransformerConfig& config = *DefaultConfig();
  const std::size_t sizes[] = {1, 1, 3, 32, 0, 10, 9, 72, 6, 4};
  for (std::size_t i = 0; i < kConfigFields; ++i) {
    CAPTURE(i);
    CHECK(config.fields[i].size() == sizes[i]);
  }
  const struct {
    const char* kind;
    std::size_t referrers;
  } references[] = {
      {"Deployment", 1},
      {"ReplicationController", 1},
      {"ReplicaSet", 1},
      {"StatefulSet", 1},
      {"ConfigMap", 52},
      {"Secret", 69},
      {"Service", 8},
      {"Role", 1},
      {"ClusterRole", 2},
      {"ServiceAccount", 9},
      {"PersistentVolumeClaim", 7},
      {"PersistentVolume", 2},
      {"StorageClass", 3},
      {"PriorityClass", 7},
      {"IngressClass", 1},
      {"ValidatingAdmissionPolicy", 1},
  };
  CHECK(config.references.size() == std::size(references));
  for (const auto& each : references) {
    CAPTURE(each.kind);
    CHECK(References(config, each.kind) == each.referrers);
  }
}

TEST_CASE("configurations grow, and refuse to contradict") {
  const struct {
    const char* text;
    const char* conflict;
  } cases[] = {
      {"{}", ""},
      {"namePrefix: [{path: spec/title, kind: A}]", ""},
      {"namePrefix: [{path: metadata/name}]", ""},
      {"images: [{path: a}, {path: b}]\nreplicas: [{path: c, create: true}]", ""},
      {"nameReference: [{kind: ConfigMap, version: v1, fieldSpecs: [{kind: A, path: b}]}]", ""},
      {"namePrefix: [{path: metadata/name, create: true}]", "namePrefix"},
      {"commonLabels: [{path: metadata/labels}]", "commonLabels"},
      {"images: [{path: a}, {path: a, create: true}]", "images"},
      {"nameReference: [{kind: ConfigMap, version: v1, fieldSpecs: [{kind: Node, path: "
       "spec/configSource/configMap, create: true}]}]",
       "nameReference"},
  };
  Arena arena(0);
  for (const auto& each : cases) {
    CAPTURE(each.text);
    const ParsedFile file = ParseText(each.text);
    TransformerConfig config = *DefaultConfig();
    CHECK(MergeConfig(config, *ReadConfig(arena, *file.documents.at(0).root)) == each.conflict);
  }
}

TEST_CASE("definitions of custom kinds tell of fields, and cannot lead in a circle") {
  const ParsedFile file = ParseText(
      R"({"a.Shop": {"Schema": {"properties": {"apiVersion": {}, "kind": {}, "metadata": {}, "spec": {"$ref": "a.Spec"}}}},
          "a.Spec": {"Schema": {"properties": {"next": {"$ref": "a.Spec"},
             "secret": {"x-kubernetes-object-ref-api-version": "v1", "x-kubernetes-object-ref-kind": "Secret",
                        "x-kubernetes-object-ref-name-key": "id"},
             "labels": {"x-kubernetes-label-selector": ""}, "notes": {"x-kubernetes-annotation": ""},
             "title": {"x-kubernetes-identity": ""}}}},
          "a.Plain": {"Schema": {"properties": {"kind": {}}}}})");
  REQUIRE(file.Readable());
  Arena arena(0);
  const TransformerConfig config = *ReadCrdConfig(arena, *file.documents.at(0).root);
  const auto has = [](const std::vector<FieldSpec>& specs, std::string_view path) {
    return std::ranges::any_of(
        specs, [&](const FieldSpec& spec) { return spec.path == path && spec.gvk.kind == "Shop"; });
  };
  CHECK(has(config.Of(ConfigField::kCommonLabels), "spec/labels"));
  CHECK(has(config.Of(ConfigField::kCommonAnnotations), "spec/notes"));
  CHECK(has(config.Of(ConfigField::kNamePrefix), "spec/title"));
  REQUIRE(!config.references.empty());
  CHECK(config.references[0].target.kind == "Secret");
  CHECK(has(config.references[0].referrers, "spec/secret/id"));
  CHECK(has(config.references[0].referrers, "spec/next/secret/id"));
  CHECK(config.references[0].referrers.size() < 20);
}

}  // namespace
}  // namespace sluice::manifests::render
