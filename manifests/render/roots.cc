// Which builder takes which object.
// Tested by tests/manifests/render/roots_test.cc.
#include "manifests/render/roots.h"

#include "manifests/render/argo_cd.h"
#include "manifests/render/flux.h"
#include "manifests/render/helm_release.h"
#include "manifests/render/lists_apart.h"
#include "manifests/render/root_build.h"
#include "manifests/render/values_source.h"

namespace sluice::manifests::render {
namespace {

// The root that an object defines, before its builder has described it.
Root Defined(const Sources& sources, const Object& object) {
  Root root;
  root.name = ShownName(object.kind, object.ns, object.name);
  root.object = object.Name();
  root.file = object.file;
  root.place = object.root->range;
  root.spec = MemberOf(object.root, "spec");
  const Place place = sources.Resolve(object.root->range);
  if (place.file != nullptr) root.file = place.file->path.text();
  return root;
}

void AddRoots(Session& session, const RootContext& context, const Object& object, Root root, RootList& list) {
  Sources& sources = session.sources();
  if (IsFluxKustomization(object)) {
    DescribeFluxKustomization(context, root, sources, list.findings);
    list.roots.push_back(std::move(root));
  } else if (IsHelmRelease(object)) {
    DescribeHelmRelease(context, root, sources, list.findings);
    list.roots.push_back(std::move(root));
  } else if (IsApplication(object)) {
    DescribeApplication(context, root, sources, list.findings);
    list.roots.push_back(std::move(root));
  } else if (IsApplicationSet(object)) {
    AddApplications(session, context, root, list);
  }
}

}  // namespace

RootList RootsOf(Session& session, const SourceFile& file, const RootContext& context) {
  RootList list;
  for (const Object& object : file.objects.objects) {
    AddRoots(session, context, object, Defined(session.sources(), object), list);
  }
  return list;
}

RootList RootsOf(Session& session, const Built& built, const RootContext& context) {
  RootList list;
  for (const BuiltObject& object : built.objects) {
    Root root = Defined(session.sources(), object.object);
    root.through = object.through;
    root.memory = built.memory;
    root.beside = ValuesBeside(built, object.object);
    AddRoots(session, context, object.object, std::move(root), list);
  }
  return list;
}

Root RootOf(const RepoPath& directory) {
  Root root;
  root.name = directory.IsRoot() ? "." : directory.text();
  root.directory = directory;
  return root;
}

Built Build(Session& session, const Root& root, const RootContext& context) {
  switch (root.by) {
    case Builder::kFlux:
      return BuildFluxKustomization(session, root, context);
    case Builder::kHelmRelease:
      return BuildHelmRelease(session, root, context);
    case Builder::kArgoCd:
      return BuildApplication(session, root, context);
    case Builder::kKustomization:
      break;
  }
  Built built = BuildKustomization(session, root.directory, {});
  TakeListsApart(session.sources(), root, built);
  return built;
}

}  // namespace sluice::manifests::render
