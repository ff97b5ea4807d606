// Whoever pushes is not asked: the signature says whose it is, and an older one that
// somebody kept goes nowhere. Tested by tests/push/outcomes.sh.
#include "gate/outcome_push.h"

#include <algorithm>

#include "gate/rules.h"
#include "promotion/chain_head.h"
#include "promotion/envelope.h"
#include "promotion/environment.h"
#include "promotion/ledger_facts.h"
#include "promotion/moment.h"
#include "promotion/outcome.h"
#include "promotion/words.h"

namespace sluice::gate {
namespace {

using promotion::kOutcomes;

constexpr std::int64_t kClockSkew = 300;  // seconds that a cluster may be ahead of us

// Whose outcome a ref holds, and of what.
struct OutcomeName {
  std::string cluster, environment;
};

Findings One(std::string message, std::string remedy = "sluice agent writes one") {
  Findings findings = {MakeFinding(kReservedRefRule, {}, {}, std::move(message))};
  findings.front().remedy = std::move(remedy);
  return findings;
}

std::optional<OutcomeName> NameOf(const std::string& ref) {
  const std::string_view rest = std::string_view(ref).substr(kOutcomes.size());
  const std::size_t slash = rest.find('/');
  if (slash == rest.npos) return std::nullopt;
  OutcomeName name{std::string(rest.substr(0, slash)), std::string(rest.substr(slash + 1))};
  if (!promotion::IsLabel(name.cluster) || !promotion::IsEnvironmentName(name.environment))
    return std::nullopt;
  return name;
}

// A cluster that says two things at once says neither.
bool IsAlone(const Push& push) {
  return std::count_if(push.updates.begin(), push.updates.end(),
                       [](const RefUpdate& update) { return update.ref.starts_with(kOutcomes); }) == 1;
}

// Nothing where it is no plain file, or nothing was there.
Result<std::optional<std::string>> ReadBlob(const git::Repository& repository, const Oid& id) {
  if (id.IsZero()) return std::optional<std::string>();
  Result<git::RawObject> blob = repository.Read(id, promotion::LimitOf(promotion::PayloadType::kOutcome));
  if (!blob) return blob.error();
  if (blob->type != git::ObjectType::kBlob) return std::optional<std::string>();
  return std::optional(std::move(blob->bytes));
}

// What is there counts where the cluster's key of today signed it: who stole the one
// before, and wrote ahead, does not keep it from speaking.
Result<Findings> CheckFollows(const git::Repository& repository, const Oid& old,
                              const promotion::Trust& trust, const promotion::Outcome& outcome) {
  const Result<std::optional<std::string>> there = ReadBlob(repository, old);
  if (!there && there.error().kind != ErrorKind::kLimit) return there.error();
  if (!there || !*there) return Findings();
  const auto before = promotion::OpenOutcome(**there, outcome.cluster, outcome.environment, trust);
  if (!before) return Findings();
  const Status follows = promotion::MayReplace(*before, outcome);
  return follows ? Findings() : One(follows.error().message);
}

Result<Findings> CheckRecord(const promotion::RepositoryPointer& repository,
                             const promotion::PolicyHead& policy, const promotion::Outcome& outcome) {
  const auto record = promotion::FindRecord(repository, outcome.environment, policy, outcome.sequence);
  if (!record) return record.error();
  const std::string what = "record " + std::to_string(outcome.sequence);
  if (!*record || (*record)->digest != outcome.record)
    return One("the newest " + std::to_string(promotion::kFactRecords) + " records of " +
               outcome.environment + " have no " + what + " with the digest " + outcome.record);
  const std::vector<std::string>& clusters = (*record)->clusters;
  if (!clusters.empty() && std::find(clusters.begin(), clusters.end(), outcome.cluster) == clusters.end())
    return One(what + " of " + outcome.environment + " is not for the cluster " + outcome.cluster);
  return Findings();
}

}  // namespace

bool NamesOutcome(const RefMove& move) {
  return move.ref.starts_with(kOutcomes) && move.ref == move.update.ref;
}

Result<Findings> CheckOutcomePush(const Judges& judges, const RefMove& move) {
  const promotion::RepositoryPointer& repository = judges.push.repository;
  const std::optional<OutcomeName> name = NameOf(move.ref);
  if (!name) return One("an outcome lies behind " + std::string(kOutcomes) + "CLUSTER/ENV");
  if (move.Deletes()) return One("an outcome is replaced by a later one, and never deleted");
  if (!IsAlone(judges.push)) return One("a push brings one outcome");
  const Result<std::optional<promotion::PolicyHead>> policy = promotion::ReadPolicyHead(repository);
  if (!policy) return policy.error();
  if (!*policy)
    return One("an outcome names this repository's id, and it has none yet",
               "on the server: sluice ledger init");
  const Result<std::optional<std::string>> bytes = ReadBlob(*repository, move.update.new_id);
  if (!bytes && bytes.error().kind == ErrorKind::kLimit) return One("an outcome is at most 64 KiB");
  if (!bytes) return bytes.error();
  if (!*bytes) return One(move.ref + " would name no file");
  const promotion::Trust& trust = (*policy)->trust;
  const auto outcome = promotion::OpenOutcome(**bytes, name->cluster, name->environment, trust);
  if (!outcome) return One(outcome.error().message, "docs/trust.md says how a cluster's key comes and goes");
  if (outcome->made > promotion::Now().time_since_epoch().count() + kClockSkew)
    return One("it was made at " + promotion::TimeText(outcome->made) + ", which is to come",
               "set the clock of the cluster's agent, or of this server");
  Result<Findings> follows = CheckFollows(*repository, move.update.old_id, trust, *outcome);
  if (!follows || !follows->empty()) return follows;
  return CheckRecord(repository, **policy, *outcome);
}

}  // namespace sluice::gate
