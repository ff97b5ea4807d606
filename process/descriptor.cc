#include "process/descriptor.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "base/write_all.h"

namespace sluice::process {
namespace {

constexpr int kFirstFree = 3;
constexpr unsigned kNoExecSeal = 8;  // MFD_NOEXEC_SEAL, Linux 6.3; absent from older headers

// The same descriptor at 3 or above, closed on exec.
Descriptor Raised(int number) {
  if (number < 0 || number >= kFirstFree) return Descriptor(number);
  const Descriptor low(number);
  return Descriptor(fcntl(number, F_DUPFD_CLOEXEC, kFirstFree));
}

void CloseRange(unsigned first, unsigned last) {
  if (first > last) return;
#ifdef SYS_close_range
  if (syscall(SYS_close_range, first, last, 0) == 0) return;
#endif
  // Kernels before 5.9: one by one, as far as descriptors can reach.
  const long most = sysconf(_SC_OPEN_MAX);
  const unsigned end = std::min(last, static_cast<unsigned>(most < 0 ? 65'536 : most));
  for (unsigned number = first; number <= end; ++number) close(static_cast<int>(number));
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    Close();
    number_ = std::exchange(other.number_, -1);
  }
  return *this;
}

void Descriptor::Close() {
  if (number_ >= 0) close(std::exchange(number_, -1));
}

Result<Pipe> MakePipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return SystemError("cannot make a pipe", errno);
  Pipe pipe{Raised(ends[0]), Raised(ends[1])};
  if (!pipe.read || !pipe.write) return SystemError("cannot make a pipe", errno);
  return pipe;
}

Result<SocketPair> MakeSocketPair() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return SystemError("cannot make a pair of sockets", errno);
  SocketPair pair{Raised(ends[0]), Raised(ends[1])};
  if (!pair.ours || !pair.theirs) return SystemError("cannot make a pair of sockets", errno);
  return pair;
}

Result<Descriptor> MakeInput(const std::string& bytes) {
  if (bytes.empty()) {
    Descriptor null = Raised(open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!null) return SystemError("cannot open /dev/null", errno);
    return null;
  }
  int number = static_cast<int>(memfd_create("input", MFD_CLOEXEC | kNoExecSeal));
  if (number < 0 && errno == EINVAL) number = memfd_create("input", MFD_CLOEXEC);
  Descriptor file = Raised(number);
  if (!file || !WriteAll(file.get(), bytes) || lseek(file.get(), 0, SEEK_SET) != 0)
    return SystemError("cannot hold the input of a program in memory", errno);
  return file;
}

void CloseAllBut(int keep) {
  if (keep < kFirstFree) return CloseRange(kFirstFree, ~0u);
  CloseRange(kFirstFree, static_cast<unsigned>(keep) - 1);
  CloseRange(static_cast<unsigned>(keep) + 1, ~0u);
}

bool SilenceStandardStreams() {
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) return false;
  const bool silent = dup2(null, 0) == 0 && dup2(null, 1) == 1 && dup2(null, 2) == 2;
  if (null > 2) close(null);
  return silent;
}

}  // namespace sluice::process
