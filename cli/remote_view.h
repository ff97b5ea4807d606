// A clone seen as the repository that it was cloned from: refs/heads/* are the
// branches that were fetched from a remote, HEAD is the remote's. Whatever judges a
// push can then be asked here what the server will say.
#pragma once

#include <memory>
#include <string>

#include "git/repository.h"

namespace sluice::cli {

std::shared_ptr<const git::Repository> ViewOfRemote(std::shared_ptr<const git::Repository> clone,
                                                    const std::string& remote);

}  // namespace sluice::cli
