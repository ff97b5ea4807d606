// What the person who pushes sees, one ref at a time. Git puts "remote: "
// before each line and colours those that begin with `error`, `warning` or
// `hint`; nothing else of the text may look like one. GitLab's web page shows
// only lines that begin with "GL-HOOK-ERR:". Tests: hook_test.cc.
#include <set>
#include <string>

#include "report/printable.h"
#include "report/report.h"
#include "report/snippet.h"
#include "report/words.h"

namespace sluice::report {
namespace {

constexpr std::size_t kInFull = 20;

class HookWriter {
 public:
  HookWriter(const Verdict& verdict, const HookWords& words, const Options& options)
      : verdict_(verdict), words_(words), options_(options), subject_(Printable(verdict.subject)) {}

  std::string Write() {
    AddHeadline();
    AddFindings();
    AddSummary();
    AddHints();
    out_ += "sluice: " + Duration(verdict_.summary.milliseconds) + "\n";
    return std::move(out_);
  }

 private:
  bool Rejects() const {
    return verdict_.outcome != Outcome::kAccepted && words_.standing == Standing::kEnforced;
  }

  // A line that says why the push ends as it does.
  void AddReason(std::string_view kind, const std::string& text) {
    out_ += words_.gitlab && Rejects() && kind == "error" ? "GL-HOOK-ERR: " : std::string(kind) + ": ";
    out_ += text + "\n";
  }

  void AddHint(const std::string& text) {
    if (words_.gitlab && Rejects()) out_ += "GL-HOOK-ERR: ";
    out_ += "hint: " + text + "\n";
  }

  void AddHeadline() {
    if (verdict_.outcome == Outcome::kAccepted) return;
    const bool judged = verdict_.outcome == Outcome::kRejected;
    const std::string what = judged ? FindingWords(verdict_) : PrintableCut(verdict_.reason, kMessageLimit);
    if (Rejects()) {
      AddReason("error", (judged ? "sluice rejected " : "sluice could not judge ") + subject_ + ": " + what);
      return;
    }
    AddReason("warning",
              (judged ? "sluice would reject " : "sluice could not judge ") + subject_ + ": " + what);
    out_ += std::string(StandingWords()) + "\n";
  }

  std::string_view StandingWords() const {
    switch (words_.standing) {
      case Standing::kObserved:
        return "nothing is rejected here: the mode is observe";
      case Standing::kAdvice:
        return "the push goes on: this branch is not protected";
      case Standing::kBypassed:
        return "the push goes on: bypassed, and logged";
      case Standing::kEnforced:
        break;
    }
    return {};
  }

  void AddFindings() {
    const std::vector<Group> groups = Grouped(verdict_.findings);
    std::size_t shown = 0, left_out = 0;
    for (const Group& group : groups) {
      if (group.first->severity == Severity::kNote) continue;
      if (shown == kInFull) {
        left_out += 1 + group.others.size();
        continue;
      }
      ++shown;
      AddGroup(group);
    }
    if (left_out != 0) out_ += "\nand " + Count(left_out, "more finding") + "\n";
  }

  void AddGroup(const Group& group) {
    const Finding& finding = *group.first;
    if (!out_.empty()) out_ += '\n';
    AddReason(SeverityName(finding.severity),
              AfterPlace(finding, PrintableCut(finding.message, kMessageLimit) + " [" +
                                      Printable(finding.rule) + "]"));
    out_ += Snippet(finding, "", "");
    if (const std::string hint = ObjectHint(finding); !hint.empty()) AddHint(hint);
    const bool first = explained_.insert(finding.rule).second;
    if (!finding.remedy.empty() || first) {
      if (const std::string remedy = RemedyWords(finding, options_); !remedy.empty()) AddHint(remedy);
    }
    const auto as_it_is = [](const std::string& place) { return place; };
    if (!group.others.empty()) out_ += OtherPlaces(group, as_it_is) + "\n";
  }

  // An accepted push says little: one line, and what was not judged.
  void AddSummary() {
    if (!out_.empty()) out_ += '\n';
    const bool accepted = verdict_.outcome == Outcome::kAccepted;
    if (verdict_.outcome != Outcome::kUnjudged) {
      out_ += (accepted ? "sluice accepted " + subject_ + UnansweredWords(verdict_) + ": " : "") +
              JudgedWords(verdict_) + "\n";
    }
    const bool terse = accepted && verdict_.summary.older == 0 && verdict_.summary.waived == 0;
    const std::string policy = PolicyWords(verdict_);
    if (!terse && !policy.empty()) out_ += policy + "\n";
    for (const std::string& note : verdict_.notes)
      out_ += "note: " + PrintableCut(note, kMessageLimit) + "\n";
  }

  // "why" has its place after the first hint, which says how to try again.
  void AddHints() {
    const std::string why = Why();
    for (std::size_t i = 0; i < words_.hints.size(); ++i) {
      out_ += "hint: " + Printable(words_.hints[i]) + "\n";
      if (i == 0) out_ += why;
    }
    if (words_.hints.empty()) out_ += why;
  }

  // The first rule whose finding did not say itself what to do, else the first.
  std::string Why() const {
    if (verdict_.outcome != Outcome::kRejected) return {};
    const Finding* explained = nullptr;
    for (const Finding* finding : BySeverity(verdict_.findings)) {
      if (RuleOf(*finding, options_) == nullptr) continue;
      if (explained == nullptr) explained = finding;
      if (!finding->remedy.empty()) continue;
      explained = finding;
      break;
    }
    return explained == nullptr ? "" : "hint: why: sluice explain " + explained->rule + "\n";
  }

  const Verdict& verdict_;
  const HookWords& words_;
  const Options& options_;
  const std::string subject_;
  std::set<std::string_view> explained_;
  std::string out_;
};

}  // namespace

std::string WriteHook(const Verdict& verdict, const HookWords& words, const Options& options) {
  return HookWriter(verdict, words, options).Write();
}

}  // namespace sluice::report
