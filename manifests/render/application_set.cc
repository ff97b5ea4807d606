// The Applications of a set. Tested by tests/manifests/render/application_set_test.cc.
#include "manifests/render/application_set.h"

#include "manifests/render/argo_cd.h"
#include "manifests/render/edit.h"
#include "manifests/render/root_build.h"

namespace sluice::manifests::render {
namespace {

void AddOutside(const Root& set, std::string why, RootList& list) {
  Root root = set;
  root.by = Builder::kArgoCd;
  root.outside = std::move(why);
  list.roots.push_back(std::move(root));
}

// What holds the template of one Application: its nodes, and the set's own.
struct TemplateMemory {
  Arena arena{2048};
  std::shared_ptr<const void> set;
};

Root ApplicationOf(const Root& set, const Node& rendered, const std::shared_ptr<TemplateMemory>& memory) {
  Root root = set;
  const std::span<const Node> kept = memory->arena.Keep(std::span(&rendered, 1));
  const Node* metadata = MemberOf(&kept.front(), "metadata");
  root.object.kind = "Application";
  root.object.name = TextOf(metadata, "name");
  root.name = "Application " + (set.object.ns.empty() ? "" : set.object.ns + "/") + root.object.name;
  root.spec = MemberOf(&kept.front(), "spec");
  root.memory = memory;
  return root;
}

}  // namespace

void AddApplications(Session& session, const RootContext& context, const Root& set, RootList& list) {
  const Node* pattern = MemberOf(set.spec, "template");
  if (pattern == nullptr) return AddOutside(set, "the set has no template", list);
  if (MemberOf(set.spec, "templatePatch") != nullptr) {
    return AddOutside(set, "a templatePatch is not followed", list);
  }
  const GeneratedParameters generated = GenerateParameters(session, context, set);
  if (generated.limit) {
    list.findings.push_back(
        FindingAt(session.sources(), kRootLimitRule, set, generated.place, generated.outside));
  }
  if (!generated.outside.empty()) return AddOutside(set, generated.outside, list);
  for (const Parameters& parameters : generated.sets) {
    const auto memory = std::make_shared<TemplateMemory>();
    memory->set = set.memory;
    std::string problem;
    const std::optional<Node> rendered =
        RenderTemplate(memory->arena, *pattern, parameters, IsTrue(set.spec, "goTemplate"), problem);
    if (!rendered) return AddOutside(set, problem, list);
    Root root = ApplicationOf(set, *rendered, memory);
    DescribeApplication(context, root, session.sources(), list.findings);
    list.roots.push_back(std::move(root));
  }
}

}  // namespace sluice::manifests::render
