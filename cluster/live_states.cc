// A list that nobody else writes to is as fresh as a GET: without resourceVersion both
// are answered from the newest state (KEP-2340). Items lack apiVersion and kind, which
// are put back, so that an item compares with an object. Tested by
// tests/cluster/live_states_test.cc, and with a real API server by tests/bench/cluster.
#include "cluster/live_states.h"

#include <algorithm>
#include <map>
#include <utility>

#include "cluster/api_client.h"
#include "cluster/at_once.h"
#include "cluster/members.h"
#include "manifests/object.h"
#include "schemas/json_text.h"

namespace sluice::cluster {
namespace {

using Clock = std::chrono::steady_clock;
using manifests::Node;

constexpr std::size_t kWorthAList = 8;  // objects of one collection
constexpr std::size_t kMostOfAPage = 200;
constexpr std::size_t kForEachWanted = 4;  // items that may be read for an object that is looked for

struct Page {
  JsonObject body;  // root null: no list came
  std::string next{};
};

struct Collection {
  std::string path;
  std::map<std::string, std::size_t, std::less<>> wanted;  // index by name
};

std::string_view CollectionOf(std::string_view path) { return path.substr(0, path.rfind('/')); }

// What a GET of the item would bring; `name` says what lists leave out.
std::string ObjectOf(const Node& item, const ObjectName& name) {
  std::string members;
  manifests::CanonicalJson(item, members);
  if (item.Find("kind") != nullptr || item.children.empty()) return members;
  return "{\"apiVersion\":" + schemas::QuoteJson(name.api_version) +
         ",\"kind\":" + schemas::QuoteJson(name.kind) + "," + members.substr(1);
}

class Asking {
 public:
  Asking(const LiveQuestion& question, const std::function<void(std::size_t, ServerAnswer)>& each)
      : question_(question), each_(each) {}

  void Go() {
    std::vector<Collection> collections = Sort();
    AskAlone();
    alone_.clear();
    for (Collection& collection : collections) AskTogether(collection);
    AskAlone();
  }

 private:
  // Those of small collections are to be asked alone.
  std::vector<Collection> Sort() {
    std::map<std::string_view, Collection> sorted;
    for (std::size_t i = 0; i < question_.objects.size(); ++i) {
      const LiveObject& object = question_.objects[i];
      if (object.alone) continue;
      const std::string_view path = CollectionOf(object.path);
      Collection& collection = sorted.try_emplace(path, Collection{std::string(path), {}}).first->second;
      collection.wanted.emplace(object.name.name, i);
    }
    std::vector<Collection> large;
    std::vector<bool> listed(question_.objects.size());
    for (auto& [path, collection] : sorted) {
      if (collection.wanted.size() < kWorthAList) continue;
      for (const auto& [name, index] : collection.wanted) listed[index] = true;
      large.push_back(std::move(collection));
    }
    for (std::size_t i = 0; i < listed.size(); ++i)
      if (!listed[i]) alone_.push_back(i);
    return large;
  }

  void AskAlone() const {
    AtOnce(question_.at_once, alone_.size(), [&](std::size_t at) {
      if (Clock::now() < question_.end) each_(alone_[at], Get(question_.objects[alone_[at]].path));
    });
  }

  ServerAnswer Get(std::string path) const {
    ServerRequest request;
    request.path = std::move(path);
    return question_.send(request, question_.end);
  }

  void AskTogether(Collection& collection) {
    const std::size_t most = kForEachWanted * collection.wanted.size();
    const std::string limit = "?limit=" + std::to_string(std::min(most, kMostOfAPage));
    std::string next;
    for (std::size_t read = 0; read <= most && Clock::now() < question_.end;) {
      const Page page =
          Read(collection.path + limit + (next.empty() ? "" : "&continue=" + PathSegment(next)));
      if (page.body.root == nullptr) break;
      read += TakeItems(page, collection);
      next = page.next;
      if (next.empty()) return TellAbsent(collection);
    }
    for (const auto& [name, index] : collection.wanted) alone_.push_back(index);
  }

  Page Read(std::string path) const {
    ServerAnswer answer = Get(std::move(path));
    if (answer.status != 200) return {};
    Page page{ReadJsonObject(std::move(answer.body)), {}};
    const Node* const items = MemberAt(page.body.root, {"items"});
    if (items == nullptr || items->kind != manifests::NodeKind::kSequence) return {};
    page.next = StringAt(page.body.root, {"metadata", "continue"});
    return page;
  }

  // How many items the page has.
  std::size_t TakeItems(const Page& page, Collection& collection) const {
    std::vector<std::pair<std::size_t, const Node*>> taken;
    const std::span<const Node> items = ElementsAt(page.body.root, {"items"});
    for (const Node& item : items) {
      const auto found = collection.wanted.find(StringAt(&item, {"metadata", "name"}));
      if (found == collection.wanted.end()) continue;
      taken.emplace_back(found->second, &item);
      collection.wanted.erase(found);
    }
    AtOnce(question_.at_once, taken.size(), [&](std::size_t at) {
      const auto& [index, item] = taken[at];
      each_(index, {200, ObjectOf(*item, question_.objects[index].name), {}, {}});
    });
    return std::max<std::size_t>(items.size(), 1);  // an empty page with a next one is a page read too
  }

  void TellAbsent(const Collection& collection) const {
    std::vector<std::size_t> absent;
    for (const auto& [name, index] : collection.wanted) absent.push_back(index);
    AtOnce(question_.at_once, absent.size(), [&](std::size_t at) { each_(absent[at], {404, {}, {}, {}}); });
  }

  const LiveQuestion& question_;
  const std::function<void(std::size_t, ServerAnswer)>& each_;
  std::vector<std::size_t> alone_;
};

}  // namespace

void ForEachLive(const LiveQuestion& question,
                 const std::function<void(std::size_t index, ServerAnswer found)>& each) {
  Asking(question, each).Go();
}

}  // namespace sluice::cluster
