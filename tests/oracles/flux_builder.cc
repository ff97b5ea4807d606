// The peer of tests/oracles/envsubst/flux: what we say that Flux builds of a
// directory on disk. For each Flux Kustomization a line of JSON:
//   {"name":"Kustomization flux-system/apps","directory":"apps","spec":{…},
//    "objects":[…],"findings":["…"],"notBuilt":["…"]}
#include <fmt/core.h>

#include <cstdio>
#include <string>

#include "base/file_tree.h"
#include "gate/builds.h"

namespace sluice::gate {
namespace {

using manifests::render::BuiltObject;
using manifests::render::NotBuilt;

std::string Quoted(std::string_view text) {
  manifests::Node node;
  node.kind = manifests::NodeKind::kString;
  node.text = text;
  std::string json;
  manifests::CanonicalJson(node, json);
  return json;
}

void Print(const Build& root) {
  std::string objects, findings, not_built, spec;
  for (const BuiltObject& object : root.built.objects) {
    if (!objects.empty()) objects += ',';
    manifests::CanonicalJson(*object.object.root, objects);
  }
  for (const Finding& finding : root.built.findings) {
    if (!findings.empty()) findings += ',';
    findings += Quoted(fmt::format("{}:{}: {}", finding.file, finding.range.begin.line, finding.message));
  }
  for (const NotBuilt& left : root.built.not_built) {
    if (!not_built.empty()) not_built += ',';
    not_built += Quoted(left.reason);
  }
  manifests::CanonicalJson(*root.root.spec, spec);
  fmt::print(R"({{"name":{},"directory":{},"spec":{},"objects":[{}],"findings":[{}],"notBuilt":[{}]}})"
             "\n",
             Quoted(root.root.name), Quoted(root.root.directory.text()), spec, objects, findings, not_built);
}

int Run(const std::string& directory) {
  const DirectoryTree tree(directory);
  const Result<TreeFacts> told = FactsOfTree(tree, Limits(), 1);
  if (!told) {
    fmt::print(stderr, "{}\n", told.error().Text());
    return 2;
  }
  const Configuration configuration;
  Builds builds(tree, told->facts, configuration, AllBuilds(told->facts),
                {1, {}, [] { return false; }, [](const std::string&) { return true; }});
  for (const Build& build : builds.all()) {
    if (build.root.by == manifests::render::Builder::kFlux && build.root.spec != nullptr) Print(build);
  }
  for (const Finding& finding : builds.findings()) fmt::print(stderr, "{}\n", finding.message);
  return 0;
}

}  // namespace
}  // namespace sluice::gate

int main(int count, char** arguments) {
  if (count == 2) return sluice::gate::Run(arguments[1]);
  fmt::print(stderr, "usage: flux_builder DIRECTORY\n");
  return 2;
}
