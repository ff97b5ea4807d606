// For people at a terminal: `file:line:col: error: message [rule]`, the source
// line with a caret run, what to do; a summary last. The first line of each
// finding is what editors and problem matchers parse. Tests: text_test.cc and
// the goldens.
#include <set>
#include <string>

#include "report/printable.h"
#include "report/snippet.h"
#include "report/words.h"
#include "report/writers.h"

namespace sluice::report {
namespace {

struct Palette {
  std::string_view bold, error, warning, note, caret, faint, off;
};
constexpr Palette kColours = {"\x1b[1m",  "\x1b[1;31m", "\x1b[1;35m", "\x1b[1;36m",
                              "\x1b[32m", "\x1b[2m",    "\x1b[0m"};
constexpr Palette kNoColours = {};

class TextWriter {
 public:
  TextWriter(const Verdict& verdict, const Options& options)
      : verdict_(verdict), options_(options), colours_(options.colour ? kColours : kNoColours) {}

  std::string Write() {
    for (const Finding& finding : verdict_.findings) {
      if (finding.severity != Severity::kOff) AddFinding(finding);
    }
    if (verdict_.outcome == Outcome::kUnjudged) AddReason();
    if (!options_.quiet) AddSummary();
    AddLastLine();
    return std::move(out_);
  }

 private:
  std::string_view Colour(Severity severity) const {
    if (severity == Severity::kError) return colours_.error;
    return severity == Severity::kWarning ? colours_.warning : colours_.note;
  }

  void AddFinding(const Finding& finding) {
    if (const std::string place = Place(finding); !place.empty()) {
      Coloured(colours_.bold, place + ":");
      out_ += ' ';
    }
    Coloured(Colour(finding.severity), std::string(SeverityName(finding.severity)) + ":");
    out_ += " " + PrintableCut(finding.message, kMessageLimit) + " ";
    Coloured(colours_.faint, "[" + Printable(finding.rule) + "]");
    out_ += '\n';
    out_ += Snippet(finding, colours_.caret, colours_.off);
    if (const std::string hint = ObjectHint(finding); !hint.empty()) AddHint(hint);
    // What a rule says of itself is said once; what a finding says, each time.
    const bool first = explained_.insert(finding.rule).second;
    if (!finding.remedy.empty() || first) {
      if (const std::string remedy = RemedyWords(finding, options_); !remedy.empty()) AddHint(remedy);
    }
  }

  void AddHint(const std::string& hint) {
    Coloured(colours_.note, "hint:");
    out_ += " " + hint + "\n";
  }

  void AddReason() {
    Coloured(colours_.error, "error:");
    out_ += " could not judge " + Printable(verdict_.subject) + ": " +
            PrintableCut(verdict_.reason, kMessageLimit) + "\n";
  }

  void AddSummary() {
    if (!out_.empty()) out_ += '\n';
    out_ += JudgedWords(verdict_) + "\n";
    if (const std::string policy = PolicyWords(verdict_); !policy.empty()) out_ += policy + "\n";
    for (const std::string& note : verdict_.notes)
      out_ += "note: " + PrintableCut(note, kMessageLimit) + "\n";
  }

  void AddLastLine() {
    const bool accepted = verdict_.outcome == Outcome::kAccepted;
    Coloured(accepted ? colours_.bold : colours_.error, OutcomeName(verdict_.outcome));
    out_ += UnansweredWords(verdict_) + ": " + FindingWords(verdict_) + " (" +
            Duration(verdict_.summary.milliseconds) + ")\n";
  }

  void Coloured(std::string_view colour, std::string_view text) {
    out_ += colour;
    out_ += text;
    out_ += colours_.off;
  }

  const Verdict& verdict_;
  const Options& options_;
  const Palette& colours_;
  std::set<std::string_view> explained_;
  std::string out_;
};

}  // namespace

std::string WriteText(const Verdict& verdict, const Options& options) {
  return TextWriter(verdict, options).Write();
}

}  // namespace sluice::report
