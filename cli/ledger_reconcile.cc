// `sluice ledger reconcile`: branches and ledger compared, and what may be
// recorded is.

#include "cli/commands.h"
#include "cli/git_program.h"
#include "cli/ledger.h"
#include "cli/output.h"
#include "hooks/requests.h"
#include "promotion/expired_approvals.h"
#include "promotion/moment.h"
#include "promotion/words.h"
#include "report/json_writer.h"
#include "report/words.h"

namespace sluice::cli {
namespace {

using promotion::Recording;
using promotion::Standing;

struct ReconcileOptions {
  std::string repository;
  std::string output = "text";
  bool dry_run = false, judge = false;
  Judging judging;
};

// In the order of Standing.
constexpr std::string_view kStandings[] = {"in-step", "behind", "no-intent", "no-tip"};

std::string Words(const Recording& recording) {
  std::string words = recording.environment + ": ";
  words += recording.sequence == 0 ? "nothing is recorded" : "record " + std::to_string(recording.sequence);
  if (recording.written > 0) words += ", " + report::Count(recording.written, "record") + " written";
  if (recording.by_request)
    words += recording.recorded == recording.tip ? "" : ", the branch is ahead: it moves by request";
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

// Those that could not be brought up to their branches, judged as these stand.
Status JudgeRest(const LedgerPlace& place, const Judging& judging, std::vector<Recording>& recordings) {
  for (std::size_t i = 0; i < recordings.size(); ++i) {
    Recording& left = recordings[i];
    if (left.by_request && left.tip != left.recorded)
      PrintHint(left.environment + " moves by request alone: sluice promote " + left.environment +
                " asks for it");
    if (left.trouble.empty() || !left.tip || left.tip == left.recorded) continue;
    Result<Recording> judged = JudgeAndRecord(place, place.branches[i], left, judging);
    if (!judged && judged.error().kind == ErrorKind::kUsage) return judged.error();
    if (!judged) left.trouble = judged.error().Text();
    if (judged) {
      judged->written += left.written;
      left = *std::move(judged);
    }
  }
  return Ok{};
}

Status CheckWords(const ReconcileOptions& options) {
  if (!options.judge && !options.judging.reason.empty()) return Usage("--reason goes with --judge");
  if (!options.judge && !options.judging.person.empty()) return Usage("--as goes with --judge");
  if (options.judge && options.dry_run) return Usage("--judge writes, and --dry-run does not");
  if (options.judge && !promotion::IsTextLine(options.judging.reason))
    return Usage("--judge needs --reason: a line of text, which stands in the record");
  return Ok{};
}

// What has expired is in the way of what people give next.
Status DropExpired(const LedgerPlace& place) {
  const Result<std::vector<git::ListedRef>> refs =
      ListRefsBelow("refs/sluice/approvals/", place.places.git_dir, {"GIT_DIR=" + place.places.git_dir});
  if (!refs) return refs.error();
  if (refs->empty()) return Ok{};
  const promotion::Moment now = promotion::Now();
  const Result<std::size_t> dropped = promotion::DropExpired(place.recorder, *refs, now);
  if (!dropped) return dropped.error();
  if (*dropped > 0) PrintHint(report::Count(*dropped, "envelope") + " that are over dropped");
  return Ok{};
}

// What people asked for and time, or another environment, was missing of. False where it could
// not be told of all.
bool TryThoseThatWait(const LedgerPlace& place, std::vector<Recording>& recordings) {
  hooks::RequestsToTry requests{
      .places = place.places, .settings = place.settings, .environments = {}, .patient = true};
  for (const promotion::RecordedBranch& branch : place.branches)
    requests.environments.insert(branch.environment);
  const hooks::TriedRequests tried = hooks::TryRequests(requests);
  std::fputs(tried.words.c_str(), stderr);
  for (Recording& recording : recordings) {
    const auto now = tried.recorded.find(recording.environment);
    if (now == tried.recorded.end()) continue;
    recording.sequence = now->second.sequence;
    recording.written += now->second.written;
    recording.recorded = now->second.recorded;
  }
  return !tried.failed;
}

int Reconcile(const ReconcileOptions& options) {
  if (const Status words = CheckWords(options); !words) return Fail(words.error());
  const Result<LedgerPlace> place = FindLedger(options.repository);
  if (!place) return Fail(place.error());
  if (place->branches.empty()) return Fail(NoEnvironments(options.repository));
  auto recordings = options.dry_run ? promotion::CompareBranches(place->recorder, place->branches)
                                    : promotion::RecordBranches(place->recorder, place->branches);
  if (!recordings) return Fail(recordings.error());
  if (options.judge)
    if (const Status judged = JudgeRest(*place, options.judging, *recordings); !judged)
      return Fail(judged.error());
  if (options.dry_run) return Tell(*recordings, options);
  const bool tried = TryThoseThatWait(*place, *recordings);
  const int told = Tell(*recordings, options);
  const Status dropped = DropExpired(*place);
  const int failed = dropped ? kAccepted : Fail(dropped.error());
  if (!tried) return kUnjudged;
  return told == kAccepted ? failed : told;
}

}  // namespace

void AddLedgerReconcile(const Command& ledger) {
  const auto options = std::make_shared<ReconcileOptions>();
  const Command reconcile =
      ledger.AddCommand("reconcile", "compare branches with the ledger, record what is missing");
  reconcile.AddOption("repository", options->repository, "a repository of a Git server")
      .Type("REPO")
      .Required();
  reconcile.AddFlag("-n,--dry-run", options->dry_run,
                    "write nothing; exit 1 where something would be written");
  reconcile.AddFlag("--judge", options->judge,
                    "judge what no accepted push leads to as it stands, and record it where it is accepted");
  reconcile.AddOption("--reason", options->judging.reason, "why; it stands in the record").Type("TEXT");
  reconcile
      .AddOption("--as", options->judging.person, "whose move it is, of `people`: where people are asked")
      .Type("PERSON");
  reconcile.AddOption("-o,--output", options->output, "form of the list")
      .Type("FORMAT")
      .OneOf({"text", "json"});
  reconcile.Runs([options] { return Reconcile(*options); });
}

}  // namespace sluice::cli
