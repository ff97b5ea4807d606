// `sluice completion SHELL`: a script made from the commands and options as
// they are declared, so that it cannot speak of others. Each shell gets one
// case by the command so far, and one by the option before the cursor.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/output.h"
#include "gate/gate.h"

namespace sluice::cli {
namespace {

struct OptionWords {
  std::vector<std::string> names;    // "--output", "-o"
  std::vector<std::string> choices;  // empty: anything, or a file
  std::string description;
  bool is_flag = false;
};

struct CommandWords {
  std::vector<std::string> path;  // empty for sluice itself
  std::string description;
  std::vector<OptionWords> options;
  std::vector<std::pair<std::string, std::string>> commands;  // name, description
  std::vector<std::string> arguments;                         // known values of the first one
};

// "{a,b}" in the type that CLI11 shows for an option with a fixed set of values.
std::vector<std::string> Choices(const std::string& type) {
  std::vector<std::string> choices;
  const std::size_t begin = type.find('{'), end = type.find('}');
  if (begin == type.npos || end == type.npos) return choices;
  std::string word;
  for (const char c : type.substr(begin + 1, end - begin - 1)) {
    if (c == ',')
      choices.push_back(std::exchange(word, ""));
    else
      word += c;
  }
  choices.push_back(word);
  return choices;
}

OptionWords WordsOf(const CLI::Option& option) {
  OptionWords words;
  for (const std::string& name : option.get_lnames()) words.names.push_back("--" + name);
  for (const std::string& name : option.get_snames()) words.names.push_back("-" + name);
  words.description = option.get_description();
  words.is_flag = option.get_items_expected_max() == 0;
  words.choices = Choices(option.get_type_name());
  return words;
}

void Collect(const CLI::App& app, std::vector<std::string> path, std::vector<CommandWords>& out) {
  CommandWords words;
  words.path = path;
  words.description = app.get_description();
  for (const CLI::Option* option : app.get_options()) {
    if (option->nonpositional()) {
      words.options.push_back(WordsOf(*option));
    } else if (words.arguments.empty()) {
      words.arguments = Choices(option->get_type_name());
    }
    if (option->get_type_name() == "RULE") {
      for (const Rule* rule : gate::AllRules()) words.arguments.emplace_back(rule->id);
    }
  }
  const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* command : commands)
    words.commands.emplace_back(command->get_name(), command->get_description());
  out.push_back(std::move(words));
  for (const CLI::App* command : commands) {
    path.push_back(command->get_name());
    Collect(*command, path, out);
    path.pop_back();
  }
}

std::string Join(const std::vector<std::string>& words, std::string_view between) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += between;
    text += word;
  }
  return text;
}

std::string PathOf(const CommandWords& command) {
  return command.path.empty() ? "" : "/" + Join(command.path, "/");
}

// Inside single quotes of a shell.
std::string Quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

std::string AllPaths(const std::vector<CommandWords>& commands) {
  std::vector<std::string> paths;
  for (const CommandWords& command : commands) {
    if (!command.path.empty()) paths.push_back(PathOf(command));
  }
  return Join(paths, "|");
}

// "/check:--output|/check:-o" for each option that takes a value.
std::string ValueCases(const std::vector<CommandWords>& commands,
                       const std::function<std::string(const OptionWords&)>& action) {
  std::string text;
  for (const CommandWords& command : commands) {
    for (const OptionWords& option : command.options) {
      if (option.is_flag) continue;
      std::vector<std::string> patterns;
      for (const std::string& name : option.names) patterns.push_back(PathOf(command) + ":" + name);
      text += "    (" + Join(patterns, "|") + ") " + action(option) + "; return ;;\n";
    }
  }
  return text;
}

std::string Bash(const std::vector<CommandWords>& commands) {
  std::string text =
      "# Completion of sluice for bash, written by `sluice completion bash`.\n"
      "_sluice() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command='' words='' i\n"
      "  COMPREPLY=()\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case $command/${COMP_WORDS[i]} in\n"
      "    (" +
      AllPaths(commands) +
      ") command+=/${COMP_WORDS[i]} ;;\n"
      "    esac\n"
      "  done\n"
      "  case $command:$before in\n";
  text += ValueCases(commands, [](const OptionWords& option) {
    const std::string words = Join(option.choices, " ");
    return words.empty() ? ":" : "COMPREPLY=($(compgen -W " + Quoted(words) + " -- \"$current\"))";
  });
  text += "  esac\n  case $command in\n";
  for (const CommandWords& command : commands) {
    std::vector<std::string> options, others = command.arguments;
    for (const OptionWords& option : command.options) {
      options.insert(options.end(), option.names.begin(), option.names.end());
    }
    for (const auto& [name, description] : command.commands) others.push_back(name);
    text += "  (" + Quoted(PathOf(command)) + ")\n    words=" + Quoted(Join(others, " ")) +
            "\n    [[ $current == -* ]] && words=" + Quoted(Join(options, " ")) + " ;;\n";
  }
  text +=
      "  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
      "}\n"
      "complete -o default -F _sluice sluice\n";  // file names where no word fits
  return text;
}

