// What is judged (subject.h), by which configuration (policy_side.h), the
// gate's verdict, and its words. Tests: tests/cli/check_test.py.
#include "cli/check.h"

#include <algorithm>
#include <iterator>

#include "cli/check_input.h"
#include "cli/commands.h"
#include "cli/git_program.h"
#include "cli/jobs.h"
#include "cli/output.h"
#include "cli/paths.h"
#include "cli/policy_side.h"
#include "cli/progress.h"
#include "gate/history.h"
#include "gate/settle.h"
#include "report/report.h"

namespace sluice::cli {
namespace {

constexpr const char* kConfigurationFiles[] = {".sluice/sluice.yaml", ".sluice/waivers.yaml"};

Result<Subject> SubjectOf(const CheckOptions& options) {
  const auto is = [&](std::string_view word) {
    return std::find(options.what.begin(), options.what.end(), word) != options.what.end();
  };
  if (options.staged) return SubjectOfIndex(options.what);
  if (is("-")) {
    if (options.what.size() > 1) return Usage("\"-\" stands alone: standard input is one file");
    return SubjectOfInput(Limits().file_bytes);
  }
  for (const std::string& word : options.what) {
    CommitRange range;
    if (!ParseRange(word, range) || Exists(word)) continue;
    if (options.what.size() > 1) return Usage("give either a commit range or paths, not both: " + word);
    return SubjectOfRange(range, word);
  }
  return SubjectOfPaths(options.what);
}

// Paths as a person in the current directory would write them.
void ShowFromHere(const std::string& root, Verdict& verdict) {
  const std::string here = AbsolutePath(".");
  if (root.empty() || root == here) return;
  // Most often one of both holds the other; then no path needs a closer look.
  const std::string below = IsBelow(here, root) ? RelativePath(here, root) + "/" : "";
  const std::string above = IsBelow(root, here) ? RelativePath(root, here) + "/" : "";
  const auto show = [&](std::string& file) {
    if (file.empty()) return;
    if (!below.empty()) {
      file.insert(0, below);
    } else if (!above.empty() && file.starts_with(above)) {
      file.erase(0, above.size());
    } else {
      file = RelativePath(here, root + "/" + file);
    }
  };
  for (Finding& finding : verdict.findings) {
    show(finding.file);
    for (std::string& file : finding.through) show(file);
  }
  for (Skipped& skipped : verdict.skipped) show(skipped.file);
}

void NameStandardInput(Verdict& verdict) {
  for (Finding& finding : verdict.findings) finding.file = "<stdin>";
  for (JudgedObject& object : verdict.objects) object.file = "<stdin>";
  for (Skipped& skipped : verdict.skipped) skipped.file = "<stdin>";
}

int Report(Verdict verdict, const Subject& subject, const CheckOptions& options) {
  const report::Format format = report::FormatByName(options.output).value_or(report::Format::kText);
  if (subject.everywhere) NameStandardInput(verdict);
  if (format == report::Format::kText) ShowFromHere(subject.root, verdict);
  report::Options words;
  words.colour = UseColour(options.no_color            ? When::kNever
                           : options.color == "always" ? When::kAlways
                           : options.color == "never"  ? When::kNever
                                                       : When::kAuto);
  words.quiet = options.quiet;
  words.version = kVersion;
  words.rule = gate::FindRule;
  return Print(report::Write(verdict, format, words)) ? ExitCodeOf(verdict.outcome) : kUnjudged;
}

// Nothing was judged, for the configuration is wrong. Whoever reads a report
// gets one that says so.
int FailToConfigure(const Error& error, Findings wrong, const Subject& subject, const CheckOptions& options) {
  const int code = Fail(error);
  const report::Format format = report::FormatByName(options.output).value_or(report::Format::kText);
  if (format == report::Format::kText) return code;
  Verdict verdict;
  verdict.outcome = Outcome::kUnjudged;
  verdict.subject = subject.words;
  verdict.reason = wrong.empty() ? error.Text() : "the configuration is wrong";
  verdict.summary.errors = wrong.size();
  verdict.findings = std::move(wrong);
  report::Options words;
  words.version = kVersion;
  words.rule = gate::FindRule;
  Print(report::Write(verdict, format, words));
  return code;
}

Result<gate::Configuration> Configure(const Subject& subject, const CheckOptions& options, Findings& wrong) {
  std::vector<std::string> others;
  Result<gate::Configuration> configuration = ConfigurationOf(subject, options.config, others, &wrong);
  for (const std::string& other : others) PrintError(other);
  if (!configuration) return configuration;
  Result<std::vector<std::string>> minors = Minors(options.kubernetes);
  if (!minors) return minors.error();
  if (minors->empty()) return configuration;
  configuration->kubernetes = *std::move(minors);
  for (gate::Cluster& cluster : configuration->clusters) cluster.kubernetes.clear();
  return configuration;
}

// As in a push: what the commits in between hold stays in the history.
void SearchCommits(const Subject& subject, const gate::Configuration& configuration,
                   const std::vector<gate::LookedAt>& looked_at, Verdict& verdict) {
  gate::HistoryInput input;
  input.repository = subject.repository.get();
  input.tip = subject.tip;
  input.known = {subject.known};
  input.looked_at = looked_at;
  input.limits = &configuration.limits;
  input.ratchet = configuration.ratchet;
  const Result<Findings> findings = gate::CheckHistory(input);
  if (findings) {
    const gate::Configuration* const policies[] = {&configuration};
    gate::JoinHistory(*findings, policies, std::chrono::system_clock::now(), verdict);
  } else {
    verdict.outcome = Outcome::kUnjudged;
    verdict.reason = findings.error().Text();
  }
  gate::Settle(verdict);
}

// Whether the configuration that was loaded is among the files that are judged.
bool ReadsOwnConfiguration(const Subject& subject, const CheckOptions& options) {
  if (!options.config.empty())
    return AbsolutePath(options.config) == subject.root + "/" + kConfigurationFiles[0];
  return subject.policy != nullptr && subject.policy == subject.after.get();
}

// It was read and checked as what it is.
void LeaveOutConfiguration(Verdict& verdict) {
  std::erase_if(verdict.skipped, [](const Skipped& skipped) {
    return std::find(std::begin(kConfigurationFiles), std::end(kConfigurationFiles), skipped.file) !=
           std::end(kConfigurationFiles);
  });
}

// Words that name a commit where paths are expected; empty: none.
std::string CommitHint(const std::vector<std::string>& words) {
  const GitPlace place = FindGit(AbsolutePath("."));
  const auto repository = place.git_dir.empty() ? Result<std::shared_ptr<const git::Repository>>(NotFound(""))
                                                : OpenRepository(place);
  if (!repository) return {};
  for (const std::string& word : words) {
    if (Exists(word) || word.starts_with('-') || !ResolveCommit(place, **repository, word)) continue;
    return word + " is a commit; what it changed: sluice check " + word + "~.." + word;
  }
  return {};
}

}  // namespace

Verdict Judge(Subject& subject, gate::Configuration configuration, const CheckOptions& options,
              const Questions& questions) {
  Progress progress(!options.quiet && IsInteractive());
  gate::CheckInput input =
      InputOf(subject, configuration, questions, {options.jobs, options.helm, options.ask.seconds});
  input.objects = options.output == "json" || options.output == "junit";  // the others only count them
  input.digests = options.output == "json";
  input.progress = [&](std::size_t done, std::size_t all) { progress.Tell(done, all); };
  std::vector<gate::LookedAt> looked_at;
  input.looked_at = &looked_at;
  Verdict verdict = gate::Check(input);
  if (subject.repository != nullptr) SearchCommits(subject, configuration, looked_at, verdict);
  if (ReadsOwnConfiguration(subject, options)) LeaveOutConfiguration(verdict);
  // Somebody who starts with an old repository sees all of it, and asks what would block.
  if (configuration.ratchet && options.what.empty() && subject.before == nullptr &&
      verdict.outcome == Outcome::kRejected) {
    verdict.notes.push_back(
        "ratchet is on: a push is not blocked by what was there before; sluice check BASE...HEAD leaves that "
        "out");
  }
  return verdict;
}

int RunCheck(const CheckOptions& options) {
  Result<Subject> subject = SubjectOf(options);
  if (!subject) {
    const int code = Fail(subject.error());
    if (const std::string hint = CommitHint(options.what); !hint.empty()) PrintHint(hint);
    return code;
  }
  Findings wrong;
  Result<gate::Configuration> configuration = Configure(*subject, options, wrong);
  if (!configuration) return FailToConfigure(configuration.error(), std::move(wrong), *subject, options);
  const Result<Questions> questions = PrepareQuestions(options.ask, *configuration);
  if (!questions) return Fail(questions.error());
  if (!subject->hint.empty() && !options.quiet) PrintHint(subject->hint);
  Verdict verdict = Judge(*subject, *std::move(configuration), options, *questions);
  if (*questions->broken) return Fail(**questions->broken);
  return Report(std::move(verdict), *subject, options);
}

void AddCheck(const Command& app) {
  const auto options = std::make_shared<CheckOptions>();
  const Command check = app.AddCommand("check", "judge manifests as the gate would");
  check
      .AddOption("what", options->what,
                 "files, directories or globs; A..B or A...B; - for standard input; default: here")
      .Type("PATH|REV..REV|REV...REV|-");
  check.AddFlag("--staged", options->staged, "judge git's index against HEAD");
  check.AddOption("--kubernetes-version", options->kubernetes, "target minors instead of the configured ones")
      .Type("1.X[,1.Y]")
      .CommaSeparated()
      .OneEach();
  std::vector<std::string> formats;
  for (const std::string_view name : report::FormatNames()) formats.emplace_back(name);
  check.AddOption("-o,--output", options->output, "form of the verdict").Type("FORMAT").OneOf(formats);
  check.AddOption("--config", options->config, "a sluice.yaml instead of the one in .sluice/").Type("FILE");
  AddJobs(check, options->jobs);
  AddHelmOptions(check, options->helm);
  AddAskOptions(check, options->ask);
  check.AddFlag("-q,--quiet", options->quiet, "findings and the last line only");
  check.AddOption("--color", options->color, "when to use colours")
      .Type("WHEN")
      .OneOf({"auto", "always", "never"});
  check.AddFlag("--no-color", options->no_color, "the same as --color never");
  check.Runs([options] { return RunCheck(*options); });
}

}  // namespace sluice::cli
