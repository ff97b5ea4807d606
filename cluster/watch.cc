// The life of a watch follows client-go's reflector (tools/cache/reflector.go, 1.34):
// the same first and longest wait, and a watch that ends early counts as failed, so
// that a server which ends each at once is not asked in a loop.
#include "cluster/watch.h"

#include <algorithm>
#include <array>
#include <optional>
#include <random>

#include "cluster/list.h"
#include "cluster/watch_event.h"
#include "manifests/arena.h"
#include "net/retry_after.h"
#include "net/socket.h"

namespace sluice::cluster {
namespace {

using manifests::Node;
using manifests::NodeKind;
using std::chrono::milliseconds;

constexpr std::string_view kMetadata = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
constexpr std::string_view kMetadataList = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
constexpr milliseconds kLongestRetryAfter{120'000};
constexpr milliseconds kBetween{100};  // two watches that were both in order, at most
constexpr auto kListTime = std::chrono::minutes(2);
constexpr std::size_t kErrorBytes = 64u << 10;

// `object` as one of this kind.
Node Typed(const Node& object, const ApiResource& resource, manifests::Arena& arena) {
  std::vector<Node> members;
  const std::string version =
      resource.group.empty() ? resource.version : resource.group + "/" + resource.version;
  for (const auto& [key, text] : {std::pair<std::string_view, std::string_view>("apiVersion", version),
                                  std::pair<std::string_view, std::string_view>("kind", resource.kind)}) {
    Node& member = members.emplace_back();
    member.kind = NodeKind::kString;
    member.key = key;
    member.key_hash = manifests::HashKey(key);
    member.text = arena.Keep(text);
  }
  for (const Node& member : object.children) {
    if (member.key != "apiVersion" && member.key != "kind") members.push_back(member);
  }
  Node typed = object;
  typed.children = arena.Keep(std::span<const Node>(members));
  return typed;
}

// How one list or one watch ended.
struct Round {
  std::string trouble{};                // empty: in order
  std::optional<milliseconds> after{};  // the server asks for so long
  bool listed = false;                  // the watch may begin at once
};

// So many events a second; `burst` of them may come at once.
class Rate {
 public:
  explicit Rate(const WatchPace& pace) : pace_(pace), left_(pace.burst) {}
  // How long to wait before the next event is read.
  milliseconds Take() {
    const Clock::time_point now = Clock::now();
    const double passed = std::chrono::duration<double>(now - last_).count();
    left_ = std::min(pace_.burst, left_ + passed * pace_.events_a_second) - 1;
    last_ = now;
    return left_ >= 0 ? milliseconds(0)
                      : milliseconds(static_cast<long>(-left_ / pace_.events_a_second * 1000) + 1);
  }

 private:
  const WatchPace& pace_;
  double left_;
  Clock::time_point last_ = Clock::now();
};

class Watcher {
 public:
  Watcher(ApiClient& client, const WatchRequest& request, const WatchSink& sink,
          const net::Cancellation& cancel)
      : client_(client), request_(request), sink_(sink), cancel_(cancel), rate_(request.pace) {}

  void Run() {
    while (!cancel_.IsCancelled()) {
      const Clock::time_point began = Clock::now();
      const Round round = version_.empty() ? ListAll() : Follow();
      if (cancel_.IsCancelled()) return;
      if (!round.trouble.empty()) Trouble(round.trouble);
      if (!round.listed) Rest(round, Clock::now() - began);
    }
  }

 private:
  std::string Path() const { return ResourcePath(request_.resource, request_.ns, ""); }
  std::string Labels() const {
    return request_.labels.empty() ? "" : "labelSelector=" + PathSegment(request_.labels);
  }
  std::string Accept(std::string_view metadata) const {
    return request_.metadata_only ? std::string(metadata) : "application/json";
  }

  void Tell(WatchChange change, const Node& object) {
    manifests::Arena arena(1024);
    const Node typed = Typed(object, request_.resource, arena);
    sink_({change, &typed, {}});
  }

  void Trouble(const std::string& words) {
    if (words != told_) sink_({WatchChange::kTrouble, nullptr, words});
    told_ = words;
  }
  void Works() {
    if (!told_.empty()) sink_({WatchChange::kWorks, nullptr, {}});
    told_.clear();
  }

  Round ListAll() {
    sink_({WatchChange::kListBegins, nullptr, {}});
    std::string version;
    const auto page = [&](const manifests::ParsedFile& file) -> Status {
      const Node* const root = file.documents[0].root;
      if (version.empty()) version = StringAt(root, {"metadata", "resourceVersion"});
      for (const Node& item : ElementsAt(root, {"items"})) Tell(WatchChange::kThere, item);
      return Ok{};
    };
    const Result<ListAnswer> listed = List(client_,
                                           {.path = Path(),
                                            .query = Labels(),
                                            .headers = {{"Accept", Accept(kMetadataList)}},
                                            .end = Clock::now() + kListTime,
                                            .cancel = &cancel_},
                                           page);
    if (!listed) return {.trouble = listed.error().Text()};
    if (!listed->trouble.empty()) return {.trouble = listed->trouble};
    if (version.empty()) return {.trouble = "the API server's list has no resourceVersion"};
    version_ = std::move(version);
    sink_({WatchChange::kListEnds, nullptr, {}});
    Works();
    return {.listed = true};
  }

  std::string WatchPath() {
    const long ends = static_cast<long>(request_.pace.ends.count());
    std::string path =
        Path() + "?watch=1&allowWatchBookmarks=true&resourceVersion=" + PathSegment(version_) +
        "&timeoutSeconds=" + std::to_string(ends + static_cast<long>(Chance() * static_cast<double>(ends)));
    if (!request_.labels.empty()) path += "&" + Labels();
    return path;
  }

  Round Follow() {
    EventLines lines(request_.event_bytes);
    Round round;
    const auto take = [&](std::string line) { return Take(std::move(line), round); };
    const Result<ApiAnswer> answer =
        client_.Stream({.path = WatchPath(),
                        .headers = {{"Accept", Accept(kMetadata)}},
                        .answer_bytes = kErrorBytes,
                        .idle = request_.pace.idle,
                        .cancel = &cancel_},
                       [&](std::string_view bytes) { return lines.Take(bytes, take); });
    if (!answer) return {.trouble = answer.error().Text()};
    if (lines.too_long()) return {.trouble = "an event of more than " + net::SizeWords(request_.event_bytes)};
    return answer->status == 200 ? round : Refused(*answer);
  }

  Round Refused(const ApiAnswer& answer) {
    constexpr std::array<int, 3> kLater = {401, 403, 429};
    const bool came = answer.status != 0 && answer.status < 500;
    if (came && std::find(kLater.begin(), kLater.end(), answer.status) == kLater.end()) version_.clear();
    Round round;
    if (answer.status != 410) round.trouble = ReadJsonAnswer(answer).error().message;
    const std::string* const after = net::FindHeader(answer.headers, "Retry-After");
    if (after != nullptr) round.after = net::ParseRetryAfter(*after, std::chrono::system_clock::now());
    return round;
  }

  // One event; false: it ends the watch.
  bool Take(std::string line, Round& round) {
    if (const milliseconds wait = rate_.Take(); wait.count() > 0) Sleep(wait);
    if (cancel_.IsCancelled()) return false;
    const ServerEvent event = ReadEvent(std::move(line));
    if (event.type == EventType::kError || event.type == EventType::kUnreadable) {
      version_.clear();
      const std::string said(event.object == nullptr ? "" : StringAt(event.object, {"message"}));
      if (event.type == EventType::kUnreadable) round.trouble = "the API server sent an event that is none";
      if (event.type == EventType::kError && event.code != 410)
        round.trouble = "the API server ended the watch: " + said;
      return false;
    }
    Works();
    version_ = event.version;
    if (event.type == EventType::kThere) Tell(WatchChange::kThere, *event.object);
    if (event.type == EventType::kGone) Tell(WatchChange::kGone, *event.object);
    return !cancel_.IsCancelled();
  }

  // 0 to 1, so that many who lost one server do not come back at once.
  double Chance() { return std::uniform_real_distribution<double>(0, 1)(random_); }

  void Sleep(milliseconds time) {
    const net::Wait pause{.end = Clock::now() + time, .cancel = &cancel_, .doing = "waiting"};
    static_cast<void>(net::Await(-1, 0, pause));
  }

  void Rest(const Round& round, Clock::duration lived) {
    if (round.trouble.empty() && lived >= request_.pace.lived) {
      backoff_ = request_.pace.first;
      return Sleep(std::chrono::duration_cast<milliseconds>(kBetween * Chance()));
    }
    const auto jittered = std::chrono::duration_cast<milliseconds>(backoff_ * (1 + Chance()));
    backoff_ = std::min(2 * backoff_, request_.pace.most);
    Sleep(std::max(jittered, std::min(round.after.value_or(milliseconds(0)), kLongestRetryAfter)));
  }

  ApiClient& client_;
  const WatchRequest& request_;
  const WatchSink& sink_;
  const net::Cancellation& cancel_;
  Rate rate_;
  std::string version_;  // where to go on; empty: a list is needed
  std::string told_;     // the trouble that was
  milliseconds backoff_ = request_.pace.first;
  std::mt19937 random_{std::random_device{}()};
};

}  // namespace

void Watch(ApiClient& client, const WatchRequest& request, const WatchSink& sink,
           const net::Cancellation& cancel) {
  Watcher(client, request, sink, cancel).Run();
}

}  // namespace sluice::cluster
