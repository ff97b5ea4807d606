#include "git/write_environment.h"

#include <cstdlib>

#include "git/cat_file.h"
#include "process/child.h"

namespace sluice::git {
namespace {

constexpr std::chrono::minutes kDeadline{2};

// What git would leave to the page cache; a small push costs no fsync by default.
constexpr const char* kDurable[] = {"-c", "core.fsync=objects,derived-metadata,reference", "-c",
                                    "core.fsyncMethod=fsync"};

}  // namespace

Result<std::string> RunWritingGit(const std::string& git_dir, std::vector<std::string> arguments,
                                  std::string input) {
  if (std::getenv("GIT_QUARANTINE_PATH") != nullptr)
    return Usage("nothing can be written to " + git_dir + " while git has not taken the push yet");
  process::ChildOptions options;
  options.argv = {kGitProgram};
  options.argv.insert(options.argv.end(), std::begin(kDurable), std::end(kDurable));
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  options.environment = GitEnvironment(git_dir, {}, {});
  options.input = std::move(input);
  options.deadline = kDeadline;
  Result<process::ChildResult> child = process::Run(options);
  if (!child) return child.error();
  if (child->exit_code == 0) return std::move(child->output);
  const std::string& said = child->error_output;
  const std::string why = child->timed_out ? "it did not end in time" : said.substr(0, said.find('\n'));
  return Failed("git " + arguments.front() + ": " + why);
}

}  // namespace sluice::git
