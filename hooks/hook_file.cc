#include "hooks/hook_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "base/write_all.h"
#include "git/file.h"
#include "process/descriptor.h"

namespace sluice::hooks {
namespace {

constexpr std::size_t kMaxBytes = 1u << 20;
constexpr std::size_t kFirstLine = 127;  // what every kernel reads of it

bool OwnLike(const std::string& path, const std::string& like) {
  struct stat owner;
  if (geteuid() != 0) return true;
  return stat(like.c_str(), &owner) == 0 && lchown(path.c_str(), owner.st_uid, owner.st_gid) == 0;
}

}  // namespace

std::string HookFileText(std::string_view program, std::string_view hook) {
  return "#!" + std::string(program) + " " + std::string(hook) +
         "\nWritten by `sluice hook install`; the first line starts the program with this file's path.\n";
}

Status CheckProgram(const std::string& program) {
  if (!program.starts_with('/')) return Usage("the hook program needs an absolute path: " + program);
  if (program.find_first_of(" \t\n") != program.npos)
    return Usage("the hook program's path holds white space, which no hook file can name: " + program);
  if (HookFileText(program, "post-receive --platform=forgejo").find('\n') > kFirstLine)
    return Usage("the hook program's path is too long for the first line of a file: " + program);
  if (access(program.c_str(), X_OK) != 0) return Usage("no program there: " + program);
  return Ok{};
}

HookFile LookAt(const std::string& path) {
  HookFile file;
  struct stat status;
  if (lstat(path.c_str(), &status) != 0) return file;
  file.kind = HookKind::kOther;
  file.executable = access(path.c_str(), X_OK) == 0;
  const std::string text = ReadSmall(path);
  if (!text.starts_with("#!")) return file;
  const std::string program = text.substr(2, text.find_first_of(" \n") - 2);
  if (!program.ends_with("/" + std::string(kProgramName))) return file;
  file.kind = HookKind::kOurs;
  file.program = program;
  return file;
}

std::string ReadSmall(const std::string& path) {
  Result<std::string> text = git::ReadFileAt(AT_FDCWD, path, kMaxBytes);
  return text ? std::move(*text) : std::string();
}

Status WriteLike(const std::string& path, std::string_view text, unsigned mode, const std::string& like) {
  const std::string unfinished = path + ".sluice-new";
  unlink(unfinished.c_str());
  const process::Descriptor file(
      open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
  const bool written = file && WriteAll(file.get(), text) && fchmod(file.get(), mode) == 0 &&
                       OwnLike(unfinished, like) && fsync(file.get()) == 0 &&
                       rename(unfinished.c_str(), path.c_str()) == 0;
  if (written) return Ok{};
  const Error error = SystemError("cannot write " + path, errno);
  unlink(unfinished.c_str());
  return error;
}

Status MakeDirectoryLike(const std::string& path, const std::string& like) {
  struct stat owner;
  if (mkdir(path.c_str(), 0777) != 0)
    return errno == EEXIST ? Status(Ok{}) : Status(SystemError("cannot make " + path, errno));
  if (stat(like.c_str(), &owner) != 0 || chmod(path.c_str(), owner.st_mode & 07777) != 0 ||
      !OwnLike(path, like))
    return SystemError("cannot make " + path, errno);
  return Ok{};
}

}  // namespace sluice::hooks
