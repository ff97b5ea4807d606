// Watches, against a server that answers by a script: what is told, what is asked
// next, and that whatever goes wrong is waited for.
#include "cluster/watch.h"

#include <poll.h>

#include <condition_variable>
#include <thread>

#include "manifests/object.h"
#include "tests/catch.h"
#include "tests/cluster/fake_server.h"
#include "tests/net/raw_server.h"

namespace sluice::cluster {
namespace {

using std::chrono::milliseconds;

const ApiResource kDeployments{
    .group = "apps", .version = "v1", .kind = "Deployment", .resource = "deployments", .namespaced = true};
const WatchPace kQuick{.first = milliseconds(1), .most = milliseconds(2), .ends = std::chrono::seconds(1)};

std::string Item(const std::string& name, const std::string& version) {
  return R"({"metadata":{"name":")" + name + R"(","resourceVersion":")" + version + R"("}})";
}
std::string ListOf(const std::string& version, const std::string& items = "") {
  return R"({"kind":"DeploymentList","metadata":{"resourceVersion":")" + version + R"("},"items":[)" + items +
         "]}";
}
std::string Event(const std::string& type, const std::string& object) {
  return R"({"type":")" + type + R"(","object":)" + object + "}\n";
}
const std::string kExpired = Event("ERROR", R"({"kind":"Status","code":410,"message":"too old"})");

// Gives one answer after another, then cancels.
class Script {
 public:
  explicit Script(std::vector<net::ServedAnswer> answers) : answers_(std::move(answers)) {
    auto listener =
        net::Listener::Start({}, [this](const net::ServedRequest& request) { return Next(request); });
    if (!listener) FAIL(listener.error().Text());
    listener_ = std::move(*listener);
    Access access{.context = "fake", .tls = {.ca_pem = Nobody()}};
    access.server = *net::ParseUrl("http://127.0.0.1:" + std::to_string(listener_->port()));
    auto client = ApiClient::Make(std::move(access), {.tries = 1});
    if (!client) FAIL(client.error().Text());
    client_ = std::move(*client);
  }

  // What was told, a line each.
  std::string Run(WatchRequest request = {}) {
    request.resource = kDeployments;
    request.pace = kQuick;
    std::string told;
    Watch(
        *client_, request, [&](const WatchNews& news) { told += Words(news); }, cancel_);
    return told;
  }
  static std::string Words(const WatchNews& news) {
    static const char* const kNames[] = {"list\n", "there ", "gone ", "listed\n", "trouble: ", "works\n"};
    std::string words = kNames[static_cast<int>(news.change)];
    if (news.object != nullptr) {
      std::string json;
      manifests::CanonicalJson(*news.object, json);
      words += json + "\n";
    }
    return news.words.empty() ? words : words + std::string(news.words) + "\n";
  }

  ApiClient& client() { return *client_; }
  const net::Cancellation& cancel() const { return cancel_; }
  std::vector<std::string> targets() {
    const std::lock_guard lock(mutex_);
    return targets_;
  }
  std::vector<std::string> accepts;
  // Waits until `count` requests have come, but for those to /version.
  void Await(std::size_t count) {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [&] { return targets_.size() >= count; });
  }

 private:
  net::ServedAnswer Next(const net::ServedRequest& request) {
    const std::lock_guard lock(mutex_);
    if (request.head.target == "/version") return {.body = "{}"};
    targets_.push_back(request.head.target);
    accepts.push_back(*net::FindHeader(request.head.headers, "Accept"));
    came_.notify_all();
    if (targets_.size() <= answers_.size()) return answers_[targets_.size() - 1];
    cancel_.Cancel();
    return {.status = 500};
  }

