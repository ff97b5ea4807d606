// libFuzzer: any bytes as an answer, a request, chunks, a URL. A message must be
// read alike in one piece and byte by byte; what a URL is written as must be
// read as the same URL.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "net/body.h"
#include "net/head.h"
#include "net/proxy.h"
#include "net/retry_after.h"
#include "net/url.h"

namespace sluice::net {
namespace {

struct Reading {
  Failure failure;
  std::string head, body;
  std::size_t used = 0;
  bool done = false;

  bool operator==(const Reading& other) const {
    return failure.why == other.failure.why && head == other.head && body == other.body &&
           done == other.done && (failure || used == other.used);
  }
};

Reading ReadMessage(std::string_view bytes, std::size_t step) {
  Reading reading;
  HeadReader head(4096);
  while (reading.used < bytes.size() && !head.IsWhole() && !reading.failure) {
    std::string_view piece = bytes.substr(reading.used, step);
    const std::size_t before = piece.size();
    reading.failure = head.Take(piece);
    reading.used += before - piece.size();
  }
  reading.head = head.IsWhole() ? head.text() : "";
  ResponseHead parsed;
  Framing framing;
  if (reading.failure || !head.IsWhole()) return reading;
  if ((reading.failure = ParseHead(head.text(), parsed))) return reading;
  if ((reading.failure = FrameResponse(parsed, "GET", framing))) return reading;
  BodyReader body(framing);
  while (reading.used < bytes.size() && !body.IsDone() && !reading.failure) {
    std::string_view piece = bytes.substr(reading.used, step), payload;
    const std::size_t before = piece.size();
    reading.failure = body.Take(piece, payload);
    reading.used += before - piece.size();
    reading.body += payload;
  }
  reading.done = body.IsDone();
  return reading;
}

void CheckUrl(std::string_view text) {
  const Result<Url> url = ParseUrl(text);
  if (!url) return;
  const Result<Url> again = ParseUrl(url->Origin() + url->target);
  if (!again || again->host != url->host || again->port != url->port || again->target != url->target)
    std::abort();
}

void Run(std::string_view bytes) {
  if (!(ReadMessage(bytes, bytes.size()) == ReadMessage(bytes, 1))) std::abort();
  RequestHead request;
  if (!ParseHead(bytes, request) && !IsToken(request.method)) std::abort();
  CheckUrl(bytes);
  ParseProxyExceptions(bytes);
  ParseRetryAfter(bytes, std::chrono::system_clock::time_point());
}

}  // namespace
}  // namespace sluice::net

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sluice::net::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
