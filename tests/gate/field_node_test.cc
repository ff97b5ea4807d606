// Names of fields as API servers write them, and where they lead.
#include "gate/field_node.h"

#include "tests/catch.h"

namespace sluice::gate {
namespace {

constexpr const char* kObject =
    "kind: Deployment\n"                    // 1
    "metadata:\n"                           // 2
    "  labels:\n"                           // 3
    "    app.kubernetes.io/name: web\n"     // 4
    "spec:\n"                               // 5
    "  replicas: 3\n"                       // 6
    "  containers:\n"                       // 7
    "    - name: web\n"                     // 8
    "      image: web:1\n"                  // 9
    "    - name: side]car\n"                // 10
    "      ports: [{containerPort: 80}]\n"  // 11
    "  a.b: 1\n"                            // 12
    "  a: {b: 2}\n";                        // 13

struct Way {
  const char* field;
  Position place;
};

Position PlaceOf(const manifests::ParsedFile& file, std::string_view field) {
  return RangeOfField(*file.documents[0].root, field).begin;
}

TEST_CASE("a field that is there is pointed at") {
  const manifests::ParsedFile file = manifests::Parse("x.yaml", kObject, Limits());
  for (const Way& way : std::initializer_list<Way>{
           {"spec.replicas", {6, 13}},
           {".spec.replicas", {6, 13}},
           {"spec.containers[0].image", {9, 14}},
           {".spec.containers[name=\"web\"].image", {9, 14}},
           {".spec.containers[name=\"side]car\"].ports[0].containerPort", {11, 31}},
           {"spec.containers[1].ports[containerPort=80,protocol=\"TCP\"].containerPort", {11, 31}},
           {"metadata.labels[app.kubernetes.io/name]", {4, 29}},
           {"metadata.labels.app.kubernetes.io/name", {4, 29}},
           {"metadata.labels[\"app.kubernetes.io/name\"]", {4, 29}},
           {"spec.a.b", {12, 8}},  // the longest key
           {"spec.containers", {7, 3}},
           {"spec", {5, 1}},
           {"", {1, 1}}}) {
    CAPTURE(way.field);
    CHECK(PlaceOf(file, way.field) == way.place);
  }
}

TEST_CASE("of a field that is not there the nearest above it is pointed at") {
  const manifests::ParsedFile file = manifests::Parse("x.yaml", kObject, Limits());
  for (const Way& way : std::initializer_list<Way>{{"spec.template.spec", {5, 1}},
                                                   {"spec.replicas.x", {6, 3}},
                                                   {"spec.replica", {5, 1}},
                                                   {"spec.containers[7].image", {7, 3}},
                                                   {"spec.containers[99999999999999999999999].image", {7, 3}},
                                                   {"spec.containers[-1]", {7, 3}},
                                                   {"spec.containers[name=\"db\"].image", {7, 3}},
                                                   {"spec.containers[name].image", {7, 3}},
                                                   {"spec.containers[", {7, 3}},
                                                   {"spec.containers[\"", {7, 3}},
                                                   {"spec.containers[0].resources.limits[cpu]", {8, 7}},
                                                   {"metadata.labels[app]", {3, 3}},
                                                   {"metadata.name", {2, 1}},
                                                   {"status", {1, 1}},
                                                   {"]", {1, 1}},
                                                   {"[0]", {1, 1}},
                                                   {"\n\xff", {1, 1}}}) {
    CAPTURE(way.field);
    CHECK(PlaceOf(file, way.field) == way.place);
  }
}

TEST_CASE("dots alone lead nowhere") {
  const manifests::ParsedFile file = manifests::Parse("x.yaml", kObject, Limits());
  CHECK(PlaceOf(file, std::string(100'000, '.')) == Position{1, 1});
  CHECK(PlaceOf(file, "spec..replicas") == Position{6, 13});
}

}  // namespace
}  // namespace sluice::gate
