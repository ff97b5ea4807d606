#include "hooks/words.h"

#include <algorithm>
#include <set>

#include "gate/gate.h"
#include "gate/rules.h"
#include "report/report.h"
#include "report/words.h"

namespace sluice::hooks {
namespace {

constexpr std::size_t kRefsInFull = 10;
constexpr std::size_t kQuietRefs = 3;  // accepted, with nothing to tell

using gate::RefVerdict;

bool HasSomethingToTell(const RefVerdict& ref) {
  const Verdict& verdict = ref.verdict;
  return verdict.outcome != Outcome::kAccepted || !verdict.findings.empty() || !verdict.notes.empty();
}

// What rejects first, then what has something to tell.
std::vector<const RefVerdict*> InOrder(const gate::PushVerdict& push) {
  std::vector<const RefVerdict*> refs;
  for (const RefVerdict& ref : push.refs) refs.push_back(&ref);
  const auto weight = [](const RefVerdict* ref) {
    return ref->rejects ? 0 : HasSomethingToTell(*ref) ? 1 : 2;
  };
  std::stable_sort(refs.begin(), refs.end(),
                   [&](const RefVerdict* a, const RefVerdict* b) { return weight(a) < weight(b); });
  return refs;
}

report::Standing StandingOf(const RefVerdict& ref, const gate::PushVerdict& push,
                            const gate::HookSettings& settings) {
  if (ref.rejects) return report::Standing::kEnforced;
  if (settings.mode == gate::Mode::kObserve) return report::Standing::kObserved;
  if (!ref.is_protected) return report::Standing::kAdvice;
  return push.bypass.empty() ? report::Standing::kEnforced : report::Standing::kBypassed;
}

// Whether `sluice check` in the pusher's clone shows the same: not where the
// move of the ref itself is all that is wrong.
bool CanBeTried(const RefVerdict& ref) {
  const Findings& findings = ref.verdict.findings;
  return ref.update.ref.starts_with("refs/heads/") && !ref.update.new_id.IsZero() &&
         std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
           return finding.severity == Severity::kError && !gate::ReachOf(finding.rule).of_push;
         });
}

std::vector<std::string> HintsFor(const RefVerdict& ref, const gate::HookSettings& settings) {
  std::vector<std::string> hints;
  if (ref.verdict.outcome == Outcome::kAccepted) return hints;
  // A new protected ref is held against the tip itself.
  const std::string dots = ref.is_protected && ref.update.old_id.IsZero() ? ".." : "...";
  if (CanBeTried(ref))
    hints.push_back("try here: sluice check" +
                    (ref.base.empty() ? "" : " origin/" + ref.base + dots + "HEAD"));
  if (ref.rejects && !settings.bypass_by.empty())
    hints.push_back("emergency (" + report::Joined(settings.bypass_by) +
                    "; recorded): git push -o sluice.bypass=\"reason\"");
  return hints;
}

std::string RestWords(const std::vector<const RefVerdict*>& refs, std::size_t shown) {
  if (shown == refs.size()) return {};
  const auto rejected =
      static_cast<std::size_t>(std::count_if(refs.begin() + static_cast<std::ptrdiff_t>(shown), refs.end(),
                                             [](const RefVerdict* ref) { return ref->rejects; }));
  const std::size_t rest = refs.size() - shown;
  std::string words = "sluice: and " + std::to_string(rest) + (rest == 1 ? " more ref" : " more refs");
  if (rejected != 0) words += ", " + std::to_string(rejected) + " of them rejected";
  return words + "\n";
}

std::string VerdictName(const gate::PushVerdict& push) {
  const auto any = [&](Outcome outcome) {
    return std::any_of(push.refs.begin(), push.refs.end(),
                       [&](const RefVerdict& ref) { return ref.verdict.outcome == outcome; });
  };
  if (any(Outcome::kUnjudged)) return "unjudged";
  return any(Outcome::kRejected) ? "rejected" : "accepted";
}

