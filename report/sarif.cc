// SARIF 2.1.0 (OASIS), within the limits of GitHub's code scanning: 25,000
// results a run, 1,024 characters of a rule's full description, no empty
// strings, repository-relative URIs. Columns count code points, as everywhere
// here (columnKind). Tests: sarif_test.cc, against the published schema.
#include <algorithm>
#include <map>
#include <string>

#include "report/fingerprint.h"
#include "report/json_writer.h"
#include "report/printable.h"
#include "report/words.h"
#include "report/writers.h"

namespace sluice::report {
namespace {

constexpr std::size_t kResults = 25'000;
constexpr std::size_t kDescription = 1000;  // code points; 1,024 characters are taken

// RFC 3986: a relative path whose first part cannot be taken for a scheme.
std::string Uri(std::string_view path) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  constexpr std::string_view kKept = "-._~/!$&'()*+,;=@";
  std::string uri;
  for (const char c : path) {
    const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (alphanumeric || kKept.find(c) != kKept.npos) {
      uri += c;
      continue;
    }
    uri += '%';
    uri += kDigits[static_cast<unsigned char>(c) >> 4];
    uri += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return uri.empty() ? "." : uri;
}

std::string_view Level(Severity severity) {
  return severity == Severity::kError ? "error" : severity == Severity::kWarning ? "warning" : "note";
}

void WriteText(JsonWriter& json, std::string_view key, std::string_view text, std::size_t limit) {
  json.Key(key).BeginObject().Member("text", PrintableCut(text.empty() ? "." : text, limit)).EndObject();
}

std::string HelpWords(const Rule& rule) {
  return std::string(rule.why) + "\n\n" + std::string(rule.remedy) + "\n";
}

class SarifWriter {
 public:
  SarifWriter(const Verdict& verdict, const Options& options)
      : verdict_(verdict), options_(options), results_(BySeverity(verdict.findings)), json_(out_) {
    left_out_ = results_.size() > kResults ? results_.size() - kResults : 0;
    results_.resize(results_.size() - left_out_);
    for (const Finding* finding : results_) rules_.emplace(finding->rule, finding);
    std::size_t index = 0;
    for (const auto& [id, finding] : rules_) indexes_[id] = index++;
  }

  std::string Write() {
    json_.BeginObject();
    json_.Member("$schema", "https://json.schemastore.org/sarif-2.1.0.json").Member("version", "2.1.0");
    json_.Key("runs").BeginArray().BeginObject();
    WriteTool();
    WriteInvocation();
    json_.Member("columnKind", "unicodeCodePoints");
    json_.Key("automationDetails").BeginObject().Member("id", "sluice/").EndObject();
    json_.Key("results").BeginArray();
    for (const Finding* finding : results_) WriteResult(*finding);
    json_.EndArray().EndObject().EndArray().EndObject();
    out_ += '\n';
    return std::move(out_);
  }

 private:
  void WriteTool() {
    json_.Key("tool").BeginObject().Key("driver").BeginObject().Member("name", "Sluice");
    if (!options_.version.empty()) json_.Member("version", options_.version);
    json_.Key("rules").BeginArray();
    for (const auto& [id, finding] : rules_) WriteRule(*finding);
    json_.EndArray().EndObject().EndObject();
  }

  void WriteRule(const Finding& finding) {
    json_.Line().BeginObject().Member("id", finding.rule);
    if (const Rule* rule = RuleOf(finding, options_)) {
      WriteText(json_, "shortDescription", rule->title, kDescription);
      WriteText(json_, "fullDescription", rule->why, kDescription);
      json_.Key("help").BeginObject().Member("text", HelpWords(*rule)).EndObject();
      json_.Key("defaultConfiguration").BeginObject().Member("level", Level(rule->severity)).EndObject();
    }
    const std::string group = finding.rule.substr(0, finding.rule.find('/'));
    json_.Key("properties").BeginObject().Key("tags").BeginArray().String("kubernetes");
    if (!group.empty()) json_.String(group);
    json_.EndArray().EndObject().EndObject();
  }

  void WriteInvocation() {
    const bool judged = verdict_.outcome != Outcome::kUnjudged;
    json_.Key("invocations").BeginArray().BeginObject().Key("executionSuccessful").Bool(judged);
    json_.Key("toolExecutionNotifications").BeginArray();
    if (!judged) Notify("error", verdict_.reason.empty() ? "could not judge" : verdict_.reason);
    if (left_out_ != 0) Notify("warning", Count(left_out_, "result") + " left out: a run holds 25,000");
    if (AsksClusters(verdict_)) Notify("note", JudgedWords(verdict_));
    for (const Skipped& skipped : verdict_.skipped) {
      Notify("note", skipped.file + " was not judged: " + skipped.reason);
    }
    for (const std::string& note : verdict_.notes) Notify("note", note);
    json_.EndArray().EndObject().EndArray();
  }

  void Notify(std::string_view level, std::string_view words) {
    json_.BeginObject().Member("level", level);
    WriteText(json_, "message", words, kMessageLimit);
    json_.EndObject();
  }

  void WriteResult(const Finding& finding) {
    json_.Line().BeginObject().Member("ruleId", finding.rule);
    json_.Member("ruleIndex", indexes_[finding.rule]).Member("level", Level(finding.severity));
    std::string words = finding.message;
    if (const std::string object = ObjectWords(finding.object); !object.empty()) words += " (" + object + ")";
    if (!finding.remedy.empty()) words += "; " + finding.remedy;
    WriteText(json_, "message", words, kMessageLimit);
    json_.Key("locations").BeginArray().BeginObject();
    WriteLocation(finding);
    json_.EndObject().EndArray();
    json_.Key("partialFingerprints").BeginObject();
    json_.Member("primaryLocationLineHash", fingerprints_.Of(finding)).EndObject().EndObject();
  }

  void WriteLocation(const Finding& finding) {
    json_.Key("physicalLocation").BeginObject();
    json_.Key("artifactLocation").BeginObject().Member("uri", Uri(finding.file));
    json_.Member("uriBaseId", "%SRCROOT%").EndObject();
    const Range& range = finding.range;
    json_.Key("region").BeginObject().Member("startLine", std::max(range.begin.line, 1u));
    if (range.begin.line != 0 && range.begin.column != 0) {
      json_.Member("startColumn", range.begin.column);
      if (range.begin < range.end && range.end.column != 0) {
        json_.Member("endLine", range.end.line).Member("endColumn", range.end.column);
      }
    }
    json_.EndObject().EndObject();
  }

  const Verdict& verdict_;
  const Options& options_;
  std::vector<const Finding*> results_;
  std::size_t left_out_ = 0;
  std::map<std::string_view, const Finding*> rules_;  // one finding of each rule, by id
  std::map<std::string_view, std::size_t> indexes_;
  Fingerprints fingerprints_;
  std::string out_;
  JsonWriter json_;
};

}  // namespace

std::string WriteSarif(const Verdict& verdict, const Options& options) {
  return SarifWriter(verdict, options).Write();
}

}  // namespace sluice::report
