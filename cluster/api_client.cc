#include "cluster/api_client.h"

#include <poll.h>

#include <algorithm>
#include <array>

#include "net/retry_after.h"
#include "net/socket.h"

namespace sluice::cluster {
namespace {

using std::chrono::milliseconds;

constexpr auto kUsualDeadline = std::chrono::minutes(1);

// Which answers are worth another try, whatever was asked or where asking again
// changes nothing.
struct RetryStatus {
  int status;
  bool unless_unsafe;      // only what is safe to send twice
  bool needs_retry_after;  // only where the server says when
};
constexpr std::array<RetryStatus, 5> kRetried = {
    {{429, false, false}, {500, true, true}, {502, true, false}, {503, true, false}, {504, true, false}}};

std::string BaseOf(const net::Url& server) {
  std::string path = server.target;
  while (path.ends_with('/')) path.pop_back();
  return server.Origin() + path;
}

bool IsSafe(const ApiRequest& request) { return request.repeatable || request.method == "GET"; }

std::optional<milliseconds> RetryAfter(const ApiAnswer& answer) {
  const std::string* value = net::FindHeader(answer.headers, "Retry-After");
  if (!value) return std::nullopt;
  return net::ParseRetryAfter(*value, std::chrono::system_clock::now());
}

// How long to wait before `request` is sent again; nothing: `answer` is final.
std::optional<milliseconds> WaitBefore(const ApiRequest& request, const ApiAnswer& answer,
                                       milliseconds backoff) {
  if (answer.failure.why == net::Why::kUnreachable) return backoff;
  if (answer.failure) {
    const bool cut = answer.failure.why == net::Why::kCut && IsSafe(request);
    return cut ? std::optional(backoff) : std::nullopt;
  }
  const std::optional<milliseconds> after = RetryAfter(answer);
  for (const RetryStatus& rule : kRetried) {
    if (rule.status != answer.status || (rule.unless_unsafe && !IsSafe(request))) continue;
    if (rule.needs_retry_after && !after) continue;
    return after.value_or(backoff);
  }
  return std::nullopt;
}

}  // namespace

// One of the budget's places, given back at the end.
class ApiClient::Turn {
 public:
  Turn(ApiClient& client, Clock::time_point end) : client_(client) {
    std::unique_lock lock(client.mutex_);
    taken_ = client.turn_over_.wait_until(
        lock, end, [&] { return client.under_way_ < std::max(1u, client.options_.budget); });
    if (taken_) ++client.under_way_;
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (!taken_) return;
    const std::lock_guard lock(client_.mutex_);
    --client_.under_way_;
    client_.turn_over_.notify_one();
  }

  bool taken() const { return taken_; }

