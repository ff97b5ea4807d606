// docs/vectors/, which tests/promotion/vectors/make wrote with git and
// ssh-keygen alone.
#pragma once

#include <string>

namespace sluice::promotion {

std::string ReadVector(const std::string& name);

// A bare repository with the ledgers of the vectors, below `directory`.
std::string ImportLedger(const std::string& directory);

}  // namespace sluice::promotion
