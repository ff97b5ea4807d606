#include "base/repo_path.h"

#include <algorithm>
#include <vector>

namespace sluice {
namespace {

constexpr std::size_t kMaxBytes = 4096;

bool IsPart(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == name.npos &&
         name.find('\0') == name.npos;
}

// `before`: bytes of the path that the part is added to.
Status CheckPart(std::string_view name, std::size_t before) {
  if (!IsPart(name)) return Failed("not the name of a file");
  if (before + name.size() + 1 > kMaxBytes) return LimitPassed("a path is longer than 4,096 bytes");
  return Ok{};
}

std::vector<std::string_view> Split(std::string_view text) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t slash = text.find('/');
    parts.push_back(text.substr(0, slash));
    if (slash == text.npos) return parts;
    text.remove_prefix(slash + 1);
  }
}

}  // namespace

Result<RepoPath> RepoPath::Parse(std::string_view text) {
  RepoPath path;
  if (text.empty()) return path;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('/', begin), text.size());
    const Status part = CheckPart(text.substr(begin, end - begin), begin == 0 ? 0 : begin - 1);
    if (!part) return part.error();
    begin = end + 1;
  }
  path.text_ = text;
  return path;
}

Result<RepoPath> RepoPath::Resolve(std::string_view relative) const {
  if (relative.starts_with('/')) return Failed("the path is absolute");
  RepoPath path = *this;
  for (std::string_view part : Split(relative)) {
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (path.IsRoot()) return Failed("the path leaves the repository");
      path = path.Parent();
      continue;
    }
    Result<RepoPath> next = path.Child(part);
    if (!next) return next;
    path = *std::move(next);
  }
  return path;
}

Result<RepoPath> RepoPath::Child(std::string_view name) const {
  const Status part = CheckPart(name, text_.size());
  if (!part) return part.error();
  RepoPath child;
  child.text_.reserve(text_.size() + name.size() + 1);
  child.text_ = text_;
  if (!child.text_.empty()) child.text_ += '/';
  child.text_ += name;
  return child;
}

std::string_view RepoPath::Name() const {
  const std::size_t slash = text_.rfind('/');
  return std::string_view(text_).substr(slash == text_.npos ? 0 : slash + 1);
}

RepoPath RepoPath::Parent() const {
  RepoPath parent;
  const std::size_t slash = text_.rfind('/');
  if (slash != text_.npos) parent.text_ = text_.substr(0, slash);
  return parent;
}

bool RepoPath::IsInside(const RepoPath& directory) const {
  if (directory.IsRoot()) return true;
  return text_.starts_with(directory.text_) &&
         (text_.size() == directory.text_.size() || text_[directory.text_.size()] == '/');
}

}  // namespace sluice