 private:
  ApiClient& client_;
  bool taken_ = false;
};

ApiClient::ApiClient(Access access, ApiOptions options)
    : access_(std::move(access)),
      options_(std::move(options)),
      base_(BaseOf(access_.server)),
      credentials_(access_, options_.exec) {}

Result<std::unique_ptr<ApiClient>> ApiClient::Make(Access access, ApiOptions options) {
  if (access.proxy) options.proxy = {.http = access.proxy, .https = access.proxy};
  auto client = std::unique_ptr<ApiClient>(new ApiClient(std::move(access), std::move(options)));
  if (const auto made = client->ClientFor({}); !made) return made.error();
  return client;
}

// Connections belong to one client certificate: a plugin that gives another one
// gets connections of its own.
Result<std::shared_ptr<const net::Client>> ApiClient::ClientFor(const Presented& presented) {
  const std::lock_guard lock(mutex_);
  if (connected_.client && connected_.certificate_pem == presented.certificate_pem) return connected_.client;
  net::ClientOptions options{.tls = access_.tls,
                             .proxy = options_.proxy,
                             .user_agent = options_.user_agent,
                             .pool = {.of_one_place = std::max(1u, options_.budget)}};
  if (!presented.certificate_pem.empty()) {
    options.tls.certificate_pem = presented.certificate_pem;
    options.tls.key_pem = presented.key_pem;
  }
  Result<std::unique_ptr<net::Client>> made = net::Client::Make(std::move(options));
  if (!made)
    return Error{
        made.error().kind, "the context \"" + access_.context + "\": " + made.error().message, {}, {}};
  connected_ = {presented.certificate_pem, std::move(*made)};
  return connected_.client;
}

ApiAnswer ApiClient::Try(const ApiRequest& request, const Presented& presented, const net::Client& client,
                         Clock::time_point end, const BodySink* sink) const {
  Result<net::Url> url = net::ParseUrl(base_ + request.path);
  if (!url || !request.path.starts_with('/'))
    return {.failure = net::Fail(net::Why::kRequest, "the request has no proper path")};
  const bool endless = end == Clock::time_point::max();
  const auto left = endless ? milliseconds(0) : std::chrono::ceil<milliseconds>(end - Clock::now());
  if (left.count() <= 0 && !endless) return {.failure = net::Fail(net::Why::kTime, "the time was over")};
  net::Request sent{.method = request.method,
                    .url = std::move(*url),
                    .headers = request.headers,
                    .body = request.body,
                    .limits = {.body_bytes = request.answer_bytes,
                               .idle = request.idle.count() != 0 ? request.idle : options_.idle,
                               .total = left},
                    .cancel = request.cancel != nullptr ? request.cancel : options_.cancel,
                    .repeatable = request.repeatable};
  std::string collected;  // by the sink, of an answer that is no stream
  if (sink != nullptr) {
    sent.limits.body_bytes = 0;
    sent.sink = [&](const net::ResponseHead& head, std::string_view bytes) {
      if (head.status == 200) return (*sink)(bytes);
      collected += bytes.substr(0, request.answer_bytes - std::min(request.answer_bytes, collected.size()));
      return collected.size() < request.answer_bytes;
    };
  }
  sent.headers.insert(sent.headers.end(), presented.headers.begin(), presented.headers.end());
  net::Answer answer = client.Send(sent);
  if (sink != nullptr) answer.body = std::move(collected);
  std::vector<std::string> warnings = ParseWarnings(answer.head.headers);
  return {std::move(answer.failure), answer.head.status, std::move(answer.head.headers),
          std::move(answer.body), std::move(warnings)};
}

Result<ApiAnswer> ApiClient::SendInTurn(const ApiRequest& request, Clock::time_point end) {
  bool renewed = false;
  milliseconds backoff = options_.backoff;
  for (int tries = 1;; ++tries, backoff *= 2) {
    const Result<Presented> presented = credentials_.Present(std::chrono::system_clock::now(), end);
    if (!presented) return presented.error();
    const auto client = ClientFor(*presented);
    if (!client) return client.error();
    ApiAnswer answer = Try(request, *presented, **client, end, nullptr);
    if (answer.status == 401 && !answer.failure && !renewed && credentials_.Refused(*presented)) {
      renewed = true;
      continue;
    }
    const std::optional<milliseconds> wait = WaitBefore(request, answer, backoff);
    if (!wait || tries >= options_.tries || Clock::now() + *wait >= end) return answer;
    const net::Wait pause{.end = Clock::now() + *wait,
                          .cancel = request.cancel != nullptr ? request.cancel : options_.cancel,
                          .doing = "waiting to try again"};
    const net::Failure over = net::Await(-1, 0, pause);
    if (over.why == net::Why::kCancelled) return ApiAnswer{.failure = over};
  }
}

Result<ApiAnswer> ApiClient::Send(const ApiRequest& request) {
  const Clock::time_point end = request.end.value_or(Clock::now() + kUsualDeadline);
  const Turn turn(*this, end);
  if (!turn.taken())
    return ApiAnswer{.failure =
                         net::Fail(net::Why::kTime, "the time was over while other requests were under way")};
  return SendInTurn(request, end);
}

Result<ApiAnswer> ApiClient::Stream(const ApiRequest& request, const BodySink& sink) {
  const Clock::time_point end = request.end.value_or(Clock::time_point::max());
  for (bool renewed = false;; renewed = true) {
    const auto now = std::chrono::system_clock::now();
    const Result<Presented> presented =
        credentials_.Present(now, std::min(end, Clock::now() + kUsualDeadline));
    if (!presented) return presented.error();
    const auto client = ClientFor(*presented);
    if (!client) return client.error();
    ApiAnswer answer = Try(request, *presented, **client, end, &sink);
    const bool refused = answer.status == 401 && !answer.failure;
    if (!refused || renewed || !credentials_.Refused(*presented)) return answer;
  }
}

}  // namespace sluice::cluster
