// One socket is the child's standard input and output: a child that is gone is
// then an error of send() and never a signal, and the child ends when we do.
// An answer that comes late, malformed or too large stops the child; the next
// question starts another. Tested by tests/git/fall_back_test.cc.
#include "git/cat_file.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cerrno>
#include <charconv>

#include "git/bounds.h"
#include "git/hash.h"

namespace sluice::git {
namespace {

std::vector<char*> Pointers(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// Starts git with `fd` as its standard input and output, signals as a program
// expects them. 0 or an errno.
int Spawn(const std::vector<std::string>& words, const std::vector<std::string>& environment, int fd,
          pid_t* child) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, fd, 0);
  posix_spawn_file_actions_adddup2(&actions, fd, 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  sigset_t all, none;
  sigfillset(&all);
  sigemptyset(&none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  const int code = posix_spawn(child, words[0].c_str(), &actions, &attributes, Pointers(words).data(),
                               Pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return code;
}

// "<id> <type> <size>"
struct Header {
  ObjectType type = ObjectType::kBlob;
  std::size_t size = 0;
};

std::optional<Header> ParseHeader(std::string_view line, const Oid& id) {
  const std::string prefix = id.Hex() + ' ';
  if (!line.starts_with(prefix)) return std::nullopt;
  line.remove_prefix(prefix.size());
  const std::size_t space = line.find(' ');
  const std::optional<ObjectType> type = TypeByName(line.substr(0, space));
  if (!type || space == line.npos) return std::nullopt;
  Header header{*type, 0};
  const auto [end, code] = std::from_chars(line.data() + space + 1, line.data() + line.size(), header.size);
  if (code != std::errc() || end != line.data() + line.size()) return std::nullopt;
  return header;
}

}  // namespace

std::vector<std::string> GitEnvironment(const std::string& git_dir, const std::string& quarantine,
                                        const std::string& objects) {
  std::vector<std::string> environment = {
      "PATH=/usr/bin:/bin",
      "LC_ALL=C",
      "HOME=/nonexistent",
      "GIT_DIR=" + git_dir,
      "GIT_NO_REPLACE_OBJECTS=1",
      "GIT_NO_LAZY_FETCH=1",
      "GIT_OPTIONAL_LOCKS=0",
      "GIT_TERMINAL_PROMPT=0",
      "GIT_CONFIG_NOSYSTEM=1",
      "GIT_CONFIG_GLOBAL=/dev/null",
      "GIT_CONFIG_COUNT=2",
      "GIT_CONFIG_KEY_0=safe.directory",  // whose repository it is, the operator decided
      "GIT_CONFIG_VALUE_0=*",
      "GIT_CONFIG_KEY_1=protocol.allow",  // where git is too old for GIT_NO_LAZY_FETCH
      "GIT_CONFIG_VALUE_1=never",
  };
  if (!quarantine.empty()) {
    environment.push_back("GIT_OBJECT_DIRECTORY=" + quarantine);
    environment.push_back("GIT_ALTERNATE_OBJECT_DIRECTORIES=" + objects);
  }
  return environment;
}

Status CatFile::Start() {
  Result<process::SocketPair> sockets = process::MakeSocketPair();
  if (!sockets) return sockets.error();
  socket_ = std::move(sockets->ours);
  received_.clear();
  const int code = Spawn({kGitProgram, "cat-file", "--batch"}, environment_, sockets->theirs.get(), &child_);
  if (code == 0) return Ok{};
  child_ = -1;
  return SystemError(std::string("cannot start ") + kGitProgram, code);
}

void CatFile::Stop() {
  socket_.Close();
  if (child_ < 0) return;
  kill(-child_, SIGKILL);
  while (waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
  }
  child_ = -1;
}

Status CatFile::Ask(const Oid& id) {
  const std::string line = id.Hex() + '\n';
  const ssize_t sent = send(socket_.get(), line.data(), line.size(), MSG_NOSIGNAL);  // fits any socket buffer
  if (sent == static_cast<ssize_t>(line.size())) return Ok{};
  return Failed("git cat-file went away");
}

Status CatFile::Receive() {
  pollfd waiting{socket_.get(), POLLIN, 0};
  int ready;
  while ((ready = poll(&waiting, 1, kGitAnswerMilliseconds)) < 0 && errno == EINTR) {
  }
  if (ready == 0)
    return Failed("git cat-file gave no answer in " + std::to_string(kGitAnswerMilliseconds / 1000) + " s");
  char buffer[65536];
  const ssize_t got = ready < 0 ? -1 : recv(socket_.get(), buffer, sizeof buffer, 0);
  if (got <= 0) return Failed("git cat-file went away");
  received_.append(buffer, static_cast<std::size_t>(got));
  return Ok{};
}

Result<std::string> CatFile::TakeLine() {
  std::size_t end;
  while ((end = received_.find('\n')) == received_.npos) {
    if (received_.size() > 1024) return Failed("git cat-file gave an answer that is none");
    if (const Status more = Receive(); !more) return more.error();
  }
  std::string line = received_.substr(0, end);
  received_.erase(0, end + 1);
  return line;
}

Result<std::string> CatFile::TakeBytes(std::size_t count) {
  while (received_.size() < count) {
    if (const Status more = Receive(); !more) return more.error();
  }
  std::string bytes = received_.substr(0, count);
  received_.erase(0, count);
  return bytes;
}

Result<RawObject> CatFile::Answer(const Oid& id, std::size_t limit) {
  const Result<std::string> line = TakeLine();
  if (!line) return line.error();
  if (line->ends_with(" missing")) return NotFound("object " + id.Hex() + " is missing");
  const std::optional<Header> header = ParseHeader(*line, id);
  if (!header) return Failed("git cat-file gave an answer that is none");
  if (header->size > limit) {
    return LimitPassed("object " + id.Hex() + ": it is larger than " + std::to_string(limit) + " bytes");
  }
  Result<std::string> bytes = TakeBytes(header->size + 1);
  if (!bytes) return bytes.error();
  bytes->pop_back();
  return RawObject{header->type, *std::move(bytes)};
}

Result<RawObject> CatFile::Read(const Oid& id, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  if (child_ < 0) {
    if (const Status started = Start(); !started) return started.error();
  }
  if (const Status asked = Ask(id); !asked) {
    Stop();
    return asked.error();
  }
  Result<RawObject> object = Answer(id, limit);
  // What was not read to its end would be taken for the next answer.
  if (!object && object.error().kind != ErrorKind::kNotFound) Stop();
  return object;
}

}  // namespace sluice::git
