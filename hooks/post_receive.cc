#include "hooks/post_receive.h"

#include <algorithm>
#include <cstdio>
#include <span>

#include "hooks/chain.h"
#include "hooks/record.h"
#include "hooks/refresh.h"
#include "hooks/requests.h"
#include "hooks/settings.h"

namespace sluice::hooks {
namespace {

constexpr std::string_view kApprovals = "refs/sluice/approvals/";

bool Any(std::span<const gate::RefUpdate> updates, std::string_view prefix) {
  return std::any_of(updates.begin(), updates.end(),
                     [&](const gate::RefUpdate& update) { return update.ref.starts_with(prefix); });
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

// What came may be what a request waited for.
std::vector<gate::RefUpdate> AfterEnvelopes(const Call& call, const Places& places,
                                            std::span<const gate::RefUpdate> updates) {
  const Result<gate::HookSettings> settings = ReadSettings(call, places);
  if (!settings) return {};
  std::vector<std::string> refs;
  for (const gate::RefUpdate& update : updates)
    if (update.ref.starts_with(kApprovals)) refs.push_back(update.ref);
  RequestedMoves moves = MoveRequested(places, *settings, refs);
  std::fputs(moves.words.c_str(), stdout);
  std::fflush(stdout);
  return std::move(moves.moved);
}

// Whoever comes after us hears of what we moved, as of a push.
std::string LineOf(const gate::RefUpdate& update) {
  return update.old_id.Hex() + " " + update.new_id.Hex() + " " + update.ref + "\n";
}

}  // namespace

// Most pushes leave nothing to do here, and git's client waits for this process.
int PostReceive(const Call& call) {
  const Result<Places> places = PlacesOf(call, ".");
  if (!places) return RunChained(call, ".");
  const Result<std::vector<gate::RefUpdate>> updates = ParseUpdates(call.input);
  if (updates && Any(*updates, "refs/heads/")) AfterMoves(call, *places, *updates);
  if (!updates || !Any(*updates, kApprovals)) return RunChained(call, places->git_dir);
  Call more = call;
  for (const gate::RefUpdate& moved : AfterEnvelopes(call, *places, *updates)) more.input += LineOf(moved);
  return RunChained(more, places->git_dir);
}

}  // namespace sluice::hooks
