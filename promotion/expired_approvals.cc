// Under the recorder's lock, since it reads these refs for what it writes. Tested by
// tests/push/expired-envelopes.sh.
#include "promotion/expired_approvals.h"

#include <fcntl.h>

#include <set>

#include "git/file.h"
#include "git/ref_update.h"
#include "promotion/approval.h"
#include "promotion/given_approvals.h"
#include "promotion/intent.h"
#include "promotion/reconcile.h"
#include "promotion/record_writer.h"

namespace sluice::promotion {
namespace {

// A push that counted one may have been judged up to its last second.
constexpr std::chrono::hours kMargin{24};

std::string_view LastPart(std::string_view ref) { return ref.substr(ref.rfind('/') + 1); }

std::string_view Before(std::string_view ref) { return ref.substr(0, ref.rfind('/')); }

// The digests of envelopes that records to come may rest on.
Result<std::set<std::string>> NamedByIntents(const RecorderPlace& place) {
  const std::string directory = place.Own() + "/intents";
  const Result<std::vector<IntentHead>> heads = ListIntents(directory);
  if (!heads) return heads.error();
  std::set<std::string> named;
  for (const IntentHead& head : *heads) {
    Result<std::string> text = git::ReadFileAt(AT_FDCWD, directory + "/" + head.name, kIntentBytes);
    if (!text && text.error().kind == ErrorKind::kNotFound) continue;  // done with meanwhile
    if (!text) return text.error();
    const Result<Intent> intent = ReadIntent(head.name, *std::move(text));
    if (!intent) return intent.error();
    for (const ReceivedApproval& approval : intent->approvals) named.insert(approval.digest);
  }
  return named;
}

bool HasExpired(const git::Repository& repository, const git::ListedRef& ref, Moment now) {
  const Result<git::RawObject> blob = repository.Read(ref.id, LimitOf(PayloadType::kApproval));
  if (!blob || blob->type != git::ObjectType::kBlob) return false;
  const Result<Approval> approval = ReadUnproven(ref.name, blob->bytes);
  return approval && approval->expires != 0 &&
         Moment(std::chrono::seconds(approval->expires)) + kMargin <= now;
}

}  // namespace

Result<std::size_t> DropExpired(const RecorderPlace& place, const std::vector<git::ListedRef>& refs,
                                Moment now) {
  const Result<RecordWriter> writer = RecordWriter::Open(place);
  if (!writer) return writer.error();
  const Result<std::set<std::string>> named = NamedByIntents(place);
  if (!named) return named.error();
  const auto repository = git::Open({.git_dir = place.git_dir});
  if (!repository) return repository.error();
  std::set<std::string, std::less<>> gone;  // digests
  std::vector<git::RefChange> changes;
  for (const git::ListedRef& ref : refs) {
    const std::string digest(LastPart(ref.name));
    if (named->contains(digest) || !HasExpired(**repository, ref, now)) continue;
    gone.insert(digest);
    changes.push_back({ref.name, ref.id, ZeroLike(ref.id)});
  }
  for (const git::ListedRef& ref : refs)  // what revokes these
    if (gone.contains(LastPart(Before(ref.name)))) changes.push_back({ref.name, ref.id, ZeroLike(ref.id)});
  if (changes.empty()) return std::size_t{0};
  const Result<git::RefOutcome> moved = git::UpdateRefs(place.git_dir, changes);
  if (!moved) return moved.error();
  return *moved == git::RefOutcome::kMoved ? changes.size() : std::size_t{0};
}

}  // namespace sluice::promotion
