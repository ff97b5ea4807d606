// Loose refs win over packed ones, and packed-refs is read after the loose file
// was not found: `git pack-refs` writes in the other order, so no ref is ever
// seen as gone. Tested by tests/git/refs_test.cc.
#include "git/refs.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <memory>

#include "git/bounds.h"
#include "git/file.h"

namespace sluice::git {
namespace {

constexpr std::size_t kMaxLooseBytes = 8'192;
constexpr std::size_t kWindow = 8'192;  // at least two of the longest lines

bool IsOwnedByWorkTree(std::string_view name) {
  return !name.starts_with("refs/") || name.starts_with("refs/bisect/") ||
         name.starts_with("refs/worktree/") || name.starts_with("refs/rewritten/");
}

Error NoRef(std::string_view name) { return NotFound("no ref " + std::string(name)); }

std::string_view TrimEnd(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  return text.substr(0, last == text.npos ? 0 : last + 1);
}

Result<RefValue> ParseLoose(std::string_view text, std::string_view name, HashKind hash) {
  text = TrimEnd(text);
  if (text.starts_with("ref:")) {
    text.remove_prefix(4);
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    if (!IsRefName(text))
      return Failed("the ref " + std::string(name) + " points at something that is not a ref");
    return RefValue{{}, std::string(text)};
  }
  const std::size_t digits = HashBytes(hash) * 2;
  const Result<Oid> id = Oid::FromHex(text.substr(0, digits));  // FETCH_HEAD says more after it
  const bool ends = text.size() <= digits || text[digits] == ' ' || text[digits] == '\t';
  if (!id || !ends) return Failed("the ref " + std::string(name) + " holds no object id");
  return RefValue{*id, {}};
}

// "<id> <name>\n" at the front of `text`.
struct PackedLine {
  std::string_view id, name;
  std::size_t size = 0;  // with its line feed; 0 where the line is cut off
};

PackedLine FirstLine(std::string_view text) {
  const std::size_t end = text.find('\n');
  if (end == text.npos) return {};
  const std::string_view line = TrimEnd(text.substr(0, end));
  const std::size_t space = line.find(' ');
  if (space == line.npos || line.front() == '#' || line.front() == '^') return {{}, {}, end + 1};
  return {line.substr(0, space), line.substr(space + 1), end + 1};
}

Result<Oid> IdOf(const PackedLine& line, HashKind hash) {
  const Result<Oid> id = Oid::FromHex(line.id);
  if (!id || id->kind() != hash) return Failed("packed-refs is malformed at " + std::string(line.name));
  return id;
}

// Every line from the front of `text`; in a sorted file no further than `name`.
Result<Oid> Scan(std::string_view text, std::string_view name, HashKind hash, bool sorted) {
  while (!text.empty()) {
    const PackedLine line = FirstLine(text);
    if (line.size == 0 || (sorted && line.name > name)) break;
    if (line.name == name) return IdOf(line, hash);
    text.remove_prefix(line.size);
  }
  return NoRef(name);
}

// Start of the first line with a name at or after `text`'s first line feed.
std::size_t NextNamedLine(std::string_view text, PackedLine* line) {
  std::size_t at = text.find('\n');
  while (at != text.npos && ++at < text.size()) {
    *line = FirstLine(text.substr(at));
    if (line->size == 0) break;
    if (!line->name.empty()) return at;
    at += line->size - 1;
  }
  return text.npos;
}

// Where to begin to read for `name`: the start of a line, at most half a window
// before the first one whose name is not below it.
Result<std::uint64_t> SeekSorted(int fd, std::uint64_t size, std::string_view name) {
  char window[kWindow];
  std::uint64_t low = 0, high = size;  // it begins in [low, high]; low is always the start of a line
  while (high - low > kWindow / 2) {
    const std::uint64_t middle = low + (high - low) / 2;
    const std::string_view text(window, ReadAt(fd, middle, window, sizeof window));
    PackedLine line;
    const std::size_t at = NextNamedLine(text, &line);
    if (at == text.npos || middle + at >= high) {
      high = middle;  // a line that begins at that byte is still in the last window
      if (text.size() == sizeof window && at == text.npos)
        return Failed("packed-refs holds a line that is too long");
      continue;
    }
    if (line.name < name)
      low = middle + at + line.size;
    else
      high = middle + at;
  }
  return low;
}

Result<Oid> SearchSorted(int fd, std::uint64_t size, std::string_view name, HashKind hash) {
  const Result<std::uint64_t> begin = SeekSorted(fd, size, name);
  if (!begin) return begin.error();
  char window[kWindow];
  return Scan({window, ReadAt(fd, *begin, window, sizeof window)}, name, hash, true);
}

bool IsSorted(std::string_view begin) {
  const std::string_view first_line = begin.substr(0, begin.find('\n'));
  return first_line.starts_with("# pack-refs with:") &&
         TrimEnd(first_line).find(" sorted") != first_line.npos;
}

}  // namespace

bool IsRefName(std::string_view name) {
  if (name.size() > kMaxRefNameBytes || name.ends_with('/') || name.ends_with('.')) return false;
  if (!name.starts_with("refs/")) {
    return !name.empty() &&
           std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
  }
  char before = '\0';
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 33 || byte == 127 || std::string_view("~^:?*[\\").find(c) != std::string_view::npos)
      return false;
    if ((before == '/' && (c == '/' || c == '.')) || (before == '.' && c == '.') ||
        (before == '@' && c == '{'))
      return false;
    before = c;
  }
  return name.find(".lock/") == name.npos && !name.ends_with(".lock");
}

