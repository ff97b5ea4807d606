#include "hooks/post_receive.h"

#include <algorithm>
#include <cstdio>
#include <span>

#include "hooks/chain.h"
#include "hooks/record.h"
#include "hooks/refresh.h"
#include "hooks/settings.h"

namespace sluice::hooks {
namespace {

bool MovesABranch(std::span<const gate::RefUpdate> updates) {
  return std::any_of(updates.begin(), updates.end(),
                     [](const gate::RefUpdate& update) { return update.ref.starts_with("refs/heads/"); });
}

Result<gate::HookSettings> ReadSettings(const Call& call, const Places& places) {
  Result<SettingTexts> texts = ReadSettingTexts(places);
  if (!texts) return texts.error();
  return EffectiveSettings(*texts, places, call.platform);
}

// What cannot be read was said at pre-receive already.
void AfterMoves(const Call& call, const Places& places, std::span<const gate::RefUpdate> updates) {
  promotion::RecorderPlace recorder;
  recorder.git_dir = places.common_dir;
  const bool records = promotion::HasRecorder(recorder);
  const bool refreshes = TakeRefreshRequest(places);
  if (!records && !refreshes) return;
  const Result<gate::HookSettings> settings = ReadSettings(call, places);
  if (!settings) return;
  if (records) std::fputs(RecordPush(places, *settings, updates).c_str(), stdout);
  std::fflush(stdout);
  if (refreshes) StartRefresh(places, *settings);
}

}  // namespace

// Most pushes leave nothing to do here, and git's client waits for this process.
int PostReceive(const Call& call) {
  const Result<Places> places = PlacesOf(call, ".");
  if (!places) return RunChained(call, ".");
  const Result<std::vector<gate::RefUpdate>> updates = ParseUpdates(call.input);
  if (updates && MovesABranch(*updates)) AfterMoves(call, *places, *updates);
  return RunChained(call, places->git_dir);
}

}  // namespace sluice::hooks
