// What an accepted push left behind (gate/intent.h writes it): which ref would
// move from where to where, and what that does to the objects. A claim of the
// judge: the recorder asks whether the ref did move, and whether the digests are
// those of the objects.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/oid.h"
#include "base/result.h"
#include "promotion/record.h"

namespace sluice::promotion {

inline constexpr std::size_t kIntentBytes = 512u << 20;

// What the name and the beginning of a file tell: cheap, for finding one.
struct IntentHead {
  std::string name;  // of the file: hex SHA-256 of "REF LF OLD LF NEW LF", behind it perhaps ".N"
  std::string ref;   // that moves; of an environment in a folder REF:FOLDER
  Oid before, after;
  std::int64_t placed = 0;  // when the file was written, in nanoseconds since 1970
};

enum class Vouched : std::uint8_t { kByCluster, kOffline, kByNobody };

struct IntentObject {
  std::string path;  // ObjectPath
  std::string canonical;
  std::string digest;
  Vouched vouched = Vouched::kByNobody;
  bool unknown = false;       // some value is filled in elsewhere
  bool plain_secret = false;  // a Secret with a value that can be read
  bool stand_in = false;      // a Secret whose values some other tool decrypts or fills in
};

struct Intent {
  IntentHead head;
  std::string tree;                   // of `after`
  std::string base;                   // tree that it was judged against; empty: nothing
  std::string policy_commit;          // whose configuration judged
  std::string floor_commit;           // and whose of the operator's; empty: there was none
  std::vector<std::string> clusters;  // that may apply it, sorted
  std::string bundle, engine, actor;
  std::string reason;                       // of a move that was judged afterwards; else empty
  std::vector<ReceivedApproval> approvals;  // that it rests on, sorted by digest, none twice
  std::int64_t judged = 0;
  RecordKind kind = RecordKind::kDirect;
  std::optional<std::uint64_t> restores;
  std::vector<std::string> removed;   // paths of objects that are no more
  std::vector<IntentObject> objects;  // new ones and changed ones, sorted by path, none twice
};

// `beginning` is the first 16 KiB of the file, or all of it. kFailed where they do
// not go with the name.
Result<IntentHead> ReadIntentHead(const std::string& name, std::string_view beginning);

// kFailed where it was written for no environment, where a digest is not that of
// its object, or two objects have one path.
Result<Intent> ReadIntent(const std::string& name, std::string text);

// All heads in a directory of intents; files of other names are passed over.
Result<std::vector<IntentHead>> ListIntents(const std::string& directory);

}  // namespace sluice::promotion
