#include "net/exchange.h"

#include <algorithm>

#include "net/message.h"

namespace sluice::net {
namespace {

constexpr std::size_t kSmallBody = 8u << 10;
constexpr int kMaxInterim = 8;  // answers 1xx before the real one

Wait Doing(Wait wait, std::string_view words) {
  wait.doing = words;
  return wait;
}

// Skips interim answers, which promise another.
Failure ReadAnswerHead(Incoming& incoming, const Request& request, const Wait& wait, ResponseHead& head,
                       bool& nothing_came) {
  for (int interim = 0; interim <= kMaxInterim; ++interim) {
    std::string text;
    bool ended = false;
    Failure failed = ReadHead(incoming, request.limits.head_bytes, wait, text, ended);
    nothing_came = ended && interim == 0;
    if (failed) return failed;
    head = {};
    if (Failure wrong = ParseHead(text, head)) return wrong;
    if (head.status == 101) return Fail(Why::kMalformed, "a change of protocol that nobody asked for");
    if (head.status >= 200) return {};
  }
  return Fail(Why::kMalformed, "more than " + std::to_string(kMaxInterim) + " interim answers (1xx)");
}

Failure CheckCoding(const Headers& headers) {
  for (const Header& header : headers) {
    if (!SameName(header.name, "Content-Encoding") || SameName(header.value, "identity")) continue;
    return Fail(Why::kMalformed, "a body with a Content-Encoding, though none was asked for");
  }
  return {};
}

bool StaysOpen(const ResponseHead& head, const Framing& framing) {
  return head.minor == 1 && framing.kind != Framing::Kind::kUntilClose &&
         !ListHolds(head.headers, "Connection", "close");
}

Failure Receive(Incoming& incoming, const Request& request, const Wait& wait, Answer& answer,
                Exchanged& done) {
  if (Failure failed = ReadAnswerHead(incoming, request, Doing(wait, "waiting for the answer"), answer.head,
                                      done.nothing_came))
    return failed;
  Framing framing;
  if (Failure failed = FrameResponse(answer.head, request.method, framing)) return failed;
  if (Failure failed = CheckCoding(answer.head.headers)) return failed;
  const BodySink sink = [&](std::string_view bytes) {
    if (request.sink) return request.sink(answer.head, bytes);
    answer.body += bytes;
    return true;
  };
  bool stopped = false;
  if (Failure failed = ReadBody(incoming, framing, request.limits.body_bytes, Doing(wait, "reading the body"),
                                sink, stopped))
    return failed;
  done.reusable = !stopped && StaysOpen(answer.head, framing) && incoming.rest().empty();
  return {};
}

}  // namespace

Exchanged Exchange(Stream& stream, const Request& request, const std::string& head, const Wait& wait,
                   Answer& answer) {
  Exchanged done;
  const Wait sending = Doing(wait, "sending the request");
  // A small body goes with its head: one record of TLS, and the server wakes once.
  const std::size_t with_head = request.body.size() <= kSmallBody ? request.body.size() : 0;
  Failure unsent = stream.Write(head + std::string(request.body.substr(0, with_head)), sending);
  if (!unsent && with_head < request.body.size()) unsent = stream.Write(request.body, sending);
  if (unsent && unsent.why != Why::kCut) {
    answer.failure = std::move(unsent);
    return done;
  }
  // A server may answer and close before it has read everything: hear it out.
  Incoming incoming(stream);
  answer.failure = Receive(incoming, request, wait, answer, done);
  if (unsent) done.reusable = false;
  return done;
}

}  // namespace sluice::net
