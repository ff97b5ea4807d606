// The machine's form of a verdict. docs/schema/verdict.schema.json is its
// contract, additive only: members are added, never renamed, removed or given
// another meaning. Every member is always there; "" and 0 mean "none" and
// "not known", a finding of no object has null. Tests: json_test.cc.
#include <string>

#include "report/json_writer.h"
#include "report/words.h"
#include "report/writers.h"

namespace sluice::report {
namespace {

void WriteObjectName(JsonWriter& json, const ObjectName& name) {
  json.Member("apiVersion", name.api_version).Member("kind", name.kind);
  json.Member("namespace", name.ns).Member("name", name.name);
}

// The finding's own, else the rule's: a reader of JSON has no `sluice explain`.
std::string_view RemedyOf(const Finding& finding, const Options& options) {
  if (!finding.remedy.empty()) return finding.remedy;
  const Rule* rule = RuleOf(finding, options);
  return rule == nullptr ? std::string_view() : rule->remedy;
}

void WriteFinding(JsonWriter& json, const Finding& finding, const Options& options) {
  json.Line().BeginObject();
  json.Member("rule", finding.rule).Member("severity", SeverityName(finding.severity));
  json.Member("file", finding.file);
  json.Member("line", finding.range.begin.line).Member("column", finding.range.begin.column);
  json.Member("endLine", finding.range.end.line).Member("endColumn", finding.range.end.column);
  json.Member("field", finding.field);
  json.Key("through").BeginArray();
  for (const std::string& file : finding.through) json.String(file);
  json.EndArray().Key("object");
  if (finding.object == ObjectName{}) {
    json.Null();
  } else {
    json.BeginObject();
    WriteObjectName(json, finding.object);
    json.EndObject();
  }
  json.Member("message", finding.message).Member("remedy", RemedyOf(finding, options)).EndObject();
}

std::string_view ByName(Evidence::By by) {
  switch (by) {
    case Evidence::By::kCluster:
      return "cluster";
    case Evidence::By::kOffline:
      return "offline";
    case Evidence::By::kUnverified:
      break;
  }
  return "unverified";
}

void WriteJudged(JsonWriter& json, const JudgedObject& object) {
  json.Line().BeginObject().Member("file", object.file).Member("line", object.line);
  WriteObjectName(json, object.name);
  json.Member("digest", object.digest).Key("evidence").BeginArray();
  for (const Evidence& evidence : object.evidence) {
    json.BeginObject().Member("by", ByName(evidence.by)).Member("cluster", evidence.cluster);
    json.Member("reason", evidence.reason).EndObject();
  }
  json.EndArray().EndObject();
}

void WriteSummary(JsonWriter& json, const Summary& summary) {
  json.BeginObject();
  json.Member("files", summary.files).Member("objects", summary.objects);
  json.Member("judged", summary.judged).Member("unverified", summary.unverified);
  json.Member("byCluster", summary.by_cluster);
  json.Member("errors", summary.errors).Member("warnings", summary.warnings);
  json.Member("older", summary.older).Member("waived", summary.waived);
  json.Member("policy", summary.policy).Key("milliseconds").Decimal(summary.milliseconds);
  json.EndObject();
}

}  // namespace

std::string WriteJson(const Verdict& verdict, const Options& options) {
  std::string out;
  out.reserve(512 + 480 * verdict.findings.size() + 320 * verdict.objects.size());
  JsonWriter json(out);
  json.BeginObject().Member("schemaVersion", 1).Member("verdict", OutcomeName(verdict.outcome));
  json.Member("subject", verdict.subject).Member("reason", verdict.reason);
  json.Key("findings").BeginArray();
  for (const Finding& finding : verdict.findings) {
    if (finding.severity != Severity::kOff) WriteFinding(json, finding, options);
  }
  json.EndArray().Key("objects").BeginArray();
  for (const JudgedObject& object : verdict.objects) WriteJudged(json, object);
  json.EndArray().Key("removed").BeginArray();
  for (const JudgedObject& object : verdict.removed) WriteJudged(json, object);
  json.EndArray().Key("skipped").BeginArray();
  for (const Skipped& skipped : verdict.skipped) {
    json.Line().BeginObject().Member("file", skipped.file).Member("reason", skipped.reason).EndObject();
  }
  json.EndArray().Key("notes").BeginArray();
  for (const std::string& note : verdict.notes) json.String(note);
  json.EndArray().Key("summary");
  WriteSummary(json, verdict.summary);
  json.EndObject();
  return out += '\n';
}

}  // namespace sluice::report
