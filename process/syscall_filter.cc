#include "process/syscall_filter.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <iterator>

namespace sluice::process {
namespace {

#include "process/syscall_filters.inc"  // kFilters[8]: 1 may_execute, 2 may_network, 4 may_write

}  // namespace

std::string RestrictSystemCalls(const FilterChoice& choice) {
  const std::size_t index =
      (choice.may_execute ? 1u : 0u) | (choice.may_network ? 2u : 0u) | (choice.may_write ? 4u : 0u);
  static_assert(std::size(kFilters) == 8);
  const Filter& filter = kFilters[index];
  // The kernel only reads the program; its interface lacks the const.
  sock_fprog program{filter.length, const_cast<sock_filter*>(filter.program)};
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0) return {};
  return std::string("seccomp: ") + std::strerror(errno);
}

}  // namespace sluice::process
