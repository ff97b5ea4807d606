// Rules of the group kustomize/: what makes `kustomize build` refuse a directory.
// The words stand in rules.cc; tests/manifests/render/rules_test.cc runs the examples.
#pragma once

#include <span>

#include "base/rule.h"

namespace sluice::manifests::render {

extern const Rule kKustomizationRule;      // kustomize/kustomization
extern const Rule kUnknownFieldRule;       // kustomize/unknown-field
extern const Rule kWrongTypeRule;          // kustomize/wrong-type
extern const Rule kMissingFileRule;        // kustomize/missing-file
extern const Rule kLoadRestrictionRule;    // kustomize/load-restriction
extern const Rule kOutsideRepositoryRule;  // kustomize/outside-repository
extern const Rule kCycleRule;              // kustomize/cycle
extern const Rule kResourceRule;           // kustomize/resource
extern const Rule kDuplicateObjectRule;    // kustomize/duplicate-object
extern const Rule kGeneratorRule;          // kustomize/generator
extern const Rule kPatchRule;              // kustomize/patch
extern const Rule kPatchTargetRule;        // kustomize/patch-target
extern const Rule kFieldRule;              // kustomize/field
extern const Rule kNameReferenceRule;      // kustomize/name-reference
extern const Rule kReplacementRule;        // kustomize/replacement
extern const Rule kVarRule;                // kustomize/var
extern const Rule kBuildLimitRule;         // kustomize/limit

}  // namespace sluice::manifests::render
