#include "hooks/pusher.h"

#include <sys/stat.h>
#include <unistd.h>

#include "tests/hooks/repository.h"

namespace sluice::hooks {
namespace {

// Every provider's variable is set, to somebody else each.
const std::vector<std::string> kAll = {"GITEA_PUSHER_NAME=gitea-ana",
                                       "GL_USERNAME=gitlab-ana",
                                       "GITHUB_USER_LOGIN=github-ana",
                                       "GL_USER=gitolite-ana",
                                       "REMOTE_USER=http-ana",
                                       "SSH_USER_AUTH=/tmp/nothing",
                                       "USER=ana",
                                       "LOGNAME=ana",
                                       "SUDO_USER=ana"};

std::string Pusher(const std::string& platform, const std::string& identity,
                   std::vector<std::string> environment = kAll) {
  gate::HookSettings settings;
  settings.platform = platform;
  settings.identity = identity;
  return PusherOf({.hook = {}, .platform = {}, .environment = std::move(environment), .input = {}}, settings);
}

TEST_CASE("the name comes from the named provider alone") {
  struct Case {
    const char* platform;
    const char* identity;
    const char* name;
  };
  const Case cases[] = {
      {"gitea", "auto", "gitea-ana"},
      {"forgejo", "auto", "gitea-ana"},
      {"gitlab", "auto", "gitlab-ana"},
      {"github", "auto", "github-ana"},
      {"gitolite", "auto", "gitolite-ana"},
      {"git", "http", "http-ana"},
      {"git", "gitea", "gitea-ana"},
      {"gitea", "http", "http-ana"},
      {"git", "none", ""},
      {"git", "ssh", ""},
      {"git", "nonsense", ""},
  };
  for (const Case& one : cases) {
    INFO(one.platform << " " << one.identity);
    CHECK(Pusher(one.platform, one.identity) == one.name);
  }
}

TEST_CASE("on plain git the name is the local user's whatever the environment says") {
  const std::string local = UserName(getuid(), ReadFile("/etc/passwd"));
  CHECK(Pusher("git", "auto") == local);
  CHECK(Pusher("git", "local") == local);
  CHECK(Pusher("git", "auto", {}) == local);
}

TEST_CASE("a provider that says nothing leaves the pusher unknown") {
  for (const char* platform : {"gitea", "gitlab", "github", "gitolite"})
    CHECK(Pusher(platform, "auto", {"USER=ana", "REMOTE_USER=ana", "GIT_AUTHOR_NAME=ana"}).empty());
}

TEST_CASE("an account is found by its number") {
  const std::string passwd =
      "root:x:0:0:root:/root:/bin/bash\n# 5:x:5:\ngit:x:999:999::/home/git:/bin/sh\nold::7\nbad:998\n";
  CHECK(UserName(0, passwd) == "root");
  CHECK(UserName(999, passwd) == "git");
  CHECK(UserName(99, passwd) == "uid 99");
  CHECK(UserName(998, passwd) == "uid 998");
  CHECK(UserName(7, "") == "uid 7");
  CHECK(HomeDirectory(999, passwd) == "/home/git");
  CHECK(HomeDirectory(998, passwd) == "/nonexistent");
  CHECK(HomeDirectory(1, "short:x:1:\n") == "/nonexistent");
}

TEST_CASE("an ssh key is believed only from the file that sshd made") {
  char name[] = "/tmp/sshauth.XXXXXX";
  const int file = mkstemp(name);
  REQUIRE(file >= 0);
  const std::string text = "publickey ssh-ed25519 AAAAC3Nz\n";
  REQUIRE(write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  close(file);
  const auto key = [](const std::string& path) { return Pusher("git", "ssh", {"SSH_USER_AUTH=" + path}); };
  CHECK(key(name) == "ssh-ed25519 AAAAC3Nz");

  const TemporaryDirectory directory;
  WriteFile(directory.path + "/sshauth.x", text, 0600);
  CHECK(key(directory.path + "/sshauth.x").empty());
  const std::string link = std::string(name) + "-link";
  REQUIRE(symlink(name, link.c_str()) == 0);
  CHECK(key(link).empty());
  REQUIRE(chmod(name, 0666) == 0);
  CHECK(key(name).empty());
  REQUIRE(chmod(name, 0600) == 0);
  WriteFile(name, "password\npublickey ssh-ed25519 AAAA\n", 0600);
  CHECK(key(name).empty());
  unlink(link.c_str());
  unlink(name);
}

}  // namespace
}  // namespace sluice::hooks
