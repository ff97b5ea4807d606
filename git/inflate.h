// Deflated bytes, read from a file piece by piece and never past what the
// caller asked for. The only place of zlib's inflate.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct z_stream_s;  // zlib's

namespace sluice::git {

// One zlib stream that begins at `offset` of a file. Not to be shared between
// threads; `fd` and `head` must outlive it.
class InflateStream {
 public:
  // `head`: bytes at `offset` that were read already (may be empty).
  InflateStream(int fd, std::uint64_t offset, std::string_view head);
  ~InflateStream();
  InflateStream(const InflateStream&) = delete;
  InflateStream& operator=(const InflateStream&) = delete;

  // Up to `count` more bytes; fewer only where the stream ends. kFailed where
  // it is corrupt or cut off.
  Result<std::size_t> Read(char* out, std::size_t count);

  // Appends to `bytes` until it holds `size`; the stream must end there.
  // Memory is taken as data arrives, so a claimed size alone costs nothing.
  Status ReadRest(std::string* bytes, std::size_t size);

 private:
  bool Refill();

  int fd_;
  std::uint64_t next_offset_;
  std::unique_ptr<z_stream_s> stream_;
  bool ended_ = false;
  bool failed_ = false;
  char buffer_[16384];
};

}  // namespace sluice::git
