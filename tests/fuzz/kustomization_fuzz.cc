// libFuzzer: any bytes as a tree of files, whose directory `a` is built. The bytes
// are files between lines `-- PATH --`. What is built must have places inside
// its files and read back as it was; the second build of a session must give
// what the first gave.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "base/file_tree.h"
#include "manifests/render/build.h"
#include "schemas/rendering.h"

namespace sluice::manifests::render {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

// The path of a line `-- PATH --`; empty where it is none.
std::string_view PathOf(std::string_view line) {
  if (line.size() < 7 || !line.starts_with("-- ") || !line.ends_with(" --")) return {};
  return line.substr(3, line.size() - 6);
}

std::map<std::string, std::string> Files(std::string_view bytes) {
  std::map<std::string, std::string> files;
  std::string* file = &files["a/kustomization.yaml"];
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size() - 1);
    const std::string_view line = bytes.substr(0, end);
    const Result<RepoPath> path = RepoPath::Parse(PathOf(line));
    if (path && !path->IsRoot()) {
      file = &files[path->text()];
    } else {
      file->append(bytes.substr(0, end + 1));
    }
    bytes.remove_prefix(end + 1);
  }
  return files;
}

void CheckPlaces(Session& session, const Node& node) {
  if (node.range.begin.line != 0) Require(session.sources().Resolve(node.range).file != nullptr);
  for (const Node& child : node.children) CheckPlaces(session, child);
}

std::string Checked(Session& session, const Built& built) {
  std::string told;
  for (const Finding& finding : built.findings) told += finding.rule + finding.message;
  for (const BuiltObject& object : built.objects) {
    CheckPlaces(session, *object.object.root);
    std::string json;
    CanonicalJson(*object.object.root, json);
    const ParsedFile again = Parse("a.json", json, Limits());
    if (again.Readable()) {
      std::string text;
      CanonicalJson(*again.documents.at(0).root, text);
      Require(text == json);
    }
    told += json;
  }
  return told;
}

void Run(std::string_view bytes) {
  const MemoryTree tree(Files(bytes));
  Limits limits;
  limits.expansion_nodes = 5000;
  limits.object_bytes = 1u << 20;
  Session session(tree, limits, schemas::RenderingFacts());
  const RepoPath directory = *RepoPath::Parse("a");
  const Built built = BuildKustomization(session, directory, {});
  const std::string told = Checked(session, built);
  Require(Checked(session, BuildKustomization(session, directory, {})) == told);
}

}  // namespace
}  // namespace sluice::manifests::render

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sluice::manifests::render::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
