// How the dry run's requests travel: a function, so that a table can answer in
// tests.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "cluster/answer.h"
#include "cluster/api_client.h"

namespace sluice::cluster {

// A read, or a dry run: it changes nothing and may be sent again.
struct ServerRequest {
  std::string method = "GET";
  std::string path{};  // with its query
  std::string accept = "application/json";
  std::string content_type{};  // of the body
  std::string_view body{};
};

// Sends one request and waits for its whole answer, until `end` at the longest.
// Thread-safe.
using SendRequest =
    std::function<ServerAnswer(const ServerRequest& request, std::chrono::steady_clock::time_point end)>;

// Bodies above this are no whole answers: an object of the API server's own limit
// (3 MiB) with its managed fields is far below.
inline constexpr std::size_t kMostAnswerBytes = 8u << 20;

// `client` outlives the function.
SendRequest SendThrough(ApiClient& client);

}  // namespace sluice::cluster
