// An Application: its sources one after the other, then the destination.
// Tested by tests/manifests/render/argo_cd_test.cc.
#include "manifests/render/argo_cd.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>

#include "manifests/render/argo_source.h"
#include "manifests/render/edit.h"
#include "manifests/render/lists_apart.h"
#include "manifests/render/root_build.h"
#include "manifests/render/source_of.h"

namespace sluice::manifests::render {
namespace {

std::vector<const Node*> SourcesOf(const Node* spec) {
  std::vector<const Node*> sources;
  if (const Node* list = MemberOf(spec, "sources")) {
    for (const Node& source : list->children) sources.push_back(&source);
  } else if (const Node* source = MemberOf(spec, "source")) {
    sources.push_back(source);
  }
  return sources;
}

// Objects of kinds that live in a namespace and name none get the destination's.
void SetNamespaces(RootBuild& build) {
  const Node* ns = MemberOf(MemberOf(build.root.spec, "destination"), "namespace");
  if (ns == nullptr || ns->String().empty()) return;
  for (BuiltObject& object : build.built.objects) {
    const Object& known = object.object;
    const KindScope scope = build.session.facts().ScopeOf(known.group, known.version, known.kind);
    if (!known.ns.empty() || scope != KindScope::kNamespaced) continue;
    const Step way[] = {{.key = "metadata"}, {.key = "namespace"}};
    const Edit edit = [&](const Node&) { return std::optional<Node>(*ns); };
    build.Replace(object, EditAt(build.arena, *known.root, way, edit, {.make = true, .made_at = ns->range}));
  }
}

// Of objects that two sources bring, the later one is applied.
void DropRepeated(std::vector<BuiltObject>& objects, std::size_t from) {
  const auto identity = [](const BuiltObject& built) {
    const Object& object = built.object;
    return std::tuple(object.group, object.kind, object.ns, object.name);
  };
  std::set<std::tuple<std::string_view, std::string_view, std::string_view, std::string_view>> later;
  for (std::size_t i = from; i < objects.size(); ++i) later.insert(identity(objects[i]));
  std::vector<BuiltObject> kept;
  for (std::size_t i = 0; i < from; ++i) {
    if (!later.contains(identity(objects[i]))) kept.push_back(std::move(objects[i]));
  }
  std::move(objects.begin() + static_cast<std::ptrdiff_t>(from), objects.end(), std::back_inserter(kept));
  objects = std::move(kept);
}

}  // namespace

bool IsApplication(const Object& object) {
  return object.group == "argoproj.io" && object.kind == "Application";
}
bool IsApplicationSet(const Object& object) {
  return object.group == "argoproj.io" && object.kind == "ApplicationSet";
}

void DescribeApplication(const RootContext& context, Root& root, Sources&, Findings&) {
  root.by = Builder::kArgoCd;
  std::string outside = "no source";
  for (const Node* source : SourcesOf(root.spec)) {
    const std::string_view url = TextOf(source, "repoURL");
    const std::string_view path = TextOf(source, "path");
    const std::string other = OtherRevision(context, TextOf(source, "targetRevision"));
    if (MemberOf(source, "chart") == nullptr && IsThisRepository(context, url)) {
      if (!other.empty()) {
        outside = other;
        continue;
      }
      const Result<RepoPath> directory = RepoPath().Resolve(path.empty() ? "." : path);
      if (directory && root.directory.IsRoot()) root.directory = *directory;
      return;
    }
    outside = MemberOf(source, "chart") == nullptr ? "repository " + CanonicalUrl(url)
                                                   : "chart " + std::string(TextOf(source, "chart"));
    if (MemberOf(source, "chart") != nullptr) return;  // the cache may have it
  }
  root.outside = outside;
}

Built BuildApplication(Session& session, const Root& root, const RootContext& context) {
  RootBuild build(session, root, context);
  const std::vector<const Node*> sources = SourcesOf(root.spec);
  if (!root.outside.empty()) build.LeaveOut({}, root.outside);
  for (const Node* source : sources) {
    if (!root.outside.empty() || build.Failed()) break;
    const std::size_t before = build.built.objects.size();
    BuildSource(build, *source, sources);
    TakeListsApart(session.sources(), root, build.built);
    if (before > 0) DropRepeated(build.built.objects, before);
  }
  if (!build.Failed()) SetNamespaces(build);
  return build.Finish();
}

}  // namespace sluice::manifests::render
