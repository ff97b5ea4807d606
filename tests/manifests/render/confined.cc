#include "tests/manifests/render/confined.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <iterator>

namespace sluice::manifests::render {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kBoundMemory = false;
#else
constexpr bool kBoundMemory = true;
#endif

// Calls that no build has a use for; the first ends the child.
constexpr std::array<unsigned, 8> kForbidden = {SYS_socket, SYS_connect, SYS_execve,   SYS_execveat,
                                                SYS_sendto, SYS_sendmsg, SYS_unlinkat, SYS_mkdirat};

bool Forbid() {
  std::array<sock_filter, kForbidden.size() * 2 + 2> filter{};
  std::size_t at = 0;
  filter[at++] = BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr));
  for (const unsigned call : kForbidden) {
    filter[at++] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1);
    filter[at++] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
  }
  filter[at++] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  const sock_fprog program{static_cast<unsigned short>(at), filter.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

void Bound(const Bounds& bounds) {
  const rlimit cpu{bounds.cpu_seconds, bounds.cpu_seconds};
  const rlimit memory{bounds.memory_bytes, bounds.memory_bytes};
  const rlimit files{0, 0};
  setrlimit(RLIMIT_CPU, &cpu);
  setrlimit(RLIMIT_FSIZE, &files);
  if (kBoundMemory) setrlimit(RLIMIT_AS, &memory);
}

[[noreturn]] void Child(int out, const std::function<std::string()>& work, const Bounds& bounds) {
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  dup2(nowhere, STDERR_FILENO);
  Bound(bounds);
  if (!Forbid()) _exit(3);
  const std::string said = work();
  for (std::size_t done = 0; done < said.size();) {
    const ssize_t written = write(out, said.data() + done, said.size() - done);
    if (written <= 0) _exit(4);
    done += static_cast<std::size_t>(written);
  }
  _exit(0);
}

std::string ReadAll(int in) {
  std::string text;
  std::array<char, 65536> buffer;
  for (ssize_t got; (got = read(in, buffer.data(), buffer.size())) != 0;) {
    if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
    if (got < 0 && errno != EINTR) break;
  }
  return text;
}

}  // namespace

Confined RunConfined(const std::function<std::string()>& work, const Bounds& bounds) {
  std::array<int, 2> ends;
  if (pipe(ends.data()) != 0) std::abort();
  const pid_t child = fork();
  if (child < 0) std::abort();
  if (child == 0) {
    close(ends[0]);
    Child(ends[1], work, bounds);
  }
  close(ends[1]);
  Confined result{.said = ReadAll(ends[0])};
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  result.ended = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  return result;
}

}  // namespace sluice::manifests::render
