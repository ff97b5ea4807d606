// Messages on a stream: what client and listener share.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>

#include "net/body.h"
#include "net/head.h"
#include "net/stream.h"

namespace sluice::net {

// Bytes that came and were not used yet. The stream outlives it.
class Incoming {
 public:
  explicit Incoming(Stream& stream) : stream_(&stream) {}
  Incoming(const Incoming&) = delete;
  Incoming& operator=(const Incoming&) = delete;

  std::string_view& rest() { return rest_; }  // users take from its front
  // Waits for more once `rest` is empty; `ended` where none will come.
  Failure Fill(const Wait& wait, bool& ended);

 private:
  Stream* stream_;
  std::array<char, 16u << 10> buffer_;
  std::string_view rest_{};
};

// The next head. `ended` where the connection ended before its first byte.
Failure ReadHead(Incoming& incoming, std::size_t limit, const Wait& wait, std::string& text, bool& ended);

// Takes a piece of a body; false: enough.
using BodySink = std::function<bool(std::string_view bytes)>;

// A whole body of at most `limit` bytes (0: unbounded). `stopped` where the sink
// had enough; the connection is then in the middle of a body.
Failure ReadBody(Incoming& incoming, Framing framing, std::size_t limit, const Wait& wait,
                 const BodySink& sink, bool& stopped);

// "Name: value\r\n" for each, and the empty line; they have been checked.
void WriteHeaders(const Headers& headers, std::string& text);

}  // namespace sluice::net
