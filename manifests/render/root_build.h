// One root while it is built: what Flux' and Argo CD's builders share.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/rule.h"
#include "manifests/arena.h"
#include "manifests/render/build.h"
#include "manifests/render/roots.h"

namespace sluice::manifests::render {

extern const Rule kFluxRule;          // kustomize/flux
extern const Rule kSubstitutionRule;  // kustomize/substitution
extern const Rule kHelmReleaseRule;   // helm/flux
extern const Rule kArgoCdRule;        // kustomize/argo-cd
extern const Rule kRootLimitRule;     // kustomize/root-limit

// The member of a mapping; null where there is none, it is null or no mapping.
const Node* MemberOf(const Node* mapping, std::string_view key);
// Its text; empty where it is no string.
std::string_view TextOf(const Node* mapping, std::string_view key);
bool IsTrue(const Node* mapping, std::string_view key);

// "Kustomization flux-system/apps"; without a namespace "Kustomization apps".
std::string ShownName(std::string_view kind, std::string_view ns, std::string_view name);

// An object of nodes that a build made.
Object ObjectAt(const Sources& sources, const Node* root);

// A finding with its place as people read it; `place` of no line: where the root is defined.
Finding FindingAt(const Sources& sources, const Rule& rule, const Root& root, Range place,
                  std::string message);

// Belongs to one thread. What it is made of must outlive it; what Finish returns
// holds `arena`, the parts and the root's own nodes, and needs only the session.
class RootBuild {
 public:
  RootBuild(Session& session, const Root& root, const RootContext& context);

  // An error; false, so that "return build.Fail(…)" ends a step.
  bool Fail(const Rule& rule, Range place, std::string message);
  void LeaveOut(Range place, std::string reason);
  bool Failed() const;

  // Adds what another builder made of a part; its objects get this root on their way.
  void Add(Built part);
  // Gives an object another root. `root_node` itself is copied into `arena`; what it
  // shares must live in `arena`, in a part that was added, or in a file of the
  // session's sources. Its way and what is unknown in it stay;
  // its file is the one that the range of the new root lies in.
  void Replace(BuiltObject& object, const Node& root_node);
  // Everything that was built, and the owners of its nodes: nothing may follow. Without
  // objects where it failed.
  Built Finish();

  Session& session;
  const Root& root;
  const RootContext& context;
  Arena& arena;
  Built built;

 private:
  struct Memory;
  RootBuild(Session& session, const Root& root, const RootContext& context, std::shared_ptr<Memory> memory);

  std::shared_ptr<Memory> memory_;
};

// Labels and annotations that Flux writes over those of every object.
void SetCommonMetadata(RootBuild& build, const Node* common);

}  // namespace sluice::manifests::render
