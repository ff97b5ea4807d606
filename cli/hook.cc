// `sluice hook`: the installer (hooks/install.h) in words.
#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/output.h"
#include "gate/gate.h"
#include "hooks/import.h"
#include "hooks/install.h"
#include "report/json_writer.h"
#include "report/report.h"

namespace sluice::cli {
namespace {

struct HookOptions {
  std::vector<std::string> repositories;
  std::string repository;             // of `set`
  std::vector<std::string> settings;  // KEY=VALUE
  hooks::InstallOptions install;
  std::string output = "text";
};

bool PrintSteps(const hooks::Steps& steps) {
  std::string text;
  for (const std::string& done : steps.done) text += report::Printable(done) + "\n";
  if (!Print(text)) return false;
  for (const std::string& next : steps.next) PrintHint(next);
  return true;
}

// The same for each repository; the first failure decides the exit code.
int ForEachRepository(const std::vector<std::string>& repositories,
                      const std::function<Result<hooks::Steps>(const std::string&)>& act) {
  int exit_code = kAccepted;
  for (const std::string& repository : repositories) {
    const Result<hooks::Steps> steps = act(repository);
    const int code = !steps ? Fail(steps.error()) : PrintSteps(*steps) ? kAccepted : kUnjudged;
    if (exit_code == kAccepted) exit_code = code;
  }
  return exit_code;
}

int RunSet(const HookOptions& options) {
  std::vector<hooks::Setting> settings;
  for (const std::string& setting : options.settings) {
    const std::size_t equals = setting.find('=');
    if (equals == setting.npos) return Fail(Usage("\"" + setting + "\" is not KEY=VALUE"));
    settings.push_back({setting.substr(0, equals), setting.substr(equals + 1)});
  }
  return ForEachRepository({options.repository}, [&](const std::string& repository) {
    return hooks::SetKeys(repository, settings);
  });
}

std::string StateWords(const hooks::RepositoryState& state) {
  std::string words = !state.gated             ? "NOT GATED  "
                      : !state.has_policy      ? "NO POLICY  "
                      : !state.trouble.empty() ? "TROUBLE    "
                      : state.observed         ? "observed   "
                                               : "gated      ";
  words += report::Printable(state.path);
  if (!state.platform.empty()) words += " (" + report::Printable(state.platform) + ")";
  if (!state.trouble.empty()) words += ": " + report::Printable(state.trouble);
  return words + "\n";
}

std::string StatesAsJson(const std::vector<hooks::RepositoryState>& states) {
  std::string out;
  report::JsonWriter json(out);
  json.BeginObject().Member("schemaVersion", 1).Key("repositories").BeginArray();
  for (const hooks::RepositoryState& state : states) {
    json.Line().BeginObject().Member("path", state.path).Key("gated").Bool(state.gated);
    json.Key("observed")
        .Bool(state.observed)
        .Key("hasPolicy")
        .Bool(state.has_policy)
        .Member("platform", state.platform);
    json.Member("trouble", state.trouble).EndObject();
  }
  json.EndArray().EndObject();
  return out += '\n';
}

// 1 where a repository has any trouble (it is not gated, nothing in it is protected,
// every push is rejected) or none is there, so that a monitor can ask.
int RunStatus(const HookOptions& options) {
  const std::string directory = options.repositories.empty() ? "." : options.repositories[0];
  const Result<std::vector<hooks::RepositoryState>> states = hooks::ListRepositories(directory);
  if (!states) return Fail(states.error());
  std::string text;
  if (options.output == "json") {
    text = StatesAsJson(*states);
  } else {
    for (const hooks::RepositoryState& state : *states) text += StateWords(state);
    if (states->empty()) text = "no repository at or below " + report::Printable(directory) + "\n";
  }
  if (!Print(text)) return kUnjudged;
  const bool all =
      std::all_of(states->begin(), states->end(), [](const auto& state) { return state.trouble.empty(); });
  return all && !states->empty() ? kAccepted : kRejected;
}

int RunImport(const HookOptions& options) {
  int exit_code = kAccepted;
  for (const std::string& repository : options.repositories) {
    hooks::ImportWords words;
    words.format = report::FormatByName(options.output).value_or(report::Format::kText);
    words.options.colour = UseColour(When::kAuto);
    words.options.version = kVersion;
    words.options.rule = gate::FindRule;
    const Result<hooks::Imported> imported = hooks::Import(repository, words);
    if (!imported) {
      exit_code = Fail(imported.error());
    } else if (!Print(imported->text) || imported->outcome == Outcome::kUnjudged) {
      exit_code = kUnjudged;
    }
  }
  return exit_code;
}

using Shared = std::shared_ptr<HookOptions>;

Option TakeRepositories(const Command& command, const Shared& options) {
  return command.AddOption("repository", options->repositories, "repositories of a Git server").Type("REPO");
}

void AddInstall(const Command& hook) {
  const auto options = std::make_shared<HookOptions>();
  const Command install = hook.AddCommand("install", "put the gate into repositories");
  TakeRepositories(install, options).Required();
  install.AddOption("--platform", options->install.platform, "what serves the repositories")
      .Type("NAME")
      .OneOf({"git", "gitolite", "gitea", "forgejo", "gitlab", "github"});
  install.AddOption("--identity", options->install.identity, "where the pusher's name comes from")
      .Type("SOURCE")
      .OneOf({"auto", "local", "ssh", "http", "gitolite", "gitea", "gitlab", "github", "none"});
  install.AddOption("--mode", options->install.mode, "reject, or only report")
      .Type("MODE")
      .OneOf({"enforce", "observe"});
  install.AddOption("--project", options->install.project, "the name that hook.yaml knows it by")
      .Type("NAME");
  install.AddOption("--operator-file", options->install.operator_file, "instead of /etc/sluice/hook.yaml")
      .Type("FILE");
  install.AddOption("--program", options->install.program, "the sluice-hook program to start").Type("FILE");
  install.Runs([options] {
    return ForEachRepository(options->repositories, [&](const std::string& repository) {
      return hooks::Install(repository, options->install);
    });
  });
}

void AddUninstall(const Command& hook) {
  const auto options = std::make_shared<HookOptions>();
  const Command uninstall = hook.AddCommand("uninstall", "take the gate out, put back what was there");
  TakeRepositories(uninstall, options).Required();
  uninstall.Runs([options] { return ForEachRepository(options->repositories, hooks::Uninstall); });
}

void AddSet(const Command& hook) {
  const auto options = std::make_shared<HookOptions>();
  const Command set = hook.AddCommand("set", "change a repository's settings");
  set.AddOption("repository", options->repository, "a repository of a Git server").Type("REPO").Required();
  set.AddOption(
         "setting", options->settings,
         "policyRef, policyCommit, platform, identity, mode or environments; no value: back to the default")
      .Type("KEY=[VALUE]")
      .Required();
  set.Runs([options] { return RunSet(*options); });
}

void AddStatus(const Command& hook) {
  const auto options = std::make_shared<HookOptions>();
  const Command status = hook.AddCommand("status", "list repositories, and whether they are gated");
  status.AddOption("directory", options->repositories, "where to look; default: here")
      .Type("DIR")
      .MayBeAbsent();
  status.AddOption("-o,--output", options->output, "form of the list").Type("FORMAT").OneOf({"text", "json"});
  status.Runs([options] { return RunStatus(*options); });
}

void AddImport(const Command& hook) {
  const auto options = std::make_shared<HookOptions>();
  const Command command = hook.AddCommand("import", "judge what is there already, and admit it");
  TakeRepositories(command, options).Required();
  std::vector<std::string> formats;
  for (const std::string_view name : report::FormatNames()) formats.emplace_back(name);
  command.AddOption("-o,--output", options->output, "form of the verdict").Type("FORMAT").OneOf(formats);
  command.Runs([options] { return RunImport(*options); });
}

}  // namespace

void AddHook(const Command& app) {
  const Command hook = app.AddCommand("hook", "install the gate on a Git server");
  hook.NeedsCommand();
  AddInstall(hook);
  AddUninstall(hook);
  AddSet(hook);
  AddStatus(hook);
  AddImport(hook);
}

}  // namespace sluice::cli