  std::vector<net::ServedAnswer> answers_;
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<std::string> targets_;
  net::Cancellation cancel_;
  std::unique_ptr<ApiClient> client_;
  std::unique_ptr<net::Listener> listener_;  // last: it ends first
};

bool Holds(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }
std::string Head(const std::string& name, const std::string& version) {
  return R"({"apiVersion":"apps/v1","kind":"Deployment",)" + Item(name, version).substr(1) + "\n";
}

TEST_CASE("a kind is listed and then followed, from where it was") {
  Script script({{.body = ListOf("10", Item("a", "3") + "," + Item("b", "4"))},
                 {.body = Event("ADDED", Item("c", "11")) + Event("MODIFIED", Item("a", "12"))},
                 {.body = Event("BOOKMARK", Item("", "20"))},
                 {.body = Event("DELETED", Item("b", "21"))}});
  CHECK(script.Run() == "list\nthere " + Head("a", "3") + "there " + Head("b", "4") + "listed\nthere " +
                            Head("c", "11") + "there " + Head("a", "12") + "gone " + Head("b", "21"));
  const auto targets = script.targets();
  REQUIRE(targets.size() == 5);
  CHECK(targets[0] == "/apis/apps/v1/deployments?limit=500");
  CHECK(Holds(targets[1], "/apis/apps/v1/deployments?watch=1&allowWatchBookmarks=true&resourceVersion=10&"));
  CHECK(Holds(targets[2], "resourceVersion=12&"));
  CHECK(Holds(targets[3], "resourceVersion=20&"));
  CHECK(Holds(targets[4], "resourceVersion=21&"));
  CHECK((targets[1].ends_with("timeoutSeconds=1") || targets[1].ends_with("timeoutSeconds=2")));
}

TEST_CASE("a version that the server has forgotten is listed anew, and is no trouble") {
  Script script({{.body = ListOf("10", Item("a", "3"))},
                 {.status = 410, .body = R"({"kind":"Status","code":410,"message":"too old"})"},
                 {.body = ListOf("30")},
                 {.body = Event("ADDED", Item("d", "31")) + kExpired + Event("ADDED", Item("e", "32"))},
                 {.body = ListOf("40")}});
  CHECK(script.Run() == "list\nthere " + Head("a", "3") + "listed\nlist\nlisted\nthere " + Head("d", "31") +
                            "list\nlisted\n");
  CHECK(Holds(script.targets()[5], "resourceVersion=40&"));
}

TEST_CASE("labels and metadata alone are asked for in list and watch") {
  Script script({{.body = ListOf("1")}, {.body = ""}});
  script.Run({.ns = "shop", .labels = "a/b in (c,d)", .metadata_only = true});
  const auto targets = script.targets();
  CHECK(targets[0] ==
        "/apis/apps/v1/namespaces/shop/deployments?limit=500&labelSelector=a%2Fb%20in%20%28c%2Cd%29");
  CHECK(targets[1].ends_with("&labelSelector=a%2Fb%20in%20%28c%2Cd%29"));
  CHECK(script.accepts[0] == "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");
  CHECK(script.accepts[1] == "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1");
}

TEST_CASE("an object has its own kind, whatever the answer calls it") {
  Script script({{.body = ListOf("1")},
                 {.body = Event("ADDED", R"({"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1",)" +
                                             Item("a", "2").substr(1))}});
  CHECK(Holds(script.Run({.metadata_only = true}), "there " + Head("a", "2")));
}

TEST_CASE("a refusal is told once, and when it is over") {
  const net::ServedAnswer forbidden{.status = 403, .body = R"({"kind":"Status","message":"you may not"})"};
  Script script({{.body = ListOf("10")}, forbidden, forbidden, {.body = Event("BOOKMARK", Item("", "11"))}});
  CHECK(script.Run() == "list\nlisted\ntrouble: the API server answered 403: you may not\nworks\n");
  CHECK(Holds(script.targets()[3], "resourceVersion=10&"));  // it goes on where it was
}

TEST_CASE("a kind that is no longer served is listed until it is") {
  const net::ServedAnswer missing{.status = 404, .body = R"({"kind":"Status","message":"not found"})"};
  Script script({{.body = ListOf("10")}, missing, missing, {.body = ListOf("50")}});
  const std::string told = script.Run();
  CHECK(Holds(told, "list\nlisted\ntrouble: the API server answered 404: not found\nlist\n"));
  CHECK(told.ends_with("list\nlisted\nworks\n"));
  CHECK(Holds(script.targets()[4], "resourceVersion=50&"));
}

struct Wrong {
  const char *what, *answer, *told;
  bool listed_anew;
};
const Wrong kWrong[] = {
    {"no JSON", "{\n", "an event that is none", true},
    {"a list", "[]\n", "an event that is none", true},
    {"no object",
     R"({"type":"ADDED"})"
     "\n",
     "an event that is none", true},
    {"an object that is a text",
     R"({"type":"ADDED","object":"x"})"
     "\n",
     "an event that is none", true},
    {"another type",
     R"({"type":"STOLEN","object":{"metadata":{"resourceVersion":"2"}}})"
     "\n",
     "an event that is none", true},
    {"no version",
     R"({"type":"ADDED","object":{"metadata":{"name":"a"}}})"
     "\n",
     "an event that is none", true},
    {"another error",
     R"({"type":"ERROR","object":{"code":500,"message":"etcd is away"}})"
     "\n",
     "ended the watch: etcd is away", true},
    {"an error without words",
     R"({"type":"ERROR","object":{}})"
     "\n",
     "ended the watch", true},
};

TEST_CASE("what is no event ends the watch, and nothing is believed to be known") {
  for (const Wrong& wrong : kWrong) {
    INFO(wrong.what);
    Script script({{.body = ListOf("1")},
                   {.body = wrong.answer + Event("ADDED", Item("x", "9"))},
                   {.body = ListOf("7")}});
    const std::string told = script.Run();
    CHECK(Holds(told, "trouble: "));
    CHECK(Holds(told, wrong.told));
    CHECK(!Holds(told, "there"));
    CHECK(told.ends_with("list\nlisted\nworks\n") == wrong.listed_anew);
  }
}

TEST_CASE("an event past the limit is trouble, named, and not kept") {
  Script script({{.body = ListOf("1")}, {.body = Event("ADDED", Item(std::string(5000, 'x'), "2"))}});
  CHECK(script.Run({.event_bytes = 4096}) == "list\nlisted\ntrouble: an event of more than 4 KiB\n");
  Script fits({{.body = ListOf("1")}, {.body = Event("ADDED", Item(std::string(5000, 'x'), "2"))}});
  CHECK(Holds(fits.Run({.event_bytes = 6000}), "there "));
}

TEST_CASE("a list that is none, or has no version, is trouble and is asked for again") {
  for (const char* const body : {"", "{}", "[]", R"({"items":5})", R"({"items":[]})"}) {
    INFO(body);
    Script script({{.body = body}, {.body = ListOf("5")}});
    const std::string told = script.Run();
    CHECK(told.starts_with("list\ntrouble: "));
    CHECK(told.ends_with("list\nlisted\nworks\n"));
  }
}

std::string Chunk(const std::string& bytes) {
  char size[16];
  snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return size + bytes + "\r\n";
}

TEST_CASE("an event is told while the connection stays open, however it is cut") {
  const std::string list = ListOf("1"), event = Event("ADDED", Item("a", "2"));
  net::Cancellation cancel, told;
  net::RawServer server([&](net::RawPeer& peer) {
    peer.ReadHead();
    peer.Send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(list.size()) + "\r\n\r\n" + list);
    peer.ReadHead();
    peer.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    peer.Send(Chunk(event.substr(0, 20)));
    peer.Send(Chunk(event.substr(20)));
    CHECK(peer.ReadToEnd().empty());  // held open until the client goes
    told.Cancel();
  });
  Access access{.context = "raw", .tls = {.ca_pem = Nobody()}};
  access.server = *net::ParseUrl(server.Url(""));
  auto client = ApiClient::Make(std::move(access), {});
  REQUIRE(client);
  std::string words;
  Watch(
      **client, {.resource = kDeployments, .pace = kQuick},
      [&](const WatchNews& news) {
        words += Script::Words(news);
        if (news.change == WatchChange::kThere) cancel.Cancel();
      },
      cancel);
  CHECK(words == "list\nlisted\nthere " + Head("a", "2"));
  static_cast<void>(net::Await(told.descriptor(), POLLIN, {}));
}

