// An inventory that does not fit into one ConfigMap, before a server that keeps ConfigMaps as an API server
// does, and at which a writer can end between any two writes.
#include "agent/state_store.h"

#include <functional>
#include <map>
#include <mutex>
#include <set>

#include "cluster/members.h"
#include "net/listener.h"
#include "tests/catch.h"
#include "tests/cluster/fake_server.h"

namespace sluice::agent {
namespace {

using cluster::StringAt;

const std::string kPath = "/api/v1/namespaces/sluice-system/configmaps", kFirst = "sluice-agent-production";
constexpr std::size_t kEver = ~std::size_t{0};

struct ConfigMap {
  std::string owner, uid;  // the owner's uid
  std::map<std::string, std::string> data;
  std::uint64_t version = 0;
};

class ConfigMaps {
 public:
  ConfigMaps() {
    auto listener =
        net::Listener::Start({}, [this](const net::ServedRequest& request) { return Answer(request); });
    if (!listener) FAIL(listener.error().Text());
    listener_ = *std::move(listener);
    configuration.environment = "production";
  }

  std::unique_ptr<cluster::ApiClient> Client() const {
    cluster::Access access{.context = "fake", .tls = {.ca_pem = cluster::Nobody()}};
    access.server = *net::ParseUrl("http://127.0.0.1:" + std::to_string(listener_->port()));
    auto client = cluster::ApiClient::Make(std::move(access), {.tries = 1});
    REQUIRE(client);
    return *std::move(client);
  }

  Configuration configuration;
  std::map<std::string, ConfigMap> maps;
  std::size_t writes_left = kEver;                          // then each is refused
  std::function<void(const std::string& name)> before_put;  // is called once

 private:
  net::ServedAnswer Answer(const net::ServedRequest& request) {
    const std::string target = request.head.target.substr(0, request.head.target.find('?'));
    if (request.head.method == "GET") {
      const std::lock_guard lock(mutex_);
      const auto found = maps.find(target.substr(kPath.size() + 1));
      return found == maps.end() ? net::ServedAnswer{.status = 404, .body = "{}"} : Show(*found);
    }
    const bool fresh = request.head.method == "POST";
    const cluster::JsonObject sent = cluster::ReadJsonObject(request.body);
    const std::string name(StringAt(sent.root, {"metadata", "name"}));
    if (!fresh && before_put && name != kFirst) std::exchange(before_put, nullptr)(name);
    const std::lock_guard lock(mutex_);
    if (writes_left == 0) return {.status = 500, .body = "{}"};
    if (writes_left != kEver) --writes_left;
    const auto found = maps.find(name);
    if (fresh == (found != maps.end())) return {.status = fresh ? 409 : 404, .body = "{}"};
    if (!fresh &&
        (StringAt(sent.root, {"metadata", "resourceVersion"}) != std::to_string(found->second.version) ||
         StringAt(sent.root, {"metadata", "uid"}) != found->second.uid))
      return {.status = 409, .body = "{}"};
    ConfigMap& map = maps[name];
    map.data.clear();
    std::size_t size = 0;
    for (const manifests::Node& member : cluster::MemberAt(sent.root, {"data"})->children) {
      map.data[std::string(member.key)] = member.text;
      size += member.key.size() + member.text.size();
    }
    REQUIRE(size <= 1u << 20);
    for (const manifests::Node& owner : cluster::ElementsAt(sent.root, {"metadata", "ownerReferences"}))
      map.owner = StringAt(&owner, {"uid"});
    map.version = ++version_;
    if (fresh) map.uid = "uid-" + std::to_string(version_);
    return Show(*maps.find(name));
  }

  net::ServedAnswer Show(const std::pair<const std::string, ConfigMap>& stored) const {
    const auto& [name, map] = stored;
    JsonMapping metadata, data;
    metadata.Text("name", name).Text("uid", map.uid).Text("resourceVersion", std::to_string(map.version));
    if (!map.owner.empty())
      metadata.Json("ownerReferences", "[" + JsonMapping().Text("uid", map.owner).End() + "]");
    for (const auto& [key, text] : map.data) data.Text(key, text);
    return {.body = JsonMapping().Json("metadata", metadata.End()).Json("data", data.End()).End()};
  }

