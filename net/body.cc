#include "net/body.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace sluice::net {
namespace {

constexpr std::size_t kMaxLine = 1024;  // a chunk's size with its extensions, or a trailer
constexpr std::size_t kMaxTrailers = 50;
constexpr std::uint64_t kFreeLine = 16;        // bytes of a line that every chunk has for nothing
constexpr std::uint64_t kMaxIdle = 16u << 10;  // bytes of such lines beyond what their chunks excuse

Failure Malformed(std::string message) { return Fail(Why::kMalformed, std::move(message)); }

// Digits alone, within 63 bits.
bool ParseCount(std::string_view text, int base, std::uint64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc() && end == text.data() + text.size() && !text.empty() &&
         value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
}

// What the headers say of a body, where they say anything.
Failure FrameByHeaders(const Headers& headers, int minor, bool& said, Framing& framing) {
  const std::size_t codings = CountHeader(headers, "Transfer-Encoding");
  const std::size_t lengths = CountHeader(headers, "Content-Length");
  said = codings + lengths > 0;
  if (codings + lengths > 1) return Malformed("more than one Content-Length or Transfer-Encoding");
  if (codings == 1) {
    if (minor == 0) return Malformed("Transfer-Encoding in HTTP/1.0");
    if (!SameName(*FindHeader(headers, "Transfer-Encoding"), "chunked"))
      return Malformed("a Transfer-Encoding other than chunked");
    framing.kind = Framing::Kind::kChunked;
  }
  if (lengths == 1) {
    framing.kind = Framing::Kind::kLength;
    if (!ParseCount(*FindHeader(headers, "Content-Length"), 10, framing.length))
      return Malformed("a Content-Length that is not a number");
  }
  return {};
}

}  // namespace

Failure FrameResponse(const ResponseHead& head, std::string_view method, Framing& framing) {
  bool said = false;
  if (Failure failed = FrameByHeaders(head.headers, head.minor, said, framing)) return failed;
  if (method == "HEAD" || head.status == 204 || head.status == 304 || head.status < 200) {
    framing = {};
  } else if (!said) {
    framing.kind = Framing::Kind::kUntilClose;
  }
  return {};
}

Failure FrameRequest(const RequestHead& head, Framing& framing) {
  bool said = false;
  return FrameByHeaders(head.headers, head.minor, said, framing);
}

bool BodyReader::IsDone() const {
  switch (framing_.kind) {
    case Framing::Kind::kNone:
      return true;
    case Framing::Kind::kLength:
      return left_ == 0;
    case Framing::Kind::kChunked:
      return at_ == At::kDone;
    case Framing::Kind::kUntilClose:
      return false;
  }
  return true;
}

Failure BodyReader::AtEnd() const {
  if (IsDone() || framing_.kind == Framing::Kind::kUntilClose) return {};
  if (framing_.kind == Framing::Kind::kLength)
    return Fail(Why::kCut,
                "the connection ended " + std::to_string(left_) + " bytes before the end of the body");
  return Fail(Why::kCut, "the connection ended before the last chunk of the body");
}

Failure BodyReader::Take(std::string_view& input, std::string_view& payload) {
  payload = {};
  if (IsDone()) return {};
  if (framing_.kind == Framing::Kind::kChunked) return TakeChunked(input, payload);
  const std::uint64_t most = framing_.kind == Framing::Kind::kLength ? left_ : input.size();
  payload = input.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(most, input.size())));
  input.remove_prefix(payload.size());
  left_ -= framing_.kind == Framing::Kind::kLength ? payload.size() : 0;
  return {};
}

// Moves one line into line_, without its CR LF.
Failure BodyReader::TakeLine(std::string_view& input, bool& whole) {
  const std::size_t end = input.find('\n');
  whole = end != input.npos;
  const std::string_view piece = input.substr(0, whole ? end + 1 : input.size());
  if (line_.size() + piece.size() > kMaxLine)
    return Fail(Why::kLimit, "a line of more than 1 KiB between chunks");
  line_ += piece;
  input.remove_prefix(piece.size());
  if (at_ == At::kDataEnd && line_.find_first_not_of("\r\n") == 0)
    return Malformed("a chunk longer than its size");
  if (!whole) return {};
  if (!line_.ends_with("\r\n")) return Malformed("a line between chunks that ends without CR LF");
  line_.resize(line_.size() - 2);
  return IsHeaderValue(line_) ? Failure() : Malformed("a control byte between chunks");
}

// line_ is "1a2b" or "1a2b;extension".
Failure BodyReader::BeginChunk() {
  std::string_view size = std::string_view(line_).substr(0, line_.find(';'));
  size = size.substr(0, size.find_last_not_of(" \t") + 1);
  if (!ParseCount(size, 16, left_)) return Malformed("a chunk whose size is not a number");
  // A line a byte would be work without end below every limit of the body.
  idle_bytes_ += line_.size();
  idle_bytes_ -= std::min<std::uint64_t>(idle_bytes_, kFreeLine + 2 * std::min(left_, kMaxIdle));
  if (idle_bytes_ > kMaxIdle) return Fail(Why::kLimit, "chunks that are mostly no data");
  at_ = left_ == 0 ? At::kTrailer : At::kData;
  return {};
}

Failure BodyReader::TakeChunked(std::string_view& input, std::string_view& payload) {
  if (at_ == At::kData) {
    payload = input.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size())));
    input.remove_prefix(payload.size());
    left_ -= payload.size();
    if (left_ == 0) at_ = At::kDataEnd;
    return {};
  }
  bool whole = false;
  if (Failure failed = TakeLine(input, whole); failed || !whole) return failed;
  Failure failed;
  if (at_ == At::kSize) {
    failed = BeginChunk();
  } else if (at_ == At::kDataEnd) {
    failed = line_.empty() ? Failure() : Malformed("a chunk longer than its size");
    at_ = At::kSize;
  } else if (line_.empty()) {
    at_ = At::kDone;
  } else if (++trailers_ > kMaxTrailers) {
    failed = Fail(Why::kLimit, "more than 50 headers behind the last chunk");
  }
  line_.clear();
  return failed;
}

}  // namespace sluice::net
