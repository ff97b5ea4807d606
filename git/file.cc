#include "git/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>

namespace sluice::git {

File& File::operator=(File&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

File::~File() {
  if (fd_ >= 0) close(fd_);
}

File OpenAt(int directory, const std::string& path, int more_flags) {
  while (true) {
    const int fd = openat(directory, path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | more_flags);
    if (fd >= 0 || errno != EINTR) return File(fd);
  }
}

std::size_t ReadSome(int fd, std::uint64_t offset, void* out, std::size_t count) {
  while (true) {
    const ssize_t got = pread(fd, out, count, static_cast<off_t>(offset));
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return 0;
  }
}

std::size_t ReadAt(int fd, std::uint64_t offset, void* out, std::size_t count) {
  std::size_t have = 0;
  while (have < count) {
    const std::size_t got = ReadSome(fd, offset + have, static_cast<char*>(out) + have, count - have);
    if (got == 0) break;
    have += got;
  }
  return have;
}

std::uint64_t FileSize(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 && status.st_size > 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

Result<std::string> ReadAll(int fd, std::size_t limit, std::string_view name) {
  std::string bytes(4096, '\0');  // most files of a repository that are read whole are smaller
  std::size_t have = 0;
  while (true) {
    const ssize_t got = read(fd, bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EISDIR) return NotFound(std::string(name) + " is a directory");
    if (got < 0) return SystemError("cannot read " + std::string(name), errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
    if (have > limit)
      return LimitPassed(std::string(name) + " is larger than " + std::to_string(limit) + " bytes");
    if (have == bytes.size()) bytes.resize(bytes.size() * 4);
  }
  bytes.resize(have);
  return bytes;
}

Result<std::string> ReadFileAt(int directory, const std::string& path, std::size_t limit) {
  const File file = OpenAt(directory, path);
  if (file) return ReadAll(file.fd(), limit, path);
  if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) return NotFound("no file " + path);
  return SystemError("cannot open " + path, errno);
}

std::string Absolute(std::string_view path) {
  if (path.starts_with('/')) return std::string(path);
  const std::unique_ptr<char, decltype(&std::free)> here(getcwd(nullptr, 0), &std::free);
  std::string absolute = here ? here.get() : "";
  while (path.starts_with("./")) path.remove_prefix(2);
  if (path.empty() || path == ".") return absolute;
  return absolute + "/" + std::string(path);
}

}  // namespace sluice::git
