// Workflow commands of GitHub Actions: lines that the runner turns into
// annotations. Errors come first, for a step shows ten of each kind. A value
// ends a command only at CR or LF and a property at ':' or ',' too: all are
// escaped, so that no file name can begin a command of its own. Tests:
// github_test.cc.
#include <string>

#include "report/printable.h"
#include "report/words.h"
#include "report/writers.h"

namespace sluice::report {
namespace {

// As the runner's own library escapes data; `property` escapes more.
std::string Escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '%':
        out += "%25";
        continue;
      case '\r':
        out += "%0D";
        continue;
      case '\n':
        out += "%0A";
        continue;
      case ':':
        out += property ? "%3A" : ":";
        continue;
      case ',':
        out += property ? "%2C" : ",";
        continue;
      default:
        out += c;
    }
  }
  return out;
}

std::string Property(std::string_view text) { return Escaped(text, true); }

// Empty, or ends with a comma.
std::string Properties(const Finding& finding) {
  if (finding.file.empty()) return {};
  std::string words = "file=" + Property(Printable(finding.file)) + ",";
  const Range& range = finding.range;
  if (range.begin.line == 0) return words;
  words += "line=" + std::to_string(range.begin.line);
  words += ",endLine=" + std::to_string(std::max(range.end.line, range.begin.line)) + ",";
  // Columns mean something on a single line only; the last one is included.
  if (range.begin.column != 0 && range.end.line == range.begin.line &&
      range.end.column > range.begin.column) {
    words += "col=" + std::to_string(range.begin.column);
    words += ",endColumn=" + std::to_string(range.end.column - 1) + ",";
  }
  return words;
}

std::string_view CommandOf(Severity severity) {
  return severity == Severity::kError ? "error" : severity == Severity::kWarning ? "warning" : "notice";
}

}  // namespace

std::string WriteGithub(const Verdict& verdict, const Options& options) {
  std::string out;
  if (verdict.outcome == Outcome::kUnjudged) {
    out += "::error title=sluice::could not judge " + Escaped(Printable(verdict.subject), false) + ": " +
           Escaped(PrintableCut(verdict.reason, kMessageLimit), false) + "\n";
  }
  for (const Finding* finding : BySeverity(verdict.findings)) {
    std::string message = PrintableCut(finding->message, kMessageLimit);
    if (const std::string object = ObjectWords(finding->object); !object.empty()) message += "\n" + object;
    if (const std::string remedy = RemedyWords(*finding, options); !remedy.empty()) message += "\n" + remedy;
    out += "::" + std::string(CommandOf(finding->severity)) + " " + Properties(*finding);
    out += "title=" + Property(Printable(finding->rule)) + "::" + Escaped(message, false) + "\n";
  }
  if (AsksClusters(verdict)) out += JudgedWords(verdict) + "\n";
  return out += "sluice: " + std::string(OutcomeName(verdict.outcome)) + UnansweredWords(verdict) + ", " +
                FindingWords(verdict) + " (" + Duration(verdict.summary.milliseconds) + ")\n";
}

}  // namespace sluice::report
