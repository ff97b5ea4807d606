// `sluice diff`: for each build that a change can reach, the objects that would be
// other ones: of two commits, of a commit and the work tree, of HEAD and the index;
// by live_diff.h what a cluster runs against what is desired. A value of a Secret is
// never shown, on neither side. Tests: tests/cli/diff_test.py.
#include "cli/diff.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>

#include "cli/check_input.h"
#include "cli/commands.h"
#include "cli/diff_lines.h"
#include "cli/helm_program.h"
#include "cli/jobs.h"
#include "cli/live_diff.h"
#include "cli/output.h"
#include "cli/policy_side.h"
#include "cli/subject.h"
#include "gate/builds.h"

namespace sluice::cli {
namespace {

using manifests::Node;
using manifests::Object;
using manifests::ObjectDifference;
using manifests::render::Built;
using manifests::render::BuiltObject;
using manifests::render::Place;
using manifests::render::Sources;

struct DiffOptions {
  std::vector<std::string> what;  // a range, or a commit; with a cluster paths too; empty: HEAD, or here
  bool staged = false;
  bool exit_code = false;
  std::string config;
  unsigned jobs = 0;  // 0: as many as there are processors
  std::string output = "text";
  std::string color = "auto";
  bool no_color = false;
  HelmPlace helm;
  AskOptions ask;
};

constexpr int kDiffers = 1;  // as of `git diff --exit-code`

// With the places of what is there after the change, else before it.
ObjectLines PlacedLines(const ObjectDifference& difference, const Sources& before, const Sources& after) {
  ObjectLines lines = LinesOf(difference);
  const Object& object = difference.after != nullptr ? *difference.after : *difference.before;
  const Place place = (difference.after != nullptr ? after : before).Resolve(object.root->range);
  if (place.file != nullptr) lines.file = place.file->path.text();
  lines.line = place.range.begin.line;
  for (std::size_t i = 0; i < lines.fields.size(); ++i) {
    const Node* const node = difference.fields[i].after;
    const Place of_field = node == nullptr ? Place() : after.Resolve(node->range);
    if (of_field.file != nullptr) lines.fields[i].file = of_field.file->path.text();
    lines.fields[i].line = of_field.range.begin.line;
  }
  return lines;
}

std::vector<const Object*> ObjectsOf(const Built* built) {
  std::vector<const Object*> objects;
  if (built == nullptr) return objects;
  for (const BuiltObject& object : built->objects) objects.push_back(&object.object);
  return objects;
}

BuildDiff DiffOf(const std::string& name, gate::Builds& before, gate::Builds& after) {
  BuildDiff diff;
  diff.name = name;
  const gate::Build* const old_build = before.Find(name);
  const gate::Build* const new_build = after.Find(name);
  const Built* const old = old_build == nullptr ? nullptr : &old_build->built;
  const Built* const now = new_build == nullptr ? nullptr : &new_build->built;
  for (const Built* built : {old, now}) {
    if (built != nullptr && !gate::CameToItsEnd(*built))
      diff.findings.insert(diff.findings.end(), built->findings.begin(), built->findings.end());
  }
  if (!diff.findings.empty()) return diff;
  for (const ObjectDifference& difference : manifests::Differences(ObjectsOf(old), ObjectsOf(now)))
    Add(PlacedLines(difference, before.sources(), after.sources()), diff);
  return diff;
}

gate::Affected AffectedBy(const Subject& subject, const gate::Facts& before, const gate::Facts& after) {
  std::set<std::string> paths;
  for (const git::FileChange& file : subject.changes) paths.insert(file.path);
  std::map<std::string, std::vector<std::string>> identities;
  for (const gate::Facts* facts : {&before, &after}) {
    facts->ForEach(gate::FactKind::kIdentity, [&](const gate::FactView& fact) {
      if (paths.contains(std::string(fact.file))) identities[std::string(fact.file)].emplace_back(fact.key);
    });
  }
  std::vector<gate::ChangedObjects> changed;
  for (const std::string& path : paths) changed.push_back({path, identities[path]});
  gate::Affected affected;
  gate::FindAffected(before, changed, affected);
  gate::FindAffected(after, changed, affected);
  return affected;
}

// What one side has to say besides its objects.
void TellAround(const gate::Builds& builds, const std::vector<Skipped>& unread, TreeDiff& diff) {
  for (const gate::Build& build : builds.all()) {
    for (const manifests::render::NotBuilt& part : build.built.not_built)
      diff.not_compared.insert({part.file, part.place.begin.line, part.reason});
  }
  for (const std::vector<Skipped>* skipped : {&builds.skipped(), &unread}) {
    for (const Skipped& one : *skipped) diff.not_compared.insert({one.file, 0, one.reason});
  }
  gate::AddEachOnce(builds.findings(), diff.findings);
}

Result<TreeDiff> Compare(const Subject& subject, const gate::Configuration& configuration,
                         const gate::BuildSettings& settings, unsigned jobs) {
  const MemoryTree empty;  // before the first commit
  const FileTree& nothing = empty;
  const FileTree& tree_before = subject.before == nullptr ? nothing : *subject.before;
  const Result<gate::TreeFacts> facts_before = gate::FactsOfTree(tree_before, configuration.limits, jobs);
  if (!facts_before) return facts_before.error();
  const Result<gate::TreeFacts> facts_after = gate::FactsOfTree(*subject.after, configuration.limits, jobs);
  if (!facts_after) return facts_after.error();
  const gate::Affected affected = AffectedBy(subject, facts_before->facts, facts_after->facts);
  std::set<std::string> changed;
  for (const git::FileChange& file : subject.changes) changed.insert(file.path);
  const gate::BuildOptions options{jobs, settings, [] { return false; },
                                   [&](const std::string& path) { return changed.contains(path); }};
  gate::Builds before(tree_before, facts_before->facts, configuration, affected, options);
  gate::Builds after(*subject.after, facts_after->facts, configuration, affected, options);
  before.Add(after.Names());
  after.Add(before.Names());
  for (gate::Builds* side : {&before, &after}) {
    if (const std::optional<Error> failure = side->Failure()) return *failure;
  }
  std::set<std::string> names = before.Names();
  names.merge(after.Names());
  TreeDiff all;
  TellAround(before, facts_before->skipped, all);
  TellAround(after, facts_after->skipped, all);
  for (const std::string& name : names) {
    BuildDiff diff = DiffOf(name, before, after);
    if (!diff.objects.empty() || !diff.findings.empty()) all.builds.push_back(std::move(diff));
  }
  return all;
}

std::string Words(const TreeDiff& diff, const DiffOptions& options) {
  if (options.output == "json") return DiffAsJson(diff);
  if (options.output == "markdown") return DiffAsMarkdown(diff);
  return DiffAsText(diff, UseColour(options.no_color            ? When::kNever
                                    : options.color == "always" ? When::kAlways
                                    : options.color == "never"  ? When::kNever
                                                                : When::kAuto));
}

// The range that is all that was named.
bool NamesRange(const std::vector<std::string>& what, CommitRange& range) {
  return what.size() == 1 && ParseRange(what[0], range);
}

Result<Subject> SubjectOf(const DiffOptions& options) {
  if (options.staged) {
    if (!options.what.empty()) return Usage("--staged compares the index with HEAD, and takes no commit");
    return SubjectOfIndex({});
  }
  CommitRange range;
  if (NamesRange(options.what, range)) return SubjectOfRange(range, options.what[0]);
  if (!options.ask.clusters.empty()) return SubjectOfPaths(options.what);
  if (options.what.size() > 1)
    return Usage("one range or commit is compared, and \"" + options.what[1] + "\" is a second word");
  return SubjectOfWorkTree(options.what.empty() ? "HEAD" : options.what[0]);
}

bool IsComplete(const TreeDiff& diff) {
  return diff.findings.empty() && std::all_of(diff.builds.begin(), diff.builds.end(),
                                              [](const BuildDiff& build) { return build.findings.empty(); });
}

int ExitCode(const TreeDiff& diff, bool complete, const DiffOptions& options) {
  if (!complete) return kUnjudged;
  return options.exit_code && !diff.builds.empty() ? kDiffers : kAccepted;
}

int RunLiveDiff(const DiffOptions& options, Subject& subject, gate::Configuration configuration) {
  const Result<Questions> questions = PrepareQuestions(options.ask, configuration);
  if (!questions) return Fail(questions.error());
  const Result<LiveDiff> live = CompareWithLive(
      InputOf(subject, configuration, *questions, {options.jobs, options.helm, options.ask.seconds}),
      *questions);
  if (!live) return Fail(live.error());
  return Print(Words(live->diff, options)) ? ExitCode(live->diff, live->complete, options) : kUnjudged;
}

int RunDiff(const DiffOptions& options) {
  Result<Subject> subject = SubjectOf(options);
  if (!subject) return Fail(subject.error());
  if (!subject->hint.empty()) PrintHint(subject->hint);
  std::vector<std::string> others;
  Result<gate::Configuration> configuration = ConfigurationOf(*subject, options.config, others);
  if (!configuration) return Fail(configuration.error());
  if (!options.ask.clusters.empty()) return RunLiveDiff(options, *subject, *std::move(configuration));
  const gate::BuildSettings settings = BuildSettingsOf(options.helm, *subject, *configuration);
  const Result<TreeDiff> diff = Compare(*subject, *configuration, settings, JobsOf(options.jobs));
  if (!diff) return Fail(diff.error());
  return Print(Words(*diff, options)) ? ExitCode(*diff, IsComplete(*diff), options) : kUnjudged;
}

}  // namespace

void AddDiff(const Command& app) {
  const auto options = std::make_shared<DiffOptions>();
  const Command diff = app.AddCommand(
      "diff", "compare what would be built before and after a change, or with what a cluster runs");
  diff.AddOption("what", options->what,
                 "A..B compares both sides, A...B what B did since it left A; A the work tree with it; "
                 "default: HEAD. With --cluster a range, or files and directories (default: here)")
      .Type("REV|REV..REV|REV...REV|PATH");
  diff.AddFlag("--staged", options->staged, "compare git's index with HEAD");
  diff.AddFlag("--exit-code", options->exit_code, "exit with 1 where something differs");
  diff.AddOption("--config", options->config, "a sluice.yaml instead of the one in .sluice/").Type("FILE");
  AddJobs(diff, options->jobs);
  diff.AddOption("-o,--output", options->output, "form of the difference")
      .Type("FORMAT")
      .OneOf({"text", "json", "markdown"});
  diff.AddOption("--color", options->color, "when to use colours")
      .Type("WHEN")
      .OneOf({"auto", "always", "never"});
  diff.AddFlag("--no-color", options->no_color, "the same as --color never");
  AddHelmOptions(diff, options->helm);
  AddAskOptions(diff, options->ask);
  diff.Runs([options] { return RunDiff(*options); });
}

}  // namespace sluice::cli
