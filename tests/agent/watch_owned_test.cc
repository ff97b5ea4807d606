// What is called when, against a server that keeps objects and tells their changes.
#include "agent/watch_owned.h"

#include <condition_variable>
#include <deque>

#include "tests/catch.h"
#include "tests/cluster/fake_server.h"
#include "tests/cluster/nodes.h"

namespace sluice::agent {
namespace {

using std::chrono::milliseconds;

constexpr auto kPatience = std::chrono::seconds(20);
const cluster::ApiResource kMaps{
    .group = "", .version = "v1", .kind = "ConfigMap", .resource = "configmaps", .namespaced = true};
const cluster::ApiResource kSecrets{
    .group = "", .version = "v1", .kind = "Secret", .resource = "secrets", .namespaced = true};
const ObjectName kRed{"v1", "ConfigMap", "shop", "red"}, kBlue{"v1", "ConfigMap", "shop", "blue"},
    kKey{"v1", "Secret", "shop", "key"};

std::string Object(const std::string& name, const std::string& value, const std::string& metadata = "") {
  return R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":")" + name +
         R"(","namespace":"shop","resourceVersion":"5")" + metadata + R"(},"data":{"colour":")" + value +
         R"("}})";
}
std::shared_ptr<const std::string> Record(const std::string& name, const std::string& value) {
  return std::make_shared<const std::string>(R"({"apiVersion":"v1","data":{"colour":")" + value +
                                             R"("},"kind":"ConfigMap","metadata":{"name":")" + name +
                                             R"(","namespace":"shop"}})");
}
std::shared_ptr<const std::string> SecretRecord() {
  return std::make_shared<const std::string>(
      R"({"apiVersion":"v1","data":{"colour":"cmVk"},"kind":"Secret","metadata":{"name":"key","namespace":"shop"}})");
}
OwnedObject Map(const ObjectName& name, const std::string& value) {
  return {.name = name, .resource = kMaps, .recorded = Record(name.name, value)};
}

// Keeps objects by resource and name; a watch hangs until something changes.
class Server {
 public:
  Server() {
    auto listener =
        net::Listener::Start({}, [this](const net::ServedRequest& request) { return Answer(request); });
    if (!listener) FAIL(listener.error().Text());
    listener_ = std::move(*listener);
    cluster::Access access{.context = "fake", .tls = {.ca_pem = cluster::Nobody()}};
    access.server = *net::ParseUrl("http://127.0.0.1:" + std::to_string(listener_->port()));
    auto client = cluster::ApiClient::Make(std::move(access), {.tries = 1});
    if (!client) FAIL(client.error().Text());
    client_ = std::move(*client);
  }
  ~Server() {
    const std::lock_guard lock(mutex_);
    over_ = true;
    changed_.notify_all();
  }

