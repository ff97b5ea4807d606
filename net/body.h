// Where a body ends (RFC 9112 §6), and its bytes without the wire's chunks.
// What smuggles requests past other readers — two lengths, a length beside
// chunks, codings other than "chunked" — is refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "net/failure.h"
#include "net/head.h"

namespace sluice::net {

struct Framing {
  enum class Kind : std::uint8_t { kNone, kLength, kChunked, kUntilClose };
  Kind kind = Kind::kNone;
  std::uint64_t length = 0;  // for kLength
};

Failure FrameResponse(const ResponseHead& head, std::string_view method, Framing& framing);
Failure FrameRequest(const RequestHead& head, Framing& framing);

class BodyReader {
 public:
  explicit BodyReader(Framing framing) : framing_(framing), left_(framing.length) {}
  // Moves bytes off `input`; `payload` is the next piece of the body, a part of
  // what `input` was, perhaps empty. Call again until IsDone or `input` is empty.
  Failure Take(std::string_view& input, std::string_view& payload);
  bool IsDone() const;
  // The connection ended in order: the end of the body, or a cut.
  Failure AtEnd() const;

 private:
  enum class At : std::uint8_t { kSize, kData, kDataEnd, kTrailer, kDone };
  Failure TakeLine(std::string_view& input, bool& whole);
  Failure TakeChunked(std::string_view& input, std::string_view& payload);
  Failure BeginChunk();

  Framing framing_;
  std::uint64_t left_;  // of the body, or of the chunk
  At at_ = At::kSize;   // for chunks
  std::string line_;    // of the wire, so far
  std::uint64_t idle_bytes_ = 0;
  std::size_t trailers_ = 0;
};

}  // namespace sluice::net
