// The ruleset handles every right that the kernel's ABI knows, so that what no
// rule grants is denied; rules grant by path. Rights: include/uapi/linux/landlock.h
// of Linux 6.15 (ABI 7). Tested by tests/process/sandbox_test.cc.
#include "process/landlock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <iterator>

#include "process/descriptor.h"

namespace sluice::process {
namespace {

constexpr long kCreateRuleset = 444, kAddRule = 445, kRestrictSelf = 446;  // same on every architecture
constexpr unsigned kAskVersion = 1;
constexpr int kPathBeneath = 1;

constexpr std::uint64_t kExecute = 1u << 0, kWriteFile = 1u << 1, kReadFile = 1u << 2,
                        kReadDirectory = 1u << 3;
constexpr std::uint64_t kAbi1 = (1u << 13) - 1;  // execute, read, write, remove and make of every kind
constexpr std::uint64_t kRefer = 1u << 13, kTruncate = 1u << 14, kIoctlDevice = 1u << 15;
constexpr std::uint64_t kBindTcp = 1u << 0, kConnectTcp = 1u << 1;
constexpr std::uint64_t kAbstractSockets = 1u << 0, kSignals = 1u << 1;

// What each ABI added, and the size that its kernel takes at least.
struct Abi {
  std::uint64_t files, network, scopes;
  std::size_t bytes;
};
constexpr Abi kAbis[] = {
    {kAbi1, 0, 0, 8},         {kRefer, 0, 0, 8},
    {kTruncate, 0, 0, 8},     {0, kBindTcp | kConnectTcp, 0, 16},
    {kIoctlDevice, 0, 0, 16}, {0, 0, kAbstractSockets | kSignals, 24},
};

struct RulesetAttributes {
  std::uint64_t files = 0, network = 0, scopes = 0;
};

struct __attribute__((packed)) PathBeneath {
  std::uint64_t allowed;
  std::int32_t parent;
};

Abi Known(int abi) {
  Abi all{};
  for (int i = 0; i < abi && i < static_cast<int>(std::size(kAbis)); ++i) {
    all.files |= kAbis[i].files;
    all.network |= kAbis[i].network;
    all.scopes |= kAbis[i].scopes;
    all.bytes = kAbis[i].bytes;
  }
  return all;
}

// False where a path that is there could not be granted.
bool Grant(int ruleset, const std::vector<std::string>& paths, std::uint64_t rights) {
  constexpr std::uint64_t kOfFiles = kExecute | kWriteFile | kReadFile | kTruncate | kIoctlDevice;
  for (const std::string& path : paths) {
    const Descriptor file(open(path.c_str(), O_PATH | O_CLOEXEC));
    struct stat status;
    if (!file || fstat(file.get(), &status) != 0) continue;
    const PathBeneath rule{S_ISDIR(status.st_mode) ? rights : rights & kOfFiles, file.get()};
    if (syscall(kAddRule, ruleset, kPathBeneath, &rule, 0) != 0) return false;
  }
  return true;
}

LandlockLevel Refused(const char* step) { return {0, std::string(step) + ": " + std::strerror(errno)}; }

}  // namespace

LandlockLevel RestrictFiles(const LandlockRules& rules) {
  const int abi = static_cast<int>(syscall(kCreateRuleset, nullptr, 0, kAskVersion));
  if (abi <= 0) return Refused("landlock");
  const Abi known = Known(abi);
  const RulesetAttributes handled{known.files, rules.may_network ? 0 : known.network, known.scopes};
  const Descriptor ruleset(static_cast<int>(syscall(kCreateRuleset, &handled, known.bytes, 0)));
  if (!ruleset) return Refused("landlock ruleset");

  std::uint64_t read = kReadFile | kReadDirectory;
  if (rules.may_execute) read |= kExecute;
  const std::uint64_t write = known.files & ~(rules.may_execute ? 0 : kExecute);
  if (!Grant(ruleset.get(), rules.readable, read) || !Grant(ruleset.get(), rules.writable, write))
    return Refused("landlock rule");
  if (syscall(kRestrictSelf, ruleset.get(), 0) != 0) return Refused("landlock restriction");
  return {abi, {}};
}

}  // namespace sluice::process
