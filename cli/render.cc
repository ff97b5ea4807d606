// `sluice render`: what would be built of the user's own files, on the user's
// own terminal. The one place where values of a Secret are printed.
// Tests: tests/cli/render_test.py.
#include <algorithm>
#include <memory>
#include <optional>

#include "cli/check.h"
#include "cli/commands.h"
#include "cli/helm_program.h"
#include "cli/jobs.h"
#include "cli/output.h"
#include "cli/paths.h"
#include "cli/policy_side.h"
#include "cli/subject.h"
#include "gate/builds.h"
#include "manifests/render/print.h"
#include "report/json_writer.h"
#include "report/report.h"
#include "report/words.h"

namespace sluice::cli {
namespace {

using manifests::render::Built;
using manifests::render::BuiltObject;
using manifests::render::NotBuilt;
using manifests::render::Place;
using manifests::render::Root;
using manifests::render::Sources;

struct RenderOptions {
  std::string path = ".";
  std::string output = "yaml";
  std::string config;
  bool origin = false;
  unsigned jobs = 0;  // 0: as many as there are processors
  HelmPlace helm;
};

bool IsBelow(const std::string& path, const std::string& directory) {
  return directory.empty() || path == directory || path.starts_with(directory + "/");
}

// What defines it or what it builds is called `path`.
bool IsNamed(const Root& root, const std::string& path) {
  return root.directory.text() == path || root.file == path;
}

// What concerns files that are called `path`, lie below it, or define one of `roots`.
template <class Told>
void KeepNear(std::vector<Told>& all, const std::string& path, const std::vector<Root>& roots) {
  std::erase_if(all, [&](const Told& one) {
    return !IsBelow(one.file, path) &&
           std::none_of(roots.begin(), roots.end(), [&](const Root& root) { return root.file == one.file; });
  });
}

// Roots of that very name; else the kustomization there, though others take it
// in; else the roots below.
std::vector<Root> Pick(const gate::Facts& facts, const std::vector<Root>& all, const std::string& path) {
  std::vector<Root> roots;
  std::copy_if(all.begin(), all.end(), std::back_inserter(roots),
               [&](const Root& root) { return IsNamed(root, path); });
  if (!roots.empty()) return roots;
  std::string file;
  facts.Find(gate::FactKind::kKustomization, path,
             [&](const gate::FactView& fact) { file = std::string(fact.file); });
  if (!file.empty()) {
    roots.push_back(manifests::render::RootOf(path.empty() ? RepoPath() : *RepoPath::Parse(path)));
    roots.back().file = file;
    return roots;
  }
  std::copy_if(all.begin(), all.end(), std::back_inserter(roots), [&](const Root& root) {
    return IsBelow(root.directory.text(), path) || IsBelow(root.file, path);
  });
  return roots;
}

gate::RootSet RootsAt(gate::RenderTree& tree, const std::string& path) {
  gate::RootSet set = gate::RootsAffected(tree, gate::AllBuilds(tree.facts()));
  set.roots = Pick(tree.facts(), set.roots, path);
  KeepNear(set.findings, path, set.roots);
  KeepNear(set.skipped, path, set.roots);
  return set;
}

// Findings to standard error, and what was left out. False: not all is printed.
bool TellProblems(const Built& built) {
  for (const Finding& finding : built.findings)
    PrintError(report::AfterPlace(finding, finding.message) + " [" + finding.rule + "]");
  for (const NotBuilt& part : built.not_built)
    PrintHint("not built: " + part.file + ":" + std::to_string(part.place.begin.line) + ": " + part.reason);
  return gate::CameToItsEnd(built) && built.not_built.empty();
}

// What is told around the builds: of objects that define them, and of limits.
bool TellAround(const gate::Builds& builds, const std::vector<Skipped>& unread) {
  for (const Finding& finding : builds.findings())
    PrintError(report::AfterPlace(finding, finding.message) + " [" + finding.rule + "]");
  for (const std::vector<Skipped>* skipped : {&builds.skipped(), &unread}) {
    for (const Skipped& one : *skipped) PrintHint("not built: " + one.file + ": " + one.reason);
  }
  return builds.skipped().empty() &&
         std::none_of(builds.findings().begin(), builds.findings().end(),
                      [](const Finding& finding) { return finding.severity == Severity::kError; });
}

void AddObject(const BuiltObject& object, const Sources& sources, report::JsonWriter& json) {
  const Place place = sources.Resolve(object.object.root->range);
  json.BeginObject();
  json.Member("file", place.file == nullptr ? "" : place.file->path.text());
  json.Member("line", std::uint64_t{place.range.begin.line});
  json.Key("through").BeginArray();
  for (const std::string& file : object.through) json.String(file);
  json.EndArray().Key("unknown").BeginArray();
  for (const std::string& why : object.unknown) json.String(why);
  std::string canonical;
  manifests::CanonicalJson(*object.object.root, canonical);
  json.EndArray().Key("object").Raw(canonical).EndObject();
}

// {"schemaVersion":1,"builds":[{"name","objects":[{"file","line","through","unknown","object"}]}]}
std::string AsJson(const std::vector<gate::Build>& builds, const Sources& sources) {
  std::string out;
  report::JsonWriter json(out);
  json.BeginObject().Member("schemaVersion", std::uint64_t{1}).Key("builds").BeginArray();
  for (const gate::Build& build : builds) {
    json.Line().BeginObject().Member("name", build.name).Key("objects").BeginArray();
    for (const BuiltObject& object : build.built.objects) {
      json.Line();
      AddObject(object, sources, json);
    }
    json.EndArray().EndObject();
  }
  json.EndArray().EndObject();
  return out + "\n";
}

int RunRender(const RenderOptions& options) {
  const Result<Subject> subject = SubjectOfPaths({options.path});
  if (!subject) return Fail(subject.error());
  std::vector<std::string> others;
  Result<gate::Configuration> configuration = ConfigurationOf(*subject, options.config, others);
  if (!configuration) return Fail(configuration.error());
  // What was asked for is shown, whether it is judged or not.
  gate::Roots roots;
  roots.urls = configuration->roots.urls;
  roots.strict_substitution = configuration->roots.strict_substitution;
  configuration->roots = std::move(roots);
  const unsigned jobs = JobsOf(options.jobs);
  const Result<gate::TreeFacts> told = gate::FactsOfTree(*subject->after, configuration->limits, jobs);
  if (!told) return Fail(told.error());
  const std::string path = RelativePath(subject->root, AbsolutePath(options.path));
  gate::Builds builds(*subject->after, told->facts, *configuration,
                      [&](gate::RenderTree& tree) { return RootsAt(tree, path); },
                      {jobs, BuildSettingsOf(options.helm, *subject, *configuration), [] { return false; },
                       [](const std::string&) { return false; }});
  if (const std::optional<Error> failure = builds.Failure()) return Fail(*failure);
  bool complete = TellAround(builds, told->skipped);
  if (builds.all().empty() && !complete) return kUnjudged;
  if (builds.all().empty())
    return Fail(
        Usage("nothing is built from " + options.path + ": no kustomization, no Flux or Argo CD object"));
  for (const gate::Build& build : builds.all()) complete = TellProblems(build.built) && complete;
  std::string out;
  if (options.output == "json") {
    out = AsJson(builds.all(), builds.sources());
  } else {
    for (const gate::Build& build : builds.all())
      out += manifests::render::ShownYaml(build.built.objects, options.origin ? &builds.sources() : nullptr);
  }
  if (!Print(out)) return kUnjudged;
  return complete ? kAccepted : kUnjudged;
}

}  // namespace

void AddRender(const Command& app) {
  const auto options = std::make_shared<RenderOptions>();
  const Command render = app.AddCommand("render", "print what would be built");
  render
      .AddOption("path", options->path,
                 "a kustomization's directory, or a file with Flux or Argo CD objects; default: here")
      .Type("PATH");
  render.AddFlag("--origin", options->origin, "name the place of each object and value in comments");
  render.AddOption("-o,--output", options->output, "form of the objects")
      .Type("FORMAT")
      .OneOf({"yaml", "json"});
  render.AddOption("--config", options->config, "a sluice.yaml instead of the one in .sluice/").Type("FILE");
  AddJobs(render, options->jobs);
  AddHelmOptions(render, options->helm);
  AddRenderFetch(render);
  render.Runs([options] { return RunRender(*options); });
}

}  // namespace sluice::cli
