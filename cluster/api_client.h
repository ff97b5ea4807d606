// One API server, asked as one identity. Requests carry credentials, are sent
// again only where that is safe, at most so many at once, and end by their
// deadline whatever the server does. Tested by tests/cluster/api_client_test.cc.
//
//   auto client = ApiClient::Make(access, {.user_agent = "sluice/0.1.0"});
//   Result<ApiAnswer> answer = (*client)->Send({.path = "/version"});
//   if (!answer) …                      // no credentials: an exec plugin failed
//   if (answer->failure) …              // no answer: why, and words
//   if (answer->status == 200) Use(answer->body);
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/credentials.h"
#include "manifests/document.h"
#include "net/http.h"

namespace sluice::cluster {

using net::Clock;

struct ApiRequest {
  std::string method = "GET";
  std::string path{};      // "/apis/apps/v1/…?dryRun=All", below the path of the server's URL
  net::Headers headers{};  // Accept, Content-Type, …
  std::string body{};
  bool repeatable = false;  // changes nothing (a dry run); GET never does
  std::size_t answer_bytes = 16u << 20;
  std::optional<Clock::time_point> end{};     // of all tries together; none: a minute from now
  std::chrono::milliseconds idle{0};          // longest time without a byte; 0: that of ApiOptions
  const net::Cancellation* cancel = nullptr;  // null: that of ApiOptions
};

struct ApiAnswer {
  net::Failure failure{};  // says why there is no whole answer
  int status = 0;
  net::Headers headers{};
  std::string body{};
  std::vector<std::string> warnings{};  // see ParseWarnings
};

struct ApiOptions {
  ExecOptions exec{};
  net::ProxySettings proxy{};  // where access names none
  std::string user_agent = "sluice";
  unsigned budget = 8;                     // requests under way, those that wait for another try included
  int tries = 4;                           // of one request
  std::chrono::milliseconds backoff{100};  // before the second try; doubles with each
  std::chrono::milliseconds idle{65'000};  // longest time without a byte: API servers end requests after 60 s
  const net::Cancellation* cancel = nullptr;
};

// Thread-safe. Sent again is
//   a request that never reached the server (no connection), and one that it
//     answered with 429: after Retry-After, where that is before the deadline;
//   GET and what is repeatable: after a cut connection, 502, 503, 504, and 500
//     with a Retry-After (one without is an answer: wrong shapes get it);
//   once after 401, where a plugin or token file may give something new.
class ApiClient {
 public:
  // kUsage or kConfiguration where certificates, keys or the user agent are unusable.
  static Result<std::unique_ptr<ApiClient>> Make(Access access, ApiOptions options);

  // An Error where the credentials cannot be had.
  Result<ApiAnswer> Send(const ApiRequest& request);

  // A body without end, for watches: what comes with status 200 goes to `sink` piece by
  // piece, in this thread, until it gives false, the server ends it, nothing comes for
  // `request.idle`, `request.end` (none: never) or a cancellation. Any other answer is
  // collected as usual. Tried once, after 401 once more; outside of the budget.
  using BodySink = std::function<bool(std::string_view bytes)>;
  Result<ApiAnswer> Stream(const ApiRequest& request, const BodySink& sink);

  const Access& access() const { return access_; }

 private:
  class Turn;
  struct Connected {
    std::string certificate_pem{};
    std::shared_ptr<const net::Client> client{};
  };

  ApiClient(Access access, ApiOptions options);
  Result<std::shared_ptr<const net::Client>> ClientFor(const Presented& presented);
  Result<ApiAnswer> SendInTurn(const ApiRequest& request, Clock::time_point end);
  ApiAnswer Try(const ApiRequest& request, const Presented& presented, const net::Client& client,
                Clock::time_point end, const BodySink* sink) const;

  const Access access_;
  const ApiOptions options_;
  const std::string base_;  // the server's URL without the slash at its end
  Credentials credentials_;
  std::mutex mutex_;
  std::condition_variable turn_over_;
  unsigned under_way_ = 0;  // guarded by mutex_, as is the next
  Connected connected_;
};

// `text` as one segment of a path: bytes other than letters, digits, "-", "_"
// and inner dots become "%41".
std::string PathSegment(std::string_view text);

// The texts of Warning headers (RFC 7234 §5.5) with code 299, which is what API
// servers send: at most 64, each at most 4 KiB of UTF-8. What is no warning ends
// the reading of its header.
std::vector<std::string> ParseWarnings(const net::Headers& headers);

// Why `answer` is no use, as half a sentence: the failure's words, or "the API
// server answered 403: …" with the message of a Status, at most 500 bytes.
std::string Trouble(const ApiAnswer& answer);

// A 200 with one JSON object within `bytes`; else an Error that says so. The
// parser is that of manifests: bounded in depth and nodes, no key twice.
Result<manifests::ParsedFile> ReadJsonAnswer(ApiAnswer answer);

}  // namespace sluice::cluster
