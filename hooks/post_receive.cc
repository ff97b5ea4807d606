#include "hooks/post_receive.h"

#include <algorithm>

#include "hooks/chain.h"
#include "hooks/refresh.h"
#include "hooks/settings.h"

namespace sluice::hooks {
namespace {

bool MovesABranch(const Call& call) {
  const Result<std::vector<gate::RefUpdate>> updates = ParseUpdates(call.input);
  return updates && std::any_of(updates->begin(), updates->end(), [](const gate::RefUpdate& update) {
           return update.ref.starts_with("refs/heads/");
         });
}

void Refresh(const Call& call, const Places& places) {
  const Result<SettingTexts> texts = ReadSettingTexts(places);
  if (!texts) return;
  const Result<gate::HookSettings> settings = EffectiveSettings(*texts, places, call.platform);
  if (settings) StartRefresh(places, *settings);
}

}  // namespace

// Most pushes need no refresh, and git's client waits for this process.
// What cannot be read was said at pre-receive already.
int PostReceive(const Call& call) {
  const Result<Places> places = PlacesOf(call, ".");
  if (!places) return RunChained(call, ".");
  if (MovesABranch(call) && TakeRefreshRequest(*places)) Refresh(call, *places);
  return RunChained(call, places->git_dir);
}

}  // namespace sluice::hooks
