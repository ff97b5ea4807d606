// What of a branch concerns an environment that is a folder of it: the folder, and what
// is in no other environment's, since bases and the like may be anywhere there.
#pragma once

#include <span>
#include <string_view>

#include "base/limits.h"
#include "git/repository.h"
#include "promotion/environment.h"

namespace sluice::promotion {

// True for `.sluice`, what lies in it, and what a file system could take for it.
bool IsConfigurationPath(std::string_view path);

bool IsInFolder(std::string_view folder, std::string_view path);

// True for all where the environment is a branch.
bool Concerns(const Environment& environment, std::span<const Environment> environments,
              std::string_view path);

// Whether a commit changes such a path, held against its first parent. An Error: it
// could not be read, or changes more files than the limits allow.
Result<bool> ConcernsCommit(const git::Repository& repository, const git::Commit& commit,
                            const Environment& environment, std::span<const Environment> environments,
                            const Limits& limits);

}  // namespace sluice::promotion