// An entry of _describe: "name:description".
std::string Described(const std::string& name, std::string description) {
  std::replace(description.begin(), description.end(), ':', ',');
  return Quoted(name + ":" + description);
}

std::string Zsh(const std::vector<CommandWords>& commands) {
  std::string text =
      "#compdef sluice\n"
      "# Completion of sluice for zsh, written by `sluice completion zsh`.\n"
      "_sluice() {\n"
      "  local command='' i\n"
      "  local -a entries\n"
      "  for ((i = 2; i < CURRENT; i++)); do\n"
      "    case $command/${words[i]} in\n"
      "    (" +
      AllPaths(commands) +
      ") command+=/${words[i]} ;;\n"
      "    esac\n"
      "  done\n"
      "  case $command:${words[CURRENT-1]} in\n";
  text += ValueCases(commands, [](const OptionWords& option) {
    return option.choices.empty() ? std::string("_files") : "compadd -- " + Join(option.choices, " ");
  });
  text += "  esac\n  case $command in\n";
  for (const CommandWords& command : commands) {
    std::vector<std::string> options, others;
    for (const OptionWords& option : command.options) {
      for (const std::string& name : option.names) options.push_back(Described(name, option.description));
    }
    for (const auto& [name, description] : command.commands) others.push_back(Described(name, description));
    for (const std::string& argument : command.arguments) others.push_back(Quoted(argument));
    text += "  (" + Quoted(PathOf(command)) + ")\n    entries=(" + Join(others, " ") +
            ")\n    [[ ${words[CURRENT]} == -* ]] && entries=(" + Join(options, " ") + ") ;;\n";
  }
  text +=
      "  esac\n"
      "  if (( $#entries )); then _describe -t words word entries; else _files; fi\n"
      "}\n"
      "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _sluice \"$@\"; else compdef _sluice sluice; "
      "fi\n";
  return text;
}

// The condition under which a command's words are offered.
std::string Seen(const CommandWords& command) {
  if (command.path.empty()) return "__fish_use_subcommand";
  std::vector<std::string> parts;
  for (const std::string& name : command.path) parts.push_back("__fish_seen_subcommand_from " + name);
  return Join(parts, "; and ");
}

std::string Fish(const std::vector<CommandWords>& commands) {
  std::string text = "# Completion of sluice for fish, written by `sluice completion fish`.\n";
  for (const CommandWords& command : commands) {
    const std::string head = "complete -c sluice -n " + Quoted(Seen(command));
    for (const auto& [name, description] : command.commands) {
      text += head + " -f -a " + name + " -d " + Quoted(description) + "\n";
    }
    if (!command.arguments.empty()) text += head + " -f -a " + Quoted(Join(command.arguments, " ")) + "\n";
    for (const OptionWords& option : command.options) {
      text += head;
      for (const std::string& name : option.names) {
        text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      if (!option.choices.empty())
        text += " -x -a " + Quoted(Join(option.choices, " "));
      else if (!option.is_flag)
        text += " -r";
      text += " -d " + Quoted(option.description) + "\n";
    }
  }
  return text;
}

int RunCompletion(const CLI::App& app, const std::string& shell) {
  std::vector<CommandWords> commands;
  Collect(app, {}, commands);
  const std::string text = shell == "bash" ? Bash(commands) : shell == "zsh" ? Zsh(commands) : Fish(commands);
  return Print(text) ? kAccepted : kUnjudged;
}

}  // namespace

void AddCompletion(const Command& app) {
  const auto shell = std::make_shared<std::string>();
  const Command completion = app.AddCommand("completion", "print a completion script for a shell");
  completion.AddOption("shell", *shell, "the shell").Type("SHELL").Required().OneOf({"bash", "zsh", "fish"});
  completion.Runs([app, shell] { return RunCompletion(app.app(), *shell); });
}

}  // namespace sluice::cli
