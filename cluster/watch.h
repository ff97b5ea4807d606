// One kind, followed as it changes: a list, then a watch from the list's version on,
// resumed where it was after each end, and listed anew where the API server has
// forgotten that version (410). Bookmarks keep the version young. Nothing of it is
// ever a busy loop: what ends early or fails waits, longer each time, by chance.
// Tested by tests/cluster/watch_test.cc and tests/agent/live_test.py.
//
//   std::thread follows([&] { Watch(*client, {.resource = *deployments}, sink, cancel); });
//   …
//   cancel.Cancel();
//   follows.join();
//
// A watch holds one connection and no place of the client's budget.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "cluster/api_client.h"
#include "cluster/discovery.h"

namespace sluice::cluster {

enum class WatchChange : std::uint8_t {
  kListBegins,  // every object that is there follows, each as kThere
  kThere,       // `object` is there, in this state; not necessarily a new one
  kGone,        // `object`, in its last state, is deleted or no longer fits the labels
  kListEnds,    // what was not told since kListBegins is not there
  kTrouble,     // nothing is known from now on, for `words`; once for each cause
  kWorks,       // behind kTrouble: it is again
};

struct WatchNews {
  WatchChange change = WatchChange::kTrouble;
  // With apiVersion and kind, which lists leave out and metadata-only answers name
  // otherwise. Lives as long as the call.
  const manifests::Node* object = nullptr;
  std::string_view words{};  // half a sentence
};

// Runs in Watch's thread. While it works nothing is read: a slow sink slows the server.
using WatchSink = std::function<void(const WatchNews& news)>;

struct WatchPace {
  std::chrono::milliseconds first{800};     // before the second try; up to twice that, by chance
  std::chrono::milliseconds most{30'000};   // doubled each time up to this
  std::chrono::milliseconds lived{10'000};  // a watch that went on for so long did not fail
  std::chrono::milliseconds idle{150'000};  // without a byte: bookmarks come each minute
  std::chrono::seconds ends{300};           // the server is asked to end it then, or up to twice as late
  double events_a_second = 1000;            // more are read no faster than this, but for
  double burst = 20'000;                    // so many at once
};

struct WatchRequest {
  ApiResource resource{};
  std::string ns{};      // empty: all of them
  std::string labels{};  // a label selector; empty: every object
  bool metadata_only = false;
  std::size_t event_bytes = 8u << 20;  // of one event; more is trouble
  WatchPace pace{};
};

// Returns when `cancel` is cancelled, within the time of the sink.
void Watch(ApiClient& client, const WatchRequest& request, const WatchSink& sink,
           const net::Cancellation& cancel);

}  // namespace sluice::cluster
