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

struct GivenRef {
  git::ListedRef ref;
  Approval said;  // not verified: a push was held against that
};

std::vector<GivenRef> Read(const git::Repository& repository, const std::vector<git::ListedRef>& refs) {
  std::vector<GivenRef> given;
  for (const git::ListedRef& ref : refs) {
    const Result<git::RawObject> blob = repository.Read(ref.id, LimitOf(PayloadType::kApproval));
    if (!blob || blob->type != git::ObjectType::kBlob) continue;
    Result<Approval> said = ReadUnproven(ref.name, blob->bytes);
    if (said) given.push_back({ref, *std::move(said)});
  }
  return given;
}

Moment MomentOf(std::int64_t seconds) { return Moment(std::chrono::seconds(seconds)); }

bool HasExpired(const Approval& said, Moment now) {
  return said.expires != 0 && MomentOf(said.expires) + kMargin <= now;
}

// Nobody can push it again by then, without what revokes it.
bool IsTooOldToCome(const Approval& said, Moment now) {
  return said.expires == 0 && MomentOf(said.made) + kOldestGiven + kMargin <= now;
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
  const std::vector<GivenRef> given = Read(**repository, refs);
  std::set<std::string, std::less<>> revoked, gone;  // digests
  for (const GivenRef& one : given)
    if (one.said.kind == ApprovalKind::kRevocation) revoked.insert(one.said.revokes);
  std::vector<git::RefChange> changes;
  const auto drop = [&](const git::ListedRef& ref) {
    changes.push_back({ref.name, ref.id, ZeroLike(ref.id)});
  };
  for (const GivenRef& one : given) {
    const std::string digest(LastPart(one.ref.name));
    const bool over =
        HasExpired(one.said, now) || (revoked.contains(digest) && IsTooOldToCome(one.said, now));
    if (named->contains(digest) || !over) continue;
    gone.insert(digest);
    drop(one.ref);
  }
  for (const GivenRef& one : given)  // what revokes these
    if (one.said.kind == ApprovalKind::kRevocation && gone.contains(one.said.revokes)) drop(one.ref);
  if (changes.empty()) return std::size_t{0};
  const Result<git::RefOutcome> moved = git::UpdateRefs(place.git_dir, changes);
  if (!moved) return moved.error();
  return *moved == git::RefOutcome::kMoved ? changes.size() : std::size_t{0};
}

}  // namespace sluice::promotion