// Runs a watch with a pace of hours until `requests` have come, and some more have
// been answered; then it must end at once.
void WaitsInsteadOf(Script& script, const WatchPace& pace, std::size_t requests, std::string& told) {
  std::mutex mutex;
  std::thread thread([&] {
    Watch(
        script.client(), {.resource = kDeployments, .pace = pace},
        [&](const WatchNews& news) {
          const std::lock_guard lock(mutex);
          told += Script::Words(news);
        },
        script.cancel());
  });
  script.Await(requests);
  for (int i = 0; i < 50; ++i) CHECK(script.client().Send({.path = "/version"}));
  script.cancel().Cancel();
  thread.join();
  CHECK(script.targets().size() == requests);
}

TEST_CASE("a watch that ends early waits before the next, and can be cancelled meanwhile") {
  const WatchPace slow{.first = std::chrono::hours(1), .most = std::chrono::hours(2)};
  Script ends({{.body = ListOf("1")}, {.body = Event("ADDED", Item("a", "2"))}, {.body = ""}});
  std::string told;
  WaitsInsteadOf(ends, slow, 2, told);
  Script expired({{.body = ListOf("1")}, {.body = kExpired}, {.body = ListOf("2")}});
  WaitsInsteadOf(expired, slow, 2, told);
  Script refused({{.status = 403, .body = "{}"}, {.body = ListOf("2")}});
  WaitsInsteadOf(refused, slow, 1, told);
  Script busy({{.body = ListOf("1")},
               {.status = 429, .headers = {{"Retry-After", "3600"}}, .body = "{}"},
               {.body = ""}});
  WaitsInsteadOf(busy, {.first = milliseconds(1), .most = milliseconds(1)}, 2, told);
}

TEST_CASE("more events than the rate allows are read later") {
  Script script({{.body = ListOf("1")},
                 {.body = Event("ADDED", Item("a", "2")) + Event("ADDED", Item("b", "3")) +
                          Event("ADDED", Item("c", "4"))}});
  std::string told;
  WaitsInsteadOf(script, {.events_a_second = 0.0001, .burst = 2}, 2, told);
  CHECK(!Holds(told, Head("c", "4")));
}

TEST_CASE("a client that nobody lets in says so") {
  Access access{.context = "closed", .tls = {.ca_pem = Nobody()}};
  access.server = *net::ParseUrl("http://127.0.0.1:" + std::to_string(net::ClosedPort()));
  auto client = ApiClient::Make(std::move(access), {.tries = 1});
  REQUIRE(client);
  net::Cancellation cancel;
  std::string told;
  Watch(
      **client, {.resource = kDeployments, .pace = kQuick},
      [&](const WatchNews& news) {
        told += Script::Words(news);
        if (news.change == WatchChange::kTrouble) cancel.Cancel();
      },
      cancel);
  CHECK(told.starts_with("list\ntrouble: "));
}

}  // namespace
}  // namespace sluice::cluster
