// A static program has no name service, so /etc/passwd is read here; users of a
// directory service are known by their number.
#include "hooks/pusher.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "git/file.h"

namespace sluice::hooks {
namespace {

constexpr std::size_t kMaxPasswd = 16u << 20;
constexpr std::size_t kMaxAuthInfo = 64u << 10;
constexpr std::size_t kMaxName = 256;

struct Provider {
  std::string_view identity;
  std::string_view variable;  // that holds the name
};
constexpr Provider kProviders[] = {
    {"gitea", "GITEA_PUSHER_NAME"}, {"gitlab", "GL_USERNAME"}, {"github", "GITHUB_USER_LOGIN"},
    {"gitolite", "GL_USER"},        {"http", "REMOTE_USER"},
};

// The key of the first "publickey" line in the file that sshd made for this
// session (ExposeAuthInfo): a file of ours, that nobody else may write.
std::string SshKey(std::string_view path) {
  if (!path.starts_with("/tmp/sshauth.")) return {};
  const git::File file = git::OpenAt(AT_FDCWD, std::string(path), O_NOFOLLOW);
  struct stat status;
  if (!file || fstat(file.fd(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  if (status.st_uid != getuid() || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) return {};
  const Result<std::string> text = git::ReadAll(file.fd(), kMaxAuthInfo, path);
  constexpr std::string_view kMethod = "publickey ";
  if (!text || !text->starts_with(kMethod)) return {};
  return text->substr(kMethod.size(), text->find('\n') - kMethod.size());
}

// The line of a user id; empty where there is none.
std::string_view Account(unsigned id, std::string_view passwd) {
  const std::string number = ":" + std::to_string(id) + ":";
  while (!passwd.empty()) {
    const std::string_view line = passwd.substr(0, passwd.find('\n'));
    passwd.remove_prefix(std::min(line.size() + 1, passwd.size()));
    const std::size_t name = line.find(':');
    const std::size_t password = name == line.npos ? name : line.find(':', name + 1);
    if (password != line.npos && line.substr(password).starts_with(number)) return line;
  }
  return {};
}

}  // namespace

std::string UserName(unsigned id, std::string_view passwd) {
  const std::string_view line = Account(id, passwd);
  return line.empty() ? "uid " + std::to_string(id) : std::string(line.substr(0, line.find(':')));
}

std::string LocalUser() {
  const Result<std::string> passwd = git::ReadFileAt(AT_FDCWD, "/etc/passwd", kMaxPasswd);
  return UserName(getuid(), passwd ? std::string_view(*passwd) : std::string_view());
}

// name:password:uid:gid:comment:home:shell
std::string HomeDirectory(unsigned id, std::string_view passwd) {
  std::string_view line = Account(id, passwd);
  for (int field = 0; field < 5; ++field) {
    const std::size_t colon = line.find(':');
    line = colon == line.npos ? std::string_view() : line.substr(colon + 1);
  }
  const std::string_view home = line.substr(0, line.find(':'));
  return home.starts_with('/') ? std::string(home) : "/nonexistent";
}

std::string PusherOf(const Call& call, const gate::HookSettings& settings) {
  const std::string_view identity = gate::IdentityOf(settings);
  if (identity == "local") return LocalUser();
  if (identity == "ssh") return SshKey(call.Variable("SSH_USER_AUTH").value_or(""));
  for (const Provider& provider : kProviders)
    if (provider.identity == identity)
      return std::string(call.Variable(provider.variable).value_or("").substr(0, kMaxName));
  return {};
}

}  // namespace sluice::hooks
