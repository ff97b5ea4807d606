#include "cluster/watch_event.h"

#include <utility>

namespace sluice::cluster {
namespace {

struct TypeName {
  std::string_view name;
  EventType type;
};
constexpr TypeName kTypes[] = {{"ADDED", EventType::kThere},
                               {"MODIFIED", EventType::kThere},
                               {"DELETED", EventType::kGone},
                               {"BOOKMARK", EventType::kBookmark},
                               {"ERROR", EventType::kError}};

EventType TypeOf(std::string_view name) {
  for (const TypeName& each : kTypes) {
    if (each.name == name) return each.type;
  }
  return EventType::kUnreadable;
}

}  // namespace

bool EventLines::Take(std::string_view bytes, const std::function<bool(std::string line)>& take) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    too_long_ = line_.size() + piece.size() > limit_;
    if (too_long_) return false;
    line_ += piece;
    if (end == bytes.npos) return true;
    bytes.remove_prefix(end + 1);
    if (!line_.empty() && !take(std::exchange(line_, {}))) return false;
  }
  return true;
}

ServerEvent ReadEvent(std::string line) {
  ServerEvent event;
  event.document = ReadJsonObject(std::move(line));
  const manifests::Node* const object = MemberAt(event.document.root, {"object"});
  if (object == nullptr || object->kind != manifests::NodeKind::kMapping) return event;
  event.version = StringAt(object, {"metadata", "resourceVersion"});
  const EventType type = TypeOf(StringAt(event.document.root, {"type"}));
  if (event.version.empty() && type != EventType::kError) return event;
  event.type = type;
  event.object = object;
  const manifests::Node* const code = MemberAt(object, {"code"});
  if (code != nullptr && code->kind == manifests::NodeKind::kInteger) event.code = code->value.integer;
  return event;
}

}  // namespace sluice::cluster
