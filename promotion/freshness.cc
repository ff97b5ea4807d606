// Tested by tests/promotion/freshness_test.cc.
#include "promotion/freshness.h"

#include "promotion/canonical_text.h"
#include "promotion/envelope.h"
#include "promotion/words.h"

namespace sluice::promotion {
namespace {

void TakePolicy(Fields& outer, Freshness& freshness) {
  Fields fields = outer.Inside("policy");
  freshness.policy_sequence = fields.Count("sequence", 1);
  freshness.policy_digest = fields.Digest("sha256");
  if (const Status end = fields.End(); !end) outer.Fail(end.error());
}

}  // namespace

Result<Freshness> ReadFreshness(const std::string& what, std::string payload) {
  const Result<CanonicalText> text =
      ReadCanonicalText(what, std::move(payload), LimitOf(PayloadType::kFreshness));
  if (!text) return text.error();
  Fields fields(*text, text->root());
  Freshness freshness;
  fields.Version(1);
  freshness.environment = fields.Label("environment");
  freshness.expires = fields.Time("expires");
  if (!fields.IsNull("head")) freshness.head = fields.Digest("head");
  freshness.made = fields.Time("made");
  TakePolicy(fields, freshness);
  freshness.repository = fields.Digest("repository");
  freshness.sequence = fields.Count("sequence");
  if (freshness.expires <= freshness.made) fields.Fail("expires", "expires should be later than made");
  if ((freshness.sequence == 0) == freshness.head.has_value())
    fields.Fail("head", "head should be null where sequence is 0, and nowhere else");
  if (const Status end = fields.End(); !end) return end.error();
  return freshness;
}

Result<std::string> FreshnessText(const Freshness& freshness) {
  JsonMembers members;
  members.Text("environment", freshness.environment).Time("expires", freshness.expires);
  members.TextOrNull("head", freshness.head).Time("made", freshness.made);
  members.Json("policy", JsonMembers()
                             .Count("sequence", freshness.policy_sequence)
                             .Text("sha256", freshness.policy_digest)
                             .End());
  members.Text("repository", freshness.repository).Count("sequence", freshness.sequence).Count("version", 1);
  std::string text = members.End();
  if (const Result<Freshness> again = ReadFreshness("the freshness", text); !again) return again.error();
  return text;
}

Status MayReplace(const Freshness& seen, const Freshness& next) {
  if (next.repository != seen.repository) return Failed("the freshness is of another repository");
  if (next.environment != seen.environment) return Failed("the freshness is of another environment");
  if (next.made < seen.made) return Failed("the freshness is older than one that was seen");
  if (next.sequence < seen.sequence)
    return Failed("the freshness names an older record than one that was seen");
  if (next.policy_sequence < seen.policy_sequence)
    return Failed("the freshness names an older record of policy than one that was seen");
  if (next.sequence == seen.sequence && next.head != seen.head)
    return Failed("the freshness names another record of a number that was seen");
  if (next.policy_sequence == seen.policy_sequence && next.policy_digest != seen.policy_digest)
    return Failed("the freshness names another record of policy of a number that was seen");
  return Ok{};
}

Status MayFollow(const Freshness& seen, const Record& record) {
  if (record.head.sequence <= seen.sequence || record.trust_sequence >= seen.policy_sequence) return Ok{};
  return Failed("it was judged by record " + std::to_string(record.trust_sequence) +
                " of policy, and record " + std::to_string(seen.policy_sequence) +
                " was in force before it was written");
}

}  // namespace sluice::promotion
