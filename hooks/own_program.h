// The other programs of this build or installation.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice::hooks {

// The absolute path of `name`: in ../libexec/sluice (installed), beside our own
// program, or in the folder `built_in` beside ours (a build). kNotFound;
// `looked` gets where it was looked for, with commas.
Result<std::string> FindOwnProgram(std::string_view name, std::string_view built_in, std::string& looked);

}  // namespace sluice::hooks
