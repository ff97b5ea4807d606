// A branch that was there before the gate, judged once as the gate would judge a push that
// brings all of it: by the policy branch of the settings, with the operator's floor, helm and
// chart cache. No cluster is asked: that is about what changes. What one file or object may
// cost stays bounded; how many there are does not, since a history is no push. Tested by
// tests/push/import-and-status.sh.
#include <algorithm>

#include "gate/policy_side.h"
#include "gate/ref_content.h"
#include "hooks/install.h"
#include "hooks/refresh.h"
#include "hooks/settings.h"
#include "manifests/render/helm_run.h"

namespace sluice::hooks {
namespace {

void Unhurry(Limits& limits) {
  limits.push_bytes = std::size_t{64} << 30;
  limits.push_files = 10'000'000;
  limits.push_objects = 50'000'000;
}

Result<gate::Push> PushOf(const Places& places, const gate::HookSettings& settings) {
  gate::Push push;
  auto repository = git::Open({.git_dir = places.git_dir});
  if (!repository) return repository.error();
  push.repository = *std::move(repository);
  if (!settings.floor.repository.empty()) {
    auto floor = git::Open({.git_dir = settings.floor.repository});
    if (!floor) return floor.error();
    push.floor = *std::move(floor);
  }
  push.settings = settings;
  Unhurry(push.settings.limits);
  push.deadline = std::chrono::steady_clock::time_point::max();
  if (!settings.helm.empty()) push.helm = manifests::render::HelmAt(settings.helm);
  return push;
}

Result<Verdict> JudgeBranch(const gate::Push& push) {
  Result<gate::PolicySide> own = gate::OwnPolicy(push);
  if (!own) return own.error();
  const Result<Oid> tip = push.repository->ResolveRef(own->ref);
  if (!tip && tip.error().kind == ErrorKind::kNotFound)
    return Usage("nothing to import: " + own->ref + " has no commit yet");
  if (!tip) return tip.error();
  Unhurry(own->loaded.configuration.limits);
  std::optional<gate::PolicySide> floor;
  if (push.floor) {
    Result<gate::PolicySide> side = gate::FloorPolicy(push);
    if (!side) return side.error();
    floor = *std::move(side);
    Unhurry(floor->loaded.configuration.limits);
  }
  gate::RefMove move;  // of no kind that a record would be made of
  move.update = {{}, *tip, own->ref};
  move.ref = own->ref;
  return gate::JudgeWhole({push, *own, floor ? &*floor : nullptr}, move);
}

}  // namespace

Result<Verdict> Import(const std::string& path) {
  Result<Places> places = FindRepository(path);
  if (!places) return places.error();
  Result<SettingTexts> texts = ReadSettingTexts(*places);
  if (!texts) return texts.error();
  Result<gate::HookSettings> settings = EffectiveSettings(*texts, *places, {});
  if (!settings) return settings.error();
  const Result<gate::Push> push = PushOf(*places, *settings);
  if (!push) return push.error();
  Result<Verdict> verdict = JudgeBranch(*push);
  if (!verdict) return verdict;
  if (const Status written = RefreshShutIn(*places, *settings); !written) return written.error();
  return verdict;
}

}  // namespace sluice::hooks
