// Tested by tests/promotion/folder_paths_test.cc and tests/push/folders.sh.
#include "promotion/folder_paths.h"

#include <algorithm>

#include "git/changes.h"

namespace sluice::promotion {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool IsConfigurationPath(std::string_view path) {
  constexpr std::string_view kDirectory = ".sluice";
  const std::string_view top = path.substr(0, path.find('/'));
  return std::equal(top.begin(), top.end(), kDirectory.begin(), kDirectory.end(),
                    [](char a, char b) { return Lower(a) == b; });
}

bool IsInFolder(std::string_view folder, std::string_view path) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

bool Concerns(const Environment& environment, std::span<const Environment> environments,
              std::string_view path) {
  if (environment.folder.empty() || IsInFolder(environment.folder, path)) return true;
  return std::none_of(environments.begin(), environments.end(), [&](const Environment& other) {
    return other.branch == environment.branch && !other.folder.empty() && IsInFolder(other.folder, path);
  });
}

Result<bool> ConcernsCommit(const git::Repository& repository, const git::Commit& commit,
                            const Environment& environment, std::span<const Environment> environments,
                            const Limits& limits) {
  if (environment.folder.empty()) return true;
  Oid before;
  if (!commit.parents.empty()) {
    const Result<Oid> parent = git::TreeOf(repository, commit.parents.front());
    if (!parent) return parent.error();
    before = *parent;
  }
  const auto files = git::Changes(repository, before, commit.tree, limits);
  if (!files) return files.error();
  return std::any_of(files->begin(), files->end(), [&](const git::FileChange& file) {
    return Concerns(environment, environments, file.path);
  });
}

}  // namespace sluice::promotion
