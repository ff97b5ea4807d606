// Writes the system call filters as C++ tables while the project is built; the
// only place for libseccomp. Making a filter at run time costs 0.3 ms or more,
// loading a finished program a few hundredths.
//
// Without `may_execute` the process is one of ours: static C++ with threads that
// reads files and talks over inherited descriptors. It gets a list of what it
// may do; anything else fails with EPERM, so that a library which tries
// something it can do without goes on, and a stray attempt to start a program
// gives a plain error; what only an intruder would call ends the process, so
// that it leaves a trace. With `may_execute` the program is somebody else's, of
// any runtime: there the list is of what is denied, and nothing is killed.
// Tested by tests/process/sandbox_test.cc and tests/process/escape_test.cc.
#include <fcntl.h>
#include <linux/filter.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <vector>

namespace {

constexpr int kExecute = 1, kNetwork = 2, kWrite = 4;

constexpr const char* kAllowed[] = {
    // reading
    "read", "readv", "pread64", "preadv", "preadv2", "lseek", "close", "close_range", "fstat", "stat",
    "lstat", "newfstatat", "statx", "getdents64", "readlink", "readlinkat", "access", "faccessat",
    "faccessat2", "getcwd", "fadvise64", "readahead", "fstatfs", "statfs", "dup", "dup2", "dup3",
    // what was inherited: the broker's socket, pipes
    "write", "writev", "sendto", "recvfrom", "poll", "ppoll", "select", "pselect6", "shutdown", "pipe2",
    "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "eventfd2",
    // memory (mmap and mprotect below)
    "munmap", "mremap", "madvise", "brk", "mincore",
    // threads (clone below)
    "futex", "futex_waitv", "set_robust_list", "get_robust_list", "rseq", "membarrier", "sched_yield",
    "sched_getaffinity", "set_tid_address", "gettid", "exit", "exit_group",
    // time and self
    "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time", "getrandom",
    "getpid", "getppid", "getuid", "geteuid", "getgid", "getegid", "uname", "sysinfo", "getrusage", "times",
    "getrlimit", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall", "fsync",
    "fdatasync"};

constexpr const char* kWriting[] = {
    "openat",    "open",      "pwrite64",        "pwritev",         "pwritev2",  "mkdir",
    "mkdirat",   "rmdir",     "unlink",          "unlinkat",        "rename",    "renameat",
    "renameat2", "link",      "linkat",          "symlink",         "symlinkat", "ftruncate",
    "truncate",  "fallocate", "flock",           "fchmod",          "chmod",     "fchmodat",
    "utimensat", "umask",     "sync_file_range", "copy_file_range", "sendfile",  "msync"};

constexpr const char* kNetworking[] = {"connect",    "bind",    "getsockname", "getpeername", "setsockopt",
                                       "getsockopt", "sendmsg", "recvmsg",     "sendmmsg"};

// Nothing that belongs here calls these.
constexpr const char* kIntrusions[] = {"ptrace",
                                       "process_vm_readv",
                                       "process_vm_writev",
                                       "kcmp",
                                       "pidfd_getfd",
                                       "mount",
                                       "umount2",
                                       "pivot_root",
                                       "chroot",
                                       "move_mount",
                                       "open_tree",
                                       "fsopen",
                                       "fsconfig",
                                       "fsmount",
                                       "fspick",
                                       "mount_setattr",
                                       "setns",
                                       "unshare",
                                       "keyctl",
                                       "add_key",
                                       "request_key",
                                       "bpf",
                                       "perf_event_open",
                                       "userfaultfd",
                                       "io_uring_setup",
                                       "io_uring_enter",
                                       "io_uring_register",
                                       "kexec_load",
                                       "kexec_file_load",
                                       "init_module",
                                       "finit_module",
                                       "delete_module",
                                       "reboot",
                                       "swapon",
                                       "swapoff",
                                       "iopl",
                                       "ioperm",
                                       "open_by_handle_at",
                                       "quotactl",
                                       "acct",
                                       "settimeofday",
                                       "clock_settime",
                                       "clock_adjtime",
                                       "adjtimex",
                                       "sethostname",
                                       "setdomainname",
                                       "vhangup"};

// A program that leaves its process group would outlive its deadline.
constexpr const char* kLeavingTheGroup[] = {"setsid", "setpgid"};

[[noreturn]] void Stop(const char* what, int code) {
  std::fprintf(stderr, "sluice_filter_writer: %s: error %d\n", what, code);
  std::exit(1);
}

void Add(scmp_filter_ctx filter, uint32_t action, const char* name,
         std::initializer_list<scmp_arg_cmp> conditions = {}) {
  const int number = seccomp_syscall_resolve_name(name);
  if (number < 0) return;  // not on this architecture, or newer than libseccomp
  const int code = seccomp_rule_add_array(filter, action, number, static_cast<unsigned>(conditions.size()),
                                          conditions.begin());
  if (code != 0) Stop(name, code);
}

template <std::size_t N>
void AddAll(scmp_filter_ctx filter, uint32_t action, const char* const (&names)[N]) {
  for (const char* name : names) Add(filter, action, name);
}

scmp_arg_cmp Lacks(unsigned argument, uint64_t bits) { return {argument, SCMP_CMP_MASKED_EQ, bits, 0}; }
scmp_arg_cmp Holds(unsigned argument, uint64_t bits) { return {argument, SCMP_CMP_MASKED_EQ, bits, bits}; }
scmp_arg_cmp Is(unsigned argument, uint64_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, 0xffff'ffff, value};  // int arguments: the upper half is noise
}

void AddMemory(scmp_filter_ctx filter, bool may_write) {
  // No new code, and no shared memory that RLIMIT_DATA would not count.
  for (const int shared : {0, 1}) {
    if (shared == 0) Add(filter, SCMP_ACT_ALLOW, "mmap", {Lacks(2, PROT_EXEC), Lacks(3, MAP_SHARED)});
    if (shared == 1) {
      const uint64_t denied = may_write ? PROT_EXEC : PROT_EXEC | PROT_WRITE;
      Add(filter, SCMP_ACT_ALLOW, "mmap", {Lacks(2, denied), Holds(3, MAP_SHARED)});
    }
  }
  Add(filter, SCMP_ACT_ALLOW, "mprotect", {Lacks(2, PROT_EXEC)});
}

void AddThreads(scmp_filter_ctx filter) {
  // Threads, never processes. The flags of clone3 lie in memory where a filter
  // cannot see them; ENOSYS makes the C library take clone.
  Add(filter, SCMP_ACT_ALLOW, "clone", {Holds(0, CLONE_THREAD | CLONE_VM | CLONE_SIGHAND)});
  Add(filter, SCMP_ACT_ERRNO(ENOSYS), "clone3");
  Add(filter, SCMP_ACT_ALLOW, "prctl", {Is(0, 15 /* PR_SET_NAME */)});
  // Its own limits, to read them. No kill in any form: the parent and git run
  // under the same user.
  Add(filter, SCMP_ACT_ALLOW, "prlimit64", {{0, SCMP_CMP_EQ, 0, 0}, {2, SCMP_CMP_EQ, 0, 0}});
}

void AddFiles(scmp_filter_ctx filter, bool may_write) {
  constexpr uint64_t kWrites = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND;
  if (may_write) {
    AddAll(filter, SCMP_ACT_ALLOW, kWriting);
  } else {
    Add(filter, SCMP_ACT_ALLOW, "openat", {Lacks(2, kWrites)});
    Add(filter, SCMP_ACT_ALLOW, "open", {Lacks(1, kWrites)});
  }
  for (const int command : {F_GETFD, F_SETFD, F_GETFL, F_DUPFD, F_DUPFD_CLOEXEC})
    Add(filter, SCMP_ACT_ALLOW, "fcntl", {Is(1, static_cast<uint64_t>(command))});
}

void AddNetwork(scmp_filter_ctx filter) {
  AddAll(filter, SCMP_ACT_ALLOW, kNetworking);
  for (const int family : {AF_INET, AF_INET6})
    Add(filter, SCMP_ACT_ALLOW, "socket", {Is(0, static_cast<uint64_t>(family))});
  // The resolver asks for the machine's addresses.
  Add(filter, SCMP_ACT_ALLOW, "socket", {Is(0, AF_NETLINK), Is(2, 0 /* NETLINK_ROUTE */)});
}

scmp_filter_ctx OwnProcess(int choice) {
  const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  AddAll(filter, SCMP_ACT_ALLOW, kAllowed);
  AddMemory(filter, (choice & kWrite) != 0);
  AddThreads(filter);
  AddFiles(filter, (choice & kWrite) != 0);
  if ((choice & kNetwork) != 0) AddNetwork(filter);
  AddAll(filter, SCMP_ACT_KILL_PROCESS, kIntrusions);
  return filter;
}

scmp_filter_ctx ForeignProgram(int choice) {
  const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  AddAll(filter, SCMP_ACT_ERRNO(EPERM), kIntrusions);
  AddAll(filter, SCMP_ACT_ERRNO(EPERM), kLeavingTheGroup);
  // Keystrokes into a terminal that was inherited.
  for (const uint64_t request : {uint64_t{0x5412} /* TIOCSTI */, uint64_t{0x541c} /* TIOCLINUX */})
    Add(filter, SCMP_ACT_ERRNO(EPERM), "ioctl", {Is(1, request)});
  if ((choice & kNetwork) == 0) {
    Add(filter, SCMP_ACT_ERRNO(EPERM), "socket");
  } else {
    for (const int family : {AF_UNIX, AF_PACKET, AF_VSOCK, AF_ALG})
      Add(filter, SCMP_ACT_ERRNO(EPERM), "socket", {Is(0, static_cast<uint64_t>(family))});
  }
  return filter;
}

std::vector<sock_filter> Compiled(scmp_filter_ctx filter) {
  // A binary tree over the numbers: the kernel runs the program once for every
  // system call that exists when it is loaded.
  if (const int code = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2)) Stop("optimize", code);
  if (const int code = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS))
    Stop("architecture", code);
  std::FILE* file = std::tmpfile();
  if (file == nullptr) Stop("tmpfile", errno);
  if (const int code = seccomp_export_bpf(filter, fileno(file))) Stop("export", code);
  seccomp_release(filter);
  std::rewind(file);
  std::vector<sock_filter> program;
  for (sock_filter one; std::fread(&one, sizeof one, 1, file) == 1;) program.push_back(one);
  std::fclose(file);
  return program;
}

