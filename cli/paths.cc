#include "cli/paths.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "gate/configuration.h"

namespace sluice::cli {
namespace fs = std::filesystem;

std::string FindProgram(std::string_view name) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path;
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    const std::string program = std::string(rest.substr(0, colon)) + "/" + std::string(name);
    if (program.starts_with('/') && access(program.c_str(), X_OK) == 0) return program;
    rest = colon == rest.npos ? std::string_view() : rest.substr(colon + 1);
  }
  return {};
}

bool Exists(const std::string& path) {
  struct stat status {};
  return lstat(path.c_str(), &status) == 0;
}

std::string AbsolutePath(const std::string& path) {
  std::error_code ignored;
  std::string absolute = (fs::current_path(ignored) / path).lexically_normal().string();
  while (absolute.size() > 1 && absolute.ends_with('/')) absolute.pop_back();
  return absolute;
}

std::string WithoutGlob(const std::string& absolute) {
  const std::size_t magic = absolute.find_first_of("*?");
  if (magic == absolute.npos || Exists(absolute)) return absolute;
  return absolute.substr(0, std::max<std::size_t>(absolute.rfind('/', magic), 1));
}

bool IsBelow(std::string_view directory, std::string_view path) {
  if (directory == "/") return true;
  return path.starts_with(directory) && (path.size() == directory.size() || path[directory.size()] == '/');
}

std::string CommonDirectory(const std::vector<std::string>& absolute) {
  std::error_code ignored;
  fs::path common = absolute.at(0);
  if (!fs::is_directory(common, ignored)) common = common.parent_path();
  for (const std::string& path : absolute) {
    while (!IsBelow(common.string(), path)) common = common.parent_path();
  }
  return common.string();
}

std::string RelativePath(const std::string& root, const std::string& path) {
  const std::string relative = fs::path(path).lexically_relative(root).string();
  return relative == "." ? "" : relative;
}

void PathFilter::Add(std::string path, bool glob) { entries_.push_back({std::move(path), glob}); }

bool PathFilter::Entry::Matches(std::string_view file) const {
  if (glob) return GlobMatches(path, file);
  return path.empty() || IsBelow(path, file);
}

bool PathFilter::Matches(std::string_view file) const {
  const auto matches = [&](const Entry& entry) { return entry.Matches(file); };
  return entries_.empty() || std::any_of(entries_.begin(), entries_.end(), matches);
}

const std::string* PathFilter::Unmatched(const std::vector<ListedFile>& files) const {
  for (const Entry& entry : entries_) {
    const auto matched = [&](const ListedFile& file) { return entry.Matches(file.path); };
    if (std::none_of(files.begin(), files.end(), matched)) return &entry.path;
  }
  return nullptr;
}

bool PathFilter::Holds(const std::vector<ListedFile>& files, std::string_view path) {
  if (path.empty()) return true;
  return std::any_of(files.begin(), files.end(),
                     [&](const ListedFile& file) { return IsBelow(path, file.path); });
}

}  // namespace sluice::cli
