// Objects asked for one by one and with lists, of a server that is a table.
#include "cluster/live_states.h"

#include <atomic>
#include <future>
#include <map>
#include <mutex>

#include "cluster/members.h"
#include "tests/catch.h"

namespace sluice::cluster {
namespace {

using Clock = std::chrono::steady_clock;

const std::string kMaps = "/api/v1/namespaces/shop/configmaps";

LiveObject Map(const std::string& name) {
  return {kMaps + "/" + name, {"v1", "ConfigMap", "shop", name}, false};
}

std::vector<LiveObject> Maps(int count) {
  std::vector<LiveObject> objects;
  for (int i = 0; i < count; ++i) objects.push_back(Map("m" + std::to_string(i)));
  return objects;
}

std::string Item(const std::string& name, const std::string& more = "") {
  return R"({"metadata":{"name":")" + name + R"(","namespace":"shop"},"data":{"of":")" + name + "\"}" + more +
         "}";
}

std::string ListOf(const std::vector<std::string>& items, const std::string& next = "") {
  std::string text = R"({"kind":"ConfigMapList","metadata":{"continue":")" + next + R"("},"items":[)";
  for (std::size_t i = 0; i < items.size(); ++i) text += (i > 0 ? "," : "") + items[i];
  return text + "]}";
}

std::string ItemsOf(int from, int to, const std::string& next = "") {
  std::vector<std::string> items;
  for (int i = from; i < to; ++i) items.push_back(Item("m" + std::to_string(i)));
  return ListOf(items, next);
}

// Answers by path with query, else 404; counts what it was asked for.
struct Asked {
  std::map<std::string, ServerAnswer> answers;
  std::map<std::string, int> asked{};
  std::map<std::size_t, ServerAnswer> found{};
  std::mutex mutex{};

