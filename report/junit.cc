// JUnit XML, as the schema of Jenkins' xUnit plugin (junit-10.xsd) describes
// it: a suite a file, a case an object. Errors fail a case, warnings are its
// output; what nobody could verify or was not judged is skipped, with the
// reason; a verdict that could not be taken is an error. Tests: junit_test.cc.
#include <map>
#include <string>
#include <vector>

#include "report/printable.h"
#include "report/snippet.h"
#include "report/words.h"
#include "report/writers.h"

namespace sluice::report {
namespace {

// For element text and for attributes alike; controls were made visible before.
std::string Xml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        continue;
      case '<':
        out += "&lt;";
        continue;
      case '>':
        out += "&gt;";
        continue;
      case '"':
        out += "&quot;";
        continue;
      case '\t':
        out += "&#9;";
        continue;
      default:
        out += c;
    }
  }
  return out;
}

std::string Attribute(std::string_view name, std::string_view value) {
  return " " + std::string(name) + "=\"" + Xml(value) + "\"";
}

struct Case {
  std::string name;
  std::vector<const Finding*> findings;
  std::string skipped;  // why; empty: it was judged
  std::string known;    // "cluster prod-1": who answered; empty: no cluster

  bool Fails() const {
    for (const Finding* finding : findings) {
      if (finding->severity == Severity::kError) return true;
    }
    return false;
  }
};

struct Suite {
  std::map<std::string, Case> cases;  // by name; "" holds what is of no object

  Case& At(const std::string& name) {
    Case& entry = cases[name];
    entry.name = name;
    return entry;
  }
};

std::map<std::string, Suite> Suites(const Verdict& verdict) {
  std::map<std::string, Suite> suites;
  for (const JudgedObject& object : verdict.objects) {
    Case& entry = suites[object.file].At(ObjectWords(object.name));
    for (const Evidence& evidence : object.evidence) {
      const std::string who = evidence.cluster.empty() ? "" : "cluster " + evidence.cluster;
      if (evidence.by == Evidence::By::kUnverified)
        entry.skipped = "unverified: " + (who.empty() ? "" : who + ": ") + evidence.reason;
      if (evidence.by == Evidence::By::kCluster) entry.known += (entry.known.empty() ? "" : ", ") + who;
    }
  }
  for (const Skipped& skipped : verdict.skipped) suites[skipped.file].At("").skipped = skipped.reason;
  for (const Finding& finding : verdict.findings) {
    if (finding.severity == Severity::kOff) continue;
    suites[finding.file].At(ObjectWords(finding.object)).findings.push_back(&finding);
  }
  return suites;
}

std::string FindingText(const Finding& finding, const Options& options) {
  std::string text = AfterPlace(finding, std::string(SeverityName(finding.severity)) + ": " +
                                             PrintableCut(finding.message, kMessageLimit) + " [" +
                                             Printable(finding.rule) + "]\n");
  text += Snippet(finding, "", "");
  if (const std::string remedy = RemedyWords(finding, options); !remedy.empty()) text += remedy + "\n";
  return text;
}

void WriteCase(std::string& out, const std::string& file, const Case& entry, const Options& options) {
  out += "    <testcase" + Attribute("name", entry.name.empty() ? "file" : entry.name) +
         Attribute("classname", Printable(file)) + ">\n";
  std::string failure, output, type, message;
  if (!entry.known.empty()) output = "known from " + Printable(entry.known) + "\n";
  for (const Finding* finding : entry.findings) {
    const bool error = finding->severity == Severity::kError;
    (error ? failure : output) += FindingText(*finding, options);
    if (!error || !type.empty()) continue;
    type = Printable(finding->rule);
    message = PrintableCut(finding->message, kMessageLimit);
  }
  if (!failure.empty()) {
    out += "      <failure" + Attribute("type", type) + Attribute("message", message) + ">" + Xml(failure) +
           "</failure>\n";
  } else if (!entry.skipped.empty()) {
    out += "      <skipped" + Attribute("message", PrintableCut(entry.skipped, kMessageLimit)) + "/>\n";
  }
  if (!output.empty()) out += "      <system-out>" + Xml(output) + "</system-out>\n";
  out += "    </testcase>\n";
}

struct Totals {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
};

std::string Counters(const Totals& totals) {
  return Attribute("tests", std::to_string(totals.tests)) +
         Attribute("failures", std::to_string(totals.failures)) +
         Attribute("errors", std::to_string(totals.errors));
}

void WriteSuite(std::string& out, const std::string& file, const Suite& suite, Totals& all,
                const Options& options) {
  Totals totals;
  for (const auto& [name, entry] : suite.cases) {
    ++totals.tests;
    if (entry.Fails())
      ++totals.failures;
    else if (!entry.skipped.empty())
      ++totals.skipped;
  }
  const std::string path = Printable(file.empty() ? "." : file);
  out += "  <testsuite" + Attribute("name", path) + Counters(totals) +
         Attribute("skipped", std::to_string(totals.skipped)) + Attribute("file", path) + ">\n";
  for (const auto& [name, entry] : suite.cases) WriteCase(out, file, entry, options);
  out += "  </testsuite>\n";
  all.tests += totals.tests;
  all.failures += totals.failures;
}

// A suite of one case that says why there is no verdict.
void WriteUnjudged(std::string& out, const Verdict& verdict, Totals& all) {
  out +=
      "  <testsuite name=\"sluice\" tests=\"1\" failures=\"0\" errors=\"1\">\n    <testcase "
      "name=\"verdict\"" +
      Attribute("classname", Printable(verdict.subject)) + ">\n      <error" +
      Attribute("message", "could not judge: " + PrintableCut(verdict.reason, kMessageLimit)) +
      "/>\n    </testcase>\n  </testsuite>\n";
  ++all.tests;
  ++all.errors;
}

}  // namespace

std::string WriteJunit(const Verdict& verdict, const Options& options) {
  std::string body;
  Totals all;
  if (verdict.outcome == Outcome::kUnjudged) WriteUnjudged(body, verdict, all);
  for (const auto& [file, suite] : Suites(verdict)) WriteSuite(body, file, suite, all, options);
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.3f", verdict.summary.milliseconds / 1000);
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"sluice\"" + Counters(all) +
         Attribute("time", seconds) + ">\n" + body + "</testsuites>\n";
}

}  // namespace sluice::report
