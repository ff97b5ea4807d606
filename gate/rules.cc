// The gate's own rules, and the one table of contents of every rule there is.
// Those without an example need a history or a configuration to be shown; their
// tests stand in tests/gate/push_test.cc and tests/push/.
#include "gate/rules.h"

#include <algorithm>
#include <vector>

#include "gate/approvals.h"
#include "gate/gate.h"
#include "gate/references.h"
#include "gate/turn.h"
#include "git/rules.h"
#include "manifests/document.h"
#include "manifests/object.h"
#include "manifests/render/build.h"
#include "manifests/render/helm.h"
#include "manifests/render/roots.h"
#include "policies/native.h"
#include "schemas/catalog.h"

namespace sluice::gate {
namespace {

// By id, or by group; the first that matches counts.
struct ReachEntry {
  std::string_view rule;
  Reach reach;
};
constexpr ReachEntry kReaches[] = {
    // What stays in a history for ever.
    {"secret", {.always = true, .everywhere = true}},
    {"text", {.always = true, .everywhere = true}},
    // What keeps the search for these from its end.
    {"git/too-large", {.always = true, .everywhere = true, .firm = true}},
    {"git/replacing-ref", {.everywhere = true, .firm = true, .of_push = true}},
    {"git/reserved-ref", {.everywhere = true, .of_push = true}},
    {"git/protected-create", {.of_push = true}},
    {"git/protected-delete", {.of_push = true}},
    {"git/non-fast-forward", {.of_push = true}},
    {"policy/no-branch", {.of_push = true}},
    {"policy/not-judged", {.firm = true}},
    {"promotion/turn", {.firm = true, .of_push = true}},
    {"promotion/approvals", {.firm = true, .of_push = true}},
    {"kustomize/limit", {.firm = true}},
    {"kustomize/root-limit", {.firm = true}},
    {"helm/limit", {.firm = true}},
    // Every error of this group makes the file unreadable (manifests::ParsedFile).
    {"yaml", {.firm = true}},
};

}  // namespace

const Rule kConfigurationRule = {
    .id = "policy/configuration",
    .title = "the configuration of Sluice must be valid",
    .why = "A key that is misspelt or not known would be a rule that nobody enforces.",
    .remedy = "correct the file; docs/configuration.md describes every key",
    .fails = "-- .sluice/sluice.yaml --\nversion: 1\nratchets: true\n",
    .passes = "-- .sluice/sluice.yaml --\nversion: 1\nratchet: true\n",
};
const Rule kWaiverEndsRule = {
    .id = "policy/waiver-ends",
    .severity = Severity::kWarning,
    .title = "a waiver ends within fourteen days",
    .why = "When it has ended, the next change to its objects is rejected.",
    .remedy = "mend the objects, or ask the owner of the policy to extend the waiver",
    .fails = {},
    .passes = {},
};
const Rule kWaiverExpiredRule = {
    .id = "policy/waiver-expired",
    .severity = Severity::kWarning,
    .title = "a waiver has ended",
    .why = "It no longer excuses anything; it only misleads the reader.",
    .remedy = "remove the waiver, or extend it with a new reason",
    .fails = {},
    .passes = {},
};
const Rule kNotJudgedRule = {
    .id = "policy/not-judged",
    .title = "a change must not take an object out of judgement",
    .why = "An object that was judged before would reach the cluster unjudged, and nobody would see it.",
    .remedy = "keep the object a whole manifest, or delete it in a change of its own",
    .fails = {},
    .passes = {},
};
const Rule kTooLargeRule = {
    .id = "git/too-large",
    .title = "a push stays within the limits",
    .why = "Work on a push is bounded, so that no push can hold up the server.",
    .remedy = "split the change, or ask the operator for a higher limit (docs/limits.md)",
    .fails = {},
    .passes = {},
};
const Rule kProtectedDeleteRule = {
    .id = "git/protected-delete",
    .title = "a protected branch is not deleted",
    .why = "Clusters follow it; its history is the record of what ran.",
    .remedy = "set `delete: true` for the branch under `protect`, in a change that is accepted first",
    .fails = {},
    .passes = {},
};
const Rule kProtectedCreateRule = {
    .id = "git/protected-create",
    .title = "a protected branch is made by those who may",
    .why = "A new branch under a protected pattern is a new environment that clusters may follow.",
    .remedy = "set `create: true` for the branch under `protect`, in a change that is accepted first",
    .fails = {},
    .passes = {},
};
const Rule kNonFastForwardRule = {
    .id = "git/non-fast-forward",
    .title = "a protected branch only moves forward",
    .why = "A forced push rewrites what was judged and recorded.",
    .remedy = "merge or rebase onto the branch and push again, without --force",
    .fails = {},
    .passes = {},
};
const Rule kReplacingRefRule = {
    .id = "git/replacing-ref",
    .title = "refs/replace/ shows one object in the place of another",
    .why =
        "Git reads the object that such a ref names where another one is asked for: checkouts on the server, "
        "archives and mirrors would then hold bytes that nobody judged.",
    .remedy = "commit the change instead",
    .fails = {},
    .passes = {},
};
const Rule kReservedRefRule = {
    .id = "git/reserved-ref",
    .title = "refs/sluice/ is written by Sluice alone",
    .why = "The ledger and its trust live there; whoever writes them decides what runs.",
    .remedy = "push to another ref",
    .fails = {},
    .passes = {},
};
const Rule kNoPolicyBranchRule = {
    .id = "policy/no-branch",
    .severity = Severity::kWarning,
    .title = "the policy branch exists",
    .why =
        "Whose policy judges, and which branch is protected, comes from one branch. While it does not exist "
        "nothing is protected, and a broken manifest is only advised against.",
    .remedy = "the operator of this server names it: sluice hook set REPO policyRef=refs/heads/BRANCH",
    .fails = {},
    .passes = {},
};

const Rule kLfsPointerRule = {
    .id = "git/lfs-pointer",
    .title = "a manifest is in the repository itself, not in Git LFS",
    .why =
        "Git holds only a pointer; whoever applies the checkout applies the file behind it, which is not in "
        "this push and was not judged.",
    .remedy = "commit the file itself: git lfs untrack it, then git add --renormalize",
    .fails =
        "-- web.yaml --\nversion https://git-lfs.github.com/spec/v1\noid "
        "sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n",
    .passes = "-- web.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n",
};

std::span<const Rule* const> ConfigurationRules() {
  static constexpr const Rule* kRules[] = {
      &kConfigurationRule, &kWaiverEndsRule,      &kWaiverExpiredRule,   &kNotJudgedRule,
      &kTooLargeRule,      &kProtectedDeleteRule, &kProtectedCreateRule, &kNonFastForwardRule,
      &kReplacingRefRule,  &kReservedRefRule,     &kNoPolicyBranchRule,  &kLfsPointerRule,
      &kTurnRule,          &kApprovalsRule,
  };
  return kRules;
}

std::span<const Rule* const> AllRules() {
  static const std::vector<const Rule*> rules = [] {
    std::vector<const Rule*> all;
    for (const std::span<const Rule* const> some :
         {manifests::DocumentRules(), manifests::ObjectRules(), manifests::render::RenderRules(),
          manifests::render::RootRules(), manifests::render::HelmRules(), schemas::SchemaRules(),
          policies::NativeRules(), git::GitRules(), ConfigurationRules(), ClusterRules()}) {
      all.insert(all.end(), some.begin(), some.end());
    }
    std::sort(all.begin(), all.end(), [](const Rule* a, const Rule* b) { return a->id < b->id; });
    return all;
  }();
  return rules;
}

const Rule* FindRule(std::string_view id) {
  const std::span<const Rule* const> rules = AllRules();
  const auto found =
      std::lower_bound(rules.begin(), rules.end(), id,
                       [](const Rule* rule, std::string_view wanted) { return rule->id < wanted; });
  return found != rules.end() && (*found)->id == id ? *found : nullptr;
}

Reach ReachOf(std::string_view rule) {
  const std::string_view group = rule.substr(0, rule.find('/'));
  for (const ReachEntry& entry : kReaches) {
    if (entry.rule == rule || entry.rule == group) return entry.reach;
  }
  return {};
}

}  // namespace sluice::gate