  void Ask(std::vector<LiveObject> objects, Clock::time_point end = Clock::now() + std::chrono::minutes(1)) {
    const SendRequest send = [this](const ServerRequest& request, Clock::time_point) -> ServerAnswer {
      const std::lock_guard lock(mutex);
      ++asked[request.path];
      const auto answer = answers.find(request.path);
      return answer == answers.end() ? ServerAnswer{404, {}, {}, {}} : answer->second;
    };
    ForEachLive({send, std::move(objects), end, 4}, [this](std::size_t index, ServerAnswer answer) {
      const std::lock_guard lock(mutex);
      CHECK(found.emplace(index, std::move(answer)).second);
    });
  }
};

TEST_CASE("eight objects of one collection come with one list") {
  Asked server{{{kMaps + "?limit=32", {200, ItemsOf(0, 7), {}, {}}}}};
  server.Ask(Maps(8));
  CHECK(server.asked == std::map<std::string, int>{{kMaps + "?limit=32", 1}});
  REQUIRE(server.found.size() == 8);
  CHECK(server.found[7].status == 404);
  for (std::size_t i = 0; i < 7; ++i) {
    CHECK(server.found[i].status == 200);
    const JsonObject live = ReadJsonObject(server.found[i].body);
    CHECK(StringAt(live.root, {"apiVersion"}) == "v1");
    CHECK(StringAt(live.root, {"kind"}) == "ConfigMap");
    CHECK(StringAt(live.root, {"data", "of"}) == "m" + std::to_string(i));
  }
}

TEST_CASE("seven do not, nor those that are asked for alone or twice, nor others beside a list") {
  Asked few{{}};
  few.Ask(Maps(7));
  CHECK(few.asked.size() == 7);
  CHECK(few.found.size() == 7);
  std::vector<LiveObject> objects = Maps(9);
  for (LiveObject& object : objects) object.alone = true;
  Asked alone{{}};
  alone.Ask(objects);
  CHECK(alone.asked.size() == 9);
  CHECK(alone.asked.count(kMaps + "?limit=36") == 0);
  objects = Maps(8);
  objects.push_back(Map("m0"));
  objects.push_back({"/api/v1/namespaces/shop", {"v1", "Namespace", "", "shop"}, false});
  Asked mixed{{{kMaps + "?limit=32", {200, ItemsOf(0, 8), {}, {}}}}};
  mixed.Ask(objects);
  CHECK(mixed.found.size() == 10);
  CHECK(mixed.asked == std::map<std::string, int>{
                           {kMaps + "?limit=32", 1}, {kMaps + "/m0", 1}, {"/api/v1/namespaces/shop", 1}});
}

TEST_CASE("a list that is refused or cannot be read is no list") {
  const std::string bodies[] = {
      "", "{", "[]", "{}", R"({"items":{}})", R"({"items":null})", R"({"items":[]} {"items":[]})"};
  std::vector<ServerAnswer> answers = {{0, {}, {}, "cut off"}, {403, {}, {}, {}}, {500, "{}", {}, {}}};
  for (const std::string& body : bodies) answers.push_back({200, body, {}, {}});
  for (const ServerAnswer& answer : answers) {
    CAPTURE(answer.status, answer.body);
    Asked server{{{kMaps + "?limit=32", answer}}};
    server.Ask(Maps(8));
    CHECK(server.asked.size() == 9);
    CHECK(server.found.size() == 8);
  }
}

TEST_CASE("pages are followed, and where one is missing the rest is asked for alone") {
  Asked server{{{kMaps + "?limit=40", {200, ItemsOf(0, 6, "a/b"), {}, {}}},
                {kMaps + "?limit=40&continue=a%2Fb", {200, ItemsOf(6, 9), {}, {}}}}};
  server.Ask(Maps(10));
  CHECK(server.asked.size() == 2);
  CHECK(server.found[8].status == 200);
  CHECK(server.found[9].status == 404);
  Asked cut{
      {{kMaps + "?limit=40", {200, ItemsOf(0, 6, "a"), {}, {}}}, {kMaps + "/m9", {200, Item("m9"), {}, {}}}}};
  cut.Ask(Maps(10));
  CHECK(cut.asked.size() == 2 + 4);
  CHECK(cut.found.size() == 10);
  CHECK(cut.found[9].status == 200);
}

TEST_CASE("a list that goes on and on is left, also one of empty pages") {
  for (const char* items : {"o", ""}) {
    std::vector<std::string> others;
    for (int i = 0; i < 32 && *items; ++i) others.push_back(Item(items + std::to_string(i)));
    Asked server{{{kMaps + "?limit=32", {200, ListOf(others, "on"), {}, {}}},
                  {kMaps + "?limit=32&continue=on", {200, ListOf(others, "on"), {}, {}}}}};
    server.Ask(Maps(8));
    CHECK(server.asked[kMaps + "?limit=32&continue=on"] <= 32);
    CHECK(server.asked[kMaps + "/m0"] == 1);
    CHECK(server.found.size() == 8);
  }
}

TEST_CASE("items of other shapes are no objects, and of two with one name the first counts") {
  Asked server{{{kMaps + "?limit=32",
                 {200,
                  ListOf({"1", "[]", "{}", R"({"metadata":{"name":1}})", Item("m1", R"(,"kind":"Other")"),
                          Item("m2"), Item("m2", R"(,"second":true)")}),
                  {},
                  {}}}}};
  server.Ask(Maps(8));
  CHECK(server.asked.size() == 1);
  CHECK(server.found.size() == 8);
  CHECK(StringAt(ReadJsonObject(server.found[1].body).root, {"kind"}) == "Other");
  CHECK(server.found[2].body.find("second") == std::string::npos);
  CHECK(server.found[3].status == 404);
}

TEST_CASE("the next page is asked for while the one before it is worked on") {
  std::promise<void> second;
  const std::shared_future<void> asked = second.get_future().share();
  const SendRequest send = [&](const ServerRequest& request, Clock::time_point) -> ServerAnswer {
    const bool is_second = request.path.ends_with("continue=on");
    if (is_second) second.set_value();
    return {200, is_second ? ItemsOf(3, 8) : ItemsOf(0, 3, "on"), {}, {}};
  };
  std::atomic<int> waited{0}, found{0};
  ForEachLiveState({send, Maps(8), Clock::now() + std::chrono::minutes(1), 2},
                   [&](std::size_t index, const LiveState& state) {
                     if (index < 3 && asked.wait_for(std::chrono::seconds(30)) == std::future_status::ready)
                       ++waited;
                     if (StringAt(state.item, {"kind"}) == "ConfigMap") ++found;
                   });
  CHECK(waited == 3);
  CHECK(found == 8);
}

TEST_CASE("after the end nobody is asked") {
  Asked server{{}};
  server.Ask(Maps(8), Clock::now());
  CHECK(server.asked.empty());
  CHECK(server.found.empty());
}

}  // namespace
}  // namespace sluice::cluster