Result<Oid> FindPackedRef(int fd, std::string_view name, HashKind hash) {
  char window[kWindow];
  const std::uint64_t size = FileSize(fd);
  const std::string_view begin(window, ReadAt(fd, 0, window, sizeof window));
  const bool sorted = IsSorted(begin);
  if (size <= begin.size()) return Scan(begin, name, hash, sorted);
  if (sorted) return SearchSorted(fd, size, name, hash);
  if (size > kMaxUnsortedRefsBytes)
    return LimitPassed("packed-refs is large and not sorted; run git pack-refs");
  std::string text(size, '\0');
  text.resize(ReadAt(fd, 0, text.data(), text.size()));
  return Scan(text, name, hash, false);
}

Result<RefValue> ReadRef(const RefDirectories& directories, std::string_view name) {
  if (!IsRefName(name)) return Usage("not the name of a ref: " + std::string(name));
  const int directory = IsOwnedByWorkTree(name) ? directories.git_dir : directories.common;
  const std::string path(name);
  char link[kMaxRefNameBytes];
  const Result<std::string> text = ReadFileAt(directory, path, kMaxLooseBytes);
  if (text) return ParseLoose(*text, name, directories.hash);
  if (text.error().kind != ErrorKind::kNotFound) return text.error();
  // Long ago HEAD was a symbolic link; its target may not exist yet.
  const ssize_t length = readlinkat(directory, path.c_str(), link, sizeof link);
  const std::string_view target(link, length > 0 ? static_cast<std::size_t>(length) : 0);
  if (target.starts_with("refs/") && IsRefName(target)) return RefValue{{}, std::string(target)};
  if (!name.starts_with("refs/")) return NoRef(name);
  const File packed = OpenAt(directories.common, "packed-refs");
  if (!packed && errno == ENOENT) return NoRef(name);
  if (!packed) return SystemError("cannot open packed-refs", errno);
  const Result<Oid> id = FindPackedRef(packed.fd(), name, directories.hash);
  if (!id) return id.error();
  return RefValue{*id, {}};
}

namespace {

// Through symbolic refs to the id; `last` is the name at their end, also where
// there is no such ref (kNotFound).
Result<Oid> Follow(const RefDirectories& directories, std::string_view name, std::string* last) {
  *last = name;
  for (int depth = 0; depth <= kMaxSymbolicDepth; ++depth) {
    Result<RefValue> value = ReadRef(directories, *last);
    if (!value) return value.error();
    if (value->target.empty()) return value->id;
    *last = std::move(value->target);
  }
  return LimitPassed("symbolic refs lie more than " + std::to_string(kMaxSymbolicDepth) + " deep at " +
                     std::string(name));
}

}  // namespace

Result<std::string> TargetRef(const RefDirectories& directories, std::string_view name) {
  std::string last;
  const Result<Oid> id = Follow(directories, name, &last);
  if (!id && id.error().kind != ErrorKind::kNotFound) return id.error();
  return last;
}

Result<Oid> ResolveRef(const RefDirectories& directories, std::string_view name) {
  std::string last;
  return Follow(directories, name, &last);
}

