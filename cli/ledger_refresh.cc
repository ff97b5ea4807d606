// `sluice ledger refresh`: for a timer of the Git server.

#include "cli/commands.h"
#include "cli/ledger.h"
#include "cli/output.h"
#include "promotion/moment.h"
#include "promotion/refresh.h"
#include "promotion/words.h"

namespace sluice::cli {
namespace {

struct RefreshOptions {
  std::string repository, valid;
};

int Refresh(const RefreshOptions& options) {
  const std::optional<std::chrono::seconds> valid =
      options.valid.empty() ? std::optional(promotion::kFreshFor) : promotion::ParseDuration(options.valid);
  if (!valid) return Fail(Usage("--valid takes 12h or 7d, at most 366d, not \"" + options.valid + "\""));
  const Result<LedgerPlace> place = FindLedger(options.repository);
  if (!place) return Fail(place.error());
  if (place->branches.empty()) return Fail(NoEnvironments(options.repository));
  std::vector<std::string> environments;
  for (const promotion::RecordedBranch& branch : place->branches) environments.push_back(branch.environment);
  const auto refreshed = promotion::RefreshLedgers(place->recorder, environments, *valid);
  if (!refreshed) return Fail(refreshed.error());
  std::string text;
  bool all = true;
  for (const promotion::Refreshed& one : *refreshed) {
    all = all && one.trouble.empty();
    if (one.trouble.empty())
      text += one.environment + ": record " + std::to_string(one.sequence) + " is the newest until " +
              promotion::TimeText(one.expires) + "\n";
  }
  if (!Print(text)) return kUnjudged;
  for (const promotion::Refreshed& one : *refreshed)
    if (!one.trouble.empty()) PrintError(one.environment + ": " + one.trouble);
  return all ? kAccepted : kRejected;
}

}  // namespace

void AddLedgerRefresh(const Command& ledger) {
  const auto options = std::make_shared<RefreshOptions>();
  const Command refresh =
      ledger.AddCommand("refresh", "sign that the newest records are the newest; for a timer");
  refresh.AddOption("repository", options->repository, "a repository of a Git server")
      .Type("REPO")
      .Required();
  refresh.AddOption("--valid", options->valid, "for how long; default: 7d").Type("DURATION");
  refresh.Runs([options] { return Refresh(*options); });
}

}  // namespace sluice::cli
