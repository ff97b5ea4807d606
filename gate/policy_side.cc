#include "gate/policy_side.h"

namespace sluice::gate {
namespace {

constexpr std::string_view kHeads = "refs/heads/";
constexpr std::size_t kShownIdDigits = 7;

}  // namespace

std::string ShortName(const std::string& ref) {
  return ref.starts_with(kHeads) ? ref.substr(kHeads.size()) : ref;
}

Result<LoadedConfiguration> ConfigurationAt(const std::shared_ptr<const git::Repository>& repository,
                                            const Oid& commit, const std::string& name) {
  const Result<Oid> tree = git::TreeOf(*repository, commit);
  if (!tree) return tree.error();
  return LoadConfiguration(*git::OpenTree(repository, *tree),
                           name + "@" + commit.Hex().substr(0, kShownIdDigits));
}

Result<PolicySide> OwnPolicy(const Push& push) {
  PolicySide side;
  side.ref = push.settings.policy_ref;
  if (side.ref.empty()) {
    Result<std::string> head = push.repository->HeadRef();
    if (!head) return head.error();
    side.ref = *std::move(head);
  }
  Result<Oid> commit = push.settings.policy_commit.empty() ? push.repository->ResolveRef(side.ref)
                                                           : Oid::FromHex(push.settings.policy_commit);
  if (!commit && commit.error().kind != ErrorKind::kNotFound) return commit.error();
  if (commit) {
    side.commit = *commit;
  } else {
    // Nobody has said anything yet: the first push brings its own rules.
    side.first_push = true;
    for (const RefUpdate& update : push.updates) {
      if (update.ref == side.ref) side.commit = update.new_id;
    }
  }
  if (side.commit.IsZero()) {
    side.loaded.configuration.source = "defaults";
    return side;
  }
  Result<LoadedConfiguration> loaded = ConfigurationAt(push.repository, side.commit, ShortName(side.ref));
  if (!loaded) return loaded.error();
  side.loaded = *std::move(loaded);
  return side;
}

Result<PolicySide> FloorPolicy(const Push& push) {
  PolicySide side;
  side.ref = push.settings.floor.ref;
  Result<Oid> commit = push.floor->ResolveRef(side.ref);
  if (!commit) return commit.error();
  side.commit = *commit;
  Result<LoadedConfiguration> loaded =
      ConfigurationAt(push.floor, side.commit, push.settings.floor.repository + " " + ShortName(side.ref));
  if (!loaded) return loaded.error();
  side.loaded = *std::move(loaded);
  return side;
}

const Protection* FindProtection(const PolicySide& policy, const std::string& ref) {
  const std::vector<Protection>& patterns = policy.loaded.configuration.protect;
  const std::string name = ShortName(ref);
  for (auto pattern = patterns.rbegin(); pattern != patterns.rend(); ++pattern) {
    const bool full = pattern->branch.starts_with("refs/");
    if (full ? GlobMatches(pattern->branch, ref)
             : ref.starts_with(kHeads) && GlobMatches(pattern->branch, name)) {
      return &*pattern;
    }
  }
  static const Protection kDefault;
  return patterns.empty() && ref == policy.ref ? &kDefault : nullptr;
}

}  // namespace sluice::gate
