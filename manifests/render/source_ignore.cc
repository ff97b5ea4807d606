// Patterns are tried from the last to the first, those of a deeper directory
// before those above it; the first that fits decides. Tested by
// tests/manifests/render/source_ignore_test.cc.
#include "manifests/render/source_ignore.h"

#include <algorithm>
#include <optional>
#include <span>

#include "manifests/render/path_glob.h"

namespace sluice::manifests::render {
namespace {

constexpr std::string_view kVersionControl = ".git/\n.gitignore\n.gitmodules\n.gitattributes\n";
constexpr std::string_view kUnlessSaid =
    "*.jpg\n*.jpeg\n*.gif\n*.png\n*.wmv\n*.flv\n*.tar.gz\n*.zip\n"
    ".github/\n.circleci/\n.travis.yml\n.gitlab-ci.yml\nappveyor.yml\n.drone.yml\ncloudbuild.yaml\n"
    "codeship-services.yml\ncodeship-steps.yml\n"
    "**/.goreleaser.yml\n**/.sops.yaml\n**/.flux.yaml\n";

using Parts = std::span<const std::string_view>;

bool Fits(std::string_view pattern, std::string_view name) {
  return GlobMatches(pattern, name, {.crosses_slashes = false});
}

std::vector<std::string_view> Split(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t slash; (slash = path.find('/')) != path.npos; path.remove_prefix(slash + 1))
    parts.push_back(path.substr(0, slash));
  parts.push_back(path);
  return parts;
}

// Without a slash: the name of the file or of a directory on the way to it.
bool NameFits(const IgnorePattern& pattern, Parts path) {
  const auto fits =
      std::ranges::find_if(path, [&](std::string_view name) { return Fits(pattern.parts.front(), name); });
  return fits != path.end() && !(pattern.directories && fits + 1 == path.end());
}

// With slashes: the path from its beginning, or a directory on the way. "**" alone
// between two slashes takes any directories; a trailing one adds nothing.
bool PathFits(const IgnorePattern& pattern, Parts path) {
  bool fits = false, anywhere = false;
  for (std::size_t i = 0; i < pattern.parts.size(); ++i) {
    const std::string& part = pattern.parts[i];
    if (part == "**" && i + 1 == pattern.parts.size()) break;
    if (part.empty() || part == "**") {
      anywhere = part == "**";
      continue;
    }
    if (part.find("**") != part.npos || path.empty()) return false;
    std::size_t skipped = 0;
    while (anywhere && skipped < path.size() && !Fits(part, path[skipped])) ++skipped;
    fits = skipped < path.size() && Fits(part, path[skipped]);
    if (!fits && !anywhere) return false;
    path = path.subspan(std::min(skipped + 1, path.size()));
    anywhere = false;
  }
  return fits && !(pattern.directories && path.empty());
}

bool PatternFits(const IgnorePattern& pattern, Parts path) {
  return pattern.parts.size() == 1 ? NameFits(pattern, path) : PathFits(pattern, path);
}

// Whether the last pattern that fits leaves the file out; none may fit.
std::optional<bool> Decide(std::span<const IgnorePattern> patterns, Parts path) {
  for (std::size_t i = patterns.size(); i-- > 0;)
    if (PatternFits(patterns[i], path)) return !patterns[i].includes;
  return std::nullopt;
}

IgnorePattern ReadPattern(std::string_view line) {
  IgnorePattern pattern;
  if (line.starts_with('!')) {
    pattern.includes = true;
    line.remove_prefix(1);
  }
  while (line.ends_with(' ') && !line.ends_with("\\ ")) line.remove_suffix(1);
  if (line.ends_with('/')) {
    pattern.directories = true;
    line.remove_suffix(1);
  }
  for (const std::string_view part : Split(line)) pattern.parts.emplace_back(part);
  return pattern;
}

RepoPath FileIn(const RepoPath& directory) { return *directory.Child(".sourceignore"); }

}  // namespace

std::vector<IgnorePattern> ReadIgnorePatterns(std::string_view lines) {
  std::vector<IgnorePattern> patterns;
  while (!lines.empty()) {
    std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with('#') || line.find_first_not_of(" \t") == line.npos) continue;
    patterns.push_back(ReadPattern(line));
  }
  return patterns;
}

SourceIgnore::SourceIgnore(Sources& sources, std::string_view spec_ignore)
    : sources_(sources), spec_(ReadIgnorePatterns(spec_ignore)) {}

const std::vector<IgnorePattern>& SourceIgnore::PatternsOf(const RepoPath& directory) {
  const auto [known, is_new] = files_.try_emplace(directory.text());
  if (is_new)
    if (const auto file = sources_.ReadText(FileIn(directory)))
      known->second = ReadIgnorePatterns(*(*file)->parsed.bytes);
  return known->second;
}

bool SourceIgnore::LeavesOut(const RepoPath& file) {
  static const std::vector<IgnorePattern> always = ReadIgnorePatterns(kVersionControl);
  static const std::vector<IgnorePattern> unless_said = ReadIgnorePatterns(kUnlessSaid);
  const std::vector<std::string_view> path = Split(file.text());
  std::optional<bool> decided = Decide(spec_, path);
  bool said = !spec_.empty();
  // From the directory of the file up to the root: `below` parts of the path lie in it.
  RepoPath directory = file.Parent();
  for (std::size_t below = 1; below <= path.size(); ++below, directory = directory.Parent()) {
    const std::vector<IgnorePattern>& patterns = PatternsOf(directory);
    said |= !patterns.empty();
    if (!decided) decided = Decide(patterns, Parts(path).last(below));
  }
  if (!decided && !said) decided = Decide(unless_said, path);
  if (!decided) decided = Decide(always, path);
  return decided.value_or(false);
}

std::vector<std::string> SourceIgnore::read() const {
  std::vector<std::string> paths;
  for (const auto& [directory, patterns] : files_)
    paths.push_back(FileIn(*RepoPath::Parse(directory)).text());
  return paths;
}

}  // namespace sluice::manifests::render
