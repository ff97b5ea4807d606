#include "tests/cluster/fake_server.h"

#include "tests/catch.h"
#include "tests/net/certificates.h"

namespace sluice::cluster {

const std::string& Nobody() {
  static const std::string authority = net::Authority("nobody").certificate_pem;
  return authority;
}

FakeServer::FakeServer(Answers answers) : answers_(std::move(answers)) {
  auto listener =
      net::Listener::Start({}, [this](const net::ServedRequest& request) { return Answer(request); });
  if (!listener) FAIL(listener.error().Text());
  listener_ = std::move(*listener);
}

net::ServedAnswer FakeServer::Answer(const net::ServedRequest& request) {
  const std::lock_guard lock(mutex_);
  const std::string& target = request.head.target;
  requests_.push_back(request.head.method + " " + target);
  auto found = answers_.find(target);
  if (found == answers_.end()) found = answers_.find(target.substr(0, target.find('?')));
  if (found == answers_.end()) return {.status = 404, .body = R"({"kind":"Status","message":"not found"})"};
  // As an API server revalidates: the client has it already.
  const std::string* have = net::FindHeader(request.head.headers, "If-None-Match");
  const std::string* tag = net::FindHeader(found->second.headers, "ETag");
  if (have && tag && *have == *tag) return {.status = 304, .headers = {{"ETag", *tag}}};
  return found->second;
}

void FakeServer::Set(const std::string& path, net::ServedAnswer answer) {
  const std::lock_guard lock(mutex_);
  answers_[path] = std::move(answer);
}

std::vector<std::string> FakeServer::TakeRequests() {
  const std::lock_guard lock(mutex_);
  return std::exchange(requests_, {});
}

Access FakeServer::access() const {
  Access access{.context = "fake", .tls = {.ca_pem = Nobody()}};
  access.server = *net::ParseUrl("http://127.0.0.1:" + std::to_string(listener_->port()));
  return access;
}

std::unique_ptr<ApiClient> FakeServer::Client(ApiOptions options) const {
  options.backoff = std::chrono::milliseconds(1);
  Result<std::unique_ptr<ApiClient>> client = ApiClient::Make(access(), std::move(options));
  if (!client) FAIL(client.error().Text());
  return std::move(*client);
}

}  // namespace sluice::cluster
