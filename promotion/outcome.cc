// Tested by tests/promotion/outcome_test.cc.
#include "promotion/outcome.h"

#include <array>

#include "promotion/canonical_text.h"
#include "promotion/envelope.h"
#include "promotion/words.h"

namespace sluice::promotion {
namespace {
constexpr std::array<std::string_view, 3> kNames = {"applied", "failed", "healthy"};
}  // namespace

std::string_view NameOf(OutcomeKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

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
