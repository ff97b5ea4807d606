// File descriptors as values, and reads that cannot surprise: everything of a
// repository is read with pread, never through a map. A file that shrinks under
// us is then a short read, where a map would end the process with SIGBUS.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace sluice::git {

class File {
 public:
  File() = default;
  explicit File(int fd) : fd_(fd) {}
  File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  File& operator=(File&& other) noexcept;
  ~File();

  explicit operator bool() const { return fd_ >= 0; }
  int fd() const { return fd_; }

 private:
  int fd_ = -1;
};

// Read-only, close-on-exec and not blocking (a FIFO in a file's place cannot hold
// us up), relative to `directory` (AT_FDCWD: the working directory). An invalid
// File with errno where it cannot be opened.
File OpenAt(int directory, const std::string& path, int more_flags = 0);

// Up to `count` bytes at `offset`; fewer at the end of the file, and at an
// error of the disk, which the caller then takes for a truncated file.
std::size_t ReadAt(int fd, std::uint64_t offset, void* out, std::size_t count);

// The same with one call, which may give fewer before the end too.
std::size_t ReadSome(int fd, std::uint64_t offset, void* out, std::size_t count);

std::uint64_t FileSize(int fd);  // 0 where it cannot be said

// The whole file; kLimit past `limit` bytes. `name` is for messages.
Result<std::string> ReadAll(int fd, std::size_t limit, std::string_view name);
// The same by path; kNotFound where there is none or it is a directory.
Result<std::string> ReadFileAt(int directory, const std::string& path, std::size_t limit);

// `path` made absolute against the working directory; nothing is resolved.
std::string Absolute(std::string_view path);

}  // namespace sluice::git
