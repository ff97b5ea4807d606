// Flux HelmReleases (helm.toolkit.fluxcd.io v2, v2beta2, v2beta1): what
// helm-controller 1.7 makes of one, by render/helm.h. The chart comes from this
// repository (a GitRepository or an ExternalArtifact that is part of it) or from
// the cache (HelmRepository, OCIRepository, with an exact version). Values from
// ConfigMaps of the tree are read; what a Secret or an absent ConfigMap holds only
// the cluster knows: a targetPath gets a text "${…}", and every object says so.
#pragma once

#include "manifests/object.h"
#include "manifests/render/roots.h"

namespace sluice::manifests::render {

bool IsHelmRelease(const Object& object);

// `root` comes with its object, file, place and spec; the rest is filled in.
void DescribeHelmRelease(const RootContext& context, Root& root, Sources& sources, Findings& findings);

Built BuildHelmRelease(Session& session, const Root& root, const RootContext& context);

// helm-controller's name of a release: spec.releaseName, else "[TARGET-]NAME",
// cut to 53 bytes with a digest.
std::string ReleaseName(const Node* spec, std::string_view name);

}  // namespace sluice::manifests::render
