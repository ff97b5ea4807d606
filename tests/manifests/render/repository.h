// A repository in memory for tests of roots: its files, all its objects by kind,
// and what its roots build, in one line.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/file_tree.h"
#include "manifests/object.h"
#include "manifests/render/roots.h"

namespace sluice::manifests::render {

class Repository {
 public:
  explicit Repository(std::map<std::string, std::string> files, const KindFacts& facts = {})
      : tree_(files), session_(tree_, Limits(), facts) {
    for (const auto& [path, text] : files) {
      const auto file = session_.sources().Read(*RepoPath::Parse(path));
      if (file) files_.push_back(*file);
    }
    context.list = [this](std::string_view group, std::string_view kind) {
      std::vector<const Object*> found;
      for (const auto& file : files_) {
        for (const Object& object : file->objects.objects) {
          if (object.group == group && object.kind == kind) found.push_back(&object);
        }
      }
      return found;
    };
  }

  Session& session() { return session_; }

  // Of all files; findings of the search are kept in `findings`.
  std::vector<Root> Roots() {
    std::vector<Root> roots;
    for (const auto& file : files_) {
      RootList list = RootsOf(session_, *file, context);
      for (Root& root : list.roots) roots.push_back(std::move(root));
      for (Finding& finding : list.findings) findings.push_back(std::move(finding));
    }
    return roots;
  }

  Built BuildNamed(std::string_view name) {
    for (const Root& root : Roots()) {
      if (root.name == name) return Build(session_, root, context);
    }
    Built none;
    none.not_built.push_back({{}, {}, "there is no such root"});
    return none;
  }

  RootContext context;
  Findings findings;

 private:
  MemoryTree tree_;
  Session session_;
  std::vector<std::shared_ptr<const SourceFile>> files_;
};

// The canonical JSON of each object, a line each; then "unknown: …" of an object,
// "not built: …", "finding: RULE file:line:column message".
inline std::string Show(const Built& built) {
  std::string text;
  for (const BuiltObject& object : built.objects) {
    CanonicalJson(*object.object.root, text);
    text += '\n';
    for (const std::string& why : object.unknown) text += "unknown: " + why + '\n';
  }
  for (const NotBuilt& left : built.not_built) text += "not built: " + left.reason + '\n';
  for (const Finding& finding : built.findings) {
    text += "finding: " + finding.rule + ' ' + finding.file + ':' + std::to_string(finding.range.begin.line) +
            ':' + std::to_string(finding.range.begin.column) + ' ' + finding.message + '\n';
  }
  return text;
}

}  // namespace sluice::manifests::render
