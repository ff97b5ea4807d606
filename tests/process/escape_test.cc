// Somebody runs code of their own in the judge: what can they do from there?
// Each way out is tried in a process shut in as the judge of the hook is; it
// must fail or end the process, and the parent must live.
#include <fcntl.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "process/broker.h"
#include "tests/catch.h"

namespace sluice::process {
namespace {

struct Escape {
  const char* what;
  bool (*succeeds)();  // in the sandbox
};

const pid_t kParent = getpid();

bool Connects(const char* path) {
  const int number = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{AF_UNIX, {}};
  std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  return number >= 0 || connect(number, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

bool Executes(const char* program) {
  char* const argv[] = {const_cast<char*>(program), nullptr};
  execve(program, argv, nullptr);
  return false;  // had it worked, there would be no answer at all; see `Tried`
}

// A copy of this process, should there be one, ends here.
bool Doubled(long pid) {
  if (pid == 0) _exit(0);
  return pid > 0;
}

const Escape kEscapes[] = {
    {"read a file of the system", [] { return open("/etc/shadow", O_RDONLY) >= 0; }},
    {"list the root", [] { return open("/", O_RDONLY | O_DIRECTORY) >= 0; }},
    {"read the parent's memory",
     [] { return open(("/proc/" + std::to_string(kParent) + "/mem").c_str(), O_RDONLY) >= 0; }},
    {"read the parent's environment",
     [] { return open(("/proc/" + std::to_string(kParent) + "/environ").c_str(), O_RDONLY) >= 0; }},
    {"write a file", [] { return open("/tmp/sluice-escaped", O_WRONLY | O_CREAT, 0600) >= 0; }},
    {"write a file without a name", [] { return open("/tmp", O_TMPFILE | O_RDWR, 0600) >= 0; }},
    {"remove a file", [] { return unlink("/tmp/sluice-escape-target") == 0; }},
    {"make a directory", [] { return mkdir("/tmp/sluice-escaped", 0700) == 0; }},
    {"make a link", [] { return link("/etc/passwd", "/tmp/sluice-escaped") == 0; }},
    {"change a mode", [] { return chmod("/tmp/sluice-escape-target", 0777) == 0; }},
    {"open a TCP socket", [] { return socket(AF_INET, SOCK_STREAM, 0) >= 0; }},
    {"open a UDP socket", [] { return socket(AF_INET6, SOCK_DGRAM, 0) >= 0; }},
    {"speak to a local service", [] { return Connects("/run/docker.sock"); }},
    {"open a netlink socket", [] { return socket(AF_NETLINK, SOCK_RAW, 0) >= 0; }},
    {"open a packet socket", [] { return socket(AF_PACKET, SOCK_RAW, 0) >= 0; }},
    {"make a pair of sockets",
     [] {
       int ends[2];
       return socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0;
     }},
    {"start a program", [] { return Executes("/bin/true"); }},
    {"start a program from memory",
     [] { return syscall(SYS_execveat, memfd_create("x", 0), "", nullptr, nullptr, AT_EMPTY_PATH) == 0; }},
    {"make a process", [] { return Doubled(fork()); }},
    {"make a process with its own namespaces",
     [] { return Doubled(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, nullptr, nullptr, nullptr, nullptr)); }},
    {"make a process by clone3",
     [] {
       clone_args arguments{};
       arguments.exit_signal = SIGCHLD;
       return Doubled(syscall(SYS_clone3, &arguments, sizeof arguments));
     }},
    {"leave its namespaces", [] { return unshare(CLONE_NEWUSER) == 0; }},
    {"join other namespaces", [] { return setns(0, 0) == 0; }},
    {"trace the parent", [] { return ptrace(PTRACE_SEIZE, kParent, nullptr, nullptr) == 0; }},
    {"read the parent by process_vm_readv",
     [] { return syscall(SYS_process_vm_readv, kParent, nullptr, 0, nullptr, 0, 0) >= 0; }},
    {"kill the parent", [] { return kill(kParent, SIGCONT) == 0; }},
    {"kill the parent's thread", [] { return syscall(SYS_tgkill, kParent, kParent, SIGCONT) == 0; }},
    {"queue a signal to the parent",
     [] {
       siginfo_t info{};
       info.si_code = SI_QUEUE;
       return syscall(SYS_rt_sigqueueinfo, kParent, SIGCONT, &info) == 0;
     }},
    {"have signals sent by a descriptor",
     [] { return fcntl(3, F_SETOWN, kParent) == 0 || fcntl(4, F_SETOWN, kParent) == 0; }},
    {"open a handle on the parent", [] { return syscall(SYS_pidfd_open, kParent, 0) >= 0; }},
    {"limit the parent",
     [] {
       const rlimit none{0, 0};
       return prlimit(kParent, RLIMIT_CORE, &none, nullptr) == 0;
     }},
    {"raise its own limits",
     [] {
       const rlimit more{1, 1};
       return setrlimit(RLIMIT_FSIZE, &more) == 0;
     }},
    {"slow the parent down", [] { return setpriority(PRIO_PROCESS, static_cast<id_t>(kParent), 10) == 0; }},
    {"leave its group", [] { return setsid() >= 0; }},
    {"mount", [] { return mount(nullptr, nullptr, nullptr, 0, nullptr) == 0; }},
    {"change the root", [] { return chroot("/tmp") == 0; }},
    {"make code",
     [] {
       return mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
              MAP_FAILED;
     }},
    {"make its memory code",
     [] {
       void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
       return mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
     }},
    {"use keys of the kernel", [] { return syscall(SYS_keyctl, 0, -3, 0) >= 0; }},
    {"load a program into the kernel", [] { return syscall(SYS_bpf, 0, nullptr, 0) >= 0; }},
    {"use io_uring",
     [] {
       char parameters[120] = {};
       return syscall(SYS_io_uring_setup, 1, parameters) >= 0;
     }},
    {"measure other processes",
     [] {
       char attributes[128] = {};
       return syscall(SYS_perf_event_open, attributes, 0, -1, -1, 0) >= 0;
     }},
    {"handle page faults", [] { return syscall(SYS_userfaultfd, 0) >= 0; }},
    {"type into a terminal",
     [] {
       char key = 'x';
       return ioctl(0, TIOCSTI, &key) == 0;
     }},
    {"drop its dumps' protection", [] { return prctl(PR_SET_PTRACER, -1) == 0; }},
    {"lift its filter", [] { return prctl(PR_SET_SECCOMP, 0) == 0; }},
#if defined(__x86_64__)
    {"call by the 32-bit door",
     [] {
       long result;
       asm volatile("int $0x80" : "=a"(result) : "a"(20) : "memory");
       return result > 0;
     }},
    {"call by the x32 door", [] { return syscall(0x40000000 | SYS_getpid) > 0; }},
#endif
};

// "failed", "stopped" (killed), or "succeeded".
std::string Tried(const Escape& escape) {
  const Deadline deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  Result<ShutInResult> result =
      RunShutIn({.sandbox = {.readable = {"/nowhere"}}, .deadline = deadline, .services = {}},
                [&](const Broker&, const SandboxLevel&) {
                  return std::string(escape.succeeds() ? "succeeded" : "failed");
                });
  if (!result) return result.error().Text();
  if (result->answered) return result->answer;
  return result->signal == SIGSYS || result->signal == SIGSEGV ? "stopped" : "left: " + result->trouble;
}

TEST_CASE("no way out of the judge's sandbox succeeds") {
  close(open("/tmp/sluice-escape-target", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  for (const Escape& escape : kEscapes) {
    INFO(escape.what);
    const std::string outcome = Tried(escape);
    CHECK((outcome == "failed" || outcome == "stopped"));
  }
  CHECK(unlink("/tmp/sluice-escape-target") == 0);
}

TEST_CASE("what only an intruder would call ends the process") {
  for (const char* what :
       {"trace the parent", "use keys of the kernel", "load a program into the kernel", "mount"})
    for (const Escape& escape : kEscapes)
      if (std::strcmp(escape.what, what) == 0) CHECK(Tried(escape) == "stopped");
}

}  // namespace
}  // namespace sluice::process
