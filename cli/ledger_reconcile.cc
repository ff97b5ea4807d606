// `sluice ledger reconcile`: branches and ledger compared, and what may be
// recorded is.
#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/ledger.h"
#include "cli/output.h"
#include "report/json_writer.h"
#include "report/words.h"

namespace sluice::cli {
namespace {

using promotion::Recording;
using promotion::Standing;

struct ReconcileOptions {
  std::string repository;
  std::string output = "text";
  bool dry_run = false;
};

// In the order of Standing.
constexpr std::string_view kStandings[] = {"in-step", "behind", "no-intent", "no-tip"};

std::string Words(const Recording& recording) {
  std::string words = recording.environment + ": ";
  words += recording.sequence == 0 ? "nothing is recorded" : "record " + std::to_string(recording.sequence);
  if (recording.written > 0) words += ", " + report::Count(recording.written, "record") + " written";
  if (recording.standing == Standing::kBehind && recording.written == 0 && recording.trouble.empty())
    words += ", the branch is ahead of it";
  return words + "\n";
}

std::string AsJson(const std::vector<Recording>& recordings) {
  std::string out;
  report::JsonWriter json(out);
  json.BeginObject().Member("schemaVersion", 1).Key("environments").BeginArray();
  for (const Recording& recording : recordings) {
    json.Line().BeginObject().Member("name", recording.environment);
    json.Member("standing", kStandings[static_cast<std::size_t>(recording.standing)]);
    json.Member("sequence", recording.sequence).Member("written", recording.written);
    json.Member("trouble", recording.trouble).EndObject();
  }
  json.EndArray().EndObject();
  return out += '\n';
}

int Tell(const std::vector<Recording>& recordings, const ReconcileOptions& options) {
  std::string text;
  int code = kAccepted;
  for (const Recording& recording : recordings) {
    text += Words(recording);
    const bool behind = options.dry_run && recording.standing == Standing::kBehind;
    if (behind || !recording.trouble.empty()) code = kRejected;
  }
  if (!Print(options.output == "json" ? AsJson(recordings) : text)) return kUnjudged;
  for (const Recording& recording : recordings)
    if (!recording.trouble.empty()) PrintError(recording.environment + ": " + recording.trouble);
  return code;
}

int Reconcile(const ReconcileOptions& options) {
  const Result<LedgerPlace> place = FindLedger(options.repository);
  if (!place) return Fail(place.error());
  if (place->branches.empty()) {
    return Fail(Usage("no environment is set here: sluice hook set " + options.repository +
                      " environments=\"production=release\""));
  }
  const auto recordings = options.dry_run ? promotion::CompareBranches(place->recorder, place->branches)
                                          : promotion::RecordBranches(place->recorder, place->branches);
  return recordings ? Tell(*recordings, options) : Fail(recordings.error());
}

}  // namespace

void AddLedgerReconcile(CLI::App& ledger, int& exit_code) {
  const auto options = std::make_shared<ReconcileOptions>();
  CLI::App* reconcile =
      ledger.add_subcommand("reconcile", "compare branches with the ledger, record what is missing");
  reconcile->add_option("repository", options->repository, "a repository of a Git server")
      ->type_name("REPO")
      ->required();
  reconcile->add_flag("-n,--dry-run", options->dry_run,
                      "write nothing; exit 1 where something would be written");
  reconcile->add_option("-o,--output", options->output, "form of the list")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}));
  reconcile->callback([options, &exit_code] { exit_code = Reconcile(*options); });
}

}  // namespace sluice::cli
