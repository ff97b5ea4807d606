// A list that nobody else writes to is as fresh as a GET: without resourceVersion both
// are answered from the newest state (KEP-2340). The threads share one queue of objects;
// who finds it short asks for the next page first, so that the API server never waits
// for us while there is more to ask.
// Tested by tests/cluster/live_states_test.cc, and with a real API server by
// tests/bench/cluster.
#include "cluster/live_states.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "cluster/api_client.h"
#include "cluster/at_once.h"
#include "cluster/members.h"
#include "manifests/arena.h"
#include "manifests/object.h"

namespace sluice::cluster {
namespace {

using Clock = std::chrono::steady_clock;
using manifests::Node;
using manifests::NodeKind;

constexpr std::size_t kWorthAList = 8;  // objects of one collection
constexpr std::size_t kMostOfAPage = 200;
constexpr std::size_t kMostOfTheFirst = 50;  // nothing else is asked meanwhile
constexpr std::size_t kForEachWanted = 4;    // items that may be read for an object that is looked for

struct Page {
  JsonObject body;  // root null: no list came
  std::string next{};
};

struct Collection {
  std::string path;
  std::map<std::string, std::size_t, std::less<>> wanted;  // index by name
  std::size_t most = 0;                                    // items that may be read
  std::size_t read = 0;
  std::string next{};  // the page to read; empty: the first one
};

// An object that a thread may turn to.
struct Turn {
  std::size_t index;
  enum class Is { kAlone, kItem, kAbsent } is = Is::kAlone;
  const Node* item = nullptr;
  std::shared_ptr<const Page> page{};  // which the item is of
};

std::string_view CollectionOf(std::string_view path) { return path.substr(0, path.rfind('/')); }

Node TextMember(std::string_view key, std::string_view text) {
  Node member;
  member.kind = NodeKind::kString;
  member.key = key;
  member.key_hash = manifests::HashKey(key);
  member.text = text;
  return member;
}

// The item with what lists leave out of it, where it lacks that.
Node ObjectOf(const Node& item, const ObjectName& name, manifests::Arena& arena) {
  if (item.Find("kind") != nullptr || item.children.empty()) return item;
  std::vector<Node> members{TextMember("apiVersion", name.api_version), TextMember("kind", name.kind)};
  members.insert(members.end(), item.children.begin(), item.children.end());
  Node object = item;
  object.children = arena.Keep(std::span<const Node>(members));
  return object;
}

class Asking {
 public:
  Asking(const LiveQuestion& question, const std::function<void(std::size_t, LiveState)>& each)
      : question_(question), each_(each) {
    Sort();
  }

  void Go() {
    const std::size_t threads = std::max(1u, question_.at_once);
    few_ = 2 * threads;
    AtOnce(threads, std::min(threads, question_.objects.size()), [this](std::size_t) { Work(); });
  }

 private:
  // Those of small collections are to be asked alone.
  void Sort() {
    std::map<std::string_view, Collection> sorted;
    for (std::size_t i = 0; i < question_.objects.size(); ++i) {
      const LiveObject& object = question_.objects[i];
      if (object.alone) continue;
      const std::string_view path = CollectionOf(object.path);
      Collection& collection = sorted.try_emplace(path, Collection{std::string(path), {}}).first->second;
      collection.wanted.emplace(object.name.name, i);
    }
    std::vector<bool> listed(question_.objects.size());
    for (auto& [path, collection] : sorted) {
      if (collection.wanted.size() < kWorthAList) continue;
      for (const auto& [name, index] : collection.wanted) listed[index] = true;
      collection.most = kForEachWanted * collection.wanted.size();
      collections_.push_back(std::move(collection));
    }
    for (std::size_t i = 0; i < listed.size(); ++i)
      if (!listed[i]) turns_.push_back({i});
  }

  // What one thread does, until nothing is left and nothing can come.
  void Work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (!reading_ && !collections_.empty() && turns_.size() <= few_) {
        ReadOn(lock);
      } else if (!turns_.empty()) {
        Turn turn = std::move(turns_.front());
        turns_.pop_front();
        lock.unlock();
        Take(std::move(turn));
        lock.lock();
      } else if (!reading_) {
        return;
      } else {
        more_.wait(lock);
      }
    }
  }

