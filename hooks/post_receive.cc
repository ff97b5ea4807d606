#include "hooks/post_receive.h"

#include <algorithm>
#include <cstdio>
#include <span>

#include "hooks/chain.h"
#include "hooks/record.h"
#include "hooks/refresh.h"
#include "hooks/requests.h"
#include "hooks/settings.h"
#include "promotion/outcome.h"

namespace sluice::hooks {
namespace {

constexpr std::string_view kBranches = "refs/heads/", kApprovals = "refs/sluice/approvals/";

bool AnyBelow(std::span<const gate::RefUpdate> updates, std::string_view prefix) {
  return std::any_of(updates.begin(), updates.end(),
                     [&](const gate::RefUpdate& update) { return update.ref.starts_with(prefix); });
}

Result<gate::HookSettings> ReadSettings(const Call& call, const Places& places) {
  Result<SettingTexts> texts = ReadSettingTexts(places);
  if (!texts) return texts.error();
  return EffectiveSettings(*texts, places, call.platform);
}

// Whose outcome it is, by the name of its ref: the gate took no other one.
std::string EnvironmentOfOutcome(const std::string& ref) { return ref.substr(ref.rfind('/') + 1); }

// What came may be what a request waited for, or be one.
RequestsToTry RequestsOf(const Places& places, const gate::HookSettings& settings,
                         std::span<const gate::RefUpdate> updates, const RecordedPush& recorded) {
  RequestsToTry requests{.places = places, .settings = settings, .environments = {}};
  requests.followed = recorded.environments;
  for (const gate::RefUpdate& update : updates) {
    if (update.ref.starts_with(promotion::kOutcomes))
      requests.followed.insert(EnvironmentOfOutcome(update.ref));
    if (!update.ref.starts_with(kApprovals)) continue;
    const std::string rest = update.ref.substr(kApprovals.size());
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    if (rest.compare(slash, 8, "/freeze/") == 0 || rest.compare(slash, 6, "/hold/") == 0) continue;
    requests.environments.insert(rest.substr(0, slash));
    if (!update.new_id.IsZero()) requests.came.push_back({update.ref, update.new_id});
    requests.first.insert(update.ref.substr(0, update.ref.rfind('/') + 1));
  }
  return requests;
}

// What cannot be read was said at pre-receive already.
void AfterMoves(const Call& call, const Places& places, std::span<const gate::RefUpdate> updates) {
  promotion::RecorderPlace recorder;
  recorder.git_dir = places.common_dir;
  const bool records = promotion::HasRecorder(recorder);
  const bool refreshes = AnyBelow(updates, kBranches) && TakeRefreshRequest(places);
  if (!records && !refreshes) return;
  const Result<gate::HookSettings> settings = ReadSettings(call, places);
  if (!settings) return;
  if (records) {
    const RecordedPush recorded = RecordPush(places, *settings, updates);
    std::fputs(recorded.words.c_str(), stdout);
    std::fputs(TryRequests(RequestsOf(places, *settings, updates, recorded)).words.c_str(), stdout);
  }
  std::fflush(stdout);
  if (refreshes) StartRefresh(places, *settings);
}

}  // namespace

// Most pushes leave nothing to do here, and git's client waits for this process.
int PostReceive(const Call& call) {
  const Result<Places> places = PlacesOf(call, ".");
  if (!places) return RunChained(call, ".");
  const Result<std::vector<gate::RefUpdate>> updates = ParseUpdates(call.input);
  if (updates && (AnyBelow(*updates, kBranches) || AnyBelow(*updates, kApprovals) ||
                  AnyBelow(*updates, promotion::kOutcomes)))
    AfterMoves(call, *places, *updates);
  return RunChained(call, places->git_dir);
}

}  // namespace sluice::hooks
