// The refs of one environment, fetched by git into a bare repository of our own.
// What is in there is not to be believed: agent/proof.h believes it, or not.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "agent/configuration.h"
#include "base/oid.h"
#include "base/result.h"
#include "git/repository.h"

namespace sluice::agent {

// Where ledger/ENV, ledger/policy and freshness/ENV stand; absent: there is none.
using MirrorRefs = std::array<std::optional<Oid>, 3>;

class Mirror {
 public:
  // Makes the repository where there is none.
  static Result<Mirror> Open(const Configuration& configuration);

  // Where the other side has these refs: one `git ls-remote`, and one `git fetch`
  // where something moved. Bounded by the configuration's bytes and deadline. An
  // Error leaves the refs as they were.
  Status Fetch();

  MirrorRefs Refs() const;
  // Makes the refs stand there again: what was fetched since is not to be believed.
  Status PutBack(const MirrorRefs& refs) const;
  // Opened anew each time, since a reader keeps what it saw.
  Result<std::shared_ptr<const git::Repository>> Read() const;

  const std::string& git_dir() const { return git_dir_; }

 private:
  explicit Mirror(const Configuration& configuration);
  Result<MirrorRefs> Ask() const;

  RepositoryAccess access_;
  std::array<std::string, 3> names_;  // of the refs
  std::string git_dir_;
};

}  // namespace sluice::agent
