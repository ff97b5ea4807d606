// What kustomize knows of kinds (manifests/render/kind_facts.h), as data of the
// program: nothing is read or built when it starts.
#pragma once

#include "manifests/render/kind_facts.h"

namespace sluice::schemas {

// What is built must be what `kustomize build` makes, so the table says what
// kustomize 5.7 knows: the kinds and merge keys of Kubernetes 1.21, the OpenAPI
// document that it carries. Where later minors say more, kustomize does not do
// it: in a patch, `matchConditions` of a webhook, `schedulingGates` and
// `resourceClaims` of a pod are replaced as a whole, and a
// ValidatingAdmissionPolicy gets the namespace that a kustomization sets.
const manifests::render::KindFacts& RenderingFacts();

}  // namespace sluice::schemas
