// Where a promotion is planned and judged: a clone, which then pushes, or a server's
// own repository, where refs move at once. Both are read alike; what is made on trial
// lies in a scratch directory, and is gone with this.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "cli/git_program.h"
#include "crypto/allowed_signers.h"
#include "gate/build_settings.h"
#include "gate/policy_side.h"
#include "gate/push.h"
#include "git/edit_tree.h"
#include "hooks/places.h"

namespace sluice::cli {

struct PromotionPlaceOptions {
  std::string remote = "origin";
  bool fetch = true;  // what the remote has is fetched first, ledgers and approvals too
};

// Whose keys count, by the files of a commit; nobody's where it names none.
Result<crypto::AllowedSigners> SignersAt(const std::shared_ptr<const git::Repository>& repository,
                                         const Oid& commit);

class PromotionPlace {
 public:
  // kUsage outside of Git, and where there is nothing that was cloned.
  static Result<std::unique_ptr<PromotionPlace>> Open(const PromotionPlaceOptions& options);
  ~PromotionPlace();
  PromotionPlace(const PromotionPlace&) = delete;
  PromotionPlace& operator=(const PromotionPlace&) = delete;

  bool is_server() const { return server_; }
  const std::string& remote() const { return remote_; }
  const hooks::Places& places() const { return places_; }
  const gate::HookSettings& settings() const { return settings_; }
  const std::shared_ptr<const git::Repository>& repository() const { return repository_; }
  const gate::PolicySide& policy() const { return policy_; }
  const gate::Configuration& configuration() const { return policy_.loaded.configuration; }
  const gate::MergeCommits& merge() const { return merge_; }
  std::string directory() const { return git_.top.empty() ? git_.git_dir : git_.top; }

  // Whose keys count, by the policy that judges.
  Result<crypto::AllowedSigners> Signers() const;
  Result<Oid> ResolveCommit(const std::string& revision) const;
  // With the identity of who runs this; in the scratch directory until it is kept.
  Result<Oid> MakeCommit(const Oid& tree, const std::vector<Oid>& parents, const std::string& message);
  // A commit's tree with these edits; in the scratch directory likewise.
  Result<Oid> EditTree(const Oid& commit, std::span<const git::TreeEdit> edits);
  // With what charts are rendered; `branches` is left to the caller.
  gate::BuildSettings Builds() const;
  // Whose push it would be: of a change that others push, nobody's yet.
  enum class Pusher : unsigned char { kThisPerson, kNobody };
  gate::PushVerdict Judge(const Oid& before, const Oid& after, const std::string& ref,
                          Pusher pusher = Pusher::kThisPerson);
  // Of an environment that moves by request: its folder at a commit of the branch; with the
  // ref of a request as whoever signed that asked for it. `requested` names no environment.
  gate::PushVerdict JudgeRequested(const promotion::Environment& environment, const Oid& commit,
                                   Pusher pusher = Pusher::kThisPerson, gate::RequestedMove requested = {});
  // What lies there becomes part of the repository.
  Status Keep();
  // `git push OPTIONS REMOTE REFS`, and the exit code that follows: kRejected where the
  // server refused a ref, which git tells; else an error is said, with what to do.
  int Push(std::vector<std::string> options, std::vector<std::string> refs) const;

 private:
  PromotionPlace() = default;
  Status OpenServer();
  Status OpenClone(const PromotionPlaceOptions& options);
  Status OpenRepositories();
  Result<std::shared_ptr<const git::Repository>> Opened() const;
  Status Reopen();  // a reader keeps what it saw
  gate::Push PushOf(const gate::RefUpdate& update, Pusher pusher) const;

  bool server_ = false;
  std::string remote_;
  GitPlace git_;
  hooks::Places places_;
  gate::HookSettings settings_;
  gate::PolicySide policy_;
  std::string scratch_;
  std::shared_ptr<const git::Repository> repository_, floor_;
  gate::MergeCommits merge_;
};

}  // namespace sluice::cli
