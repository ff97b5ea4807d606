#include "hooks/platform.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "git/cat_file.h"
#include "hooks/hook_file.h"
#include "hooks/pusher.h"
#include "process/child.h"

namespace sluice::hooks {
namespace {

constexpr const char* kGitolite = "/usr/bin/gitolite";
constexpr std::string_view kHooks[] = {"pre-receive", "post-receive"};

bool IsDirectory(const std::string& path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}
bool Exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

// Of the user whose git serves the repository, whose configuration counts.
std::string HomeOfOwner(const Places& places) {
  struct stat status;
  if (stat(places.common_dir.c_str(), &status) != 0) return "/nonexistent";
  const char* own = getenv("HOME");
  if (status.st_uid == geteuid() && own != nullptr && *own == '/') return own;
  return HomeDirectory(status.st_uid, ReadSmall("/etc/passwd"));
}

Result<process::ChildResult> RunFor(const Places& places, std::vector<std::string> argv) {
  return process::Run(
      {.argv = std::move(argv),
       .environment = {"PATH=/usr/bin:/bin", "LC_ALL=C", "HOME=" + HomeOfOwner(places), "GIT_CONFIG_COUNT=1",
                       "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"}});
}

std::string FirstLine(std::string_view text) { return std::string(text.substr(0, text.find('\n'))); }

Result<Placements> ForGit(const Places& places, std::string_view) {
  Result<std::string> directory = HooksDirectory(places);
  if (!directory) return directory.error();
  Placements placements{.hooks = {}, .directories = {*directory}, .next = {}, .push_options = true};
  for (const std::string_view hook : kHooks)
    placements.hooks.push_back({std::string(hook), *directory + "/" + std::string(hook), true});
  return placements;
}

// The server's own dispatcher in hooks/ runs every file of hooks/NAME.d/, and
// is written anew at every resync: only NAME.d/ is ours.
Result<Placements> ForGitea(const Places& places, std::string_view) {
  Placements placements;
  for (const std::string_view hook : kHooks) {
    const std::string directory = places.common_dir + "/hooks/" + std::string(hook) + ".d";
    if (!IsDirectory(directory))
      return Usage("no repository of Gitea or Forgejo: " + directory + " is not there");
    placements.hooks.push_back({std::string(hook), directory + "/sluice"});
  }
  return placements;
}

Result<Placements> ForGitlab(const Places& places, std::string_view) {
  Placements placements;
  const std::string custom = places.common_dir + "/custom_hooks";
  placements.directories.push_back(custom);
  for (const std::string_view hook : kHooks) {
    placements.directories.push_back(custom + "/" + std::string(hook) + ".d");
    placements.hooks.push_back({std::string(hook), placements.directories.back() + "/sluice"});
  }
  placements.next = {"repeat this on every Gitaly node that holds a copy; Geo does not replicate hooks"};
  return placements;
}

// Hooks of one repository are files in LOCAL_CODE that gitolite links to, by
// its own configuration; hooks/update is gitolite's and stays so.
Result<Placements> ForGitolite(const Places& places, std::string_view project) {
  if (!Exists(places.common_dir + "/gl-conf"))
    return Usage("no repository of gitolite: " + places.common_dir);
  const Result<process::ChildResult> asked = RunFor(places, {kGitolite, "query-rc", "LOCAL_CODE"});
  if (!asked) return Usage("gitolite cannot be asked: " + asked.error().message);
  const std::string local = FirstLine(asked->output);
  if (local.empty() || local[0] != '/')
    return Usage("set LOCAL_CODE in .gitolite.rc first: hooks of one repository live there");
  Placements placements;
  placements.directories = {local, local + "/hooks", local + "/hooks/repo-specific"};
  for (const std::string_view hook : kHooks)
    placements.hooks.push_back(
        {std::string(hook), placements.directories.back() + "/sluice-" + std::string(hook)});
  placements.next = {"in .gitolite.rc, enable 'repo-specific-hooks'",
                     "in gitolite.conf, below \"repo " + std::string(project) +
                         "\", write: option hook.pre-receive = sluice-pre-receive",
                     "and: option hook.post-receive = sluice-post-receive",
                     "then push gitolite-admin, or run: gitolite compile && gitolite trigger POST_COMPILE"};
  placements.push_options = true;
  return placements;
}

struct PlatformWay {
  std::string_view platform;
  Result<Placements> (*placements)(const Places&, std::string_view project);
};
constexpr std::string_view kOfNoRepository = "gitolite";
constexpr PlatformWay kWays[] = {
    {"git", ForGit},       {"gitolite", ForGitolite}, {"gitea", ForGitea},
    {"forgejo", ForGitea}, {"gitlab", ForGitlab},
};

}  // namespace

Result<Placements> PlacementsFor(std::string_view platform, const Places& places, std::string_view project) {
  for (const PlatformWay& way : kWays)
    if (way.platform == platform) return way.placements(places, project);
  return Usage("no hooks can be installed on platform " + std::string(platform));
}

std::vector<Placement> AllPlacements(const Places& places, std::string_view project) {
  std::vector<Placement> all;
  for (const PlatformWay& way : kWays) {
    if (way.platform == kOfNoRepository) continue;
    const Result<Placements> placements = way.placements(places, project);
    if (placements) all.insert(all.end(), placements->hooks.begin(), placements->hooks.end());
  }
  return all;
}

std::string_view Recognise(const Places& places) {
  if (Exists(places.common_dir + "/gl-conf")) return "gitolite";
  return IsDirectory(places.common_dir + "/hooks/pre-receive.d") ? "gitea" : "git";
}

Result<std::string> HooksDirectory(const Places& places) {
  const Result<process::ChildResult> asked =
      RunFor(places, {git::kGitProgram, "--git-dir=" + places.git_dir, "config", "--show-scope",
                      "--type=path", "--get", "core.hooksPath"});
  if (!asked) return asked.error();
  if (asked->exit_code == 1) return places.common_dir + "/hooks";  // not set
  const std::string line = FirstLine(asked->output);
  const std::size_t tab = line.find('\t');
  if (asked->exit_code != 0 || tab == line.npos)
    return Failed("git cannot read the configuration of " + places.git_dir + ": " +
                  FirstLine(asked->error_output));
  const std::string scope = line.substr(0, tab), path = line.substr(tab + 1);
  if (scope != "local" && scope != "worktree")
    return Usage("core.hooksPath is " + path + " for every repository of this machine (" + scope +
                 " configuration): unset it, or set it in " + places.git_dir + "/config");
  if (!IsDirectory(path.starts_with('/') ? path : places.git_dir + "/" + path))
    return Usage("core.hooksPath names no directory: " + path);
  return path.starts_with('/') ? path : places.git_dir + "/" + path;
}

Result<std::string> RunGit(const Places& places, std::vector<std::string> words) {
  words.insert(words.begin(), {git::kGitProgram, "--git-dir=" + places.git_dir});
  Result<process::ChildResult> ran = RunFor(places, std::move(words));
  if (!ran) return ran.error();
  if (ran->exit_code != 0) return Failed(FirstLine(ran->error_output));
  return std::move(ran->output);
}

Result<bool> SetUnlessSet(const Places& places, const std::string& key, const std::string& value) {
  const std::string git_dir = "--git-dir=" + places.git_dir;
  const Result<process::ChildResult> there =
      RunFor(places, {git::kGitProgram, git_dir, "config", "--local", "--get", key});
  if (!there) return there.error();
  if (there->exit_code == 0) return false;
  const std::string config = places.common_dir + "/config";
  struct stat before;
  if (stat(config.c_str(), &before) != 0) return SystemError("cannot read " + config, errno);
  const Result<process::ChildResult> set =
      RunFor(places, {git::kGitProgram, git_dir, "config", "--local", key, value});
  if (!set) return set.error();
  if (set->exit_code != 0) return Failed("git cannot write " + config + ": " + FirstLine(set->error_output));
  // Git wrote a new file, which is root's where root did this.
  if (geteuid() == 0 && lchown(config.c_str(), before.st_uid, before.st_gid) != 0)
    return SystemError("cannot give " + config + " back to its owner", errno);
  return true;
}

}  // namespace sluice::hooks
