// The reader on libgit2, for programs that live long: the webhook service, which is not
// there yet. Same interface, same meaning, one test suite. Target sluice_git_libgit2
// alone: the hook and the command do not link it.
#pragma once

#include "git/repository.h"

namespace sluice::git {

// As Open(). The quarantine is added as an alternate of the object database;
// nothing comes from the environment, and nothing is written. libgit2 1.5 and
// 1.9 as Debian builds them read neither SHA-256 repositories nor refs that are
// not files: kFailed, in words, before they are opened. The fall-backs of
// `options` are not used.
Result<std::shared_ptr<const Repository>> OpenWithLibgit2(OpenOptions options);

}  // namespace sluice::git