  void Take(Turn turn) const {
    const LiveObject& object = question_.objects[turn.index];
    if (turn.is == Turn::Is::kItem) {
      manifests::Arena arena(1024);
      const Node whole = ObjectOf(*turn.item, object.name, arena);
      each_(turn.index, {{200, {}, {}, {}}, &whole});
    } else if (turn.is == Turn::Is::kAbsent) {
      each_(turn.index, {{404, {}, {}, {}}});
    } else if (Clock::now() < question_.end) {
      each_(turn.index, {Get(object.path)});
    }
  }

  ServerAnswer Get(std::string path) const {
    ServerRequest request;
    request.path = std::move(path);
    return question_.send(request, question_.end);
  }

  // Reads the next page of the first collection, without the lock.
  void ReadOn(std::unique_lock<std::mutex>& lock) {
    reading_ = true;
    lock.unlock();
    Collection& collection = collections_.front();
    std::vector<Turn> turns;
    const bool over = ReadPage(collection, turns);
    lock.lock();
    reading_ = false;
    if (over) collections_.pop_front();
    turns_.insert(turns_.end(), std::make_move_iterator(turns.begin()), std::make_move_iterator(turns.end()));
    more_.notify_all();
  }

  // False: there is another page to read. What no list tells is asked for alone.
  bool ReadPage(Collection& collection, std::vector<Turn>& turns) const {
    auto rest = Turn::Is::kAlone;
    if (collection.read <= collection.most && Clock::now() < question_.end) {
      const std::size_t limit = collection.next.empty() ? kMostOfTheFirst : kMostOfAPage;
      const std::string next = collection.next.empty() ? "" : "&continue=" + PathSegment(collection.next);
      const auto page = std::make_shared<const Page>(
          Read(collection.path + "?limit=" + std::to_string(std::min(collection.most, limit)) + next));
      if (page->body.root != nullptr) {
        TakeItems(page, collection, turns);
        collection.next = page->next;
        if (!collection.next.empty()) return false;
        rest = Turn::Is::kAbsent;
      }
    }
    for (const auto& [name, index] : collection.wanted) turns.push_back({index, rest});
    return true;
  }

  Page Read(std::string path) const {
    ServerAnswer answer = Get(std::move(path));
    if (answer.status != 200) return {};
    Page page{ReadJsonObject(std::move(answer.body)), {}};
    const Node* const items = MemberAt(page.body.root, {"items"});
    if (items == nullptr || items->kind != NodeKind::kSequence) return {};
    page.next = StringAt(page.body.root, {"metadata", "continue"});
    return page;
  }

  static void TakeItems(const std::shared_ptr<const Page>& page, Collection& collection,
                        std::vector<Turn>& turns) {
    const std::span<const Node> items = ElementsAt(page->body.root, {"items"});
    for (const Node& item : items) {
      const auto found = collection.wanted.find(StringAt(&item, {"metadata", "name"}));
      if (found == collection.wanted.end()) continue;
      turns.push_back({found->second, Turn::Is::kItem, &item, page});
      collection.wanted.erase(found);
    }
    // An empty page with a next one is a page read too.
    collection.read += std::max<std::size_t>(items.size(), 1);
  }

  const LiveQuestion& question_;
  const std::function<void(std::size_t, LiveState)>& each_;
  std::mutex mutex_;
  std::condition_variable more_;        // turns, or the end of a page
  std::deque<Turn> turns_;              // first those that are asked for alone
  std::deque<Collection> collections_;  // the first is read by one thread at a time
  bool reading_ = false;
  std::size_t few_ = 0;
};

}  // namespace

void ForEachLiveState(const LiveQuestion& question,
                      const std::function<void(std::size_t index, LiveState found)>& each) {
  Asking(question, each).Go();
}

void ForEachLive(const LiveQuestion& question,
                 const std::function<void(std::size_t index, ServerAnswer found)>& each) {
  ForEachLiveState(question, [&](std::size_t index, LiveState found) {
    if (found.item != nullptr) manifests::CanonicalJson(*found.item, found.answer.body);
    each(index, std::move(found.answer));
  });
}

}  // namespace sluice::cluster
