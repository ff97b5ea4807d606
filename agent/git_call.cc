// Tested by tests/agent/agent_test.py.
#include "agent/git_call.h"

#include <fcntl.h>

#include <algorithm>
#include <csignal>

#include "crypto/base64.h"
#include "git/file.h"

namespace sluice::agent {
namespace {

constexpr const char* kGit = "/usr/bin/git";
constexpr const char* kPrlimit = "/usr/bin/prlimit";
constexpr std::size_t kAnswerBytes = 4u << 20;
constexpr std::size_t kTokenBytes = 64u << 10;
constexpr std::size_t kMostWords = 300;

std::string SshCommand(const RepositoryAccess& access) {
  std::string command = "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o ConnectTimeout=20";
  if (!access.ssh_key.empty()) command += " -o IdentitiesOnly=yes -i '" + access.ssh_key + "'";
  if (!access.known_hosts.empty()) command += " -o UserKnownHostsFile='" + access.known_hosts + "'";
  return command;
}

using Settings = std::vector<std::pair<std::string, std::string>>;

// As git takes it from its environment, where no other process reads the token.
Result<Settings> SettingsOf(const RepositoryAccess& access) {
  Settings settings = {{"safe.directory", "*"},           {"maintenance.auto", "false"},
                       {"core.hooksPath", "/dev/null"},   {"fetch.fsckObjects", "true"},
                       {"http.followRedirects", "false"}, {"credential.helper", ""},
                       {"fetch.unpackLimit", "1"},        {"core.fsync", "committed"}};
  if (!access.ca_file.empty()) settings.emplace_back("http.sslCAInfo", access.ca_file);
  if (access.token_file.empty()) return settings;
  Result<std::string> token = git::ReadFileAt(AT_FDCWD, access.token_file, kTokenBytes);
  if (!token) return token.error();
  while (!token->empty() && token->back() <= ' ') token->pop_back();
  settings.emplace_back("http.extraHeader",
                        "Authorization: Basic " + crypto::ToBase64(access.user + ":" + *token));
  return settings;
}

Result<std::vector<std::string>> EnvironmentOf(const GitCall& call) {
  const Result<Settings> settings = SettingsOf(call.access);
  if (!settings) return settings.error();
  std::vector<std::string> environment = {"PATH=/usr/bin:/bin",
                                          "LC_ALL=C",
                                          "HOME=/nonexistent",
                                          "GIT_DIR=" + call.git_dir,
                                          "GIT_TERMINAL_PROMPT=0",
                                          "GIT_CONFIG_NOSYSTEM=1",
                                          "GIT_CONFIG_GLOBAL=/dev/null",
                                          "GIT_ALLOW_PROTOCOL=file:ssh:https",
                                          "GIT_SSH_COMMAND=" + SshCommand(call.access),
                                          "GIT_CONFIG_COUNT=" + std::to_string(settings->size())};
  for (std::size_t i = 0; i < settings->size(); ++i) {
    environment.push_back("GIT_CONFIG_KEY_" + std::to_string(i) + "=" + (*settings)[i].first);
    environment.push_back("GIT_CONFIG_VALUE_" + std::to_string(i) + "=" + (*settings)[i].second);
  }
  return environment;
}

}  // namespace

std::string GitWords(const process::ChildResult& child, const RepositoryAccess& access) {
  if (child.timed_out) return "it did not end within " + std::to_string(access.deadline.count()) + " s";
  if (child.signal == SIGXFSZ)
    return "it would write a file of more than " + std::to_string(access.bytes >> 20) + " MiB";
  std::string line = child.error_output;
  if (const std::size_t at = line.find("fatal: "); at != line.npos) line.erase(0, at);
  line.resize(std::min({line.find('\n'), line.size(), kMostWords}));
  for (char& c : line)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
  return line.empty() ? "it ended with " + std::to_string(child.exit_code) : line;
}

Result<process::ChildResult> StartGit(const GitCall& call, const std::vector<std::string>& arguments) {
  Result<std::vector<std::string>> environment = EnvironmentOf(call);
  if (!environment) return environment.error();
  process::ChildOptions options;
  options.argv = {kPrlimit, "--core=0", "--fsize=" + std::to_string(call.access.bytes), kGit};
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  options.environment = *std::move(environment);
  options.directory = "/";
  options.output_limit = kAnswerBytes;
  options.deadline = call.access.deadline;
  return process::Run(options);
}

Result<std::string> RunGit(const GitCall& call, const std::vector<std::string>& arguments) {
  Result<process::ChildResult> child = StartGit(call, arguments);
  if (!child) return child.error();
  if (child->exit_code == 0 && !child->output_cut && !child->timed_out) return std::move(child->output);
  return Failed("git " + arguments.front() + " of " + call.access.url + ": " + GitWords(*child, call.access));
}

}  // namespace sluice::agent
