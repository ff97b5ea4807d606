// Argo CD Applications and ApplicationSets (argoproj.io/v1alpha1), after Argo CD
// 3.4. A source is built by the tool that its own fields name, or else by what its
// directory holds: Chart.yaml, a kustomization, plain manifests. Sources of other
// repositories, plugins, Jsonnet and what needs Argo's build environment are left
// out by name. targetRevision is not looked at: what is judged is the tree that a
// push makes. Labels and annotations by which Argo CD tracks its own are left out.
//
// Generators of an ApplicationSet: list, git directories and files of this
// repository, clusters (Secrets of the tree labelled argocd.argoproj.io/
// secret-type: cluster), matrix and merge. Templates: {{name}}, and with
// goTemplate plain look-ups {{.a.b}}; what asks for more is left out by name. At
// most 1,000 Applications of a set, generators nested at most 3 deep.
#pragma once

#include "manifests/object.h"
#include "manifests/render/roots.h"

namespace sluice::manifests::render {

bool IsApplication(const Object& object);
bool IsApplicationSet(const Object& object);

// `root` comes with its object, file, place and spec; the rest is filled in.
void DescribeApplication(const RootContext& context, Root& root, Sources& sources, Findings& findings);

Built BuildApplication(Session& session, const Root& root, const RootContext& context);

// The Applications of a set, each a root; or the set itself, with `outside`
// saying why it is not followed.
void AddApplications(Session& session, const RootContext& context, const Root& set, RootList& list);

}  // namespace sluice::manifests::render
