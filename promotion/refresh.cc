// Tested by tests/push/ledger-commands.sh.
#include "promotion/refresh.h"

#include "git/object_writer.h"
#include "git/objects.h"
#include "git/ref_update.h"
#include "promotion/chain_head.h"
#include "promotion/freshness.h"
#include "promotion/moment.h"
#include "promotion/record_writer.h"

namespace sluice::promotion {
namespace {

constexpr PayloadType kType = PayloadType::kFreshness;

// What was signed last, and where.
struct Seen {
  Oid blob;  // zero: nothing was
  std::optional<Freshness> freshness;
};

Result<Seen> ReadSeen(const git::Repository& repository, const std::string& environment) {
  const Result<Oid> blob = repository.ResolveRef(FreshnessRef(environment));
  if (!blob && blob.error().kind == ErrorKind::kNotFound) return Seen();
  if (!blob) return blob.error();
  const Result<git::RawObject> object =
      git::ReadTyped(repository, *blob, git::ObjectType::kBlob, LimitOf(kType));
  if (!object) return object.error();
  const std::string what = FreshnessRef(environment);
  Result<Envelope> envelope = ReadEnvelope(what, kType, object->bytes);
  if (!envelope) return envelope.error();
  Result<Freshness> freshness = ReadFreshness(what, std::move(envelope->payload));
  if (!freshness) return freshness.error();
  return Seen{*blob, *std::move(freshness)};
}

Freshness NextOf(const PolicyHead& policy, const std::optional<RecordHeadOf>& head,
                 const std::string& environment, std::chrono::seconds valid) {
  Freshness next;
  next.environment = environment;
  next.made = Now().time_since_epoch().count();
  next.expires = next.made + valid.count();
  if (head) next.head = head->digest;
  if (head) next.sequence = head->record.head.sequence;
  next.policy_sequence = policy.record.head.sequence;
  next.policy_digest = policy.digest;
  next.repository = policy.trust.repository;
  return next;
}

Status CheckEnds(const RecordWriter& writer, const PolicyHead& policy, const std::string& environment,
                 const std::optional<RecordHeadOf>& head) {
  if (Status policy_end = writer.CheckRemembered("policy", EndOf(policy)); !policy_end) return policy_end;
  return writer.CheckRemembered(environment, head ? std::optional(EndOf(*head)) : std::nullopt);
}

Status Publish(const RecorderPlace& place, const std::string& environment, const Oid& before,
               const std::string& envelope) {
  const Result<Oid> blob = git::WriteBlob(place.git_dir, envelope);
  if (!blob) return blob.error();
  const git::RefChange move{FreshnessRef(environment), before, *blob};
  const Result<git::RefOutcome> moved = git::UpdateRefs(place.git_dir, {&move, 1});
  if (!moved) return moved.error();
  if (*moved == git::RefOutcome::kMoved) return Ok{};
  return Failed(move.name + " was moved by somebody who is not the recorder");
}

Status RefreshOne(const RecordWriter& writer, const RecorderPlace& place, const RepositoryPointer& repository,
                  std::chrono::seconds valid, Refreshed& out) {
  const Result<std::optional<PolicyHead>> policy = ReadPolicyHead(repository);
  if (!policy) return policy.error();
  if (!*policy) return Usage("the ledger has no beginning: sluice ledger init makes it");
  const Result<std::optional<RecordHeadOf>> head = ReadRecordHead(repository, out.environment, **policy);
  if (!head) return head.error();
  if (Status ends = CheckEnds(writer, **policy, out.environment, *head); !ends) return ends;
  const Result<Seen> seen = ReadSeen(*repository, out.environment);
  if (!seen) return seen.error();
  const Freshness next = NextOf(**policy, *head, out.environment, valid);
  if (seen->freshness)
    if (Status may = MayReplace(*seen->freshness, next); !may) return may;
  const Result<std::string> payload = FreshnessText(next);
  if (!payload) return payload.error();
  // By a key that may write the next record: a retired one calls nothing fresh.
  const Result<std::string> envelope =
      writer.SignAs(kType, *payload, (*policy)->trust, out.environment, next.sequence + 1);
  if (!envelope) return envelope.error();
  out.sequence = next.sequence;
  out.expires = next.expires;
  return Publish(place, out.environment, seen->blob, *envelope);
}

}  // namespace

Result<std::vector<Refreshed>> RefreshLedgers(const RecorderPlace& place,
                                              const std::vector<std::string>& environments,
                                              std::chrono::seconds valid) {
  const Result<RecordWriter> writer = RecordWriter::Open(place);
  if (!writer) return writer.error();
  const Result<RepositoryPointer> repository = git::Open({.git_dir = place.git_dir});
  if (!repository) return repository.error();
  std::vector<Refreshed> refreshed;
  for (const std::string& environment : environments) {
    Refreshed& out = refreshed.emplace_back();
    out.environment = environment;
    const Status done = RefreshOne(*writer, place, *repository, valid, out);
    if (!done && done.error().kind == ErrorKind::kUsage) return done.error();
    if (!done) out.trouble = done.error().Text();
  }
  return refreshed;
}

}  // namespace sluice::promotion
