// Verdicts for the tests of report/: read from golden/*.verdict.json, or made.
#pragma once

#include <string>
#include <vector>

#include "base/verdict.h"
#include "report/report.h"

namespace sluice::report {

std::string ReadFile(const std::string& path);
bool FileExists(const std::string& path);
std::string GoldenDir();

// The form of `sluice check --output json`, with "sourceLine" in findings.
Verdict ReadVerdict(const std::string& path);

// Options as the programs set them: version 0.1.0 and two rules with words.
Options TestOptions();

// One error at a.yaml:2:3 with a source line.
Finding SampleFinding(std::string message = "unknown field \"replica\"");
Verdict VerdictOf(Findings findings, Outcome outcome = Outcome::kRejected);

// Where a published schema lies (tests/report/fetch-schemas), or empty after
// one line that says so.
std::string PublishedSchema(const std::string& name);

// Empty where `json` fits `schema`, else what does not.
std::string SchemaErrors(const std::string& schema_file, const std::string& json);

// Texts that no writer may let through: each with a character that steers.
const std::vector<std::string>& HostileTexts();
// Raw control characters (but LF and TAB), bidirectional ones, bytes that are not UTF-8.
bool Steers(const std::string& text);

}  // namespace sluice::report
