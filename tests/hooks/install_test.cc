#include "hooks/install.h"

#include <sys/stat.h>
#include <unistd.h>

#include "hooks/hook_file.h"
#include "tests/hooks/repository.h"

namespace sluice::hooks {
namespace {

// Something that can be started and is called as our program is.
struct Program {
  Program() : path(directory.path + "/sluice-hook") { WriteFile(path, "#!/bin/sh\nexit 0\n", 0755); }
  TemporaryDirectory directory;
  std::string path;
};

// Every file below a directory with its mode and content.
std::string Snapshot(const std::string& path) {
  const std::string script =
      "cd \"$0\" && find . -printf '%P %M %l\\n' | sort && find . -type f | sort | xargs cat";
  return process::Run({.argv = {"/bin/sh", "-c", script, path}, .environment = {"PATH=/usr/bin:/bin"}})
      ->output;
}

bool Says(const std::vector<std::string>& steps, std::string_view part) {
  for (const std::string& step : steps)
    if (step.find(part) != step.npos) return true;
  return false;
}

TEST_CASE("a hook file starts the program without a shell, and says whose it is") {
  const Program program;
  const BareRepository repository;
  const Result<Steps> steps = Install(repository.path, {.program = program.path, .mode = "observe"});
  if (!steps) FAIL(steps.error().Text());
  for (const char* hook : {"pre-receive", "post-receive"}) {
    const std::string path = repository.path + "/hooks/" + hook;
    CHECK(ReadFile(path).starts_with("#!" + program.path + " " + hook + "\n"));
    CHECK(access(path.c_str(), X_OK) == 0);
    CHECK(LookAt(path).kind == HookKind::kOurs);
    CHECK(Says(steps->done, path));
  }
  const std::string settings = ReadFile(repository.path + "/sluice/settings.yaml");
  CHECK(settings.find("platform: \"git\"") != std::string::npos);
  CHECK(settings.find("mode: \"observe\"") != std::string::npos);
  CHECK(ReadFile(repository.path + "/sluice/project") == "shop\n");
  CHECK(Git({"--git-dir=" + repository.path, "config", "receive.advertisePushOptions"}) == "true");
  CHECK(Says(steps->next, "sluice hook import"));
}

TEST_CASE("a second installation changes nothing, another program or mode only that") {
  const Program program, newer;
  const BareRepository repository;
  REQUIRE(Install(repository.path, {.program = program.path}));
  const std::string before = Snapshot(repository.path);
  const Result<Steps> again = Install(repository.path, {.program = program.path});
  REQUIRE(again);
  CHECK(Says(again->done, "nothing to do"));
  CHECK(Snapshot(repository.path) == before);
  REQUIRE(Install(repository.path, {.program = newer.path}));
  CHECK(LookAt(repository.path + "/hooks/pre-receive").program == newer.path);
  REQUIRE(Install(repository.path, {.program = newer.path, .mode = "observe"}));
  REQUIRE(Install(repository.path, {.program = newer.path}));
  CHECK(ReadFile(repository.path + "/sluice/settings.yaml").find("observe") != std::string::npos);
}

TEST_CASE("a hook that was there is moved aside and comes back") {
  const Program program;
  const BareRepository repository;
  const std::string hook = repository.path + "/hooks/pre-receive";
  WriteFile(hook, "#!/bin/sh\nexit 0\n", 0755);
  const std::string link = repository.path + "/hooks/post-receive";
  REQUIRE(symlink("/bin/true", link.c_str()) == 0);
  REQUIRE(Install(repository.path, {.program = program.path}));
  CHECK(ReadFile(hook + ".before-sluice") == "#!/bin/sh\nexit 0\n");
  CHECK(LookAt(hook).kind == HookKind::kOurs);
  REQUIRE(Install(repository.path, {.program = program.path}));
  CHECK(ReadFile(hook + ".before-sluice") == "#!/bin/sh\nexit 0\n");

  const Result<Steps> out = Uninstall(repository.path);
  REQUIRE(out);
  CHECK(ReadFile(hook) == "#!/bin/sh\nexit 0\n");
  CHECK(access(hook.c_str(), X_OK) == 0);
  CHECK(LookAt(link).kind == HookKind::kOther);
  CHECK_FALSE(Exists(hook + ".before-sluice"));
  CHECK(Exists(repository.path + "/sluice/settings.yaml"));
  CHECK(Says(Uninstall(repository.path)->done, "nothing to do"));
  CHECK(ReadFile(hook) == "#!/bin/sh\nexit 0\n");
}

TEST_CASE("core.hooksPath of the repository is where the hooks go") {
  const Program program;
  const BareRepository repository;
  const std::string elsewhere = repository.directory.path + "/elsewhere";
  REQUIRE(mkdir(elsewhere.c_str(), 0755) == 0);
  Git({"--git-dir=" + repository.path, "config", "core.hooksPath", elsewhere});
  REQUIRE(Install(repository.path, {.program = program.path}));
  CHECK(LookAt(elsewhere + "/pre-receive").kind == HookKind::kOurs);
  CHECK_FALSE(Exists(repository.path + "/hooks/pre-receive"));
}

TEST_CASE("hooks in a directory that others share stay") {
  const Program program;
  const BareRepository one, two;
  const std::string shared = one.directory.path + "/shared";
  REQUIRE(mkdir(shared.c_str(), 0755) == 0);
  for (const std::string& path : {one.path, two.path}) {
    Git({"--git-dir=" + path, "config", "core.hooksPath", shared});
    REQUIRE(Install(path, {.program = program.path}));
  }
  REQUIRE(Install(one.path, {.program = program.path, .platform = "gitlab"}));
  CHECK(LookAt(shared + "/pre-receive").kind == HookKind::kOurs);
  REQUIRE(Uninstall(one.path));
  CHECK(LookAt(shared + "/pre-receive").kind == HookKind::kOurs);
  CHECK_FALSE(Exists(one.path + "/custom_hooks/pre-receive.d/sluice"));
}

TEST_CASE("a repository with a work tree is known by its directory too") {
  const Program program;
  const TemporaryDirectory directory;
  Git({"init", "--quiet", directory.path + "/shop"});
  REQUIRE(Install(directory.path + "/shop", {.program = program.path}));
  CHECK(LookAt(directory.path + "/shop/.git/hooks/pre-receive").kind == HookKind::kOurs);
  CHECK(ReadFile(directory.path + "/shop/.git/sluice/project") == "shop\n");
}

TEST_CASE("Gitea's and GitLab's own files are left alone") {
  const Program program;
  const BareRepository gitea;
  WriteFile(gitea.path + "/hooks/pre-receive", "#!/usr/bin/env bash\n# gitea's dispatcher\n", 0755);
  for (const char* hook : {"pre-receive", "post-receive"})
    REQUIRE(mkdir((gitea.path + "/hooks/" + hook + ".d").c_str(), 0755) == 0);
  REQUIRE(Install(gitea.path, {.program = program.path, .platform = "gitea"}));
  CHECK(ReadFile(gitea.path + "/hooks/pre-receive").find("gitea's dispatcher") != std::string::npos);
  CHECK(ReadFile(gitea.path + "/hooks/pre-receive.d/sluice")
            .starts_with("#!" + program.path + " pre-receive\n"));
  CHECK(LookAt(gitea.path + "/hooks/post-receive.d/sluice").kind == HookKind::kOurs);
  REQUIRE(Uninstall(gitea.path));
  CHECK_FALSE(Exists(gitea.path + "/hooks/pre-receive.d/sluice"));
  CHECK(Exists(gitea.path + "/hooks/pre-receive"));

  const BareRepository gitlab;
  REQUIRE(Install(gitlab.path, {.program = program.path, .platform = "gitlab"}));
  CHECK(LookAt(gitlab.path + "/custom_hooks/pre-receive.d/sluice").kind == HookKind::kOurs);
  CHECK_FALSE(Exists(gitlab.path + "/hooks/pre-receive"));
}

TEST_CASE("what is not understood is refused before anything is changed") {
  const Program program;
  const auto refused = [&](const BareRepository& repository, InstallOptions options, std::string_view words) {
    if (options.program.empty()) options.program = program.path;
    const std::string before = Snapshot(repository.path);
    const Result<Steps> steps = Install(repository.path, options);
    REQUIRE_FALSE(steps);
    CHECK(steps.error().kind == ErrorKind::kUsage);
    CHECK(steps.error().message.find(words) != std::string::npos);
    CHECK(Snapshot(repository.path) == before);
  };
  const BareRepository plain;
  refused(plain, {.platform = "gitea"}, "no repository of Gitea");
  refused(plain, {.platform = "gitolite"}, "no repository of gitolite");
  refused(plain, {.platform = "bitbucket"}, "platform");
  refused(plain, {.identity = "nobody"}, "identity");
  refused(plain, {.mode = "off"}, "mode");
  refused(plain, {.program = "sluice-hook"}, "absolute path");
  refused(plain, {.program = "/nowhere/sluice-hook"}, "no program there");
  refused(plain, {.program = "/with space/sluice-hook"}, "white space");
  refused(plain, {.program = "/" + std::string(200, 'x') + "/sluice-hook"}, "too long");
  refused(plain, {.operator_file = "hook.yaml"}, "absolute path");

  const BareRepository both;
  WriteFile(both.path + "/hooks/pre-receive", "#!/bin/sh\n", 0755);
  WriteFile(both.path + "/hooks/pre-receive.before-sluice", "#!/bin/sh\n", 0755);
  refused(both, {}, "move one away");

  const BareRepository gitea;
  REQUIRE(mkdir((gitea.path + "/hooks/pre-receive.d").c_str(), 0755) == 0);
  refused(gitea, {}, "--platform gitea");
  const BareRepository gitolite;
  WriteFile(gitolite.path + "/gl-conf", "");
  refused(gitolite, {}, "--platform gitolite");

  const BareRepository foreign;
  REQUIRE(mkdir((foreign.path + "/custom_hooks").c_str(), 0755) == 0);
  REQUIRE(mkdir((foreign.path + "/custom_hooks/pre-receive.d").c_str(), 0755) == 0);
  WriteFile(foreign.path + "/custom_hooks/pre-receive.d/sluice", "#!/bin/sh\n", 0755);
  refused(foreign, {.platform = "gitlab"}, "not ours");

  const BareRepository broken;
  REQUIRE(mkdir((broken.path + "/sluice").c_str(), 0755) == 0);
  WriteFile(broken.path + "/sluice/settings.yaml", "platform: [\n");
  refused(broken, {}, "settings.yaml");

  const Result<Steps> nothing = Install(plain.directory.path, {.program = program.path});
  REQUIRE_FALSE(nothing);
  CHECK(nothing.error().kind == ErrorKind::kUsage);
}

TEST_CASE("an operator's file that a push would stumble over is refused, and nothing is changed") {
  const Program program;
  const BareRepository repository;
  const std::string file = repository.directory.path + "/hook.yaml";
  const auto refused = [&](const InstallOptions& options, const std::string& words) {
    const std::string before = Snapshot(repository.path);
    const Result<Steps> steps = Install(repository.path, options);
    REQUIRE_FALSE(steps);
    CHECK(steps.error().kind == ErrorKind::kConfiguration);
    CHECK(steps.error().Text() == words);
    CHECK(Snapshot(repository.path) == before);
  };
  const InstallOptions options{.program = program.path, .operator_file = file};
  refused(options, "the operator's file is not there: " + file);
  WriteFile(file, "deadline: 4s\nmood: enforce\n");
  refused(options, file + ":2:1: unknown key \"mood\"");
  WriteFile(file, "mode: enforce\n");
  refused({.program = program.path, .mode = "observe", .operator_file = file},
          repository.path +
              "/sluice/settings.yaml:2:7: hook.yaml says mode: enforce, which a repository "
              "cannot loosen");
  REQUIRE(Install(repository.path, options));
  const std::string before = Snapshot(repository.path);
  CHECK_FALSE(SetKeys(repository.path, {{"mode", "observe"}}));
  REQUIRE(unlink(file.c_str()) == 0);
  refused({.program = program.path}, "the operator's file is not there: " + file);
  CHECK(Snapshot(repository.path) == before);
}

TEST_CASE("the project that is being installed chooses the operator's keys") {
  const Program program;
  const BareRepository repository;
  const std::string file = repository.directory.path + "/hook.yaml";
  WriteFile(file, "mode: enforce\nprojects:\n  \"new/*\": {mode: observe}\n");
  InstallOptions options{.program = program.path, .mode = "observe", .operator_file = file};
  CHECK_FALSE(Install(repository.path, options));
  options.project = "new/shop";
  CHECK(Install(repository.path, options));
}

TEST_CASE("on GitHub Enterprise the operator is told what to upload") {
  const Result<Steps> steps = Install("", {.platform = "github"});
  REQUIRE(steps);
  CHECK(steps->done.empty());
  CHECK(Says(steps->next, "#!/usr/libexec/sluice/sluice-hook pre-receive --platform=github"));
  for (const std::string& step : steps->next) CHECK(step.find('\n') == step.npos);
}

TEST_CASE("a setting is set and unset, an unknown one refused") {
  const BareRepository repository;
  const std::string file = repository.path + "/sluice/settings.yaml";
  REQUIRE(SetKeys(repository.path, {{"mode", "observe"}, {"policyRef", "refs/heads/policy"}}));
  CHECK(ReadFile(file).find("mode: \"observe\"") != std::string::npos);
  REQUIRE(SetKeys(repository.path, {{"mode", ""}}));
  CHECK(ReadFile(file).find("mode") == std::string::npos);
  CHECK(ReadFile(file).find("refs/heads/policy") != std::string::npos);
  const std::string before = ReadFile(file);
  for (const std::vector<Setting>& settings : {std::vector<Setting>{{"nonsense", "x"}},
                                               {{"policyCommit", "main"}},
                                               {{"mode", "observe"}, {"nonsense", "x"}},
                                               {{"mode", "observe"}, {"policyCommit", "main"}},
                                               {{"mode", "observe"}, {"platform", "svn"}}}) {
    CHECK_FALSE(SetKeys(repository.path, settings));
    CHECK(ReadFile(file) == before);
  }
}

TEST_CASE("hooks move with the platform, and none is forgotten") {
  const Program program;
  const BareRepository repository;
  const std::string custom = repository.path + "/custom_hooks/pre-receive.d/sluice";
  const std::string own = repository.path + "/hooks/pre-receive";
  REQUIRE(Install(repository.path, {.program = program.path, .platform = "gitlab"}));
  const Result<Steps> set = SetKeys(repository.path, {{"platform", "git"}});
  REQUIRE_FALSE(set);
  CHECK(set.error().message.find("sluice hook install --platform git ") != std::string::npos);
  const Result<Steps> github = SetKeys(repository.path, {{"platform", "github"}});
  REQUIRE_FALSE(github);
  CHECK(github.error().message.find("sluice hook uninstall ") != std::string::npos);
  REQUIRE(SetKeys(repository.path, {{"platform", "gitlab"}}));
  const Result<Steps> moved = Install(repository.path, {.program = program.path, .platform = "git"});
  REQUIRE(moved);
  CHECK(Says(moved->done, "removed " + custom));
  CHECK_FALSE(Exists(custom));
  CHECK(LookAt(own).kind == HookKind::kOurs);
  // As an older installation left it: the settings name another platform than the hooks.
  REQUIRE(mkdir((repository.path + "/custom_hooks/x").c_str(), 0755) == 0);
  WriteFile(custom, ReadFile(own), 0755);
  REQUIRE(Uninstall(repository.path));
  CHECK_FALSE(Exists(custom));
  CHECK_FALSE(Exists(own));
}

TEST_CASE("what root writes belongs to the owner of the repository") {
  if (geteuid() != 0) {
    WARN("skipped: only root can give files away");
    return;
  }
  const Program program;
  const BareRepository repository;
  REQUIRE(process::Run({.argv = {"/bin/chown", "-R", "65534:65534", repository.path}})->exit_code == 0);
  REQUIRE(Install(repository.path, {.program = program.path}));
  const auto found = process::Run({.argv = {"/usr/bin/find", repository.path, "!", "-uid", "65534"}});
  CHECK(found->output.empty());
}

}  // namespace
}  // namespace sluice::hooks
