// The command line as a whole: which commands there are, what happens to words
// that mean nothing, and the border that no exception crosses (CLI11 throws).
#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <exception>
#include <sstream>
#include <string>
#include <vector>

#include "cli/agent.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/suggest.h"
#include "cli/usage_words.h"
#include "gate/version_words.h"

namespace sluice::cli {
namespace {

// Every command, in the order of the help: the table of contents.
void AddCommands(const Command& app) {
  AddCheck(app);
  AddExplain(app);
  AddInit(app);
  AddHook(app);
  AddSchemas(app);
  AddRender(app);
  AddDiff(app);
  AddEnv(app);
  AddReview(app);
  AddApprove(app);
  AddRevoke(app);
  AddPromote(app);
  AddDeclarations(app);
  AddCluster(app);
  AddLedger(app);
  AddAgent(app);
  AddDrift(app);
  AddCompletion(app);
}

std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

int FailOnWord(const std::string& message, std::string_view word, const std::vector<std::string>& known,
               const std::string& help) {
  PrintError(message);
  const std::vector<std::string_view> views(known.begin(), known.end());
  const std::string_view nearest = Nearest(word, views);
  if (!nearest.empty()) PrintHint("did you mean " + Quoted(nearest) + "?");
  PrintHint("see " + help + " --help");
  return kWrongUsage;
}

std::vector<std::string> CommandsOf(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

std::vector<std::string> OptionsOf(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// The command that the words chose, and the words that lead to it.
struct Chosen {
  const CLI::App* command;
  std::string words;
};

Chosen ChosenCommand(const CLI::App& app) {
  Chosen chosen{&app, app.get_name()};
  while (true) {
    const std::vector<CLI::App*> next = chosen.command->get_subcommands();
    if (next.empty()) return chosen;
    chosen.command = next[0];
    chosen.words += " " + next[0]->get_name();
  }
}

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

int FailOnUsage(const CLI::App& app, const CLI::ParseError& error) {
  const Chosen chosen = ChosenCommand(app);
  const std::vector<std::string> commands = CommandsOf(*chosen.command);
  for (const std::string& word : chosen.command->remaining(false)) {
    if (word.size() > 1 && word[0] == '-') {
      return FailOnWord("no option " + Quoted(word) + " of " + chosen.words, word.substr(0, word.find('=')),
                        OptionsOf(*chosen.command), chosen.words);
    }
    if (!commands.empty()) {
      return FailOnWord("no command " + Quoted(word) + " of " + chosen.words, word, commands, chosen.words);
    }
    return FailOnWord(chosen.words + " takes no argument " + Quoted(word) + " here", word, {}, chosen.words);
  }
  const bool lacks_command = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && !commands.empty();
  PrintError(lacks_command ? chosen.words + " needs a command: " + Joined(commands)
                           : UsageWords(error.what()));
  PrintHint("see " + chosen.words + " --help");
  return kWrongUsage;
}

// `sluice help check`, which says what `sluice check --help` does.
int Help(CLI::App& app, const std::vector<std::string>& words) {
  const CLI::App* command = &app;
  std::string path = app.get_name();
  for (const std::string& word : words) {
    const std::vector<std::string> known = CommandsOf(*command);
    if (std::find(known.begin(), known.end(), word) == known.end())
      return FailOnWord("no command " + Quoted(word) + " of " + path, word, known, path);
    command = command->get_subcommand(word);
    path += " " + word;
  }
  return Print(app.get_formatter()->make_help(command, path, CLI::AppFormatMode::Normal)) ? kAccepted
                                                                                          : kUnjudged;
}

int Run(int argc, char** argv) {
  // CLI11 answers by an exception, and the first one of a static program takes milliseconds.
  const std::string_view first = argc > 1 ? argv[1] : "";
  if (first == "version" && argc > 2) return Fail(Usage("sluice version takes no argument"));
  if ((first == "--version" && argc == 2) || first == "version") {
    return Print(gate::VersionWords("sluice")) ? kAccepted : kUnjudged;
  }
  int exit_code = kAccepted;
  CLI::App app("Judges changes to Kubernetes manifests before they land.", "sluice");
  app.set_version_flag("--version", [] {
    std::string words = gate::VersionWords("sluice");
    words.pop_back();  // CLI11 ends the line
    return words;
  });
  app.require_subcommand(1);
  app.footer(
      "`sluice help COMMAND` says what one does, `sluice version` which minors of Kubernetes are known.");
  AddCommands({&app, &exit_code});
  if (argc > 1 && std::string_view(argv[1]) == "help") return Help(app, {argv + 2, argv + argc});
  try {
    app.parse(argc, argv);
    return exit_code;
  } catch (const CLI::ParseError& error) {
    if (argc < 2) {
      Print(app.help());
      return kWrongUsage;
    }
    if (error.get_exit_code() != 0) return FailOnUsage(app, error);
    std::ostringstream out, err;  // --help and --version
    app.exit(error, out, err);
    return Print(out.str()) ? kAccepted : kUnjudged;
  }
}

}  // namespace

int Main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return Run(argc, argv);
  } catch (const std::exception& error) {
    PrintError(std::string("Sluice failed: ") + error.what());
  } catch (...) {
    PrintError("Sluice failed");
  }
  return kUnjudged;
}

}  // namespace sluice::cli
