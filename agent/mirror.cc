// Git is started with an environment of ours and with no configuration but what is
// given here; prlimit(1) bounds the files that it writes, so that no server fills
// the disk. Tested by tests/agent/agent_test.py.
#include "agent/mirror.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <map>

#include "crypto/base64.h"
#include "git/file.h"
#include "git/ref_update.h"
#include "process/child.h"
#include "promotion/chain_head.h"
#include "promotion/freshness.h"

namespace sluice::agent {
namespace {

constexpr const char* kGit = "/usr/bin/git";
constexpr const char* kPrlimit = "/usr/bin/prlimit";
constexpr std::size_t kAnswerBytes = 4u << 20;
constexpr std::size_t kTokenBytes = 64u << 10;
constexpr std::size_t kMostWords = 300;

struct GitCall {
  const RepositoryAccess& access;
  std::string git_dir;
};

std::string SshCommand(const RepositoryAccess& access) {
  std::string command = "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o ConnectTimeout=20";
  if (!access.ssh_key.empty()) command += " -o IdentitiesOnly=yes -i '" + access.ssh_key + "'";
  if (!access.known_hosts.empty()) command += " -o UserKnownHostsFile='" + access.known_hosts + "'";
  return command;
}

using Settings = std::vector<std::pair<std::string, std::string>>;

// As git takes it from its environment, where no other process reads the token.
Result<Settings> SettingsOf(const RepositoryAccess& access) {
  Settings settings = {{"safe.directory", "*"},           {"gc.auto", "0"},
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

// The first line in which git says what went wrong, without control characters.
std::string WordsOf(const process::ChildResult& child, const RepositoryAccess& access) {
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

Result<std::string> Run(const GitCall& call, std::vector<std::string> arguments) {
  Result<std::vector<std::string>> environment = EnvironmentOf(call);
  if (!environment) return environment.error();
  process::ChildOptions options;
  options.argv = {kPrlimit, "--core=0", "--fsize=" + std::to_string(call.access.bytes), kGit};
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  options.environment = *std::move(environment);
  options.directory = "/";
  options.output_limit = kAnswerBytes;
  options.deadline = call.access.deadline;
  Result<process::ChildResult> child = process::Run(options);
  if (!child) return child.error();
  if (child->exit_code == 0 && !child->output_cut && !child->timed_out) return std::move(child->output);
  return Failed("git " + arguments.front() + " of " + call.access.url + ": " + WordsOf(*child, call.access));
}

Status MakeDirectories(const std::string& path) {
  for (std::size_t slash = 1; slash != path.npos;) {
    slash = path.find('/', slash + 1);
    const std::string part = path.substr(0, slash);
    if (mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) return SystemError("cannot make " + part, errno);
  }
  return Ok{};
}

std::string FetchedName(const std::string& name) {
  return "refs/sluice/fetched/" + name.substr(std::string_view("refs/").size());
}

// A repository whose three refs stand elsewhere.
class WithRefs final : public git::Repository {
 public:
  WithRefs(std::shared_ptr<const git::Repository> under, std::array<std::string, 3> names, MirrorRefs refs)
      : under_(std::move(under)), names_(std::move(names)), refs_(refs) {}

  Result<git::RawObject> Read(const Oid& id, std::size_t limit) const override {
    return under_->Read(id, limit);
  }
  Result<Oid> ResolveRef(std::string_view name) const override {
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found == names_.end()) return under_->ResolveRef(name);
    const std::optional<Oid>& id = refs_[static_cast<std::size_t>(found - names_.begin())];
    if (!id) return NotFound("there is no ref " + std::string(name));
    return *id;
  }
  Result<std::string> HeadRef() const override { return under_->HeadRef(); }
  HashKind hash() const override { return under_->hash(); }
  const std::string& git_dir() const override { return under_->git_dir(); }
  const std::string& common_dir() const override { return under_->common_dir(); }
  bool InQuarantine(const Oid& id) const override { return under_->InQuarantine(id); }

 private:
  const std::shared_ptr<const git::Repository> under_;
  const std::array<std::string, 3> names_;
  const MirrorRefs refs_;
};

}  // namespace

Mirror::Mirror(const Configuration& configuration)
    : access_(configuration.repository),
      names_({promotion::LedgerRef(configuration.environment), promotion::LedgerRef("policy"),
              promotion::FreshnessRef(configuration.environment)}),
      git_dir_(configuration.directory + "/" + configuration.environment + ".git") {}

Result<Mirror> Mirror::Open(const Configuration& configuration) {
  Mirror mirror(configuration);
  if (Status made = MakeDirectories(configuration.directory); !made) return made.error();
  struct stat status;
  if (stat((mirror.git_dir_ + "/HEAD").c_str(), &status) == 0) return mirror;
  const Result<std::string> made =
      Run({mirror.access_, mirror.git_dir_}, {"init", "--quiet", "--bare", "--template=", mirror.git_dir_});
  if (!made) return made.error();
  return mirror;
}

Result<MirrorRefs> Mirror::Ask() const {
  std::vector<std::string> words = {"ls-remote", "--quiet", "--", access_.url};
  words.insert(words.end(), names_.begin(), names_.end());
  const Result<std::string> output = Run({access_, git_dir_}, std::move(words));
  if (!output) return output.error();
  std::map<std::string_view, std::string_view> ids;  // by name
  for (std::string_view rest = *output; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::size_t tab = line.find('\t');
    if (tab != line.npos) ids[line.substr(tab + 1)] = line.substr(0, tab);
  }
  MirrorRefs refs;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const auto found = ids.find(names_[i]);
    if (found == ids.end()) continue;
    const Result<Oid> id = Oid::FromHex(found->second);
    if (!id) return Failed("git ls-remote of " + access_.url + ": " + id.error().message);
    refs[i] = *id;
  }
  return refs;
}

Result<MirrorRefs> Mirror::Fetch() const {
  const Result<MirrorRefs> there = Ask();
  if (!there) return there.error();
  Result<MirrorRefs> refs = Refs();
  if (!refs) return refs.error();
  std::vector<std::string> words = {
      "fetch",     "--quiet", "--force",  "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules",
      "--refmap=", "--",      access_.url};
  std::vector<std::size_t> moved;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    // One that is gone stays: what was proven once is not taken back by leaving it out.
    if (!(*there)[i] || (*there)[i] == (*refs)[i]) continue;
    words.push_back("+" + names_[i] + ":" + FetchedName(names_[i]));
    moved.push_back(i);
  }
  if (moved.empty()) return refs;
  if (const Result<std::string> fetched = Run({access_, git_dir_}, std::move(words)); !fetched)
    return fetched.error();
  const auto repository = Open();
  if (!repository) return repository.error();
  for (const std::size_t i : moved) {
    const Result<Oid> id = (*repository)->ResolveRef(FetchedName(names_[i]));
    if (!id) return id.error();
    (*refs)[i] = *id;
  }
  return refs;
}

Result<std::shared_ptr<const git::Repository>> Mirror::Open() const {
  return git::Open({.git_dir = git_dir_});
}

Result<std::shared_ptr<const git::Repository>> Mirror::Read(const MirrorRefs& refs) const {
  auto repository = Open();
  if (!repository) return repository.error();
  return std::shared_ptr<const git::Repository>(
      std::make_shared<WithRefs>(*std::move(repository), names_, refs));
}

Result<MirrorRefs> Mirror::Refs() const {
  const auto repository = Open();
  if (!repository) return repository.error();
  MirrorRefs refs;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const Result<Oid> id = (*repository)->ResolveRef(names_[i]);
    if (!id && id.error().kind != ErrorKind::kNotFound) return id.error();
    if (id) refs[i] = *id;
  }
  return refs;
}

Status Mirror::Keep(const MirrorRefs& refs) const {
  const Result<MirrorRefs> now = Refs();
  if (!now) return now.error();
  std::vector<git::RefChange> changes;
  for (std::size_t i = 0; i < names_.size(); ++i)
    if ((*now)[i] != refs[i])
      changes.push_back({names_[i], (*now)[i].value_or(Oid()), refs[i].value_or(Oid())});
  if (changes.empty()) return Ok{};
  const Result<git::RefOutcome> moved = git::UpdateRefs(git_dir_, changes);
  if (!moved) return moved.error();
  if (*moved == git::RefOutcome::kOvertaken)
    return Failed("somebody else moves refs in " + git_dir_ + ": give each agent a directory of its own");
  return Ok{};
}

}  // namespace sluice::agent
