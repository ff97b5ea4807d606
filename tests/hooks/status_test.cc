#include <sys/stat.h>
#include <unistd.h>

#include "hooks/hook_file.h"
#include "hooks/install.h"
#include "tests/hooks/repository.h"

namespace sluice::hooks {
namespace {

struct Server {
  Server() : program(directory.path + "/sluice-hook") {
    WriteFile(program, "#!/bin/sh\nexit 0\n", 0755);
    REQUIRE(mkdir((directory.path + "/git").c_str(), 0755) == 0);
  }
  std::string Add(const std::string& name) {
    const std::string path = directory.path + "/git/" + name;
    Git({"init", "--quiet", "--bare", path});
    return path;
  }
  std::vector<RepositoryState> States() {
    Result<std::vector<RepositoryState>> states = ListRepositories(directory.path + "/git");
    REQUIRE(states);
    return *states;
  }
  TemporaryDirectory directory;
  std::string program;
};

TEST_CASE("gated and ungated repositories are told apart, in order") {
  Server server;
  server.Add("b/ungated.git");
  REQUIRE(Install(server.Add("a/gated.git"), {.program = server.program}));
  REQUIRE(Install(server.Add("c/observed.git"), {.program = server.program, .mode = "observe"}));
  Git({"init", "--quiet", server.directory.path + "/git/worktree"});
  const std::vector<RepositoryState> states = server.States();
  REQUIRE(states.size() == 4);
  CHECK(states[0].path.ends_with("a/gated.git"));
  CHECK((states[0].gated && !states[0].observed && states[0].platform == "git" && states[0].trouble.empty()));
  CHECK(states[1].path.ends_with("b/ungated.git"));
  CHECK((!states[1].gated && states[1].trouble == "Sluice hook not installed"));
  CHECK((states[2].gated && states[2].observed));
  CHECK(states[3].path.ends_with("worktree/.git"));
}

TEST_CASE("a gate that does not stand is told with the reason") {
  struct Case {
    const char* name;
    void (*breaks)(const Server&, const std::string& path);
    const char* trouble;
  };
  const Case cases[] = {
      {"not executable",
       [](const Server&, const std::string& path) { chmod((path + "/hooks/pre-receive").c_str(), 0644); },
       "not executable"},
      {"removed",
       [](const Server&, const std::string& path) { unlink((path + "/hooks/pre-receive").c_str()); },
       "Sluice hook not installed"},
      {"hooks elsewhere",
       [](const Server& server, const std::string& path) {
         Git({"--git-dir=" + path, "config", "core.hooksPath", server.directory.path});
       },
       "Sluice hook not installed"},
      {"program gone",
       [](const Server& server, const std::string& path) {
         const std::string gone = server.directory.path + "/gone/sluice-hook";
         WriteFile(path + "/hooks/pre-receive", HookFileText(gone, "pre-receive"), 0755);
       },
       "git rejects every push"},
      {"replaced",
       [](const Server&, const std::string& path) {
         WriteFile(path + "/hooks/pre-receive", "#!/bin/sh\n", 0755);
       },
       "Sluice hook not installed"},
  };
  for (const Case& one : cases) {
    INFO(one.name);
    Server server;
    const std::string path = server.Add("shop.git");
    REQUIRE(Install(path, {.program = server.program}));
    one.breaks(server, path);
    const std::vector<RepositoryState> states = server.States();
    REQUIRE(states.size() == 1);
    CHECK_FALSE(states[0].gated);
    CHECK(states[0].trouble.find(one.trouble) != std::string::npos);
  }
}

TEST_CASE("settings that are not understood are trouble of a gated repository") {
  Server server;
  const std::string path = server.Add("shop.git");
  REQUIRE(Install(path, {.program = server.program}));
  WriteFile(path + "/sluice/settings.yaml", "nonsense: 1\n");
  const std::vector<RepositoryState> states = server.States();
  CHECK(states[0].gated);
  CHECK(states[0].trouble.find("every push is rejected") != std::string::npos);
  WriteFile(path + "/sluice/settings.yaml", "mode: observe\nnonsense: 1\n");
  const RepositoryState observed = server.States()[0];
  CHECK((observed.observed && observed.trouble.find("no push is judged") != std::string::npos));
  WriteFile(path + "/sluice/settings.yaml", "", 0666);
  CHECK(server.States()[0].trouble.find("chmod o-w: every push is rejected") != std::string::npos);
}

TEST_CASE("a floor that is not there is trouble") {
  Server server;
  const std::string floor = server.directory.path + "/floor.git", file = server.directory.path + "/hook.yaml";
  WriteFile(file, "policy: {repository: " + floor + "}\n");
  REQUIRE(Install(server.Add("shop.git"), {.program = server.program, .operator_file = file}));
  CHECK(server.States()[0].trouble.find("the floor") == 0);
  Git({"init", "--quiet", "--bare", "-b", "main", floor});
  CHECK(server.States()[0].trouble.find("has no refs/heads/main: every push is rejected") !=
        std::string::npos);
  const std::string tree = Git({"--git-dir=" + floor, "mktree"});
  const std::string commit = Git({"--git-dir=" + floor, "-c", "user.name=a", "-c", "user.email=a@b",
                                  "commit-tree", "-m", "first", tree});
  Git({"--git-dir=" + floor, "update-ref", "refs/heads/main", commit});
  CHECK(server.States()[0].trouble.empty());
}

TEST_CASE("a policy branch that does not exist beside others is trouble, with the commands that mend it") {
  Server server;
  const std::string path = server.Add("shop.git");
  Git({"--git-dir=" + path, "symbolic-ref", "HEAD", "refs/heads/master"});
  Result<Steps> steps = Install(path, {.program = server.program});
  REQUIRE(steps);
  CHECK(steps->next.at(0).starts_with("the first push to refs/heads/master brings the policy"));
  CHECK(server.States()[0].has_policy);  // nothing is there yet
  const std::string tree = Git({"--git-dir=" + path, "mktree"});
  const std::string commit = Git({"--git-dir=" + path, "commit-tree", tree, "-m", "first"});
  Git({"--git-dir=" + path, "update-ref", "refs/heads/main", commit});
  const RepositoryState state = server.States()[0];
  CHECK((state.gated && !state.has_policy));
  CHECK(state.trouble ==
        "HEAD names master, which does not exist, so no branch is protected; mend it: git --git-dir=" + path +
            " symbolic-ref HEAD refs/heads/main, or sluice hook set " + path + " policyRef=refs/heads/main");
  steps = Install(path, {.program = server.program});
  REQUIRE(steps);
  CHECK(steps->next.at(0) == state.trouble);
  steps = SetKeys(path, {{"policyRef", "refs/heads/release"}});
  REQUIRE(steps);
  CHECK(steps->next.at(0).starts_with("policyRef names release, which does not exist"));
  steps = SetKeys(path, {{"policyRef", "refs/heads/main"}});
  REQUIRE(steps);
  CHECK(steps->next.empty());
  CHECK((server.States()[0].has_policy && server.States()[0].trouble.empty()));
}

TEST_CASE("Gitea's dispatcher has to run for ours to run") {
  Server server;
  const std::string path = server.Add("shop.git");
  for (const char* hook : {"pre-receive", "post-receive"})
    REQUIRE(mkdir((path + "/hooks/" + hook + ".d").c_str(), 0755) == 0);
  REQUIRE(Install(path, {.program = server.program, .platform = "gitea"}));
  CHECK_FALSE(server.States()[0].gated);
  WriteFile(path + "/hooks/pre-receive", "#!/bin/sh\n", 0755);
  CHECK(server.States()[0].gated);
}

TEST_CASE("what cannot be looked into is trouble") {
  Server server;
  const std::string git = server.directory.path + "/git", locked = git + "/locked";
  for (const std::string& path : {server.directory.path, git}) REQUIRE(chmod(path.c_str(), 0755) == 0);
  REQUIRE(mkdir(locked.c_str(), 0) == 0);
  const bool root = geteuid() == 0;
  if (root) REQUIRE(seteuid(65534) == 0);
  const Result<std::vector<RepositoryState>> states = ListRepositories(git);
  if (root) REQUIRE(seteuid(0) == 0);
  REQUIRE(chmod(locked.c_str(), 0755) == 0);
  REQUIRE(states);
  REQUIRE(states->size() == 1);
  CHECK(states->front().path == locked);
  CHECK(states->front().trouble.find("Permission denied") != std::string::npos);
  CHECK_FALSE(states->front().gated);
}

TEST_CASE("symbolic links are not followed, and a directory that is none is refused") {
  Server server;
  REQUIRE(symlink("..", (server.directory.path + "/git/loop").c_str()) == 0);
  CHECK(server.States().empty());
  CHECK_FALSE(ListRepositories(server.directory.path + "/nowhere"));
}

}  // namespace
}  // namespace sluice::hooks
