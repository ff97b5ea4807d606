// Tested by tests/promotion/next_record_test.cc.
#include "promotion/next_record.h"

#include <algorithm>
#include <map>
#include <set>

namespace sluice::promotion {
namespace {

constexpr std::string_view kObjects = "objects/";
constexpr std::size_t kMostObjects = 50'000, kObjectBytes = 3u << 20;

Status FollowsOn(const RecordHeadOf* before, const Intent& intent) {
  if (intent.base.empty()) return Ok{};  // judged whole, whatever was there
  if (before != nullptr && intent.base == before->record.source.tree) return Ok{};
  if (before == nullptr)
    return Failed("the push was judged against what was there, and nothing of that is recorded yet");
  return Failed("the push was judged against another content than record " +
                std::to_string(before->record.head.sequence) + " holds");
}

// The state under way; paths are without "objects/".
struct State {
  std::map<std::string, std::string> digests;
  std::set<std::string> not_applied;
  std::map<std::string, NotHeldReason> not_held;

  void Forget(const std::string& path) {
    digests.erase(path);
    not_applied.erase(path);
    not_held.erase(path);
  }
};

State StateOf(const RecordHeadOf* before) {
  State state;
  if (before == nullptr) return state;
  for (const ListedFile& file : before->objects)
    state.digests[file.path.substr(kObjects.size())] = file.digest;
  state.not_applied.insert(before->record.not_applied.begin(), before->record.not_applied.end());
  for (const NotHeld& object : before->record.not_held) state.not_held[object.object] = object.reason;
  return state;
}

// Whether the record before has it as it is.
bool IsRecorded(const RecordHeadOf* before, const IntentObject& object) {
  if (before == nullptr) return false;
  const std::string path = std::string(kObjects) + object.path;
  const auto at =
      std::lower_bound(before->objects.begin(), before->objects.end(), path,
                       [](const ListedFile& file, const std::string& p) { return file.path < p; });
  return at != before->objects.end() && at->path == path && at->digest == object.digest;
}

// Counts who vouched for it; false where it stays out of the record, or is in it already.
bool Put(const IntentObject& object, bool known, State& state, NextObjects& out) {
  state.Forget(object.path);
  if (object.plain_secret || object.unknown) {
    state.not_held[object.path] =
        object.plain_secret ? NotHeldReason::kPlainSecret : NotHeldReason::kUnknownValue;
    return false;
  }
  state.digests[object.path] = object.digest;
  if (object.stand_in) state.not_applied.insert(object.path);
  if (known) return false;
  out.by_cluster += object.vouched == Vouched::kByCluster;
  out.offline += object.vouched == Vouched::kOffline;
  out.by_nobody += object.vouched == Vouched::kByNobody;
  return true;
}

}  // namespace

Result<NextObjects> ApplyIntent(const RecordHeadOf* before, const Intent& intent) {
  if (const Status follows = FollowsOn(before, intent); !follows) return follows.error();
  NextObjects out;
  State state = StateOf(intent.base.empty() ? nullptr : before);
  for (const std::string& path : intent.removed) state.Forget(path);
  for (const IntentObject& object : intent.objects) {
    if (object.canonical.size() > kObjectBytes) return LimitPassed(object.path + " is larger than 3 MiB");
    if (Put(object, IsRecorded(before, object), state, out)) out.put.push_back(&object);
  }
  if (state.digests.size() > kMostObjects) return LimitPassed("a record would hold more than 50,000 objects");
  for (const auto& [path, digest] : state.digests)
    out.objects.push_back({std::string(kObjects) + path, digest});
  const DigestList none;
  const DigestList& old = before == nullptr ? none : before->objects;
  for (const ChangedFile& change : Changes(old, out.objects))
    if (change.after.empty()) out.gone.push_back(change.path);
  out.change = ChangeDigest(old, out.objects, kObjects);
  out.not_applied.assign(state.not_applied.begin(), state.not_applied.end());
  for (const auto& [path, reason] : state.not_held) out.not_held.push_back({path, reason});
  return out;
}

}  // namespace sluice::promotion
