// Tested by tests/hooks/status_test.cc and tests/push/no-policy-branch.sh.
#include "hooks/policy_branch.h"

#include "git/repository.h"
#include "hooks/platform.h"

namespace sluice::hooks {
namespace {

constexpr const char* kUsual[] = {"refs/heads/main", "refs/heads/master"};

// The branch that people most likely mean.
std::string AnyBranch(const git::Repository& repository, const Places& places) {
  for (const char* usual : kUsual) {
    if (repository.ResolveRef(usual)) return usual;
  }
  const Result<std::string> listed =
      RunGit(places, {"for-each-ref", "--count=1", "--format=%(refname)", "refs/heads"});
  return listed ? listed->substr(0, listed->find('\n')) : std::string();
}

std::string Branch(const std::string& ref) { return ref.substr(ref.find('/', 5) + 1); }

}  // namespace

Result<PolicyBranch> LookAtPolicyBranch(const Places& places, const std::string& policy_ref) {
  auto repository = git::Open({.git_dir = places.git_dir});
  if (!repository) return repository.error();
  PolicyBranch branch;
  branch.by_setting = !policy_ref.empty();
  Result<std::string> ref = branch.by_setting ? Result<std::string>(policy_ref) : (*repository)->HeadRef();
  if (!ref) return ref.error();
  branch.ref = *std::move(ref);
  const Result<Oid> tip = (*repository)->ResolveRef(branch.ref);
  if (!tip && tip.error().kind != ErrorKind::kNotFound) return tip.error();
  branch.exists = bool(tip);
  if (!branch.exists) branch.other = AnyBranch(**repository, places);
  return branch;
}

std::string TroubleOf(const PolicyBranch& branch, const Places& places) {
  if (branch.exists || branch.other.empty()) return {};
  const std::string by_setting = "sluice hook set " + places.git_dir + " policyRef=" + branch.other;
  const std::string by_head = "git --git-dir=" + places.git_dir + " symbolic-ref HEAD " + branch.other;
  return (branch.by_setting ? "policyRef names " : "HEAD names ") + Branch(branch.ref) +
         ", which does not exist, so no branch is protected; mend it: " +
         (branch.by_setting ? by_setting : by_head + ", or " + by_setting);
}

}  // namespace sluice::hooks