  std::mutex mutex_;
  std::uint64_t version_ = 0;
  std::unique_ptr<net::Listener> listener_;  // last: it ends first
};

// Lines of some 300 bytes: 3,300 of them fit into one ConfigMap.
std::string PathOf(std::size_t number) {
  return "core/ConfigMap/shop/o" + std::to_string(number) + "-" + std::string(230, 'x');
}
State Owning(std::size_t first, std::size_t last, const std::string& uid) {
  State state;
  state.believed.repository = std::string(64, 'a');
  for (std::size_t i = first; i < last; ++i) state.owned[PathOf(i)] = {"v1", uid};
  return state;
}

// What an agent of that name finds.
State Loaded(const ConfigMaps& server) {
  const auto client = server.Client();
  StateStore store(*client, server.configuration);
  Result<State> state = store.Load();
  if (!state) FAIL(state.error().Text());
  return *std::move(state);
}

// An agent that finds what is there, and saves that it owns `owned` now.
Status SaveAs(const ConfigMaps& server, const std::string& writer,
              const std::map<std::string, Owned>& owned) {
  const auto client = server.Client();
  StateStore store(*client, server.configuration, writer);
  Result<State> state = store.Load();
  if (!state) return state.error();
  state->owned = owned;
  return store.Save(*state, true);
}

TEST_CASE("an inventory that fits stays in one ConfigMap") {
  ConfigMaps server;
  const State state = Owning(0, 3'000, "uid");
  REQUIRE(SaveAs(server, "a", state.owned));
  CHECK(server.maps.size() == 1);
  CHECK((OwnedText(Loaded(server)) == OwnedText(state)));
}

TEST_CASE("an inventory that does not fit is divided, and read whole") {
  ConfigMaps server;
  REQUIRE(SaveAs(server, "a", Owning(0, 3'000, "uid").owned));
  const State state = Owning(0, 12'000, "uid");
  REQUIRE(SaveAs(server, "a", state.owned));
  CHECK(server.maps.size() == 1 + kInventoryParts);
  CHECK((OwnedText(Loaded(server)) == OwnedText(state)));
  CHECK(server.maps[kFirst].data["inventory"].empty());
  // For good.
  const State less = Owning(0, 10, "uid");
  REQUIRE(SaveAs(server, "a", less.owned));
  CHECK(server.maps[kFirst].data["inventory"].empty());
  CHECK((OwnedText(Loaded(server)) == OwnedText(less)));
}

TEST_CASE("what did not change is not written again") {
  ConfigMaps server;
  const auto client = server.Client();
  StateStore store(*client, server.configuration);
  State state = Owning(0, 4'000, "uid");
  REQUIRE(store.Save(state));
  REQUIRE(store.Save(state));
  std::uint64_t version = 0;
  for (const auto& [name, map] : server.maps) version = std::max(version, map.version);
  REQUIRE(store.Save(state));
  state.owned[PathOf(0)].uid = "other";
  REQUIRE(store.Save(state));
  std::size_t written = 0;
  for (const auto& [name, map] : server.maps) written += map.version > version;
  CHECK(written == 2);  // its part, and the first for the lock
}

TEST_CASE("a state that fits nowhere is not written") {
  ConfigMaps server;
  const State old = Owning(0, 10, "uid");
  REQUIRE(SaveAs(server, "a", old.owned));
  const Status saved = SaveAs(server, "a", Owning(0, 70'000, "uid").owned);
  REQUIRE_FALSE(saved);
  CHECK(saved.error().kind == ErrorKind::kLimit);
  CHECK(server.maps.size() == 1);
  CHECK((OwnedText(Loaded(server)) == OwnedText(old)));
}

// Each object as it was or as it is to be; and the next agent brings it to its end.
void EndBetween(const State& before, const State& after, bool divided) {
  bool ended = false;
  for (std::size_t writes = 0; !ended; ++writes) {
    CAPTURE(writes);
    ConfigMaps server;
    if (divided) REQUIRE(SaveAs(server, "a", Owning(0, 4'000, "uid").owned));
    REQUIRE(SaveAs(server, "a", before.owned));
    server.writes_left = writes;
    ended = static_cast<bool>(SaveAs(server, "b", after.owned));
    server.writes_left = kEver;
    const State found = Loaded(server);
    for (const auto& [path, owned] : before.owned) {
      const auto kept = found.owned.find(path), wanted = after.owned.find(path);
      if (wanted == after.owned.end()) continue;
      REQUIRE(kept != found.owned.end());
      REQUIRE((kept->second.uid == owned.uid || kept->second.uid == wanted->second.uid));
    }
    for (const auto& [path, owned] : found.owned)
      REQUIRE((before.owned.contains(path) || after.owned.contains(path)));
    REQUIRE(SaveAs(server, "c", after.owned));
    REQUIRE((OwnedText(Loaded(server)) == OwnedText(after)));
    REQUIRE(writes < 100);
  }
}

TEST_CASE("a writer that ends between two writes loses nothing") {
  EndBetween(Owning(0, 3'000, "uid"), Owning(100, 4'000, "other"), false);
  EndBetween({}, Owning(0, 4'000, ""), false);
  EndBetween(Owning(0, 1'000, "uid"), Owning(100, 1'100, "other"), true);
}

// It took the lock before, and its writes arrive when the next one is at work.
TEST_CASE("a writer that lost the lease takes nothing out") {
  ConfigMaps server;
  const State state = Owning(0, 4'000, "uid");
  REQUIRE(SaveAs(server, "a", state.owned));
  REQUIRE(SaveAs(server, "a", state.owned));
  // b finds all of it, and needs all of it.
  server.before_put = [&](const std::string&) { REQUIRE(SaveAs(server, "b", state.owned)); };
  CHECK_FALSE(SaveAs(server, "a", Owning(2'000, 4'000, "uid").owned));
  CHECK((OwnedText(Loaded(server)) == OwnedText(state)));
}

TEST_CASE("a part that is missing is no part that is empty") {
  ConfigMaps server;
  REQUIRE(SaveAs(server, "a", Owning(0, 4'000, "uid").owned));
  const auto whole = server.maps;
  const auto client = server.Client();
  const std::string part = kFirst + ".7";
  const std::function<void()> damages[] = {
      [&] { server.maps.erase(part); },
      [&] { server.maps[part].owner = "uid-of-another"; },
      [&] { server.maps[part].data.erase("inventory"); },
      [&] { server.maps[part].data["inventory"] += "half a line"; },
  };
  for (const auto& damage : damages) {
    server.maps = whole;
    damage();
    StateStore store(*client, server.configuration);
    const Result<State> state = store.Load();
    REQUIRE_FALSE(state);
    CHECK(state.error().Text().find(part) != std::string::npos);
  }
  // A first that is gone begins anew, and what is left of the others is not its own.
  server.maps = whole;
  server.maps.erase(kFirst);
  CHECK(Loaded(server).owned.empty());
  const State other = Owning(5'000, 9'000, "");
  REQUIRE(SaveAs(server, "a", other.owned));
  CHECK((OwnedText(Loaded(server)) == OwnedText(other)));
}

}  // namespace
}  // namespace sluice::agent
