// What a command says of its words. A thin face of CLI11, whose templates cost each file
// that sees them ten seconds of a compiler: command_line.cc, app.cc and completion.cc alone do.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace sluice::cli {

// One option or argument, as it was declared. A handle: copies are the same option.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  const Option& Type(const std::string& shown) const;  // what help shows for its value: "FILE"
  const Option& Required() const;
  const Option& OneOf(const std::vector<std::string>& values) const;
  const Option& Within(std::uint64_t least, std::uint64_t most) const;
  const Option& Positive() const;
  const Option& CommaSeparated() const;
  const Option& OneEach() const;      // a value each time it is given, though it may be given again
  const Option& MayBeAbsent() const;  // of an argument that takes one value
  const Option& Needs(const Option& other) const;
  const Option& Excludes(const Option& other) const;

 private:
  CLI::Option* option_;
};

// `sluice` or a command of it. A handle, valid as long as the command line is.
class Command {
 public:
  Command(CLI::App* app, int* exit_code) : app_(app), exit_code_(exit_code) {}

  Command AddCommand(const std::string& name, const std::string& help) const;
  void NeedsCommand() const;  // it does nothing by itself

  // `names` are "-o,--output", or "what" for an argument. The value has to outlive the command line.
  Option AddOption(const std::string& names, std::string& value, const std::string& help) const;
  Option AddOption(const std::string& names, std::vector<std::string>& values, const std::string& help) const;
  Option AddOption(const std::string& names, unsigned& value, const std::string& help) const;
  Option AddOption(const std::string& names, std::uint64_t& value, const std::string& help) const;
  // "!--no-fetch" makes it false.
  Option AddFlag(const std::string& names, bool& value, const std::string& help) const;

  // What it does once all words were read, and the exit code of that; not where one of its own
  // commands was chosen.
  void Runs(std::function<int()> run) const;

  CLI::App& app() const { return *app_; }

 private:
  CLI::App* app_;
  int* exit_code_;
};

}  // namespace sluice::cli
