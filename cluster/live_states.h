// The live states of many objects: each asked for by itself, or page by page with
// the list of its collection, where that is cheaper. An API server spends as much on
// one GET as on some dozen items of a list.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "cluster/answer.h"
#include "cluster/served_kind.h"
#include "cluster/server_request.h"

namespace sluice::cluster {

struct LiveObject {
  std::string path;  // of the object
  ObjectName name;
  bool alone = false;  // not with a list: who asks for one may not read all of its kind
};

struct LiveQuestion {
  const SendRequest& send;
  std::vector<LiveObject> objects{};
  std::chrono::steady_clock::time_point end{};
  unsigned at_once = 8;  // requests, and calls of `each`
};

// What a GET of one object answers. Of an item of a list `item` is the object, with the
// apiVersion and kind that lists leave out; it lives as long as the call, and the answer
// is a 200 without a body.
struct LiveState {
  ServerAnswer answer;
  const manifests::Node* item = nullptr;
};

// Calls `each` once for every object, by its index: an item of a list stands as that, and
// what a whole list lacks is a 404. Where a list is refused, cannot be read, or holds far
// more than was asked for, the rest is asked for one by one. Objects come in the order of
// the question, those of lists after the others; after `end` none is asked for any more,
// and `each` is not called for it. `each` is called by several threads, and must not
// throw; a page is asked for while the one before it is worked on. Memory: two pages.
void ForEachLiveState(const LiveQuestion& question,
                      const std::function<void(std::size_t index, LiveState found)>& each);

// The same, with every object as the text that a GET brings.
void ForEachLive(const LiveQuestion& question,
                 const std::function<void(std::size_t index, ServerAnswer found)>& each);

}  // namespace sluice::cluster
