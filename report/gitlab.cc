// GitLab's Code Quality report: a JSON array of issues. `fingerprint` is what
// GitLab compares between branches, so it does not hold the line. A verdict
// that could not be taken is an issue of its own: the report is never empty
// for it. Tests: gitlab_test.cc.
#include <algorithm>
#include <string>

#include "report/fingerprint.h"
#include "report/json_writer.h"
#include "report/printable.h"
#include "report/words.h"
#include "report/writers.h"

namespace sluice::report {
namespace {

std::string_view SeverityWord(Severity severity) {
  return severity == Severity::kError ? "critical" : severity == Severity::kWarning ? "minor" : "info";
}

struct Issue {
  std::string_view check, severity, path;
  std::string description, fingerprint;
  std::uint32_t line = 0;
};

void WriteIssue(JsonWriter& json, const Issue& issue) {
  json.Line().BeginObject().Member("description", issue.description);
  json.Member("check_name", issue.check).Member("fingerprint", issue.fingerprint);
  json.Member("severity", issue.severity).Key("location").BeginObject();
  json.Member("path", issue.path.empty() ? "." : issue.path);
  json.Key("lines").BeginObject().Member("begin", std::max(issue.line, 1u)).EndObject();
  json.EndObject().EndObject();
}

}  // namespace

std::string WriteGitlab(const Verdict& verdict) {
  std::string out;
  JsonWriter json(out);
  Fingerprints fingerprints;
  json.BeginArray();
  if (verdict.outcome == Outcome::kUnjudged) {
    Finding unjudged;
    unjudged.rule = "sluice/unjudged";
    unjudged.message = verdict.reason;
    WriteIssue(json, {unjudged.rule, "blocker", ".", "could not judge: " + Printable(verdict.reason),
                      fingerprints.Of(unjudged)});
  }
  for (const Finding& finding : verdict.findings) {
    if (finding.severity == Severity::kOff) continue;
    WriteIssue(json, {finding.rule, SeverityWord(finding.severity), finding.file,
                      PrintableCut(finding.message, kMessageLimit), fingerprints.Of(finding),
                      finding.range.begin.line});
  }
  json.EndArray();
  return out += '\n';
}

}  // namespace sluice::report
