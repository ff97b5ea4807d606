// Flux Kustomizations (kustomize.toolkit.fluxcd.io v1, v1beta2, v1beta1): what
// kustomize-controller 1.10 makes of one. The directory is built as by kustomize,
// with the spec's own fields added (build.h: Amendment); then variables are put
// in, then the common metadata. What only says how or when to apply (prune, wait,
// force, healthChecks, decryption, suspend) changes no object, and the labels by
// which Flux knows its own are left out.
//
// Variables come from the ConfigMaps of the tree. A Secret is never looked into:
// where the tree has it, its keys are variables that only the cluster knows; where
// it has not, any variable may come from it. So may it from a ConfigMap that the
// tree lacks, unless the reference is optional.
#pragma once

#include "manifests/object.h"
#include "manifests/render/roots.h"
#include "manifests/render/substitute.h"

namespace sluice::manifests::render {

bool IsFluxKustomization(const Object& object);

// `root` comes with its object, file, place and spec; the rest is filled in.
void DescribeFluxKustomization(const RootContext& context, Root& root, Sources& sources, Findings& findings);

Built BuildFluxKustomization(Session& session, const Root& root, const RootContext& context);

}  // namespace sluice::manifests::render
