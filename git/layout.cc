// Finding and recognising repositories (gitrepository-layout). Symbolic links
// are followed as the kernel follows them; `.git` files are followed once.
// Tested by tests/git/layout_test.cc.
#include "git/layout.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <climits>
#include <cstdlib>

#include "git/bounds.h"
#include "git/file.h"
#include "git/repository.h"

namespace sluice::git {
namespace {

std::string_view FirstLine(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  while (text.ends_with('\r') || text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::string Join(const std::string& base, std::string_view path) {
  return path.starts_with('/') ? std::string(path) : base + "/" + std::string(path);
}

bool IsDirectory(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

Result<std::string> Resolve(const std::string& path) {
  char resolved[PATH_MAX];
  if (realpath(path.c_str(), resolved) == nullptr) return SystemError("cannot resolve " + path, errno);
  return std::string(resolved);
}

// As git's own test: HEAD, objects and refs are there.
bool IsGitDir(const std::string& path) {
  struct stat status {};
  if (lstat((path + "/HEAD").c_str(), &status) != 0) return false;
  const Result<std::string> common = ReadFileAt(AT_FDCWD, path + "/commondir", kMaxConfigBytes);
  const std::string base = common ? Join(path, FirstLine(*common)) : path;
  return IsDirectory(base + "/objects") && IsDirectory(base + "/refs");
}

// The repository of a work tree at `directory`: its ".git", a directory or a
// file that says "gitdir: …".
std::string DotGit(const std::string& directory) {
  const std::string path = directory + "/.git";
  if (IsDirectory(path)) return path;
  const Result<std::string> text = ReadFileAt(AT_FDCWD, path, kMaxConfigBytes);
  if (!text || !text->starts_with("gitdir: ")) return {};
  return Join(directory, FirstLine(std::string_view(*text).substr(8)));
}

}  // namespace

Result<RepositoryLayout> ReadLayout(std::string_view git_dir) {
  RepositoryLayout layout;
  layout.git_dir = layout.common_dir = Absolute(git_dir);
  const File directory = OpenAt(AT_FDCWD, layout.git_dir, O_DIRECTORY);
  if (!directory) return NotFound("no repository at " + layout.git_dir);
  const Result<std::string> common = ReadFileAt(directory.fd(), "commondir", kMaxConfigBytes);
  if (common) layout.common_dir = Join(layout.git_dir, FirstLine(*common));
  const std::string config_path = layout.common_dir + "/config";
  const Result<std::string> config = ReadFileAt(AT_FDCWD, config_path, kMaxConfigBytes);
  if (!config && config.error().kind != ErrorKind::kNotFound) return config.error();
  Result<RepositoryFormat> format = ParseFormat(config ? *config : "");
  if (!format) return format.error();
  layout.format = *std::move(format);
  return layout;
}

Result<std::string> FindGitDir(std::string_view directory) {
  Result<std::string> current = Resolve(directory.empty() ? "." : std::string(directory));
  if (!current) return NotFound("no directory " + std::string(directory));
  while (true) {
    const std::string dot_git = DotGit(*current);
    if (!dot_git.empty() && IsGitDir(dot_git)) return Resolve(dot_git);
    if (IsGitDir(*current)) return *current;
    const std::size_t slash = current->rfind('/');
    if (slash == std::string::npos || *current == "/") break;
    current->resize(slash == 0 ? 1 : slash);
  }
  return NotFound("no Git repository at " + std::string(directory) + " or above");
}

}  // namespace sluice::git
