// An API server on loopback that answers by path from a table, over plain HTTP.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cluster/api_client.h"
#include "net/listener.h"

namespace sluice::cluster {

class FakeServer {
 public:
  using Answers = std::map<std::string, net::ServedAnswer>;  // by path, with or else without the query

  explicit FakeServer(Answers answers);
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  void Set(const std::string& path, net::ServedAnswer answer);
  // "GET /apis", in the order of arrival, since the last call.
  std::vector<std::string> TakeRequests();
  std::unique_ptr<ApiClient> Client(ApiOptions options = {}) const;
  Access access() const;

 private:
  net::ServedAnswer Answer(const net::ServedRequest& request);

  std::mutex mutex_;
  Answers answers_;
  std::vector<std::string> requests_;
  std::unique_ptr<net::Listener> listener_;  // last: it ends first
};

// An authority that signed nothing: a client that has it spares itself the
// reading of the system's.
const std::string& Nobody();

}  // namespace sluice::cluster
