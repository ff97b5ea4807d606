// `sluice ledger`: what runs where, and since when, as it was written down.
#include "cli/ledger.h"

#include "cli/commands.h"
#include "git/repository.h"
#include "hooks/record.h"
#include "hooks/settings.h"

namespace sluice::cli {

Result<LedgerPlace> FindLedger(const std::string& repository) {
  LedgerPlace place;
  Result<hooks::Places> places = hooks::FindRepository(repository);
  if (!places) return places.error();
  place.places = *std::move(places);
  const Result<hooks::SettingTexts> texts = hooks::ReadSettingTexts(place.places);
  if (!texts) return texts.error();
  const Result<gate::HookSettings> settings = hooks::EffectiveSettings(*texts, place.places, {});
  if (!settings) return settings.error();
  place.settings = *settings;
  Result<promotion::RecorderPlace> recorder = hooks::RecorderOf(place.places, *settings);
  if (!recorder) return recorder.error();
  place.recorder = *std::move(recorder);
  place.branches = hooks::BranchesOf(*settings);
  place.policy_ref = settings->policy_ref;
  if (!place.policy_ref.empty()) return place;
  const auto opened = git::Open({.git_dir = place.places.git_dir});
  if (!opened) return opened.error();
  Result<std::string> head = (*opened)->HeadRef();
  if (!head) return head.error();
  place.policy_ref = *std::move(head);
  return place;
}

Error NoEnvironments(const std::string& repository) {
  return Usage("no environment is set here: sluice hook set " + repository +
               " environments=\"production=release\"");
}

void AddLedger(const Command& app) {
  const Command ledger = app.AddCommand("ledger", "what each environment runs, signed and chained");
  ledger.NeedsCommand();
  AddLedgerInit(ledger);
  AddLedgerReconcile(ledger);
  AddLedgerLog(ledger);
  AddLedgerObjects(ledger);
  AddLedgerRefresh(ledger);
  AddLedgerVerify(ledger);
}

}  // namespace sluice::cli
