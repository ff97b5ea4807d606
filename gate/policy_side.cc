#include "gate/policy_side.h"

#include <algorithm>

#include "gate/limit_keys.h"

namespace sluice::gate {
namespace {

constexpr std::string_view kHeads = "refs/heads/";
constexpr std::size_t kShownIdDigits = 7;

const Protection* MatchingPattern(const PolicySide& policy, const std::string& ref) {
  const std::vector<Protection>& patterns = policy.loaded.configuration.protect;
  const std::string name = ShortName(ref);
  for (auto pattern = patterns.rbegin(); pattern != patterns.rend(); ++pattern) {
    const bool full = pattern->branch.starts_with("refs/");
    if (full ? GlobMatches(pattern->branch, ref)
             : ref.starts_with(kHeads) && GlobMatches(pattern->branch, name)) {
      return &*pattern;
    }
  }
  return nullptr;
}

}  // namespace

std::string ShortName(const std::string& ref) {
  return ref.starts_with(kHeads) ? ref.substr(kHeads.size()) : ref;
}

// The operator's bounds, larger or smaller than the defaults; a repository only tightens them.
void Bound(Configuration& configuration, const Limits& most) {
  Limits& limits = configuration.limits;
  for (const LimitKey& key : kLimitKeys) {
    const auto said = configuration.said_limits.find(key.name);
    limits.*key.limit =
        said == configuration.said_limits.end() ? most.*key.limit : std::min(said->second, most.*key.limit);
  }
  limits.regex_bytes = most.regex_bytes;
  limits.hook_deadline = most.hook_deadline;
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
  if (Result<std::string> target = push.repository->TargetRef(side.ref)) side.ref = *std::move(target);
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
    side.brought = !side.commit.IsZero();
  }
  if (side.commit.IsZero()) {
    side.loaded.configuration.source = "defaults";
    return side;
  }
  Result<LoadedConfiguration> loaded = ConfigurationAt(push.repository, side.commit, ShortName(side.ref));
  if (!loaded) return loaded.error();
  side.loaded = *std::move(loaded);
  Bound(side.loaded.configuration, push.settings.limits);
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
  Bound(side.loaded.configuration, push.settings.limits);
  return side;
}

Result<PolicySide> AgreedPolicy(const Push& push, const PolicySide& own, const Oid& commit) {
  PolicySide side;
  side.ref = own.ref;
  side.commit = commit;
  side.agreed = true;
  Result<LoadedConfiguration> loaded = ConfigurationAt(push.repository, commit, ShortName(side.ref));
  if (!loaded) return loaded.error();
  side.loaded = *std::move(loaded);
  Bound(side.loaded.configuration, push.settings.limits);
  return side;
}

std::optional<Protection> FindProtection(const PolicySide& own, const PolicySide* floor,
                                         const std::string& ref) {
  const Protection* mine = MatchingPattern(own, ref);
  std::optional<Protection> protection;
  if (mine != nullptr || ref == own.ref) protection = mine == nullptr ? Protection() : *mine;
  if (floor == nullptr) return protection;
  const Protection* theirs = MatchingPattern(*floor, ref);
  const bool by_default = !floor->loaded.configuration.names_protected && ref == floor->ref;
  if (theirs == nullptr && !by_default) return protection;
  const Protection most = theirs == nullptr ? Protection() : *theirs;
  if (!protection) return most;
  protection->create &= most.create;
  protection->remove &= most.remove;
  protection->force &= most.force;
  return protection;
}

}  // namespace sluice::gate
