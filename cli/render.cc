// `sluice render`: what would be built of the user's own files, on the user's
// own terminal. The one place where values of a Secret are printed.
// Tests: tests/cli/render_test.py.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <thread>

#include "cli/check.h"
#include "cli/commands.h"
#include "cli/helm_program.h"
#include "cli/output.h"
#include "cli/paths.h"
#include "cli/policy_side.h"
#include "cli/subject.h"
#include "gate/render_tree.h"
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
  HelmPlace helm;
};

bool IsBelow(const std::string& path, const std::string& directory) {
  return directory.empty() || path == directory || path.starts_with(directory + "/");
}

// What defines it or what it builds is called `path`.
bool IsNamed(const Root& root, const std::string& path) {
  return root.directory.text() == path || root.file == path;
}

// Roots of that very name; else the kustomization there, though others take it
// in; else the roots below.
std::vector<Root> RootsAt(gate::RenderTree& tree, const std::vector<Root>& all, const std::string& path) {
  std::vector<Root> roots;
  std::copy_if(all.begin(), all.end(), std::back_inserter(roots),
               [&](const Root& root) { return IsNamed(root, path); });
  if (!roots.empty()) return roots;
  std::string file;
  tree.facts().Find(gate::FactKind::kKustomization, path,
                    [&](const gate::FactView& fact) { file = std::string(fact.file); });
  if (!file.empty()) {
    roots.push_back(manifests::render::RootOf(path.empty() ? RepoPath() : *RepoPath::Parse(path), true));
    roots.back().file = file;
    return roots;
  }
  std::copy_if(all.begin(), all.end(), std::back_inserter(roots), [&](const Root& root) {
    return IsBelow(root.directory.text(), path) || IsBelow(root.file, path);
  });
  return roots;
}

// Findings to standard error, and what was left out.
bool TellProblems(const Built& built) {
  for (const Finding& finding : built.findings)
    PrintError(report::AfterPlace(finding, finding.message) + " [" + finding.rule + "]");
  for (const NotBuilt& part : built.not_built)
    PrintHint("not built: " + part.file + ":" + std::to_string(part.place.begin.line) + ": " + part.reason);
  return gate::CameToItsEnd(built);
}

void AddObject(const BuiltObject& object, const Sources& sources, report::JsonWriter& json,
               std::string& out) {
  const Place place = sources.Resolve(object.object.root->range);
  json.BeginObject();
  json.Member("file", place.file == nullptr ? "" : place.file->path.text());
  json.Member("line", std::uint64_t{place.range.begin.line});
  json.Key("through").BeginArray();
  for (const std::string& file : object.through) json.String(file);
  json.EndArray().Key("unknown").BeginArray();
  for (const std::string& why : object.unknown) json.String(why);
  json.EndArray().Key("object").Null();
  out.resize(out.size() - std::string_view("null").size());
  manifests::CanonicalJson(*object.object.root, out);
  json.EndObject();
}

// {"schemaVersion":1,"builds":[{"name","objects":[{"file","line","through","unknown","object"}]}]}
std::string AsJson(const std::vector<Root>& roots, const std::vector<Built>& built, const Sources& sources) {
  std::string out;
  report::JsonWriter json(out);
  json.BeginObject().Member("schemaVersion", std::uint64_t{1}).Key("builds").BeginArray();
  for (std::size_t i = 0; i < roots.size(); ++i) {
    json.Line().BeginObject().Member("name", gate::NameOf(roots[i])).Key("objects").BeginArray();
    for (const BuiltObject& object : built[i].objects) {
      json.Line();
      AddObject(object, sources, json, out);
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
  configuration->roots = {};  // what was asked for is shown, whether it is judged or not
  const unsigned jobs = std::max(1u, std::thread::hardware_concurrency());
  const Result<gate::Facts> facts = gate::FactsOfTree(*subject->after, configuration->limits, jobs);
  if (!facts) return Fail(facts.error());
  gate::RenderTree tree(*subject->after, *facts, *configuration, ChartsOf(options.helm));
  const std::string path = RelativePath(subject->root, AbsolutePath(options.path));
  const std::vector<Root> all = gate::RootsAffected(tree, gate::AllBuilds(*facts)).roots;
  const std::vector<Root> roots = RootsAt(tree, all, path);
  if (roots.empty())
    return Fail(
        Usage("nothing is built from " + options.path + ": no kustomization, no Flux or Argo CD object"));
  std::vector<Built> built;
  bool complete = true;
  for (const Root& root : roots) {
    built.push_back(manifests::render::Build(tree.session(), root, tree.context()));
    complete = TellProblems(built.back()) && complete;
  }
  const Sources& sources = tree.session().sources();
  std::string out;
  if (options.output == "json") {
    out = AsJson(roots, built, sources);
  } else {
    for (const Built& one : built)
      out += manifests::render::YamlText(one.objects, options.origin ? &sources : nullptr);
  }
  if (!Print(out)) return kUnjudged;
  return complete ? kAccepted : kRejected;
}

}  // namespace

void AddRender(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<RenderOptions>();
  CLI::App* render = app.add_subcommand("render", "print what would be built");
  render
      ->add_option("path", options->path,
                   "a kustomization's directory, or a file with Flux or Argo CD objects; default: here")
      ->type_name("PATH");
  render->add_flag("--origin", options->origin, "name the place of each object and value in comments");
  render->add_option("-o,--output", options->output, "form of the objects")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"yaml", "json"}));
  render->add_option("--config", options->config, "a sluice.yaml instead of the one in .sluice/")
      ->type_name("FILE");
  AddHelmOptions(*render, options->helm);
  AddRenderFetch(*render, exit_code);
  render->callback([render, options, &exit_code] {
    if (render->get_subcommands().empty()) exit_code = RunRender(*options);
  });
}

}  // namespace sluice::cli
