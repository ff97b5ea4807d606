#include "base/file_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <optional>

namespace sluice {
namespace {

FileKind KindOf(mode_t mode) {
  if (S_ISDIR(mode)) return FileKind::kDirectory;
  if (S_ISREG(mode)) return FileKind::kFile;
  if (S_ISLNK(mode)) return FileKind::kSymlink;
  return FileKind::kOdd;
}

// The directory knows the kind of most entries; some file systems have to be asked.
std::optional<FileKind> KindOf(DIR* directory, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) return KindOf(static_cast<mode_t>(DTTOIF(entry.d_type)));
  struct stat status {};
  if (fstatat(dirfd(directory), entry.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  return KindOf(status.st_mode);
}

template <class Name>
Result<std::string> ReadAll(int fd, std::size_t size, std::size_t limit, const Name& name) {
  if (size > limit) return LimitPassed(name() + " is larger than " + std::to_string(limit) + " bytes");
  std::string bytes(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    const ssize_t got = read(fd, bytes.data() + have, size - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError("cannot read " + name(), errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

Error OpenError(const std::string& name) {
  if (errno == ENOENT || errno == ELOOP || errno == ENOTDIR) return NotFound("no file " + name);
  return SystemError("cannot open " + name, errno);
}

}  // namespace

Result<std::vector<FileEntry>> MemoryTree::List(const RepoPath& directory) const {
  const std::string prefix = directory.IsRoot() ? "" : directory.text() + "/";
  std::vector<FileEntry> entries;
  for (auto file = files_.lower_bound(prefix); file != files_.end() && file->first.starts_with(prefix);
       ++file) {
    const std::string rest = file->first.substr(prefix.size());
    const std::size_t slash = rest.find('/');
    std::string name = rest.substr(0, slash);
    if (!entries.empty() && entries.back().name == name) continue;
    entries.push_back({std::move(name), slash == rest.npos ? FileKind::kFile : FileKind::kDirectory, {}});
  }
  if (entries.empty() && !directory.IsRoot()) return NotFound("no directory " + directory.text());
  return entries;
}

Result<std::string> MemoryTree::Read(const RepoPath& file, std::size_t limit) const {
  const auto found = files_.find(file.text());
  if (found == files_.end()) return NotFound("no file " + file.text());
  if (found->second.size() > limit) {
    return LimitPassed(file.text() + " is larger than " + std::to_string(limit) + " bytes");
  }
  return found->second;
}

namespace {

// Opens a path below `root` that leads through no link, step by step.
int OpenStepByStep(int root, const std::string& path, int flags) {
  int directory = root;
  std::size_t begin = 0;
  for (std::size_t slash; (slash = path.find('/', begin)) != path.npos; begin = slash + 1) {
    const int next = openat(directory, path.substr(begin, slash - begin).c_str(),
                            O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory != root) close(directory);
    if (next < 0) return -1;
    directory = next;
  }
  const int file = openat(directory, path.c_str() + begin, flags | O_NOFOLLOW | O_CLOEXEC);
  const int error = errno;
  if (directory != root) close(directory);
  errno = error;
  return file;
}

// The same in one call, where the kernel (Linux 5.6) and its filters give it.
int OpenBelow(int root, const std::string& path, int flags) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_NOFOLLOW | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  const long file = syscall(SYS_openat2, root, path.c_str(), &how, sizeof how);
  if (file >= 0 || (errno != ENOSYS && errno != EPERM)) return static_cast<int>(file);
  return OpenStepByStep(root, path, flags);
}

}  // namespace

DirectoryTree::DirectoryTree(std::string root) : root_(std::move(root)) {
  const int directory = open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  directory_ = {new int(directory >= 0 ? directory : -errno), [](const int* descriptor) {
                  if (*descriptor >= 0) close(*descriptor);
                  delete descriptor;
                }};
}

Result<std::vector<FileEntry>> DirectoryTree::List(const RepoPath& directory) const {
  const std::string path = directory.IsRoot() ? root_ : root_ + "/" + directory.text();
  if (*directory_ < 0) {
    errno = -*directory_;
    return OpenError(root_);
  }
  const int fd = OpenBelow(*directory_, directory.IsRoot() ? "." : directory.text(), O_RDONLY | O_DIRECTORY);
  if (fd < 0) return OpenError(path);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(fdopendir(fd), closedir);
  if (!stream) {
    close(fd);
    return OpenError(path);
  }
  std::vector<FileEntry> entries;
  while (const dirent* entry = readdir(stream.get())) {
    std::string name = entry->d_name;
    if (name == "." || name == ".." || (directory.IsRoot() && name == ".git")) continue;
    const std::optional<FileKind> kind = KindOf(stream.get(), *entry);
    if (kind) entries.push_back({std::move(name), *kind, {}});
  }
  std::sort(entries.begin(), entries.end(),
            [](const FileEntry& a, const FileEntry& b) { return a.name < b.name; });
  return entries;
}

Result<std::string> DirectoryTree::Read(const RepoPath& file, std::size_t limit) const {
  if (*directory_ < 0) {
    errno = -*directory_;
    return OpenError(root_);
  }
  const int fd = OpenBelow(*directory_, file.text(), O_RDONLY | O_NONBLOCK);
  const auto path = [&] { return root_ + "/" + file.text(); };
  if (fd < 0) return OpenError(path());
  struct stat status {};
  const bool plain = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
  Result<std::string> bytes = plain ? ReadAll(fd, static_cast<std::size_t>(status.st_size), limit, path)
                                    : Result<std::string>(NotFound("no plain file " + path()));
  close(fd);
  return bytes;
}

}  // namespace sluice