  cluster::ApiClient& client() { return *client_; }
  // Without a word of it to watches.
  void Put(const std::string& resource, const std::string& name, const std::string& object) {
    const std::lock_guard lock(mutex_);
    objects_[resource][name] = object;
  }
  void Change(const std::string& name, const std::string& object) {
    Put("configmaps", name, object);
    Say("configmaps", R"({"type":"MODIFIED","object":)" + object + "}\n");
  }
  void Delete(const std::string& name, bool from_labels_only = false) {
    std::string object;
    {
      const std::lock_guard lock(mutex_);
      object = objects_["configmaps"][name];
      if (!from_labels_only) objects_["configmaps"].erase(name);
    }
    Say("configmaps", R"({"type":"DELETED","object":)" + object + "}\n");
  }
  void Say(const std::string& resource, const std::string& event) {
    const std::lock_guard lock(mutex_);
    events_[resource].push_back(event);
    changed_.notify_all();
  }
  // Until so many watches were asked for in all: what is said from then on goes to the last.
  void UntilFollowed(const std::string& path, std::size_t watches) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, kPatience, [&] { return follows_[path] >= watches; }));
  }
  void RefuseLooks() {  // lists and watches go on
    const std::lock_guard lock(mutex_);
    refuses_looks_ = true;
  }
  void Refuse() {
    const std::lock_guard lock(mutex_);
    refuses_ = true;
  }
  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  net::ServedAnswer Answer(const net::ServedRequest& request) {
    std::unique_lock lock(mutex_);
    const std::string& target = request.head.target;
    requests_.push_back(target + " " + *net::FindHeader(request.head.headers, "Accept"));
    const std::string path = target.substr(0, target.find('?'));
    const std::string last = path.substr(path.rfind('/') + 1);
    if (refuses_) return {.status = 403, .body = R"({"kind":"Status","message":"you may not"})"};
    if (target.find("watch=1") != target.npos) return Follow(path, last, lock);
    if (last == "configmaps" || last == "secrets") return {.body = ListOf(last)};
    if (refuses_looks_) return {.status = 403, .body = R"({"kind":"Status","message":"you may not"})"};
    const auto& of_kind = objects_[path.find("/secrets/") == path.npos ? "configmaps" : "secrets"];
    const auto found = of_kind.find(last);
    if (found == of_kind.end()) return {.status = 404, .body = R"({"kind":"Status","message":"not found"})"};
    return {.body = found->second};
  }
  net::ServedAnswer Follow(const std::string& path, const std::string& resource,
                           std::unique_lock<std::mutex>& lock) {
    const std::size_t mine = ++follows_[path];
    changed_.notify_all();
    // Nobody reads any more what an older one would say.
    const auto is_last = [&] { return follows_[path] == mine; };
    changed_.wait(lock, [&] { return over_ || !is_last() || !events_[resource].empty(); });
    std::string body;
    if (!is_last()) return {.body = body};
    for (const std::string& event : std::exchange(events_[resource], {})) body += event;
    return {.body = body};
  }
  std::string ListOf(const std::string& resource) {
    std::string items;
    for (const auto& [name, object] : objects_[resource]) items += (items.empty() ? "" : ",") + object;
    return R"({"kind":"List","metadata":{"resourceVersion":"9"},"items":[)" + items + "]}";
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false, refuses_ = false, refuses_looks_ = false;
  std::map<std::string, std::map<std::string, std::string>> objects_;
  std::map<std::string, std::deque<std::string>> events_;
  std::map<std::string, std::size_t> follows_;  // watches that were asked for, by path
  std::vector<std::string> requests_;
  std::unique_ptr<cluster::ApiClient> client_;
  std::unique_ptr<net::Listener> listener_;
};

// What was called, a line each.
class Calls {
 public:
  OwnedCalls calls() {
    return {.differs =
                [this](const ObjectName& name, const Drift& drift, const DriftNews& news) {
                  std::string line = "differs " + name.name + ":";
                  for (const DriftedField& field : drift.fields) line += " " + field.field + "=" + field.live;
                  line += news.fresh.empty() ? "" : " tell";
                  line += news.ended ? " ended" : "";
                  Add(line + (drift.planned.empty() ? "" : " planned"));
                },
            .gone = [this](const ObjectName& name) { Add("gone " + name.name); },
            .strayed = [this](const ObjectName& name) { Add("strayed " + name.name); },
            .touched =
                [this](const ObjectName& name, std::string_view version) {
                  Add("touched " + name.name + " " + std::string(version));
                },
            .health =
                [this](const ObjectName& name, const ObjectHealth& health) {
                  Add("health " + name.name + ": " + std::string(HealthWords(health.health)));
                },
            .trouble =
                [this](const cluster::ApiResource& kind, std::string_view words) {
                  Add("trouble " + kind.kind + ": " + std::string(words));
                }};
  }
  // The calls up to `line`, without it; they are forgotten. Fails where it does not come.
  std::vector<std::string> Until(const std::string& line) {
    std::unique_lock lock(mutex_);
    const auto came = [&] { return std::find(lines_.begin(), lines_.end(), line) != lines_.end(); };
    INFO("waiting for: " << line);
    REQUIRE(added_.wait_for(lock, kPatience, came));
    const auto end = std::find(lines_.begin(), lines_.end(), line);
    std::vector<std::string> before(lines_.begin(), end);
    lines_.erase(lines_.begin(), end + 1);
    return before;
  }

