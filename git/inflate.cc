#include "git/inflate.h"

#define ZLIB_CONST  // zlib does not change what it reads
#include <zlib.h>

#include <algorithm>

#include "git/file.h"

namespace sluice::git {
namespace {

constexpr std::size_t kFirstStep = 256u << 10;  // taken on the word of a header alone

Error Corrupt() { return Failed("its compressed bytes are corrupt or cut off"); }

}  // namespace

InflateStream::InflateStream(int fd, std::uint64_t offset, std::string_view head)
    : fd_(fd), next_offset_(offset + head.size()), stream_(std::make_unique<z_stream>()) {
  failed_ = inflateInit(stream_.get()) != Z_OK;
  stream_->next_in = reinterpret_cast<const Bytef*>(head.data());
  stream_->avail_in = static_cast<uInt>(head.size());
}

InflateStream::~InflateStream() { inflateEnd(stream_.get()); }

bool InflateStream::Refill() {
  const std::size_t got = ReadSome(fd_, next_offset_, buffer_, sizeof buffer_);
  next_offset_ += got;
  stream_->next_in = reinterpret_cast<const Bytef*>(buffer_);
  stream_->avail_in = static_cast<uInt>(got);
  return got > 0;
}

Result<std::size_t> InflateStream::Read(char* out, std::size_t count) {
  if (failed_) return Corrupt();
  stream_->next_out = reinterpret_cast<Bytef*>(out);
  std::size_t left = count;
  while (left > 0 && !ended_) {
    if (stream_->avail_in == 0 && !Refill()) return Corrupt();
    const auto step = static_cast<uInt>(std::min<std::size_t>(left, 1u << 30));
    stream_->avail_out = step;
    // Z_FINISH keeps zlib from setting up its window where one call is enough.
    const int code = inflate(stream_.get(), Z_FINISH);
    left -= step - stream_->avail_out;
    if (code == Z_STREAM_END) ended_ = true;
    if (code != Z_STREAM_END && code != Z_OK && code != Z_BUF_ERROR) failed_ = true;
    if (failed_) return Corrupt();
    if (!ended_ && stream_->avail_in > 0 && stream_->avail_out > 0) return Corrupt();  // no progress
  }
  return count - left;
}

Status InflateStream::ReadRest(std::string* bytes, std::size_t size) {
  while (bytes->size() < size) {
    const std::size_t have = bytes->size();
    const std::size_t step = std::min(size - have, std::max(kFirstStep, have));
    // One byte more than wanted lets zlib see the end in the same call.
    bytes->resize(have + step + 1);
    const Result<std::size_t> got = Read(bytes->data() + have, step + 1);
    if (!got) return got.error();
    bytes->resize(std::min(have + *got, size));
    if (have + *got > size) return Failed("it holds more bytes than its header says");
    if (*got <= step && ended_ && bytes->size() < size)
      return Failed("it holds fewer bytes than its header says");
  }
  char spare;
  const Result<std::size_t> more = Read(&spare, 1);
  if (!more) return more.error();
  if (*more != 0) return Failed("it holds more bytes than its header says");
  return Ok{};
}

}  // namespace sluice::git
