// Where the program starts, on x86-64. Most pushes leave nothing to do for
// post-receive, and git's client waits for it; five system calls tell, and they
// are made before the C library sets itself up: that asks the processor dozens
// of times what it can (CPUID), and in a virtual machine each of these questions
// goes to the host, which takes longer than all else that happens here.
//
// Invariant: nothing of the C library runs here and no thread-local variable is
// read (-fno-stack-protector); whatever is in doubt goes on to _start, with the
// stack as the kernel left it. Tested by tests/push/what-is-left-to-do.sh.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

namespace {

constexpr long kDay = 24 * 60 * 60;

long Call(long number, long first, const void* second, const void* third, long fourth) {
  register long flags asm("r10") = fourth;
  long result;
  asm volatile("syscall"
               : "=a"(result)
               : "a"(number), "D"(first), "S"(second), "d"(third), "r"(flags)
               : "rcx", "r11", "memory");
  return result;
}

// 0, or an error number below it.
long Status(const char* path, struct stat* status) {
  return Call(SYS_newfstatat, AT_FDCWD, path, status, AT_SYMLINK_NOFOLLOW);
}

bool Equal(const char* text, const char* other) {
  while (*text != 0 && *text == *other) {
    ++text;
    ++other;
  }
  return *text == *other;
}

// Whether the file's path with `kBehind` behind it fits, and nothing is there.
bool IsChained(const char* hook) {
  constexpr char kBehind[] = ".before-sluice";
  char path[1024];
  unsigned long size = 0;
  for (; hook[size] != 0; ++size) {
    if (size + sizeof kBehind >= sizeof path) return true;
    path[size] = hook[size];
  }
  for (const char c : kBehind) path[size++] = c;
  struct stat status;
  return Status(path, &status) != -2 /* ENOENT */;
}

// As TakeRefreshRequest, seen from the repository, in which git runs hooks.
bool WantsRefresh() {
  struct stat status;
  struct timespec now;
  if (Status("sluice/refresh.wanted", &status) != -2) return true;
  if (Status("sluice/refresh.now", &status) != 0) return true;
  if (Call(SYS_clock_gettime, CLOCK_REALTIME_COARSE, &now, nullptr, 0) != 0) return true;
  return status.st_mtim.tv_sec + kDay < now.tv_sec;
}

// A recorder's key is here: a branch that moved may have to be recorded.
bool MayRecord() {
  struct stat status;
  return Status("sluice/recorder", &status) != -2;
}

}  // namespace

// `stack`: the number of arguments, then the arguments, as the kernel put them.
extern "C" __attribute__((used)) void SluiceLeaveEarly(const long* stack) {
  const char* const* arguments = reinterpret_cast<const char* const*>(stack + 1);
  if (stack[0] != 3 || !Equal(arguments[1], "post-receive")) return;
  if (IsChained(arguments[2]) || WantsRefresh() || MayRecord()) return;
  Call(SYS_exit_group, 0, nullptr, nullptr, 0);
}

// rdx is for _start too. The stack is aligned as a call wants it.
asm(R"(
.text
.globl SluiceStart
.type SluiceStart, @function
SluiceStart:
  endbr64
  xor %ebp, %ebp
  mov %rsp, %rdi
  push %rdx
  sub $8, %rsp
  call SluiceLeaveEarly
  add $8, %rsp
  pop %rdx
  jmp _start
.size SluiceStart, .-SluiceStart
)");