std::vector<std::string> RulesOf(const gate::PushVerdict& push) {
  std::set<std::string> rules;
  for (const RefVerdict& ref : push.refs)
    for (const Finding& finding : ref.verdict.findings) rules.insert(finding.rule);
  return {rules.begin(), rules.end()};
}

// "approvals: production needs 1 approval (ben, chi)".
std::string ConditionWords(const promotion::Condition& condition) {
  return std::string(promotion::NameOf(condition.kind)) + ": " + condition.message +
         (condition.who.empty() ? "" : " (" + report::Joined(condition.who) + ")") +
         (condition.when ? ", until " + promotion::Text(*condition.when) : "");
}

}  // namespace

Answer InWords(const gate::PushVerdict& push, const gate::HookSettings& settings) {
  Answer answer{.accepted = push.accepted,
                .verdict = VerdictName(push),
                .words = {},
                .bypass = push.bypass,
                .rules = RulesOf(push),
                .index_behind = false,
                .intents = {}};
  report::Options options;
  options.rule = gate::FindRule;
  const std::vector<const RefVerdict*> refs = InOrder(push);
  std::size_t shown = 0, quiet = 0;
  for (const RefVerdict* ref : refs) {
    quiet += HasSomethingToTell(*ref) ? 0 : 1;
    if (shown == kRefsInFull || quiet > kQuietRefs) break;
    const report::HookWords words{.gitlab = settings.platform == "gitlab",
                                  .standing = StandingOf(*ref, push, settings),
                                  .hints = HintsFor(*ref, settings)};
    if (shown++ != 0) answer.words += '\n';
    answer.words += report::WriteHook(ref->verdict, words, options);
  }
  answer.words += RestWords(refs, shown);
  answer.index_behind =
      std::any_of(push.refs.begin(), push.refs.end(), [](const RefVerdict& ref) { return ref.index_behind; });
  for (const RefVerdict& ref : push.refs) {
    if (!ref.intent.empty()) answer.intents.push_back({ref.intent_name, ref.intent});
    for (const gate::FolderIntent& folder : ref.folders)
      answer.intents.push_back({folder.name, folder.intent});
  }
  return answer;
}

Answer InWordsOfRequest(const gate::PushVerdict& push) {
  Answer answer{.accepted = push.accepted,
                .verdict = VerdictName(push),
                .words = {},
                .bypass = {},
                .rules = RulesOf(push),
                .index_behind = false,
                .intents = {}};
  const auto line = [&answer](const std::string& words) {
    answer.words += "  " + report::Printable(words) + "\n";
  };
  for (const RefVerdict& ref : push.refs) {
    if (ref.verdict.outcome == Outcome::kUnjudged) line(ref.verdict.reason);
    for (const Finding& finding : ref.verdict.findings)
      if (finding.severity == Severity::kError && !finding.rule.starts_with("promotion/"))
        line(report::AfterPlace(finding, finding.message) + " [" + finding.rule + "]");
    for (const gate::EnvironmentTurn& turn : ref.turns)
      for (const promotion::Condition& condition : turn.unmet) line(ConditionWords(condition));
    for (const gate::FolderIntent& folder : ref.folders)
      answer.intents.push_back({folder.name, folder.intent});
  }
  return answer;
}

std::string ErrorLine(std::string_view text, const gate::HookSettings& settings) {
  return (settings.platform == "gitlab" ? "GL-HOOK-ERR: " : "error: ") + report::Printable(text) + "\n";
}

std::string NoVerdictWords(const Error& reason, const gate::HookSettings& settings) {
  const std::string sentence = "sluice could not judge this push: " + reason.Text();
  if (settings.mode == gate::Mode::kObserve)
    return "warning: " + report::Printable(sentence) + "\nnothing is rejected here: the mode is observe\n";
  return ErrorLine(sentence, settings) +
         (reason.kind == ErrorKind::kConfiguration
              ? "hint: nothing was changed; the operator of this server mends this: sluice hook status\n"
              : "hint: nothing was changed; push less at once, or ask the operator of this server\n");
}

}  // namespace sluice::hooks