 private:
  void Add(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
    added_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable added_;
  std::vector<std::string> lines_;
};

OwnedSettings Quick(OwnedSettings settings = {}) {
  settings.pace = {.first = milliseconds(1), .most = milliseconds(2)};
  return settings;
}
using Lines = std::vector<std::string>;

TEST_CASE("each object is looked at when it becomes ours, and called where it differs") {
  Server server;
  server.Put("configmaps", "red", Object("red", "red"));
  server.Put("configmaps", "blue", Object("blue", "green"));
  server.Put("configmaps", "theirs", Object("theirs", "x"));
  Calls calls;
  OwnedWatch watch(server.client(), Quick(), calls.calls());
  watch.Own({Map(kRed, "red"), Map(kBlue, "blue")});
  CHECK(calls.Until("differs blue: data.colour=\"green\" tell") == Lines{"health blue: current"});
  CHECK(calls.Until("health red: current").empty());
}

TEST_CASE("a change is called once, and its end") {
  Server server;
  server.Put("configmaps", "red", Object("red", "red"));
  Calls calls;
  OwnedWatch watch(server.client(), Quick(), calls.calls());
  watch.Own({Map(kRed, "red")});
  calls.Until("health red: current");
  server.Change("red", Object("red", "pink"));
  CHECK(calls.Until("differs red: data.colour=\"pink\" tell").empty());
  server.Change("red", Object("red", "pink"));
  server.Change("red", Object("red", "rose"));  // to be healed, not told again
  CHECK(calls.Until("differs red: data.colour=\"rose\"").empty());
  server.Change("red", Object("red", "red"));
  CHECK(calls.Until("differs red: ended").empty());
  server.Change("red", Object("red", "pink"));
  CHECK(calls.Until("differs red: data.colour=\"pink\" tell").empty());
}

TEST_CASE("what is deleted is gone, once, and may come back") {
  Server server;
  server.Put("configmaps", "red", Object("red", "red"));
  Calls calls;
  OwnedWatch watch(server.client(), Quick(), calls.calls());
  watch.Own({Map(kRed, "red"), Map(kBlue, "blue")});
  calls.Until("gone blue");  // it was never there
  calls.Until("health blue: not found");
  server.Delete("red");
  CHECK(calls.Until("gone red").empty());
  CHECK(calls.Until("health red: not found").empty());
  server.Say("configmaps", R"({"type":"DELETED","object":)" + Object("red", "red") + "}\n");
  server.Change("red", Object("red", "red"));
  CHECK(calls.Until("health red: current").empty());
  server.Change("red", Object("red", "red", R"(,"deletionTimestamp":"2026-01-01T00:00:00Z")"));
  CHECK(calls.Until("health red: terminating").empty());
}

TEST_CASE("what a new list lacks is gone") {
  Server server;
  server.Put("configmaps", "red", Object("red", "red"));
  server.Put("configmaps", "blue", Object("blue", "blue"));
  Calls calls;
  OwnedWatch watch(server.client(), Quick(), calls.calls());
  watch.Own({Map(kRed, "red"), Map(kBlue, "blue")});
  calls.Until("health red: current");
  server.Put("configmaps", "red", Object("red", "pink"));
  server.Say("configmaps", R"({"type":"ERROR","object":{"code":410}})"
                           "\n");
  CHECK(calls.Until("differs red: data.colour=\"pink\" tell").empty());
}

TEST_CASE("what lost the label of the watch is asked for before it is called gone") {
  const std::string label = R"(,"labels":{"app":"a"})", other = R"(,"labels":{"app":"b"})";
  Server server;
  server.Put("configmaps", "red", Object("red", "red", label));
  Calls calls;
  OwnedWatch watch(server.client(), Quick({.label = "app=a"}), calls.calls());
  watch.Own({Map(kRed, "red")});
  calls.Until("health red: current");
  server.Delete("red", true);  // a word of before: it has the label
  server.Change("red", Object("red", "rose", label));
  CHECK(calls.Until("differs red: data.colour=\"rose\" tell").empty());
  server.Put("configmaps", "red", Object("red", "pink", other));
  server.Delete("red", true);
  CHECK(calls.Until("strayed red") == Lines{"differs red: data.colour=\"pink\""});
  server.Change("red", Object("red", "red", label));  // healed: the label is told of with it
  CHECK(calls.Until("differs red: ended").empty());
  server.Put("configmaps", "red", Object("red", "red"));
  server.Delete("red", true);
  CHECK(calls.Until("strayed red").empty());
  server.Change("red", Object("red", "red", label));
  server.Delete("red");
  CHECK(calls.Until("gone red").empty());
  CHECK(server.requests()[0].starts_with("/api/v1/configmaps?limit=500&labelSelector=app%3Da "));
}

TEST_CASE("what is called deleted and cannot be asked for is taken for gone") {
  Server server;
  server.Put("configmaps", "red", Object("red", "red", R"(,"labels":{"app":"a"})"));
  Calls calls;
  OwnedWatch watch(server.client(), Quick({.label = "app=a"}), calls.calls());
  watch.Own({Map(kRed, "red")});
  calls.Until("health red: current");
  server.RefuseLooks();
  server.Delete("red", true);
  calls.Until("gone red");
  calls.Until("health red: unknown");
}

// As a watch of metadata gives it, applied by us, `more` of others.
std::string Key(const std::string& version, const std::string& ours, const std::string& more = "",
                const std::string& labels = R"("app":"a")") {
  return R"({"metadata":{"name":"key","namespace":"shop","resourceVersion":")" + version + R"(","labels":{)" +
         labels +
         R"(},"managedFields":[{"manager":"sluice-agent","operation":"Apply","fieldsV1":{"f:data":{)" + ours +
         "}}}" + more + "]}}";
}
constexpr const char* kEdited =
    R"(,{"manager":"kubectl-edit","operation":"Update","time":"t","fieldsV1":{"f:data":{"f:colour":{}}}})";

TEST_CASE("a Secret that others write is noticed by its metadata alone") {
  const std::string ours = R"("f:colour":{})";
  const auto say = [](Server& server, const std::string& type, const std::string& object) {
    server.Put("secrets", "key", object);
    server.Say("secrets", R"({"type":")" + type + R"(","object":)" + object + "}\n");
  };
  Server server;
  server.Put("secrets", "key", Key("5", ours));
  Calls calls;
  OwnedWatch watch(server.client(), Quick({.label = "app=a"}), calls.calls());
  watch.Own({{.name = kKey, .resource = kSecrets, .recorded = SecretRecord()}});
  CHECK(calls.Until("touched key 5") == Lines{"health key: current"});
  say(server, "MODIFIED", Key("6", ours));  // under our own name
  CHECK(calls.Until("touched key 6").empty());
  say(server, "MODIFIED", Key("7", R"("f:other":{})", kEdited));
  CHECK(calls.Until("differs key: data.colour= tell").empty());
  say(server, "MODIFIED", Key("8", ours));
  CHECK(calls.Until("touched key 8") == Lines{"differs key: ended"});
  say(server, "DELETED", Key("9", ours, "", ""));
  CHECK(calls.Until("strayed key").empty());
}

TEST_CASE("of Secrets and of what is not applied only metadata are asked for") {
  Server server;
  server.Put("secrets", "key", Key("5", R"("f:colour":{})"));
  server.Put("configmaps", "red", Object("red", "pink"));
  Calls calls;
  OwnedWatch watch(server.client(), Quick(), calls.calls());
  watch.Own(
      {{.name = kKey, .resource = kSecrets, .recorded = SecretRecord()}, {.name = kRed, .resource = kMaps}});
  calls.Until("health key: current");
  server.Delete("red");
  for (const std::string& line : calls.Until("gone red"))
    CHECK((line == "health red: current" || line == "touched key 5"));
  for (const std::string& request : server.requests())
    CHECK(request.find("as=PartialObjectMetadata") != request.npos);
}

TEST_CASE("another record is compared at once, and what is no longer ours is nobody's business") {
  Server server;
  server.Put("configmaps", "red", Object("red", "red"));
  server.Put("configmaps", "blue", Object("blue", "blue"));
  Calls calls;
  OwnedWatch watch(server.client(), Quick(), calls.calls());
  watch.Own({Map(kRed, "red"), Map(kBlue, "blue")});
  calls.Until("health red: current");
  const std::size_t before = server.requests().size();
  watch.Own({Map(kRed, "red"), Map(kBlue, "blue")});  // the same: nothing begins anew
  server.Change("red", Object("red", "pink"));
  CHECK(calls.Until("differs red: data.colour=\"pink\" tell").empty());
  for (std::size_t i = before; i < server.requests().size(); ++i)
    CHECK(server.requests()[i].find("limit=") == std::string::npos);
  server.UntilFollowed("/api/v1/configmaps", 2);
  watch.Own({Map(kRed, "pink")});
  CHECK(calls.Until("differs red: ended") == Lines{"health red: current"});
  server.UntilFollowed("/api/v1/configmaps", 3);
  server.Change("blue", Object("blue", "x"));
  server.Change("red", Object("red", "x"));
  CHECK(calls.Until("differs red: data.colour=\"x\" tell").empty());
}

TEST_CASE("what a plan explains is planned, and told anew behind it") {
  Server server;
  server.Put("configmaps", "red", Object("red", "red"));
  Calls calls;
  OwnedWatch watch(server.client(), Quick(), calls.calls());
  watch.Own({Map(kRed, "red")});
  calls.Until("health red: current");
  watch.Plan("record 2 is applied");
  server.Change("red", Object("red", "pink"));
  CHECK(calls.Until("differs red: data.colour=\"pink\" tell planned").empty());
  watch.Plan("");
  server.Change("red", Object("red", "pink"));
  CHECK(calls.Until("differs red: data.colour=\"pink\" tell").empty());
}

TEST_CASE("what the answer to our apply had is no drift, what it had not is one") {
  const std::string ours =
      R"(,"managedFields":[{"manager":"sluice-agent","operation":"Apply","time":"t","fieldsV1":{"f:data":{"f:colour":{}}}}])";
  Server server;
  server.Put("configmaps", "red", Object("red", "crimson", ours));  // a webhook likes it so
  Calls calls;
  OwnedWatch watch(server.client(), Quick(), calls.calls());
  watch.Own({Map(kRed, "red")});
  calls.Until("health red: current");
  const cluster::Text answer(Object("red", "crimson", ours));
  watch.Accepted(kRed, *answer);
  server.Change("red", Object("red", "crimson", ours));
  server.Change("red", Object("red", "stolen", ours));
  CHECK(calls.Until("differs red: data.colour=\"stolen\" tell").empty());
  server.Change("red", Object("red", "crimson", ours));
  CHECK(calls.Until("differs red: ended").empty());
}

TEST_CASE("a kind that may not be watched is trouble") {
  Server server;
  server.Refuse();
  Calls calls;
  OwnedWatch watch(server.client(), Quick({.by_namespace = true}), calls.calls());
  watch.Own({Map(kRed, "red")});
  calls.Until("trouble ConfigMap: the API server answered 403: you may not");
  CHECK(server.requests()[0].starts_with("/api/v1/namespaces/shop/configmaps?"));
}

}  // namespace
}  // namespace sluice::agent
