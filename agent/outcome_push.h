// Signs what became of a record and puts it behind refs/sluice/outcomes/CLUSTER/ENV of
// the repository, in the place of what the cluster said before (docs/ledger.md,
// section 7). Its gate asks for more than that; it may refuse.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/configuration.h"
#include "base/oid.h"
#include "promotion/outcome.h"

namespace sluice::agent {

enum class PushEnd : std::uint8_t {
  kDone,       // it is there
  kOvertaken,  // what was there is another by now: ask again
  kNotDone,    // not signed, or the repository was not reached
  kRefused,    // by the other side
};

struct Pushed {
  PushEnd end = PushEnd::kDone;
  std::string words{};  // half a sentence; empty: it is there
};

// Of `git push --porcelain` of one ref: what it printed, and what it said beside.
Pushed EndOfPush(const std::string& output, const std::string& errors, const std::string& otherwise);

// Not for two threads at a time.
class OutcomePush {
 public:
  // What is signed lies in `git_dir` until it is pushed.
  OutcomePush(const Configuration& configuration, std::string git_dir);

  // What is there, says the same and is signed by the same key, is left: an agent that begins
  // anew repeats nothing, one whose key was rotated says it again.
  // `outcome.made` is set here: now, and later than what is there.
  Pushed Push(promotion::Outcome outcome, std::int64_t now);

 private:
  struct There {
    Oid blob{};  // zero: nothing
    std::optional<promotion::Outcome> outcome{};
    std::string key{};  // PublicKey::plain of who signed it
  };
  struct Signed {
    Oid blob{};
    std::string key{};
  };
  Result<There> Ask() const;
  Result<There> ReadThere(const Oid& blob) const;
  Result<Signed> Sign(const promotion::Outcome& outcome) const;
  Pushed Send(const Oid& before, const Oid& blob) const;

  RepositoryAccess access_;
  const std::string key_, git_dir_, ref_;
  std::optional<There> there_{};  // none: it has to be asked for
  std::string own_key_{};         // empty: nothing was signed yet
};

}  // namespace sluice::agent
