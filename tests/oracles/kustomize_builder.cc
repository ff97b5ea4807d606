// The peer of the kustomize oracles: says, tree after tree, what we build. On
// standard input and output each message is a length of four bytes, the most
// significant first, then that many bytes. A request is a list of fields of the
// same form: the directory on disk that holds the tree (empty: the files
// follow), the directory to build, then path and content of each file. The
// answer is one of
//   {"objects":[…],"not_built":["file:line: reason",…]}   canonical JSON, sorted
//   {"findings":[{"rule":…,"file":…,"line":…,"message":…},…],"not_built":[…]}
// Requests for the same tree on disk share one session, as the gate does it.
//
//   kustomize_builder ROOT DIRECTORY...   builds these and prints the answers
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file_tree.h"
#include "manifests/render/build.h"
#include "schemas/json_text.h"
#include "schemas/rendering.h"

namespace sluice::manifests::render {
namespace {

constexpr std::uint32_t kMostBytes = 64u << 20;

std::uint32_t Number(const unsigned char* head) {
  return std::uint32_t{head[0]} << 24 | std::uint32_t{head[1]} << 16 | std::uint32_t{head[2]} << 8 | head[3];
}

bool ReadMessage(std::string& message) {
  unsigned char head[4];
  if (std::fread(head, 1, sizeof head, stdin) != sizeof head) return false;
  const std::uint32_t size = Number(head);
  if (size > kMostBytes) return false;
  message.resize(size);
  return std::fread(message.data(), 1, size, stdin) == size;
}

bool WriteMessage(const std::string& message) {
  const auto size = static_cast<std::uint32_t>(message.size());
  const unsigned char head[4] = {static_cast<unsigned char>(size >> 24),
                                 static_cast<unsigned char>(size >> 16),
                                 static_cast<unsigned char>(size >> 8), static_cast<unsigned char>(size)};
  return std::fwrite(head, 1, sizeof head, stdout) == sizeof head &&
         std::fwrite(message.data(), 1, size, stdout) == size && std::fflush(stdout) == 0;
}

std::optional<std::vector<std::string>> Fields(std::string_view message) {
  std::vector<std::string> fields;
  while (message.size() >= 4) {
    const std::size_t size = Number(reinterpret_cast<const unsigned char*>(message.data()));
    if (size > message.size() - 4) return std::nullopt;
    fields.emplace_back(message.substr(4, size));
    message.remove_prefix(4 + size);
  }
  if (!message.empty() || fields.size() < 2 || fields.size() % 2 != 0) return std::nullopt;
  return fields;
}

std::string List(const std::vector<std::string>& texts) { return fmt::format("[{}]", fmt::join(texts, ",")); }

std::string Answer(const Built& built) {
  std::vector<std::string> objects, findings, not_built;
  for (const Finding& finding : built.findings) {
    if (finding.severity != Severity::kError) continue;
    findings.push_back(fmt::format(R"({{"rule":{},"file":{},"line":{},"message":{}}})",
                                   schemas::QuoteJson(finding.rule), schemas::QuoteJson(finding.file),
                                   finding.range.begin.line, schemas::QuoteJson(finding.message)));
  }
  for (const NotBuilt& part : built.not_built)
    not_built.push_back(
        schemas::QuoteJson(fmt::format("{}:{}: {}", part.file, part.place.begin.line, part.reason)));
  if (!findings.empty())
    return fmt::format(R"({{"findings":{},"not_built":{}}})", List(findings), List(not_built));
  for (const BuiltObject& object : built.objects) CanonicalJson(*object.object.root, objects.emplace_back());
  std::ranges::sort(objects);
  return fmt::format(R"({{"objects":{},"not_built":{}}})", List(objects), List(not_built));
}

// A tree and what builds of it share.
struct Shared {
  explicit Shared(std::unique_ptr<FileTree> files, std::string where = {})
      : root(std::move(where)), tree(std::move(files)), session(*tree, Limits(), schemas::RenderingFacts()) {}
  std::string root;  // empty: in memory
  std::unique_ptr<FileTree> tree;
  Session session;
};

std::string Build(Shared& shared, const std::string& directory) {
  const Result<RepoPath> path = RepoPath::Parse(directory);
  if (!path)
    return R"({"findings":[{"rule":"","file":"","line":0,"message":"no directory"}],"not_built":[]})";
  return Answer(BuildKustomization(shared.session, *path, {}));
}

std::unique_ptr<FileTree> Files(const std::vector<std::string>& fields) {
  std::map<std::string, std::string> files;
  for (std::size_t i = 2; i < fields.size(); i += 2) files[fields[i]] = fields[i + 1];
  return std::make_unique<MemoryTree>(std::move(files));
}

int Serve() {
  std::unique_ptr<Shared> shared;
  for (std::string message; ReadMessage(message);) {
    const auto fields = Fields(message);
    if (!fields) return 2;
    const std::string& root = fields->front();
    if (root.empty()) {
      shared = std::make_unique<Shared>(Files(*fields));
    } else if (!shared || shared->root != root) {
      shared = std::make_unique<Shared>(std::make_unique<DirectoryTree>(root), root);
    }
    if (!WriteMessage(Build(*shared, (*fields)[1]))) return 1;
  }
  return 0;
}

int Print(char** directories, const std::string& root) {
  Shared shared(std::make_unique<DirectoryTree>(root), root);
  for (; *directories != nullptr; ++directories) std::puts(Build(shared, *directories).c_str());
  return 0;
}

}  // namespace
}  // namespace sluice::manifests::render

int main(int argc, char** argv) {
  return argc > 2 ? sluice::manifests::render::Print(argv + 2, argv[1]) : sluice::manifests::render::Serve();
}
