// The events of a watch: lines of JSON in a body without end.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "cluster/members.h"

namespace sluice::cluster {

// Cuts a stream into lines of at most `limit` bytes.
class EventLines {
 public:
  explicit EventLines(std::size_t limit) : limit_(limit) {}
  // False where the line is too long, or `take` gives false; no more comes then.
  bool Take(std::string_view bytes, const std::function<bool(std::string line)>& take);
  bool too_long() const { return too_long_; }

 private:
  const std::size_t limit_;
  std::string line_;
  bool too_long_ = false;
};

enum class EventType : std::uint8_t { kThere, kGone, kBookmark, kError, kUnreadable };

struct ServerEvent {
  EventType type = EventType::kUnreadable;
  JsonObject document;                      // owns what `object` is
  const manifests::Node* object = nullptr;  // of kError the Status; null: unreadable
  std::string_view version;                 // metadata.resourceVersion; never empty but for kError
  std::int64_t code = 0;                    // of kError
};

ServerEvent ReadEvent(std::string line);

}  // namespace sluice::cluster
