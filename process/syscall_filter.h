// The system call filters, compiled when the project was built
// (process/filter_writer.cc says what they let through and why).
#pragma once

#include <string>

namespace sluice::process {

struct FilterChoice {
  bool may_execute = false;
  bool may_network = false;
  bool may_write = false;
};

// Puts the filter in force for the calling thread and its children; needs
// no_new_privs. Empty: done; else what the kernel refused.
std::string RestrictSystemCalls(const FilterChoice& choice);

}  // namespace sluice::process
