// Tests: tests/push/promote.sh.
#include "cli/promotion_words.h"

#include <algorithm>

#include "cli/promotion_change.h"
#include "cli/subject.h"
#include "promotion/record.h"
#include "report/json_writer.h"
#include "report/words.h"

namespace sluice::cli {
namespace {

using promotion::RecordKind;

// What the record of a move says, in the order of promotion::Move.
constexpr RecordKind kRecorded[] = {RecordKind::kPromotion, RecordKind::kDirect, RecordKind::kRollback};

constexpr std::size_t kMostOthers = 20;  // lines of what stays

std::string_view MoveName(promotion::Move move) {
  return promotion::NameOf(kRecorded[static_cast<std::size_t>(move)]);
}

void AddCondition(const promotion::Condition& condition, std::string_view prefix, std::string& text) {
  const auto line = [&text](const std::string& words) { text += report::Printable(words) + "\n"; };
  line("  " + std::string(prefix) + std::string(promotion::NameOf(condition.kind)) + ": " +
       condition.message);
  if (condition.when) line("    until " + promotion::Text(*condition.when));
  if (!condition.who.empty()) line("    by " + report::Joined(condition.who));
  if (!condition.remedy.empty()) line("    " + condition.remedy);
}

// What it copies, what it leaves, what it cannot copy.
std::string CarryAsText(const gate::CarryPlan& carry) {
  std::string text;
  const auto line = [&text](const std::string& words) { text += "  " + report::Printable(words) + "\n"; };
  for (const gate::CarriedValue& value : carry.values) {
    if (!value.why_not.empty()) continue;  // among what cannot be
    line((carry.cannot.empty() ? "carries " : "could be carried: ") + value.object + ", " + value.place +
         ": " + value.before + " -> " + value.after);
    if (!value.file.empty()) line("  in " + value.file + ":" + std::to_string(value.line));
  }
  for (const std::string& path : carry.paths)
    line((carry.cannot.empty() ? "copies " : "could be copied: ") + path);
  for (const std::string& why : carry.cannot) line("cannot be carried: " + why);
  std::size_t told = 0;
  for (const std::string& other : carry.others)
    if (told++ < kMostOthers) line("differs and stays: " + other);
  if (told > kMostOthers)
    line("and " + std::to_string(told - kMostOthers) + " more that differ and stay: -o json");
  return text;
}

void AddTexts(report::JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  json.Key(name).BeginArray();
  for (const std::string& text : texts) json.String(text);
  json.EndArray();
}

void AddCarry(report::JsonWriter& json, const gate::CarryPlan& carry) {
  json.Member("record", carry.sequence).Key("carried").BeginArray();
  for (const gate::CarriedValue& value : carry.values) {
    if (!value.why_not.empty()) continue;
    json.Line().BeginObject().Member("object", value.object).Member("field", value.place);
    json.Member("before", value.before).Member("after", value.after);
    if (!value.file.empty()) json.Member("file", value.file).Member("line", std::uint64_t{value.line});
    json.EndObject();
  }
  json.EndArray();
  AddTexts(json, "copied", carry.paths);
  AddTexts(json, "cannot", carry.cannot);
  AddTexts(json, "notCarried", carry.others);
}

std::string Headline(const gate::PromotionPlan& plan, const gate::RefVerdict* verdict) {
  const std::string what = plan.environment + ": " + ShortId(plan.source) +
                           (plan.from.empty() ? std::string() : " of " + plan.from);
  if (plan.nothing && plan.carry) return what + ": nothing to carry, all that `carry` names is there already";
  if (plan.nothing) return what + " is there already";
  if (plan.carry && !plan.carry->cannot.empty()) return what + " cannot be carried, and nothing is";
  if (verdict == nullptr) return what + " conflicts with what is there";
  if (verdict->verdict.outcome == Outcome::kAccepted) return what + " may move there";
  return what + (verdict->verdict.outcome == Outcome::kUnjudged
                     ? " could not be judged: " + verdict->verdict.reason
                     : " may not move there yet");
}

std::uint64_t ContentErrors(const gate::RefVerdict& verdict) {
  const Findings& findings = verdict.verdict.findings;
  return static_cast<std::uint64_t>(
      std::count_if(findings.begin(), findings.end(), [](const Finding& finding) {
        return finding.severity == Severity::kError && !finding.rule.starts_with("promotion/");
      }));
}

void AddConditions(report::JsonWriter& json, std::string_view name, const promotion::Conditions& conditions) {
  json.Key(name).BeginArray();
  for (const promotion::Condition& condition : conditions) {
    json.Line().BeginObject().Member("kind", promotion::NameOf(condition.kind));
    json.Member("message", condition.message).Member("remedy", condition.remedy);
    json.Key("who").BeginArray();
    for (const std::string& person : condition.who) json.String(person);
    json.EndArray();
    if (condition.when) json.Member("when", promotion::Text(*condition.when));
    json.EndObject();
  }
  json.EndArray();
}

void AddVerdict(report::JsonWriter& json, const gate::PromotionPlan& plan, const gate::RefVerdict& verdict) {
  json.Member("verdict", report::OutcomeName(verdict.verdict.outcome));
  json.Member("contentErrors", ContentErrors(verdict)).Member("after", verdict.update.new_id.Hex());
  promotion::Conditions unmet, waived;
  for (const gate::EnvironmentTurn& turn : verdict.turns) {
    unmet.insert(unmet.end(), turn.unmet.begin(), turn.unmet.end());
    waived.insert(waived.end(), turn.waived.begin(), turn.waived.end());
  }
  if (const gate::EnvironmentTurn* const turn = TurnOf(plan, verdict)) {
    json.Member("kind", MoveName(turn->kind)).Member("change", turn->change);
    if (turn->earliest) json.Member("earliest", promotion::Text(*turn->earliest));
  }
  AddConditions(json, "unmet", unmet);
  AddConditions(json, "waived", waived);
}

}  // namespace

std::string PromotionAsText(const gate::PromotionPlan& plan, const gate::RefVerdict* verdict, Unmet unmet) {
  std::string text = report::Printable(Headline(plan, verdict)) + "\n";
  for (const std::string& path : plan.conflicts) text += "  conflict: " + report::Printable(path) + "\n";
  if (!plan.conflicts.empty())
    text += "  merge it on a branch, and push that through the environments before it\n";
  if (plan.carry) text += CarryAsText(*plan.carry);
  if (verdict == nullptr) return text;
  for (const gate::EnvironmentTurn& turn : verdict->turns) {
    const bool rollback = turn.kind == promotion::Move::kRollback;  // which waives some itself
    if (unmet == Unmet::kListed)
      for (const promotion::Condition& condition : turn.unmet) AddCondition(condition, "", text);
    for (const promotion::Condition& condition : turn.waived)
      AddCondition(condition, rollback ? "waived: " : "waived by break-glass: ", text);
    if (turn.earliest) text += "  earliest: " + promotion::Text(*turn.earliest) + "\n";
  }
  if (unmet == Unmet::kAmongFindings) return text;
  if (const std::uint64_t errors = ContentErrors(*verdict); errors > 0)
    text += "  content: " + report::Count(errors, "error") + " (sluice promote " + plan.environment +
            " --dry-run)\n";
  return text;
}

std::string PromotionAsJson(const gate::PromotionPlan& plan, const gate::RefVerdict* verdict) {
  std::string out;
  report::JsonWriter json(out);
  json.BeginObject()
      .Member("schemaVersion", 1)
      .Member("environment", plan.environment)
      .Member("ref", plan.ref);
  json.Member("source", plan.source.Hex()).Member("from", plan.from);
  if (!plan.before.IsZero()) json.Member("before", plan.before.Hex());
  json.Key("nothing").Bool(plan.nothing).Key("conflicts").BeginArray();
  for (const std::string& path : plan.conflicts) json.String(path);
  json.EndArray();
  if (plan.carry) AddCarry(json, *plan.carry);
  if (verdict != nullptr) AddVerdict(json, plan, *verdict);
  json.EndObject();
  return out += '\n';
}

}  // namespace sluice::cli
