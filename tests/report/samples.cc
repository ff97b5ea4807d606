#include "tests/report/samples.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "report/printable.h"

namespace sluice::report {
namespace {

using Json = nlohmann::json;

std::string Text(const Json& json, const char* key) { return json.value(key, std::string()); }

ObjectName NameOf(const Json& json) {
  return {Text(json, "apiVersion"), Text(json, "kind"), Text(json, "namespace"), Text(json, "name")};
}

Severity SeverityOf(const std::string& name) {
  for (const Severity severity : {Severity::kOff, Severity::kNote, Severity::kWarning}) {
    if (SeverityName(severity) == name) return severity;
  }
  return Severity::kError;
}

Finding FindingOf(const Json& json) {
  Finding finding;
  finding.rule = Text(json, "rule");
  finding.severity = SeverityOf(Text(json, "severity"));
  finding.file = Text(json, "file");
  finding.range = {{json.value("line", 0u), json.value("column", 0u)},
                   {json.value("endLine", 0u), json.value("endColumn", 0u)}};
  finding.field = Text(json, "field");
  finding.through = json.value("through", std::vector<std::string>());
  if (json.contains("object")) finding.object = NameOf(json["object"]);
  finding.message = Text(json, "message");
  finding.remedy = Text(json, "remedy");
  finding.source_line = Text(json, "sourceLine");
  return finding;
}

JudgedObject JudgedOf(const Json& json) {
  JudgedObject object{Text(json, "file"), json.value("line", 0u), NameOf(json), Text(json, "digest"), {}};
  for (const Json& evidence : json.value("evidence", Json::array())) {
    const std::string by = Text(evidence, "by");
    object.evidence.push_back({by == "cluster"   ? Evidence::By::kCluster
                               : by == "offline" ? Evidence::By::kOffline
                                                 : Evidence::By::kUnverified,
                               Text(evidence, "cluster"), Text(evidence, "reason")});
  }
  return object;
}

Summary SummaryOf(const Json& json) {
  Summary summary;
  summary.files = json.value("files", 0u);
  summary.objects = json.value("objects", 0u);
  summary.judged = json.value("judged", 0u);
  summary.unverified = json.value("unverified", 0u);
  summary.by_cluster = json.value("byCluster", 0u);
  summary.errors = json.value("errors", 0u);
  summary.warnings = json.value("warnings", 0u);
  summary.older = json.value("older", 0u);
  summary.waived = json.value("waived", 0u);
  summary.policy = Text(json, "policy");
  summary.milliseconds = json.value("milliseconds", 0.0);
  return summary;
}

constexpr Rule kUnknownField = {.id = "schema/unknown-field",
                                .title = "a field that the kind does not have",
                                .why = "The API server refuses it, or drops it without a word.",
                                .remedy = "remove the field or correct its name",
                                .fails = "",
                                .passes = ""};
constexpr Rule kRequireDigest = {.id = "policy/require-digest",
                                 .title = "an image without a digest",
                                 .why = "A tag can be moved to other content.",
                                 .remedy = "pin the digest, or add a waiver (owner: sre)",
                                 .fails = "",
                                 .passes = ""};

}  // namespace

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

bool FileExists(const std::string& path) { return std::filesystem::exists(path); }

std::string GoldenDir() { return std::string(SLUICE_SOURCE_DIR) + "/tests/report/golden/"; }

Verdict ReadVerdict(const std::string& path) {
  const Json json = Json::parse(ReadFile(path));
  Verdict verdict;
  const std::string outcome = Text(json, "verdict");
  verdict.outcome = outcome == "accepted"   ? Outcome::kAccepted
                    : outcome == "rejected" ? Outcome::kRejected
                                            : Outcome::kUnjudged;
  verdict.subject = Text(json, "subject");
  verdict.reason = Text(json, "reason");
  for (const Json& finding : json["findings"]) verdict.findings.push_back(FindingOf(finding));
  for (const Json& object : json["objects"]) verdict.objects.push_back(JudgedOf(object));
  for (const Json& object : json.value("removed", Json::array())) verdict.removed.push_back(JudgedOf(object));
  for (const Json& skipped : json["skipped"]) {
    verdict.skipped.push_back({Text(skipped, "file"), Text(skipped, "reason")});
  }
  verdict.notes = json.value("notes", std::vector<std::string>());
  verdict.summary = SummaryOf(json["summary"]);
  return verdict;
}

Options TestOptions() {
  Options options;
  options.version = "0.1.0";
  options.rule = [](std::string_view id) -> const Rule* {
    for (const Rule* rule : {&kUnknownField, &kRequireDigest}) {
      if (rule->id == id) return rule;
    }
    return nullptr;
  };
  return options;
}

Finding SampleFinding(std::string message) {
  Finding finding;
  finding.rule = "schema/unknown-field";
  finding.file = "a.yaml";
  finding.range = {{2, 3}, {2, 10}};
  finding.message = std::move(message);
  finding.source_line = "  replica: 3";
  return finding;
}

Verdict VerdictOf(Findings findings, Outcome outcome) {
  Verdict verdict;
  verdict.outcome = outcome;
  verdict.subject = "main";
  verdict.findings = std::move(findings);
  verdict.summary.milliseconds = 11;
  return verdict;
}

std::string PublishedSchema(const std::string& name) {
  const char* from = std::getenv("SLUICE_PUBLISHED_SCHEMAS");
  const std::string path =
      std::string(from != nullptr ? from : SLUICE_BINARY_DIR "/published-schemas") + "/" + name;
  if (FileExists(path)) return path;
  std::cout << "skipped: no " << name << " (tests/report/fetch-schemas brings it)\n";
  return {};
}

std::string SchemaErrors(const std::string& schema_file, const std::string& text) {
  const Json schema_json = Json::parse(ReadFile(schema_file));
  valijson::Schema schema;
  const bool draft4 = schema_json.value("$schema", "").find("draft-04") != std::string::npos;
  valijson::SchemaParser parser(draft4 ? valijson::SchemaParser::kDraft4 : valijson::SchemaParser::kDraft7);
  parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(schema_json), schema);
  const Json json = Json::parse(text);
  valijson::Validator validator;
  valijson::ValidationResults results;
  if (validator.validate(schema, valijson::adapters::NlohmannJsonAdapter(json), &results)) return {};
  std::string words = "does not fit";
  for (const auto& error : results) {
    words += "\n";
    for (const std::string& part : error.context) words += part;
    words += ": " + error.description;
  }
  return words;
}

const std::vector<std::string>& HostileTexts() {
  static const std::vector<std::string> texts = {
      "\x1b[2J\x1b[31mred",
      "a\rb",
      "a\nb",
      "bell\x07",
      "del\x7f",
      "c1 \xc2\x9b"
      "31m",
      "\xe2\x80\xae"
      "evil",
      "\xe2\x81\xa6iso\xe2\x81\xa9",
      "\xe2\x80\xa8line",
      "not utf-8 \xff\xfe",
      "overlong \xc0\xaf",
      "surrogate \xed\xa0\x80",
      "cut \xe2\x82",
      "nonchar \xef\xbf\xbf",
      "tag \xf3\xa0\x81\x81",
      std::string("nul\0x", 5),
  };
  return texts;
}

bool Steers(const std::string& text) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const CodePoint point = NextCodePoint(rest);
    if (!point.valid) return true;
    if (point.value != '\n' && point.value != '\t' && IsUnprintable(point.value)) return true;
    rest.remove_prefix(point.bytes);
  }
  return false;
}

}  // namespace sluice::report
