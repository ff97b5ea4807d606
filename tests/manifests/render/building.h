// Trees and builds of the tests of this folder, in few words.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "manifests/object.h"
#include "manifests/render/build.h"

namespace sluice::manifests::render {

using Tree = std::map<std::string, std::string>;

// A tree in txtar form: each file after a line "-- path --".
inline Tree TreeOf(std::string_view text) {
  Tree files;
  std::string* file = nullptr;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n') + 1, text.size());
    const std::string_view line = text.substr(0, end == 0 ? text.size() : end);
    text.remove_prefix(line.size());
    if (line.starts_with("-- ") && line.ends_with(" --\n")) {
      file = &files[std::string(line.substr(3, line.size() - 7))];
    } else if (file != nullptr) {
      file->append(line);
    }
  }
  return files;
}

// The canonical JSON of each object, sorted, one a line; or "RULE: message" of
// the first finding.
inline std::string Said(const Built& built) {
  if (!built.findings.empty()) return built.findings[0].rule + ": " + built.findings[0].message;
  std::vector<std::string> lines;
  for (const BuiltObject& object : built.objects) CanonicalJson(*object.object.root, lines.emplace_back());
  std::ranges::sort(lines);
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  return all;
}

inline std::string BuildText(std::string_view tree_text, std::string_view directory = "",
                             const KindFacts& facts = {}) {
  const MemoryTree tree(TreeOf(tree_text));
  Session session(tree, Limits(), facts);
  return Said(BuildKustomization(session, *RepoPath::Parse(directory), {}));
}

}  // namespace sluice::manifests::render
