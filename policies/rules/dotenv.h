// Lines of `KEY=VALUE`, as kustomize reads the env files of its generators.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace sluice::policies {

struct EnvLine {
  std::uint32_t line = 0;  // from 1
  std::string_view key;
  std::string_view value;  // without the quotes around it
};

// One pair, as a literal or a line of an env file; false without a '='.
bool SplitPair(std::string_view text, EnvLine& pair);

// The lines that set something; comments, empty lines and keys without a value
// (kustomize takes those from its own environment) are left out.
std::vector<EnvLine> ParseEnvFile(std::string_view bytes);

}  // namespace sluice::policies
