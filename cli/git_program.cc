#include "cli/git_program.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "cli/paths.h"
#include "git/changes.h"
#include "git/listed_refs.h"
#include "process/child.h"

namespace sluice::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxOutput = 512u << 20;
constexpr std::string_view kDeepen =
    "this clone is shallow: git fetch --deepen=200, or git fetch --unshallow";

// The user's environment, but messages in English and no lock taken.
std::vector<std::string> Environment() {
  std::vector<std::string> variables = process::OwnEnvironment();
  std::erase_if(variables, [](std::string_view text) {
    return text.starts_with("LC_ALL=") || text.starts_with("GIT_OPTIONAL_LOCKS=");
  });
  variables.push_back("LC_ALL=C.UTF-8");
  variables.push_back("GIT_OPTIONAL_LOCKS=0");
  return variables;
}

std::string FirstLine(std::string_view text) { return std::string(text.substr(0, text.find('\n'))); }

Result<process::ChildOptions> Prepare(std::vector<std::string> arguments, const std::string& directory,
                                      const std::vector<std::string>& more) {
  process::ChildOptions options;
  const std::string program = FindProgram("git");
  if (program.empty()) return Failed("git is not installed, or not in PATH");
  // The files may be anybody's: no program that their configuration names is started.
  options.argv = {program, "-c", "core.fsmonitor=false"};
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  options.environment = Environment();
  std::erase_if(options.environment, [&](const std::string& variable) {
    return std::any_of(more.begin(), more.end(), [&](const std::string& other) {
      return variable.starts_with(other.substr(0, other.find('=') + 1));
    });
  });
  options.environment.insert(options.environment.end(), more.begin(), more.end());
  options.directory = directory;
  options.output_limit = kMaxOutput;
  options.deadline = std::chrono::minutes(5);  // a partial clone may fetch what is missing
  return options;
}

// The usual state of a checkout in a container: git's own words, with its remedy.
Error SomebodyElses(std::string_view words) {
  const std::size_t from = words.find('\'') + 1;
  const std::string directory(words.substr(from, words.find('\'', from) - from));
  return Usage("git does not read " + directory +
               ", which is owned by another user: git config --global --add safe.directory " + directory);
}

Error WhyNot(const std::string& name, const process::ChildResult& child) {
  const std::string line = FirstLine(child.error_output);
  if (line.find("dubious ownership in repository at '") != line.npos) return SomebodyElses(line);
  return Failed("git " + name + ": " + line);
}

Result<process::ChildResult> Run(std::vector<std::string> arguments, const std::string& directory,
                                 const std::vector<std::string>& variables) {
  const Result<process::ChildOptions> options = Prepare(std::move(arguments), directory, variables);
  if (!options) return options.error();
  return process::Run(*options);
}

}  // namespace

Result<std::string> RunGit(std::vector<std::string> arguments, const std::string& directory,
                           const std::vector<std::string>& variables) {
  const std::string name = arguments.empty() ? "" : arguments[0];
  Result<process::ChildResult> child = Run(std::move(arguments), directory, variables);
  if (!child) return child.error();
  if (child->exit_code == 0 && !child->output_cut) return std::move(child->output);
  return WhyNot(name, *child);
}

Result<int> RunGitAloud(std::vector<std::string> arguments, const std::string& directory,
                        const std::vector<std::string>& variables) {
  Result<process::ChildOptions> options = Prepare(std::move(arguments), directory, variables);
  if (!options) return options.error();
  options->where = process::Output::kInherit;
  options->terminal = true;
  Result<process::ChildResult> child = process::Run(*options);
  return child ? Result<int>(child->exit_code) : child.error();
}

GitPlace FindGit(const std::string& directory) {
  GitPlace place;
  std::error_code ignored;
  const char* git_dir = std::getenv("GIT_DIR");  // set inside git's hooks
  if (git_dir != nullptr && *git_dir != '\0') {
    place.git_dir = fs::absolute(git_dir, ignored).string();
  } else if (Result<std::string> found = git::FindGitDir(directory)) {
    place.git_dir = *found;
  } else {
    return place;
  }
  for (fs::path path = fs::absolute(directory, ignored);; path = path.parent_path()) {
    if (fs::exists(path / ".git", ignored)) {
      place.top = path.string();
      return place;
    }
    if (path == path.parent_path()) return place;
  }
}

Result<std::shared_ptr<const git::Repository>> OpenRepository(const GitPlace& place) {
  git::OpenOptions options;
  options.git_dir = place.git_dir;
  return git::Open(std::move(options));
}

Result<Oid> ResolveCommit(const GitPlace& place, const git::Repository& repository,
                          const std::string& revision) {
  const std::string& directory = place.top.empty() ? place.git_dir : place.top;
  const Result<process::ChildResult> child =
      Run({"rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"}, directory, {});
  if (!child) return child.error();
  if (child->exit_code == 0) return Oid::FromHex(FirstLine(child->output));
  if (!child->error_output.empty()) return WhyNot("rev-parse", *child);  // of a name it only says no
  std::string message = "no commit is named \"" + revision + "\" here";
  if (git::IsShallow(repository)) return Usage(message + "; " + std::string(kDeepen));
  const std::size_t slash = revision.find('/');
  if (slash != revision.npos) {
    message += "; to fetch it: git fetch " + revision.substr(0, slash) + " " + revision.substr(slash + 1);
  }
  return Usage(message);
}

Result<Oid> FindMergeBase(const git::Repository& repository, const Oid& left, const Oid& right) {
  Result<Oid> base = git::MergeBase(repository, left, right);
  if (base || base.error().kind != ErrorKind::kNotFound) return base;
  const std::string message = "the two sides have no common commit here";
  if (git::IsShallow(repository)) return Usage(message + "; " + std::string(kDeepen));
  return Usage(message + "; LEFT..RIGHT compares them as they are");
}

std::vector<std::string_view> SplitZero(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = text.find('\0');
    parts.push_back(text.substr(0, end));
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
  }
  return parts;
}

Result<std::vector<git::ListedRef>> ListRefsBelow(const std::string& prefix, const std::string& directory,
                                                  const std::vector<std::string>& variables) {
  const Result<std::string> listed =
      RunGit({"for-each-ref", git::kListedRefsFormat, prefix}, directory, variables);
  return listed ? git::ReadListedRefs(*listed) : listed.error();
}

}  // namespace sluice::cli
