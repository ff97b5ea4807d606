// Elements among each other: list-type map, list-type set, uniqueItems.
#include "tests/catch.h"
#include "tests/schemas/checking.h"

namespace sluice::schemas {
namespace {

std::string Pod(const std::string& fields) {
  return "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: b, " + fields +
         "}]}\n";
}
std::string Service(const std::string& ports) {
  return "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [" + ports + "]}\n";
}
const std::string kByName =
    "{type: object, properties: {l: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: "
    "[name, zone], "
    "items: {type: object, required: [name], properties: {name: {type: string}, zone: {type: string, "
    "default: a}}}}}}";
const std::string kSet =
    "{type: object, properties: {l: {type: array, x-kubernetes-list-type: set, items: {type: string}}}}";
const std::string kSetOfMaps =
    "{type: object, properties: {l: {type: array, x-kubernetes-list-type: set, items: {type: object, "
    "x-kubernetes-map-type: atomic, properties: {a: {type: integer}, b: {type: integer}}}}}}";

}  // namespace

TEST_CASE("doubled keys of a list that is a map are found") {
  CHECK(Verdict(Pod("env: [{name: A}, {name: A}]")) == "schema/duplicate spec.containers[0].env[1]");
  CHECK(Verdict(Pod("env: [{name: A}, {name: B}, {name: A}, {name: A}]")) ==
        "schema/duplicate spec.containers[0].env[2] | schema/duplicate spec.containers[0].env[3]");
  CHECK(Verdict(Pod("ports: [{containerPort: 80}, {containerPort: 80, protocol: TCP}]")) ==
        "schema/duplicate spec.containers[0].ports[1]");
  CHECK(Verdict(Pod("ports: [{containerPort: 80}, {containerPort: 80, protocol: null}]")) ==
        "schema/duplicate spec.containers[0].ports[1]");
  CHECK(Verdict(Service("{port: 80, name: a}, {port: 80, name: b}")) == "schema/duplicate spec.ports[1]");
  CHECK(Verdict(
            "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\nsecrets: [{name: a}, {name: a}]\n") ==
        "schema/duplicate secrets[1]");
  CHECK(ThingVerdict(kByName, "{l: [{name: x}, {name: x, zone: a}]}") == "schema/duplicate spec.l[1]");
  CHECK(ThingVerdict(kByName, "{l: [{name: x, zone: b}, {name: x, zone: b}]}") ==
        "schema/duplicate spec.l[1]");
}

TEST_CASE("different keys pass") {
  CHECK(Verdict(Pod("env: [{name: A}, {name: B}]")).empty());
  CHECK(Verdict(Pod("ports: [{containerPort: 80}, {containerPort: 80, protocol: UDP}]")).empty());
  CHECK(Verdict(Service("{port: 80, name: a}, {port: 81, name: b}")).empty());
  CHECK(ThingVerdict(kByName, "{l: [{name: x}, {name: x, zone: b}]}").empty());
  CHECK(Verdict(Pod("args: [a, a]")).empty());
}

TEST_CASE("doubled values of a set are found") {
  CHECK(Verdict("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, finalizers: [a.b/c, a.b/c]}\n") ==
        "schema/duplicate metadata.finalizers[1]");
  CHECK(ThingVerdict(kSet, "{l: [a, b, a]}") == "schema/duplicate spec.l[2]");
  CHECK(ThingVerdict(kSetOfMaps, "{l: [{a: 1, b: 2}, {b: 2, a: 1}]}") == "schema/duplicate spec.l[1]");
  CHECK(ThingVerdict(kSet, "{l: [a, b]}").empty());
  CHECK(ThingVerdict(kSetOfMaps, "{l: [{a: 1}, {b: 1}]}").empty());
}

TEST_CASE("long lists are compared by hash with the same outcome") {
  std::string env;
  for (int i = 0; i < 500; ++i) env += "{name: V" + std::to_string(i) + "}, ";
  CHECK(Verdict(Pod("env: [" + env + "{name: LAST}]")).empty());
  CHECK(Verdict(Pod("env: [" + env + "{name: V7}]")) == "schema/duplicate spec.containers[0].env[500]");
  std::string values;
  for (int i = 0; i < 500; ++i) values += "v" + std::to_string(i) + ", ";
  CHECK(ThingVerdict(kSet, "{l: [" + values + "v499]}") == "schema/duplicate spec.l[500]");
}

TEST_CASE("a list element without any key is found, because server-side apply refuses it") {
  const std::string slice =
      "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers: [{name: a, image: b}]\n"
      "  imagePullSecrets: [{}]\n";
  // The key has a default (""), so that one such element is possible, two are not.
  CHECK(Verdict(slice).empty());
  CHECK(Verdict("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers: [{name: a, image: b}]\n"
                "  imagePullSecrets: [{}, {}]\n") == "schema/duplicate spec.imagePullSecrets[1]");
  CHECK(Verdict("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers: [{name: a, image: b}]\n"
                "  hostAliases: [{hostnames: [x]}]\n") == "schema/required spec.hostAliases[0].ip");
}

TEST_CASE("the message names the keys and what refuses them") {
  CHECK(Messages(Pod("env: [{name: A}, {name: A}]")) ==
        "the same element as number 1 of the list: both have name \"A\" (server-side apply refuses it)\n");
  CHECK(Messages(ThingCrd(kSet) + "---\n" + Thing("{l: [a, a]}")) ==
        "\"a\" stands in the list already, as element 1\n");
}

}  // namespace sluice::schemas
