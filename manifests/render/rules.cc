// The words of the kustomize/ rules.
#include "manifests/render/rules.h"

#include <array>

#include "manifests/render/build.h"

namespace sluice::manifests::render {

#define OBJECT(kind, name) "apiVersion: v1\nkind: " kind "\nmetadata:\n  name: " name "\n"

const Rule kKustomizationRule = {
    .id = "kustomize/kustomization",
    .title = "a kustomization that kustomize cannot use",
    .why = "`kustomize build` stops at it, and nothing of the directory reaches the cluster.",
    .remedy = "mend the kustomization at this place",
    .fails = "-- kustomization.yaml --\nkind: Kustomisation\nnamePrefix: a-\n",
    .passes = "-- kustomization.yaml --\nkind: Kustomization\nnamePrefix: a-\n",
};

const Rule kWrongTypeRule = {
    .id = "kustomize/wrong-type",
    .title = "a value of another type than the field of a kustomization takes",
    .why = "kustomize refuses the file, and nothing of the build is applied.",
    .remedy = "write a value of the type that the message names; quotes make a string of a number",
    .fails = "-- kustomization.yaml --\nresources: web.yaml\n-- web.yaml --\n" OBJECT("ConfigMap", "web"),
    .passes = "-- kustomization.yaml --\nresources:\n- web.yaml\n-- web.yaml --\n" OBJECT("ConfigMap", "web"),
};

const Rule kUnknownFieldRule = {
    .id = "kustomize/unknown-field",
    .title = "a field that kustomize does not know",
    .why = "`kustomize build` refuses a kustomization with a field that it does not know.",
    .remedy = "correct the field's name, or take it away",
    .fails = "-- kustomization.yaml --\nresource:\n- web.yaml\n-- web.yaml --\n" OBJECT("ConfigMap", "web"),
    .passes = "-- kustomization.yaml --\nresources:\n- web.yaml\n-- web.yaml --\n" OBJECT("ConfigMap", "web"),
};

const Rule kMissingFileRule = {
    .id = "kustomize/missing-file",
    .title = "a kustomization names a file or directory that is not there",
    .why =
        "`kustomize build` stops, and nothing of the directory reaches the cluster. Symbolic links are "
        "not followed.",
    .remedy = "add the file, or correct its path; paths are relative to the kustomization's directory",
    .fails = "-- kustomization.yaml --\nresources:\n- web.yml\n-- web.yaml --\n" OBJECT("ConfigMap", "web"),
    .passes = "-- kustomization.yaml --\nresources:\n- web.yaml\n-- web.yaml --\n" OBJECT("ConfigMap", "web"),
};

const Rule kLoadRestrictionRule = {
    .id = "kustomize/load-restriction",
    .title = "a kustomization names a file that is not below its own directory",
    .why =
        "kustomize loads files only from below the directory of the kustomization that names them; "
        "directories may stand anywhere.",
    .remedy = "give the other directory a kustomization and name the directory, or move the file",
    .fails = "-- apps/kustomization.yaml --\nresources:\n- ../web.yaml\n-- web.yaml --\n" OBJECT("ConfigMap",
                                                                                                 "web"),
    .passes = "-- apps/kustomization.yaml --\nresources:\n- web.yaml\n-- apps/web.yaml --\n" OBJECT(
        "ConfigMap", "web"),
};

const Rule kOutsideRepositoryRule = {
    .id = "kustomize/outside-repository",
    .title = "a kustomization names only what is in the repository, or a remote base",
    .why =
        "An absolute path, or one that climbs out of the repository, is another file on each machine, or "
        "none; what is built was not judged.",
    .remedy = "name a file of this repository by a relative path",
    .fails = "-- kustomization.yaml --\nresources:\n- ../web.yaml\n",
    .passes =
        "-- apps/kustomization.yaml --\nresources:\n- web.yaml\n- "
        "https://github.com/shop/base?ref=v1.2.3\n"
        "-- apps/web.yaml --\n" OBJECT("ConfigMap", "web"),
};

const Rule kCycleRule = {
    .id = "kustomize/cycle",
    .title = "kustomizations that lead back to themselves",
    .why =
        "A directory cannot be built of itself, nor of a directory that contains it; kustomize refuses both.",
    .remedy = "take one of the references away",
    .fails =
        "-- a/kustomization.yaml --\nresources:\n- ../b\n-- b/kustomization.yaml --\nresources:\n- ../a\n",
    .passes = "-- a/kustomization.yaml --\nresources:\n- ../b\n-- b/kustomization.yaml --\nnamePrefix: b-\n",
};

const Rule kResourceRule = {
    .id = "kustomize/resource",
    .title = "a resource of a kustomization that is not an object",
    .why = "kustomize takes files of objects that have a kind and a metadata.name, and stops at others.",
    .remedy = "complete the object, or take the file out of the kustomization",
    .fails =
        "-- kustomization.yaml --\nresources:\n- web.yaml\n-- web.yaml --\napiVersion: v1\nkind: ConfigMap\n",
    .passes = "-- kustomization.yaml --\nresources:\n- web.yaml\n-- web.yaml --\n" OBJECT("ConfigMap", "web"),
};

const Rule kDuplicateObjectRule = {
    .id = "kustomize/duplicate-object",
    .title = "two objects of one build with the same kind, namespace and name",
    .why = "kustomize refuses them: only one could reach the cluster.",
    .remedy = "name the object in one place, or change one of the names or namespaces",
    .fails = "-- kustomization.yaml --\nresources:\n- base\n- web.yaml\n-- web.yaml --\n" OBJECT(
        "ConfigMap",
        "web") "-- base/kustomization.yaml --\nresources:\n- web.yaml\n-- base/web.yaml --\n" OBJECT("ConfigM"
                                                                                                     "ap",
                                                                                                     "web"),
    .passes = "-- kustomization.yaml --\nresources:\n- a.yaml\n- b.yaml\n-- a.yaml --\n" OBJECT(
        "ConfigMap", "web") "-- b.yaml --\n" OBJECT("ConfigMap", "shop"),
};

const Rule kGeneratorRule = {
    .id = "kustomize/generator",
    .title = "a ConfigMap or Secret that cannot be generated",
    .why = "`kustomize build` stops at the generator, and nothing of the directory reaches the cluster.",
    .remedy = "mend the generator's entry at this place",
    .fails = "-- kustomization.yaml --\nconfigMapGenerator:\n- name: web\n  literals:\n  - colour\n",
    .passes = "-- kustomization.yaml --\nconfigMapGenerator:\n- name: web\n  literals:\n  - colour=blue\n",
};

const Rule kPatchRule = {
    .id = "kustomize/patch",
    .title = "a patch that cannot be read or applied",
    .why = "`kustomize build` stops at the patch, and nothing of the directory reaches the cluster.",
    .remedy = "mend the patch at this place",
    .fails =
        "-- kustomization.yaml --\nresources:\n- web.yaml\npatches:\n- target:\n    kind: ConfigMap\n  "
        "patch: |\n"
        "    - op: remove\n      path: /data/colour\n-- web.yaml --\n" OBJECT("ConfigMap", "web"),
    .passes =
        "-- kustomization.yaml --\nresources:\n- web.yaml\npatches:\n- target:\n    kind: ConfigMap\n  "
        "patch: |\n"
        "    - op: add\n      path: /data\n      value: {}\n-- web.yaml --\n" OBJECT("ConfigMap", "web"),
};

const Rule kPatchTargetRule = {
    .id = "kustomize/patch-target",
    .title = "a patch or a replica count for an object that is not there",
    .why =
        "kustomize finds no object, or more than one, of the group, version, kind, namespace and name, and "
        "stops: the object was renamed or its API version changed.",
    .remedy = "name the object as its own file does, or take the patch away",
    .fails =
        "-- kustomization.yaml --\nresources:\n- web.yaml\npatches:\n- patch: |\n    apiVersion: v1\n"
        "    kind: ConfigMap\n    metadata:\n      name: shop\n    data: {a: b}\n"
        "-- web.yaml --\n" OBJECT("ConfigMap", "web"),
    .passes =
        "-- kustomization.yaml --\nresources:\n- web.yaml\npatches:\n- patch: |\n    apiVersion: v1\n"
        "    kind: ConfigMap\n    metadata:\n      name: web\n    data: {a: b}\n"
        "-- web.yaml --\n" OBJECT("ConfigMap", "web"),
};

const Rule kFieldRule = {
    .id = "kustomize/field",
    .title = "a field that a transformer of kustomize cannot change",
    .why =
        "A label, name, namespace, image or count is to be written where the object has something of "
        "another shape; `kustomize build` stops.",
    .remedy = "mend the object's field, or the path in the configuration of the transformer",
    .fails =
        "-- kustomization.yaml --\nresources:\n- web.yaml\nlabels:\n- pairs:\n    team: shop\n"
        "-- web.yaml --\n" OBJECT("ConfigMap", "web") "  labels: team\n",
    .passes =
        "-- kustomization.yaml --\nresources:\n- web.yaml\nlabels:\n- pairs:\n    team: shop\n"
        "-- web.yaml --\n" OBJECT("ConfigMap", "web") "  labels: {tier: web}\n",
};

const Rule kNameReferenceRule = {
    .id = "kustomize/name-reference",
    .title = "a reference to an object that was renamed, and could be one of several",
    .why =
        "kustomize changes the references to what it renames; where two objects had the name, it cannot tell "
        "which one is meant, and stops.",
    .remedy = "give the objects different names before they are renamed",
    .fails =
        "-- kustomization.yaml --\nresources:\n- role.yaml\nconfigMapGenerator:\n- name: web\n  namespace: "
        "blue\n"
        "  literals:\n  - colour=blue\n- name: web\n  namespace: red\n  literals:\n  - colour=red\n"
        "-- role.yaml --\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: "
        "web\n"
        "rules:\n- apiGroups: [\"\"]\n  resources: [configmaps]\n  resourceNames: [web]\n  verbs: [get]\n",
    .passes =
        "-- kustomization.yaml --\nresources:\n- role.yaml\nconfigMapGenerator:\n- name: web\n  namespace: "
        "blue\n"
        "  literals:\n  - colour=blue\n- name: shop\n  namespace: red\n  literals:\n  - colour=red\n"
        "-- role.yaml --\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: "
        "web\n"
        "rules:\n- apiGroups: [\"\"]\n  resources: [configmaps]\n  resourceNames: [web]\n  verbs: [get]\n",
};

const Rule kReplacementRule = {
    .id = "kustomize/replacement",
    .title = "a replacement whose source or target is not there",
    .why = "`kustomize build` stops where it finds no single source, or a target lacks the field.",
    .remedy = "correct the source, the target's field path, or set options.create",
    .fails =
        "-- kustomization.yaml --\nresources:\n- web.yaml\nreplacements:\n- source:\n    kind: ConfigMap\n   "
        " name: shop\n"
        "  targets:\n  - select: {kind: ConfigMap}\n    fieldPaths: [metadata.labels.app]\n"
        "-- web.yaml --\n" OBJECT("ConfigMap", "web"),
    .passes =
        "-- kustomization.yaml --\nresources:\n- web.yaml\nreplacements:\n- source:\n    kind: ConfigMap\n   "
        " name: web\n"
        "  targets:\n  - select: {kind: ConfigMap}\n    fieldPaths: [metadata.labels.app]\n    options: "
        "{create: true}\n"
        "-- web.yaml --\n" OBJECT("ConfigMap", "web"),
};

const Rule kVarRule = {
    .id = "kustomize/var",
    .title = "a var that cannot be resolved",
    .why = "`kustomize build` stops where a var's object or field is not there, or its name is taken.",
    .remedy = "correct objref and fieldref; kustomize advises replacements instead of vars",
    .fails =
        "-- kustomization.yaml --\nresources:\n- web.yaml\nvars:\n- name: WEB\n  objref: {apiVersion: v1, "
        "kind: ConfigMap, name: shop}\n"
        "-- web.yaml --\n" OBJECT("ConfigMap", "web"),
    .passes =
        "-- kustomization.yaml --\nresources:\n- web.yaml\nvars:\n- name: WEB\n  objref: {apiVersion: v1, "
        "kind: ConfigMap, name: web}\n"
        "-- web.yaml --\n" OBJECT("ConfigMap", "web"),
};

const Rule kBuildLimitRule = {
    .id = "kustomize/limit",
    .title = "a build that passes one of the limits on size",
    .why =
        "What is pushed is built within bounded time and memory; the message names the limit, which an "
        "operator "
        "can change where it is one of docs/limits.md.",
    .remedy = "split the build, or ask the operator to raise the limit",
    .fails =
        "-- kustomization.yaml --\nresources:\n- web.yaml\nreplacements:\n- source: {kind: ConfigMap, name: "
        "web, fieldPath: data}\n"
        "  targets:\n  - select: {kind: ConfigMap}\n    options: {create: true}\n    fieldPaths:\n"
        "    - "
        "a1.a2.a3.a4.a5.a6.a7.a8.a9.b1.b2.b3.b4.b5.b6.b7.b8.b9.c1.c2.c3.c4.c5.c6.c7.c8.c9.d1.d2.d3.d4.d5.d6."
        "d7."
        "d8.d9.e1.e2.e3.e4.e5.e6.e7.e8.e9.f1.f2.f3.f4.f5.f6.f7.f8.f9.g1.g2.g3.g4.g5.g6.g7.g8.g9.h1.h2.h3.h4."
        "h5.h6.h7."
        "h8.h9.i1.i2.i3.i4.i5.i6.i7.i8.i9.j1.j2.j3.j4.j5.j6.j7.j8.j9.k1.k2.k3.k4.k5.k6.k7.k8.k9.l1.l2.l3\n"
        "-- web.yaml --\n" OBJECT("ConfigMap", "web") "data: {a: b}\n",
    .passes =
        "-- kustomization.yaml --\nresources:\n- web.yaml\nreplacements:\n- source: {kind: ConfigMap, name: "
        "web, fieldPath: data.a}\n"
        "  targets:\n  - select: {kind: ConfigMap}\n    options: {create: true}\n    fieldPaths:\n"
        "    - data.c\n"
        "-- web.yaml --\n" OBJECT("ConfigMap", "web") "data: {a: b}\n",
};

namespace {
constexpr std::array kRules = {&kKustomizationRule, &kUnknownFieldRule,     &kWrongTypeRule,
                               &kMissingFileRule,   &kLoadRestrictionRule,  &kCycleRule,
                               &kResourceRule,      &kDuplicateObjectRule,  &kGeneratorRule,
                               &kPatchRule,         &kPatchTargetRule,      &kFieldRule,
                               &kNameReferenceRule, &kReplacementRule,      &kVarRule,
                               &kBuildLimitRule,    &kOutsideRepositoryRule};
}  // namespace

std::span<const Rule* const> RenderRules() { return kRules; }

}  // namespace sluice::manifests::render
