// One kustomization while it is applied: what it reads, what it has gathered,
// and where it reports. Everything here belongs to one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/rule.h"
#include "manifests/render/build.h"
#include "manifests/render/resource.h"
#include "manifests/render/transformer_config.h"

namespace sluice::manifests::render {

// A var: where its value stands. Deprecated in kustomize, and built.
struct Var {
  std::string_view name;
  ResourceId object;  // as the user wrote it
  std::string_view field_path;
  Range place;
};

// kustomize's accumulator: objects, and the rules that change them.
struct Accumulation {
  std::vector<Resource> resources;
  ConfigPointer config;
  std::vector<Var> vars;
  bool incomplete = false;  // something was left out: an object that is not here may be there
};

struct Accumulated;

// What a build says besides its objects. Bases are shared, so each says what is
// its own, and `below` leads to the others: a diamond costs no more than its parts.
struct BuildLog {
  Findings findings;                                      // those of a base that failed too
  std::vector<NotBuilt> not_built;                        // own
  std::vector<std::string> read;                          // own, as in Built, with repetitions
  std::vector<RepoPath> directories;                      // this one and those of its components
  std::vector<std::shared_ptr<const Accumulated>> below;  // bases, but for those that others lead to
  std::vector<std::shared_ptr<const void>> keep;          // owners of nodes
  std::size_t height = 0;                                 // of the tower of kustomizations
  std::size_t work = 0;                                   // own: nodes looked at, about
  std::size_t work_below = 0, bytes_below = 0;            // of all bases, each counted once
  std::unordered_set<const Accumulated*> counted;         // which those are; empty when all is done
  std::size_t next_look = 0;                              // at the clock, when so much work is done
  std::size_t components = 0;                             // applied so far
  bool failed = false;
  bool depends_on_way = false;    // the failure is one of the way here, not of this directory
  bool no_kustomization = false;  // why it failed: whoever asked says so
};

struct Layer {
  Session& session;
  Arena& arena;
  BuildLog& log;
  RepoPath directory;
  std::string file;        // the kustomization's path
  Node root;               // its fields
  const KindFacts* facts;  // the session's, or those of an `openapi` field
  bool anywhere = false;

  const Node* Field(std::string_view name) const;
  std::span<const Node> Elements(std::string_view name) const;
  std::string_view Text(std::string_view name) const { return ScalarText(Field(name)); }

  // Ends the build: a finding at `place` (in line space; of no file: the
  // kustomization itself). False, so that "return layer.Fail(…)" ends a step.
  bool Fail(const Rule& rule, Range place, std::string message);
  bool Fail(const Rule& rule, Range place, std::string message, const Resource& resource);
  void LeaveOut(Range place, std::string reason);

  // Counts work that a push can multiply, and looks at the memory that was used:
  // both of this kustomization and of all that it is built from. False after a
  // finding that names the limit.
  bool Spend(std::size_t nodes, Range place);
};

// False after a finding: the object has become deeper or larger than a document
// may be, as replacements and patches can make it with few bytes.
bool CheckSize(Layer& layer, const Resource& resource, Range place);

// Counts a walk over a resource that takes `steps` at each node.
bool SpendWalk(Layer& layer, const Resource& resource, std::size_t steps, Range place);

// Changes fields of a resource as each spec that selects it says.
bool ChangeFields(Layer& layer, Resource& resource, std::span<const FieldSpec> specs,
                  const FieldChange& change);

// A finding at `place` where two resources have one id.
bool CheckIds(Layer& layer, const std::vector<Resource>& resources, Range place);
// The same, where the place is that of whoever brought the second one.
bool CheckIds(Layer& layer, const std::vector<Resource>& resources,
              const std::function<Range(std::size_t)>& place);

}  // namespace sluice::manifests::render
