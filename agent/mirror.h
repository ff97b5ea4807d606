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
  // where something moved. Bounded by the configuration's bytes and deadline. The
  // refs stay as they are until Keep(): what was fetched lies below refs/sluice/fetched/.
  Result<MirrorRefs> Fetch() const;

  Result<MirrorRefs> Refs() const;
  // Makes the refs stand there: they were proven.
  Status Keep(const MirrorRefs& refs) const;
  // The repository as if the refs stood there. Opened anew each time, since a reader
  // keeps what it saw.
  Result<std::shared_ptr<const git::Repository>> Read(const MirrorRefs& refs) const;

  // Clears away what an agent that was killed, or git that was ended, left behind. Only while no other
  // process writes here.
  void Clean() const;

  const std::string& git_dir() const { return git_dir_; }

 private:
  explicit Mirror(const Configuration& configuration);
  bool IsMade() const;
  Status Make() const;
  Result<MirrorRefs> Ask() const;
  Result<std::shared_ptr<const git::Repository>> Open() const;

  RepositoryAccess access_;
  std::array<std::string, 3> names_;  // of the refs
  std::string git_dir_;
};

}  // namespace sluice::agent
