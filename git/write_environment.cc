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

// A git that was killed leaves the lock of its ref; nobody else can tell that it is of no use.
std::string WhyItFailed(const std::string& said) {
  std::string why = said.substr(0, said.find('\n'));
  if (why.find(".lock': File exists") != std::string::npos)
    why += " If no git is at work in this repository, remove that file and try again";
  return why;
}

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
  return Failed("git " + arguments.front() + ": " +
                (child->timed_out ? "it did not end in time" : WhyItFailed(child->error_output)));
}

}  // namespace sluice::git
