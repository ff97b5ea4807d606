// What a program says when it is asked which version it is.
#pragma once

#include <string>
#include <string_view>

namespace sluice::gate {

// Two lines: "sluice 0.1.0", and the minors of Kubernetes that are built in.
std::string VersionWords(std::string_view program);

}  // namespace sluice::gate
