// Tested by tests/promotion/outcome_test.cc.
#include "promotion/outcome.h"

#include <algorithm>
#include <array>

#include "promotion/canonical_text.h"
#include "promotion/envelope.h"
#include "promotion/words.h"

namespace sluice::promotion {
namespace {
constexpr std::array<std::string_view, 4> kNames = {"applied", "degraded", "failed", "healthy"};

// Null: trust.json names no key for it.
const TrustedKey* KeyOf(const Trust& trust, const std::string& cluster) {
  const auto found = std::find_if(trust.clusters.begin(), trust.clusters.end(),
                                  [&](const ClusterKey& known) { return known.name == cluster; });
  return found == trust.clusters.end() ? nullptr : &found->key;
}

Status CheckNames(const Outcome& outcome, const std::string& cluster, const std::string& environment,
                  const Trust& trust) {
  if (outcome.cluster != cluster)
    return Failed("it is of the cluster " + outcome.cluster + ", and lies where " + cluster + " reports");
  if (outcome.environment != environment)
    return Failed("it is of the environment " + outcome.environment + ", and lies where " + environment +
                  " is reported of");
  if (outcome.repository != trust.repository)
    return Failed("it is for another repository: " + outcome.repository);
  return Ok{};
}
}  // namespace

std::string_view NameOf(OutcomeKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

std::optional<OutcomeKind> OutcomeNamed(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<OutcomeKind>(found - kNames.begin());
}

std::string OutcomeRef(const std::string& cluster, const std::string& environment) {
  return std::string(kOutcomes) + cluster + "/" + environment;
}

Result<Outcome> OpenOutcome(const std::string& bytes, const std::string& cluster,
                            const std::string& environment, const Trust& trust) {
  const TrustedKey* const key = KeyOf(trust, cluster);
  if (key == nullptr) return Failed("trust.json names no key for the cluster " + cluster);
  Result<Envelope> envelope = ReadEnvelope("the outcome", PayloadType::kOutcome, bytes);
  if (!envelope) return envelope.error();
  const crypto::PublicKey& signer = envelope->signature.key;
  if (signer.plain != key->key.plain)
    return Failed("it is signed by " + Fingerprint(signer) + ", and trust.json names another key for " +
                  cluster);
  if (const auto held = VerifyEnvelope(*envelope); !held) return held.error();
  Result<Outcome> outcome = ReadOutcome("the outcome", std::move(envelope->payload));
  if (!outcome) return outcome;
  if (const Status names = CheckNames(*outcome, cluster, environment, trust); !names) return names.error();
  return outcome;
}

Status MayReplace(const Outcome& before, const Outcome& next) {
  if (next.sequence < before.sequence)
    return Failed("it is of record " + std::to_string(next.sequence) + ", and the cluster has reported of " +
                  std::to_string(before.sequence));
  if (next.made <= before.made)
    return Failed("it was made at " + TimeText(next.made) + ", and the one that is there at " +
                  TimeText(before.made));
  return Ok{};
}

Result<Outcome> ReadOutcome(const std::string& what, std::string payload) {
  const Result<CanonicalText> text =
      ReadCanonicalText(what, std::move(payload), LimitOf(PayloadType::kOutcome));
  if (!text) return text.error();
  Fields fields(*text, text->root());
  Outcome outcome;
  fields.Version(1);
  outcome.cluster = fields.Label("cluster");
  outcome.environment = fields.Label("environment");
  outcome.made = fields.Time("made");
  outcome.kind = static_cast<OutcomeKind>(fields.OneOf("outcome", kNames));
  outcome.record = fields.Digest("record");
  outcome.repository = fields.Digest("repository");
  outcome.sequence = fields.Count("sequence", 1);
  outcome.since = fields.Time("since");
  if (outcome.since > outcome.made) fields.Fail("since", "since should not be after made");
  if (const Status end = fields.End(); !end) return end.error();
  return outcome;
}

Result<std::string> OutcomeText(const Outcome& outcome) {
  JsonMembers members;
  members.Text("cluster", outcome.cluster)
      .Text("environment", outcome.environment)
      .Time("made", outcome.made);
  members.Text("outcome", NameOf(outcome.kind)).Text("record", outcome.record);
  members.Text("repository", outcome.repository).Count("sequence", outcome.sequence);
  members.Time("since", outcome.since).Count("version", 1);
  std::string text = members.End();
  if (const Result<Outcome> again = ReadOutcome("the outcome", text); !again) return again.error();
  return text;
}

}  // namespace sluice::promotion