namespace {

using RefMap = std::map<std::string, Oid>;

bool LiesIn(std::string_view name, std::string_view directory) {
  return name.starts_with(directory) && name.find('/', directory.size()) == name.npos;
}

Error TooManyRefs(std::string_view directory, std::size_t most) {
  return LimitPassed("more than " + std::to_string(most) + " refs below " + std::string(directory));
}

// Takes the lines of `text` that lie in `directory`, as far as lines are whole;
// false behind the last one of a sorted file.
Result<bool> TakeLines(std::string_view& text, std::string_view directory, const RefDirectories& directories,
                       bool sorted, RefMap& refs) {
  while (!text.empty()) {
    const PackedLine line = FirstLine(text);
    if (line.size == 0) return true;
    text.remove_prefix(line.size);
    if (LiesIn(line.name, directory)) {
      const Result<Oid> id = IdOf(line, directories.hash);
      if (!id) return id.error();
      refs.emplace(line.name, *id);
    } else if (sorted && line.name > directory && !line.name.starts_with(directory)) {
      return false;
    }
  }
  return true;
}

Status ListPacked(int fd, std::string_view directory, const RefDirectories& directories, std::size_t most,
                  RefMap& refs) {
  const std::uint64_t size = FileSize(fd);
  std::string window(kWindow, '\0');
  const bool sorted = IsSorted({window.data(), ReadAt(fd, 0, window.data(), window.size())});
  Result<std::uint64_t> at = sorted ? SeekSorted(fd, size, directory) : Result<std::uint64_t>(0);
  if (!at) return at.error();
  if (!sorted && size > kMaxUnsortedRefsBytes)
    return LimitPassed("packed-refs is large and not sorted; run git pack-refs");
  while (*at < size) {
    const std::string_view whole(window.data(), ReadAt(fd, *at, window.data(), window.size()));
    std::string_view rest = whole;
    const Result<bool> more = TakeLines(rest, directory, directories, sorted, refs);
    if (!more) return more.error();
    if (refs.size() > most) return TooManyRefs(directory, most);
    if (!*more || rest.size() == whole.size()) break;  // a line that never ends is cut off
    *at += whole.size() - rest.size();
  }
  return Ok{};
}

// A ref that goes while it is read is none.
Status ListLoose(const RefDirectories& directories, std::string_view directory, std::size_t most,
                 RefMap& refs) {
  const int fd = openat(directories.common, std::string(directory).c_str(),
                        O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) return Ok{};
  if (fd < 0) return SystemError("cannot open " + std::string(directory), errno);
  const std::unique_ptr<DIR, int (*)(DIR*)> opened(fdopendir(fd), closedir);
  if (opened == nullptr) return SystemError("cannot read " + std::string(directory), errno);
  while (const dirent* entry = readdir(opened.get())) {
    const std::string name = std::string(directory) + entry->d_name;
    if (!IsRefName(name)) continue;
    const Result<std::string> text = ReadFileAt(directories.common, name, kMaxLooseBytes);
    if (!text && text.error().kind == ErrorKind::kNotFound) continue;
    if (!text) return text.error();
    const Result<RefValue> value = ParseLoose(*text, name, directories.hash);
    if (!value) return value.error();
    if (value->target.empty()) refs[name] = value->id;
    if (refs.size() > most) return TooManyRefs(directory, most);
  }
  return Ok{};
}

}  // namespace

// Packed ones first would miss those that `git pack-refs` moves meanwhile; so the loose
// ones are read first, and count.
Result<std::vector<ListedRef>> ListRefs(const RefDirectories& directories, std::string_view directory,
                                        std::size_t most) {
  if (!directory.ends_with('/') || !IsRefName(std::string(directory) + "x"))
    return Usage("no directory of refs: " + std::string(directory));
  RefMap loose, refs;
  if (Status listed = ListLoose(directories, directory, most, loose); !listed) return listed.error();
  const File packed = OpenAt(directories.common, "packed-refs");
  if (!packed && errno != ENOENT) return SystemError("cannot open packed-refs", errno);
  if (packed)
    if (Status listed = ListPacked(packed.fd(), directory, directories, most, refs); !listed)
      return listed.error();
  for (const auto& [name, id] : loose) refs[name] = id;
  if (refs.size() > most) return TooManyRefs(directory, most);
  std::vector<ListedRef> list;
  for (const auto& [name, id] : refs) list.push_back({name, id});
  return list;
}

}  // namespace sluice::git