void Write(std::FILE* out, int choice) {
  const auto program = Compiled((choice & kExecute) != 0 ? ForeignProgram(choice) : OwnProcess(choice));
  std::fprintf(out, "constexpr sock_filter kFilter%d[] = {\n", choice);
  for (const sock_filter& one : program)
    std::fprintf(out, "    {0x%x, %u, %u, 0x%x},\n", one.code, one.jt, one.jf, one.k);
  std::fprintf(out, "};\n");
}

}  // namespace

int main(int count, char** arguments) {
  std::FILE* out = count == 2 ? std::fopen(arguments[1], "w") : nullptr;
  if (out == nullptr) Stop("usage: sluice_filter_writer FILE", 2);
  std::fprintf(out, "// Written by process/filter_writer.cc.\n");
  for (int choice = 0; choice < 8; ++choice) Write(out, choice);
  std::fprintf(out, "struct Filter {\n  const sock_filter* program;\n  unsigned short length;\n};\n");
  std::fprintf(out, "constexpr Filter kFilters[] = {\n");
  for (int choice = 0; choice < 8; ++choice)
    std::fprintf(out, "    {kFilter%d, std::size(kFilter%d)},\n", choice, choice);
  std::fprintf(out, "};\n");
  return std::fclose(out) == 0 ? 0 : 1;
}
