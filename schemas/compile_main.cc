// schemas_compile: the committed text forms to the bundle that is linked into
// every program. Runs in the build only.
//
//   schemas_compile OUT KUBERNETES LIFECYCLE CATALOGUE
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "schemas/bundle.h"
#include "schemas/lifecycle_text.h"
#include "schemas/schema_text.h"

namespace {

using sluice::Result;
using sluice::schemas::NodeId;
using sluice::schemas::SchemaGraph;

bool ReadFile(const char* path, std::string& out) {
  std::ifstream file(path, std::ios::binary);
  out.assign(std::istreambuf_iterator<char>(file), {});
  return file.good() || file.eof();
}

template <class T>
bool Succeeded(const Result<T>& result) {
  if (!result) std::fprintf(stderr, "schemas_compile: %s\n", result.error().Text().c_str());
  return static_cast<bool>(result);
}

// The catalogue holds in every minor.
void Append(SchemaGraph catalogue, SchemaGraph& graph) {
  const auto shift = static_cast<NodeId>(graph.nodes.size());
  const auto move = [shift](NodeId& id) {
    if (id != sluice::schemas::kNoNode) id += shift;
  };
  for (auto& node : catalogue.nodes) {
    for (auto& property : node.properties) move(property.node);
    for (auto* list : {&node.all_of, &node.any_of, &node.one_of}) {
      for (NodeId& id : *list) move(id);
    }
    move(node.additional);
    move(node.items);
    move(node.negated);
    graph.nodes.push_back(std::move(node));
  }
  for (auto& kind : catalogue.kinds) {
    NodeId root = kind.roots.front();
    move(root);
    kind.roots.assign(graph.minors.size(), root);
    kind.origin = sluice::schemas::Origin::kCatalogue;
    graph.kinds.push_back(std::move(kind));
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) {
    std::fprintf(stderr, "usage: schemas_compile OUT KUBERNETES LIFECYCLE CATALOGUE\n");
    return 2;
  }
  std::string texts[3];
  for (int i = 0; i < 3; ++i) {
    if (ReadFile(arguments[i + 2], texts[i])) continue;
    std::fprintf(stderr, "schemas_compile: cannot read %s\n", arguments[i + 2]);
    return 1;
  }
  auto graph = sluice::schemas::ReadSchemaText(texts[0], arguments[2]);
  auto lifecycle = sluice::schemas::ReadLifecycle(texts[1], arguments[3]);
  auto catalogue = sluice::schemas::ReadSchemaText(texts[2], arguments[4]);
  if (!Succeeded(graph) || !Succeeded(lifecycle) || !Succeeded(catalogue)) return 1;
  sluice::schemas::ApplyGoTypes(*graph);
  graph->lifecycle = std::move(*lifecycle);
  Append(std::move(*catalogue), *graph);
  sluice::schemas::Minimize(*graph);
  const auto bytes = sluice::schemas::WriteBundle(*graph);
  if (!Succeeded(bytes)) return 1;
  std::ofstream out(arguments[1], std::ios::binary);
  out.write(bytes->data(), static_cast<std::streamsize>(bytes->size()));
  return out.good() ? 0 : 1;
}
