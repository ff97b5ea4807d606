#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <utility>

namespace sluice::cli {

const Option& Option::Type(const std::string& shown) const {
  option_->type_name(shown);
  return *this;
}

const Option& Option::Required() const {
  option_->required();
  return *this;
}

const Option& Option::OneOf(const std::vector<std::string>& values) const {
  option_->check(CLI::IsMember(values));
  return *this;
}

const Option& Option::Within(std::uint64_t least, std::uint64_t most) const {
  const std::string shown = std::to_string(least) + ".." + std::to_string(most);
  option_->check(CLI::Range(least, most, shown));
  return *this;
}

const Option& Option::Positive() const {
  option_->check(CLI::PositiveNumber);
  return *this;
}

const Option& Option::CommaSeparated() const {
  option_->delimiter(',');
  return *this;
}

const Option& Option::OneEach() const {
  option_->allow_extra_args(false);
  return *this;
}

const Option& Option::MayBeAbsent() const {
  option_->expected(0, 1);
  return *this;
}

const Option& Option::Needs(const Option& other) const {
  option_->needs(other.option_);
  return *this;
}

const Option& Option::Excludes(const Option& other) const {
  option_->excludes(other.option_);
  return *this;
}

Command Command::AddCommand(const std::string& name, const std::string& help) const {
  return {app_->add_subcommand(name, help), exit_code_};
}

void Command::NeedsCommand() const { app_->require_subcommand(1); }

Option Command::AddOption(const std::string& names, std::string& value, const std::string& help) const {
  return Option(app_->add_option(names, value, help));
}

Option Command::AddOption(const std::string& names, std::vector<std::string>& values,
                          const std::string& help) const {
  return Option(app_->add_option(names, values, help));
}

Option Command::AddOption(const std::string& names, unsigned& value, const std::string& help) const {
  return Option(app_->add_option(names, value, help));
}

Option Command::AddOption(const std::string& names, std::uint64_t& value, const std::string& help) const {
  return Option(app_->add_option(names, value, help));
}

Option Command::AddFlag(const std::string& names, bool& value, const std::string& help) const {
  if (!names.starts_with('!')) return Option(app_->add_flag(names, value, help));
  // CLI11's own way shows "--no-fetch{false}" in the help.
  return Option(app_->add_flag_callback(
      names.substr(1), [&value] { value = false; }, help));
}

void Command::Runs(std::function<int()> run) const {
  app_->callback([app = app_, exit_code = exit_code_, run = std::move(run)] {
    if (app->get_subcommands().empty()) *exit_code = run();
  });
}

}  // namespace sluice::cli
