// The names in `.sluice/`. What only looks like the configuration would be
// passed over without a word: a link or a submodule in its place, another case,
// `sluice.yml`. Tested by tests/gate/configuration_test.cc.
#include <algorithm>
#include <iterator>

#include "gate/configuration.h"
#include "gate/rules.h"
#include "promotion/folder_paths.h"

namespace sluice::gate {
namespace {

constexpr std::string_view kDirectory = ".sluice";
constexpr std::string_view kSchemasDirectory = ".sluice/schemas";

// What may stand in .sluice/ beside the files that `documents` names.
struct KnownName {
  std::string_view name;
  FileKind kind = FileKind::kFile;
};
constexpr KnownName kKnownNames[] = {
    {"sluice.yaml"}, {"waivers.yaml"},    {"schemas", FileKind::kDirectory}, {"README.md"}, {"OWNERS"},
    {"CODEOWNERS"},  {"allowed_signers"},
};
constexpr std::string_view kLaterNames[] = {"policies"};

std::string_view KindWords(FileKind kind) {
  switch (kind) {
    case FileKind::kFile:
      return "a file";
    case FileKind::kDirectory:
      return "a directory";
    case FileKind::kSymlink:
      return "a symbolic link";
    case FileKind::kSubmodule:
      return "a submodule";
    case FileKind::kOdd:
      break;
  }
  return "an entry of no kind that Git writes";
}

// Of editors and of git: nobody takes them for the configuration.
bool IsAside(std::string_view name) { return name.starts_with('.') || name.ends_with('~'); }

class Names {
 public:
  Names(const FileTree& tree, const Configuration& configuration)
      : tree_(tree), configuration_(configuration) {}

  Findings Check() {
    if (Stands()) CheckNames();
    return std::move(findings_);
  }

 private:
  // Whether the tree has the directory at all.
  bool Stands() {
    bool stands = false;
    const Result<std::vector<FileEntry>> entries = tree_.List(RepoPath());
    if (!entries) return false;  // a tree that shows these files alone
    for (const FileEntry& entry : *entries) {
      if (!promotion::IsConfigurationPath(entry.name)) continue;
      if (entry.name != kDirectory) {
        Report(entry.name, "the configuration's directory is named " + std::string(kDirectory));
      } else if (entry.kind == FileKind::kDirectory) {
        stands = true;
      } else {
        Report(entry.name, "it must be a directory, and is " + std::string(KindWords(entry.kind)));
      }
    }
    return stands;
  }

  void CheckNames() {
    const Result<std::vector<FileEntry>> entries = tree_.List(*RepoPath::Parse(kDirectory));
    if (!entries) return Report(kDirectory, entries.error().message);
    for (const FileEntry& entry : *entries) {
      if (!IsAside(entry.name)) CheckName(entry);
    }
    const Result<std::vector<FileEntry>> schemas = tree_.List(*RepoPath::Parse(kSchemasDirectory));
    if (!schemas) return;
    for (const FileEntry& entry : *schemas) {
      if (entry.kind == FileKind::kFile || entry.kind == FileKind::kDirectory) continue;
      Report(std::string(kSchemasDirectory) + "/" + entry.name,
             "it must be a file, and is " + std::string(KindWords(entry.kind)));
    }
  }

  void CheckName(const FileEntry& entry) {
    const std::string path = std::string(kDirectory) + "/" + entry.name;
    FileKind wanted = FileKind::kFile;
    if (std::find(std::begin(kLaterNames), std::end(kLaterNames), entry.name) != std::end(kLaterNames))
      return Report(path, "`" + entry.name + "` is not in this version");
    const auto known = std::find_if(std::begin(kKnownNames), std::end(kKnownNames),
                                    [&](const KnownName& name) { return name.name == entry.name; });
    if (known != std::end(kKnownNames)) {
      wanted = known->kind;
    } else if (!NamedByDocuments(entry.name)) {
      return Report(path,
                    "no file of the configuration has this name; known are sluice.yaml, waivers.yaml, "
                    "allowed_signers, schemas/");
    } else if (entry.kind == FileKind::kDirectory) {
      return;
    }
    if (entry.kind == wanted) return;
    Report(path,
           "it must be " + std::string(KindWords(wanted)) + ", and is " + std::string(KindWords(entry.kind)));
  }

  bool NamedByDocuments(std::string_view name) const {
    const std::vector<DocumentSchema>& documents = configuration_.documents;
    return std::any_of(documents.begin(), documents.end(), [&](const DocumentSchema& document) {
      const Result<RepoPath> path = RepoPath().Resolve(document.path);
      return path && (path->text() == name || path->text().starts_with(std::string(name) + "/"));
    });
  }

  void Report(std::string_view file, std::string message) {
    findings_.push_back(MakeFinding(kConfigurationRule, std::string(file), {}, std::move(message)));
  }

  const FileTree& tree_;
  const Configuration& configuration_;
  Findings findings_;
};

}  // namespace

Findings CheckConfigurationNames(const FileTree& tree, const Configuration& configuration) {
  return Names(tree, configuration).Check();
}

}  // namespace sluice::gate
