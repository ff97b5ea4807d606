#include "net/message.h"

#include "net/failure.h"

namespace sluice::net {

Failure Incoming::Fill(const Wait& wait, bool& ended) {
  ended = false;
  if (!rest_.empty()) return {};
  // A stream that always has a byte never waits, so that no wait would end it.
  if (wait.cancel != nullptr && wait.cancel->IsCancelled())
    return Fail(Why::kCancelled, "cancelled while " + std::string(wait.doing));
  if (Clock::now() >= wait.end) return Fail(Why::kTime, "the time was over while " + std::string(wait.doing));
  std::size_t count = 0;
  if (Failure failed = stream_->Read(buffer_, count, wait)) return failed;
  rest_ = {buffer_.data(), count};
  ended = count == 0;
  return {};
}

Failure ReadHead(Incoming& incoming, std::size_t limit, const Wait& wait, std::string& text, bool& ended) {
  HeadReader reader(limit);
  ended = false;
  while (!reader.IsWhole()) {
    bool over = false;
    Failure failed = incoming.Fill(wait, over);
    if (reader.IsEmpty() && (over || failed.why == Why::kCut)) ended = true;
    if (failed) return failed;
    if (over) return Fail(Why::kCut, "the connection ended while " + std::string(wait.doing));
    if (Failure wrong = reader.Take(incoming.rest())) return wrong;
  }
  text = reader.text();
  return {};
}

Failure ReadBody(Incoming& incoming, Framing framing, std::size_t limit, const Wait& wait,
                 const BodySink& sink, bool& stopped) {
  const auto too_large = [&] { return Fail(Why::kLimit, "a body of more than " + SizeWords(limit)); };
  if (limit != 0 && framing.length > limit) return too_large();
  BodyReader reader(framing);
  std::size_t total = 0;
  stopped = false;
  while (!reader.IsDone()) {
    bool over = false;
    if (Failure failed = incoming.Fill(wait, over)) return failed;
    if (over) return reader.AtEnd();
    std::string_view payload;
    if (Failure failed = reader.Take(incoming.rest(), payload)) return failed;
    total += payload.size();
    if (limit != 0 && total > limit) return too_large();
    stopped = !payload.empty() && !sink(payload);
    if (stopped) return {};
  }
  return {};
}

void WriteHeaders(const Headers& headers, std::string& text) {
  for (const Header& header : headers) text += header.name + ": " + header.value + "\r\n";
  text += "\r\n";
}

}  // namespace sluice::net
