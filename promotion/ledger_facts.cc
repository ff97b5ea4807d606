// Tested by tests/promotion/ledger_facts_test.cc.
#include "promotion/ledger_facts.h"

#include <algorithm>

#include "promotion/envelope.h"
#include "promotion/outcome.h"
#include "promotion/words.h"

namespace sluice::promotion {
namespace {

RecordFact FactOf(const Record& record) {
  return {.sequence = record.head.sequence,
          .commit = record.source.commit,
          .set = record.set,
          .restores = record.restores,
          .recorded = Moment(std::chrono::seconds(record.head.recorded)),
          .tree = record.source.tree};
}

// A record as it was read, with the commit before it.
struct Step {
  RecordFact fact;
  std::string digest;                   // of its envelope
  std::vector<std::string> clusters;    // as the record names them
  std::optional<std::string> previous;  // of the one before
  std::optional<Oid> parent;
};

Result<std::optional<Oid>> ParentOf(const git::Repository& repository, const Oid& commit) {
  const Result<git::Commit> read = git::ReadCommit(repository, commit);
  if (!read) return read.error();
  if (read->parents.empty()) return std::optional<Oid>();
  return std::optional<Oid>(read->parents.front());
}

Error Broken(const std::string& environment, std::uint64_t sequence, const std::string& why) {
  return Failed("record " + std::to_string(sequence) + " of " + environment + " " + why);
}

// The record that `after` names as the one before it.
Result<Step> Before(const RepositoryPointer& repository, const std::string& environment, const Step& after) {
  const std::uint64_t sequence = after.fact.sequence - 1;
  const Result<std::string> bytes =
      ReadCommitFile(repository, *after.parent, "envelope.json", LimitOf(PayloadType::kStatement));
  if (!bytes) return Broken(environment, sequence, "cannot be read: " + bytes.error().message);
  const std::string digest = DigestOf(*bytes);
  if (digest != after.previous)
    return Broken(environment, sequence, "is not the one that the next one names");
  const std::string what = "record " + std::to_string(sequence) + " of " + environment;
  Result<Envelope> envelope = ReadEnvelope(what, PayloadType::kStatement, *bytes);
  if (!envelope) return envelope.error();
  const Result<Record> record = ReadRecord(what, std::move(envelope->payload));
  if (!record) return record.error();
  if (record->head.sequence != sequence || record->environment != environment)
    return Broken(environment, sequence, "says that it is another");
  const Result<std::optional<Oid>> parent = ParentOf(*repository, *after.parent);
  if (!parent) return parent.error();
  return Step{FactOf(*record), digest, record->clusters, record->head.previous, *parent};
}

// Newest first, with the digest of each.
struct Walked {
  std::vector<RecordFact> records;
  std::vector<std::string> digests;
  Step last;
};

Result<Walked> Walk(const RepositoryPointer& repository, const std::string& environment,
                    const RecordHeadOf& head, const EnoughFacts& enough) {
  const Result<std::optional<Oid>> parent = ParentOf(*repository, head.commit);
  if (!parent) return parent.error();
  Step step{FactOf(head.record), head.digest, head.record.clusters, head.record.head.previous, *parent};
  Walked walked;
  while (true) {
    walked.records.push_back(step.fact);
    walked.digests.push_back(step.digest);
    if (step.previous.has_value() != step.parent.has_value())
      return Broken(environment, step.fact.sequence, "names another beginning than its commit");
    if (!step.parent || walked.records.size() == kFactRecords || (enough && enough(walked.records))) {
      walked.last = std::move(step);
      return walked;
    }
    Result<Step> before = Before(repository, environment, step);
    if (!before) return before.error();
    step = *std::move(before);
  }
}

Result<std::optional<Step>> FindStep(const RepositoryPointer& repository, const std::string& environment,
                                     const PolicyHead& policy, std::uint64_t sequence) {
  const Result<std::optional<RecordHeadOf>> head = ReadRecordHead(repository, environment, policy);
  if (!head) return head.error();
  if (!*head || sequence == 0) return std::optional<Step>();
  const std::uint64_t newest = (*head)->record.head.sequence;
  if (sequence > newest || newest - sequence >= kFactRecords) return std::optional<Step>();
  Result<Walked> walked = Walk(repository, environment, **head, [&](std::span<const RecordFact> records) {
    return records.back().sequence == sequence;
  });
  if (!walked) return walked.error();
  if (walked->last.fact.sequence != sequence) return std::optional<Step>();
  return std::optional(std::move(walked->last));
}

// What the cluster signed last of this environment; nothing where it does not hold.
std::optional<Outcome> ReadOutcomeOf(const git::Repository& repository, const std::string& environment,
                                     const std::string& cluster, const PolicyHead& policy) {
  const Result<Oid> id = repository.ResolveRef(OutcomeRef(cluster, environment));
  if (!id) return std::nullopt;
  const Result<git::RawObject> blob = repository.Read(*id, LimitOf(PayloadType::kOutcome));
  if (!blob || blob->type != git::ObjectType::kBlob) return std::nullopt;
  const Result<Outcome> outcome = OpenOutcome(blob->bytes, cluster, environment, policy.trust);
  return outcome ? std::optional(*outcome) : std::nullopt;
}

void ReadOutcomes(const git::Repository& repository, const Environment& environment, const PolicyHead& policy,
                  const Walked& walked, LedgerFacts& facts) {
  for (const Named& named : environment.clusters) {
    const std::optional<Outcome> outcome = ReadOutcomeOf(repository, environment.name, named.name, policy);
    if (!outcome) continue;
    const std::size_t back = walked.records.front().sequence - outcome->sequence;  // wraps past the newest
    if (back >= walked.digests.size() || walked.digests[back] != outcome->record) continue;
    facts.outcomes.push_back(
        {outcome->kind, outcome->cluster, outcome->sequence, Moment(std::chrono::seconds(outcome->since))});
  }
}

}  // namespace

Result<LedgerFacts> ReadLedgerFacts(const RepositoryPointer& repository, const Environment& environment,
                                    const PolicyHead& policy, const EnoughFacts& enough) {
  LedgerFacts facts{environment.name, {}, {}};
  const Result<std::optional<RecordHeadOf>> head = ReadRecordHead(repository, environment.name, policy);
  if (!head) return head.error();
  if (!*head) return facts;
  Result<Walked> walked = Walk(repository, environment.name, **head, enough);
  if (!walked) return walked.error();
  ReadOutcomes(*repository, environment, policy, *walked, facts);
  facts.records.assign(walked->records.rbegin(), walked->records.rend());
  return facts;
}

Result<std::optional<RecordFact>> FindFact(const RepositoryPointer& repository,
                                           const std::string& environment, const PolicyHead& policy,
                                           std::uint64_t sequence) {
  Result<std::optional<Step>> step = FindStep(repository, environment, policy, sequence);
  if (!step) return step.error();
  return *step ? std::optional((*step)->fact) : std::nullopt;
}

Result<std::optional<KnownRecord>> FindRecord(const RepositoryPointer& repository,
                                              const std::string& environment, const PolicyHead& policy,
                                              std::uint64_t sequence) {
  Result<std::optional<Step>> step = FindStep(repository, environment, policy, sequence);
  if (!step) return step.error();
  if (!*step) return std::optional<KnownRecord>();
  return std::optional(KnownRecord{std::move((*step)->digest), std::move((*step)->clusters)});
}

}  // namespace sluice::promotion
