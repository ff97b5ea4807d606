#include "cli/schema_import.h"

#include <cerrno>
#include <fstream>

#include "base/file_tree.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/paths.h"
#include "gate/gate.h"
#include "report/words.h"

namespace sluice::cli {
namespace {

constexpr std::size_t kSourceBytes = 64u << 20;  // of one file to import

Status AddSource(const std::string& root, const std::string& path,
                 std::vector<schemas::ImportSource>& sources) {
  const Result<RepoPath> file = RepoPath::Parse(path);
  if (!file) return file.error();
  Result<std::string> bytes = DirectoryTree(root).Read(*file, kSourceBytes);
  if (!bytes) return bytes.error();
  sources.push_back({root + "/" + path, *std::move(bytes)});
  return Ok{};
}

Status AddSources(const std::string& word, std::vector<schemas::ImportSource>& sources) {
  const std::string absolute = AbsolutePath(word);
  if (!Exists(absolute)) return Usage("no file or directory " + word);
  const Result<std::vector<git::FileChange>> below = gate::WholeTree(DirectoryTree(absolute));
  if (!below) {
    const std::size_t slash = absolute.rfind('/');
    return AddSource(absolute.substr(0, slash), absolute.substr(slash + 1), sources);
  }
  for (const git::FileChange& file : *below) {
    const std::string& path = file.path;
    const bool known = path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".json");
    if (!known || file.new_kind != FileKind::kFile) continue;
    const Status added = AddSource(absolute, path, sources);
    if (!added) return added;
  }
  return Ok{};
}

}  // namespace

int ImportSchemas(const std::string& output, const std::vector<std::string>& words,
                  std::vector<schemas::ImportSource> sources) {
  for (const std::string& word : words) {
    const Status added = AddSources(word, sources);
    if (!added) return Fail(added.error());
  }
  const Result<schemas::ImportedBundle> bundle = schemas::ImportFiles(sources);
  if (!bundle) return Fail(bundle.error());
  for (const std::string& note : bundle->notes) PrintHint(note);
  std::ofstream file(output, std::ios::binary | std::ios::trunc);
  file << bundle->bytes;
  file.close();
  if (!file) return Fail(SystemError("cannot write " + output, errno));
  const std::string line = "wrote " + output + ": " + report::Count(bundle->kinds, "kind") + "\n";
  return Print(line) ? kAccepted : kUnjudged;
}

}  // namespace sluice::cli
