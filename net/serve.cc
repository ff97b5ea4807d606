#include "net/serve.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "net/message.h"

namespace sluice::net {
namespace {

constexpr auto kFarewell = std::chrono::seconds(1);
constexpr std::size_t kFarewellBytes = 1u << 20;
constexpr std::array<std::string_view, 6> kOurs = {"Date",       "Content-Length", "Transfer-Encoding",
                                                   "Connection", "Keep-Alive",     "Upgrade"};

// What a client is told of a request that never reaches the handler; 0: nothing.
int StatusOf(Why why, int too_large) {
  switch (why) {
    case Why::kLimit:
      return too_large;
    case Why::kMalformed:
      return 400;
    case Why::kTime:
      return 408;
    default:
      return 0;
  }
}

std::string DateNow() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  char text[40] = "";
  gmtime_r(&now, &parts);
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return text;
}

bool IsSendable(const ServedAnswer& answer) {
  if (answer.status < 200 || answer.status > 599) return false;
  return std::all_of(answer.headers.begin(), answer.headers.end(), [](const Header& header) {
    const auto same = [&](std::string_view name) { return SameName(name, header.name); };
    return IsToken(header.name) && IsHeaderValue(header.value) &&
           std::none_of(kOurs.begin(), kOurs.end(), same);
  });
}

std::string AnswerText(const ServedAnswer& answer, const std::string& method, bool keep) {
  std::string text = "HTTP/1.1 " + std::to_string(answer.status) + " \r\n";
  const bool bodiless = answer.status == 204 || answer.status == 304;
  Headers headers = answer.headers;
  headers.push_back({"Date", DateNow()});
  if (!bodiless) headers.push_back({"Content-Length", std::to_string(answer.body.size())});
  if (!keep) headers.push_back({"Connection", "close"});
  WriteHeaders(headers, text);
  if (!bodiless && method != "HEAD") text += answer.body;
  return text;
}

class Connection {
 public:
  Connection(const Service& service, Session& session, Stream& stream, const std::string& peer)
      : service_(service), session_(session), stream_(stream), incoming_(stream), peer_(peer) {}

  void Run() {
    for (std::size_t count = 1; ServeOne(count < service_.limits.requests); ++count) {
    }
  }

 private:
  Wait Within(std::chrono::milliseconds time, std::string_view doing) const {
    return {.end = Clock::now() + time, .cancel = &session_.cancel, .doing = doing};
  }
  void Enter(Phase phase) {
    session_.since = Clock::now();
    session_.phase = phase;
  }

  bool ServeOne(bool may_keep);
  bool Receive(ServedRequest& request);
  bool ReceiveBody(ServedRequest& request);
  bool Refuse(int status);
  ServedAnswer Handle(const ServedRequest& request) const;

  const Service& service_;
  Session& session_;
  Stream& stream_;
  Incoming incoming_;
  const std::string& peer_;
};

// True where the connection stays for another request.
bool Connection::ServeOne(bool may_keep) {
  Enter(Phase::kIdle);
  bool ended = false;
  if (service_.stopping) return false;
  if (incoming_.Fill(Within(service_.limits.idle, "waiting for a request"), ended) || ended) return false;
  Enter(Phase::kReading);
  ServedRequest request{.peer = peer_, .secure = service_.tls != nullptr};
  if (!Receive(request)) return false;
  Enter(Phase::kWorking);
  const ServedAnswer answer = Handle(request);
  const bool keep = may_keep && !service_.stopping && request.head.minor == 1 &&
                    !ListHolds(request.head.headers, "Connection", "close");
  const Wait wait = Within(service_.limits.answer, "sending the answer");
  return !stream_.Write(AnswerText(answer, request.head.method, keep), wait) && keep;
}

bool Connection::Receive(ServedRequest& request) {
  std::string text;
  bool ended = false;
  const Wait wait = Within(service_.limits.head, "reading a request");
  if (Failure failed = ReadHead(incoming_, service_.limits.head_bytes, wait, text, ended))
    return Refuse(StatusOf(failed.why, 431));
  if (Failure failed = ParseHead(text, request.head)) return Refuse(StatusOf(failed.why, 431));
  return ReceiveBody(request);
}

bool Connection::ReceiveBody(ServedRequest& request) {
  Framing framing;
  if (FrameRequest(request.head, framing)) return Refuse(400);
  if (framing.length > service_.limits.body_bytes) return Refuse(413);
  const Wait wait = Within(service_.limits.body, "reading a request's body");
  if (const std::string* expected = FindHeader(request.head.headers, "Expect")) {
    if (!SameName(*expected, "100-continue")) return Refuse(417);
    if (framing.kind != Framing::Kind::kNone && stream_.Write("HTTP/1.1 100 \r\n\r\n", wait)) return false;
  }
  bool stopped = false;
  const BodySink sink = [&](std::string_view bytes) {
    request.body += bytes;
    return true;
  };
  const Failure failed = ReadBody(incoming_, framing, service_.limits.body_bytes, wait, sink, stopped);
  return failed ? Refuse(StatusOf(failed.why, 413)) : true;
}

// Tells the client and hears it out for a moment: closing while it still sends
// would reset the connection and take the answer away from it.
bool Connection::Refuse(int status) {
  const Wait wait = Within(kFarewell, "saying goodbye");
  if (status == 0 || stream_.Write(BareAnswer(status), wait)) return false;
  bool ended = false;
  std::size_t dropped = incoming_.rest().size();
  incoming_.rest() = {};
  while (dropped < kFarewellBytes && !incoming_.Fill(wait, ended) && !ended) {
    dropped += incoming_.rest().size();
    incoming_.rest() = {};
  }
  return false;
}

ServedAnswer Connection::Handle(const ServedRequest& request) const {
  try {
    ServedAnswer answer = service_.handler(request);
    if (IsSendable(answer)) return answer;
  } catch (...) {  // a handler's mistake ends one request, never the server
  }
  return {.status = 500};
}

}  // namespace

std::string BareAnswer(int status) { return AnswerText({.status = status}, "GET", false); }

void ServeConnection(const Service& service, Session& session, Socket socket, std::string peer) {
  std::unique_ptr<Stream> stream = MakeSocketStream(std::move(socket));
  if (service.tls) {
    const Wait wait{
        .end = Clock::now() + service.limits.head, .cancel = &session.cancel, .doing = "the TLS handshake"};
    if (AcceptTls(service.tls, std::move(stream), wait, stream)) stream = nullptr;
  }
  if (stream) Connection(service, session, *stream, peer).Run();
}

}  // namespace sluice::net
