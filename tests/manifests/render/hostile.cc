#include "tests/manifests/render/hostile.h"

#include <fmt/core.h>

#include <cstdlib>

#include "schemas/rendering.h"
#include "tests/catch.h"

namespace sluice::manifests::render {

std::string Told(const FileTree& tree, const std::string& directory) {
  Session session(tree, Limits(), schemas::RenderingFacts());
  const Result<RepoPath> path = RepoPath::Parse(directory);
  if (!path) return "refused: : no such directory\n";
  return Told(BuildKustomization(session, *path, {}));
}

std::string Told(const Built& built) {
  std::string told;
  for (const Finding& finding : built.findings)
    if (finding.severity == Severity::kError)
      told += fmt::format("refused: {}: {} {}\n", finding.rule, finding.message, finding.source_line);
  for (const NotBuilt& part : built.not_built) told += fmt::format("left out: {}\n", part.reason);
  for (const BuiltObject& object : built.objects) {
    told += "object: ";
    CanonicalJson(*object.object.root, told);
    told += '\n';
  }
  for (const std::string& read : built.read) told += fmt::format("read: {}\n", read);
  return told;
}

std::string ToldConfined(const FileTree& tree, const std::string& directory, const Bounds& bounds) {
  const Confined confined = RunConfined([&] { return Told(tree, directory); }, bounds);
  INFO("signal " << confined.signal << " after " << confined.said.substr(0, 2000));
  REQUIRE(confined.ended);
  if (std::getenv("SLUICE_HOSTILE_SHOW") != nullptr) WARN(confined.said.substr(0, 600));
  return confined.said;
}

bool IsRefused(const std::string& told) {
  return told.starts_with("refused: ") || told.starts_with("left out: ");
}

}  // namespace sluice::manifests::render
