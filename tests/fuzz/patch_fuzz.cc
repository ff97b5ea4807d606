// libFuzzer: a file of two documents, an object and a patch of it: operations of
// a JSON patch where it is a list, else a strategic merge. What comes out is a
// tree that a file could hold, every node of it has a place, and the object is
// as it was.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "manifests/object.h"
#include "manifests/render/merge_patch.h"
#include "schemas/rendering.h"

namespace sluice::manifests::render {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

std::string Json(const Node& node) {
  std::string json;
  CanonicalJson(node, json);
  return json;
}

void CheckTree(const Node& node, std::size_t depth) {
  Require(depth <= 2 * Limits{}.depth);
  Require(node.range.begin.line >= 1);
  for (const Node& child : node.children) {
    if (node.kind == NodeKind::kMapping) {
      Require(child.key_hash == HashKey(child.key) && node.Find(child.key) == &child);
      Require(child.key_range.begin.line >= 1);
    } else {
      Require(node.kind == NodeKind::kSequence && child.key.empty());
    }
    CheckTree(child, depth + 1);
  }
}

TypeId TypeOf(const ParsedFile& file) {
  const ObjectList list = Objects(file, Limits());
  if (list.objects.empty()) return 0;
  const Object& object = list.objects.front();
  return schemas::RenderingFacts().TypeOf(object.group, object.version, object.kind);
}

void Run(std::string bytes) {
  Limits limits;
  limits.expansion_nodes = 5000;
  const ParsedFile file = Parse("fuzz.yaml", std::move(bytes), limits);
  if (!file.Readable() || file.documents.size() < 2) return;
  const Node& object = *file.documents[0].root;
  const Node& patch = *file.documents[1].root;
  if (object.kind != NodeKind::kMapping) return;
  const std::string before = Json(object);
  Arena arena(0);
  const PatchResult result =
      patch.kind == NodeKind::kSequence
          ? JsonPatch(arena, object, patch, Limits())
          : StrategicMerge(arena, schemas::RenderingFacts(), TypeOf(file), object, patch, Limits());
  Require(Json(object) == before);
  for (const RenderProblem& problem : result.problems) Require(!problem.message.empty());
  if (!result.problems.empty() || result.deleted) return;
  Require(result.root.kind == NodeKind::kMapping);
  CheckTree(result.root, 0);
}

}  // namespace
}  // namespace sluice::manifests::render

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sluice::manifests::render::Run(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
