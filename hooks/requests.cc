// A branch goes forward to the commit, or takes it in by git's merge. The judge is shut
// in as for a push; what it accepts is kept as an intent, the ref is moved by git in one
// transaction with the values that were judged, and recorded. Tested by
// tests/push/requests.sh.
#include "hooks/requests.h"

#include <algorithm>
#include <optional>
#include <set>

#include "git/changes.h"
#include "git/merge_tree.h"
#include "git/ref_update.h"
#include "git/write_environment.h"
#include "hooks/intents.h"
#include "hooks/judge.h"
#include "hooks/operator_log.h"
#include "hooks/record.h"
#include "promotion/approval.h"
#include "promotion/given_approvals.h"
#include "promotion/words.h"
#include "report/words.h"

namespace sluice::hooks {
namespace {

constexpr std::size_t kMaxAncestry = 200'000;
constexpr std::string_view kError = "error: ", kCounts = "error: sluice rejected";  // see words.h
constexpr std::string_view kApprovals = "refs/sluice/approvals/";

struct Request {
  git::ListedRef ref;
  promotion::Approval said;  // not verified: the judge does that
};

using Repository = std::shared_ptr<const git::Repository>;

// "…/ENV/CHANGE/" of an envelope for a change, else empty.
std::string DirectoryOf(const std::string& ref) {
  if (!ref.starts_with(kApprovals)) return {};
  const std::size_t last = ref.rfind('/');
  const std::size_t before = ref.rfind('/', last - 1);
  return promotion::IsDigest(ref.substr(before + 1, last - before - 1)) ? ref.substr(0, last + 1)
                                                                        : std::string();
}

Result<std::vector<Request>> RequestsIn(const git::Repository& repository, const std::string& directory) {
  const auto refs = repository.ListRefs(directory, promotion::kMostRead);
  if (!refs) return refs.error();
  std::vector<Request> requests;
  for (const git::ListedRef& ref : *refs) {
    const auto blob = repository.Read(ref.id, promotion::LimitOf(promotion::PayloadType::kApproval));
    if (!blob || blob->type != git::ObjectType::kBlob) continue;
    Result<promotion::Approval> said = promotion::ReadUnproven(ref.name, blob->bytes);
    if (!said || said->kind != promotion::ApprovalKind::kRequest || said->expires <= std::time(nullptr))
      continue;
    requests.push_back({ref, *std::move(said)});
  }
  return requests;
}

// What is wrong, without what follows it and the line that counts it.
std::string ErrorsIn(std::string_view words) {
  std::string errors;
  while (!words.empty()) {
    const std::string_view line = words.substr(0, words.find('\n'));
    words.remove_prefix(std::min(line.size() + 1, words.size()));
    if (line.starts_with(kError) && !line.starts_with(kCounts))
      errors.append("  ").append(line.substr(kError.size())).append("\n");
  }
  return errors;
}

class Mover {
 public:
  Mover(const Places& places, const gate::HookSettings& settings) : places_(places), settings_(settings) {
    settings_.mode = gate::Mode::kEnforce;  // what is not accepted does not move
    settings_.bypass_by.clear();
  }

  RequestedMoves Run(std::span<const std::string> refs) {
    std::set<std::string> directories;
    for (const std::string& ref : refs)
      if (const std::string directory = DirectoryOf(ref); !directory.empty()) directories.insert(directory);
    for (const std::string& directory : directories) {
      const auto repository = git::Open({.git_dir = places_.git_dir});
      if (!repository) return std::move(out_);
      const auto requests = RequestsIn(**repository, directory);
      for (const Request& request : requests ? *requests : std::vector<Request>())
        if (tried_ < kMostRequests) Try(*repository, request);
    }
    return std::move(out_);
  }

 private:
  void Try(const Repository& repository, const Request& request) {
    const Result<bool> moved = Move(repository, request);
    if (moved && *moved) return;  // done, or done with
    const std::string why = moved ? "its conditions do not hold yet" : moved.error().message;
    Say(request, "does not move: " + why);
    if (moved) out_.words += unmet_;
    out_.words += "hint: sluice promote " + request.said.environment + " --from " +
                  request.said.commit.substr(0, 12) + " --explain\n";
  }

  void Say(const Request& request, const std::string& words) {
    out_.words +=
        "sluice: " +
        report::Printable(request.said.environment + ", as " + request.said.person + " asked for, " + words) +
        "\n";
  }

  const gate::EnvironmentBranch* Find(const std::string& name) const {
    const auto found = std::find_if(settings_.environments.begin(), settings_.environments.end(),
                                    [&](const gate::EnvironmentBranch& one) { return one.name == name; });
    return found == settings_.environments.end() ? nullptr : &*found;
  }

  // False: the gate does not accept it.
  Result<bool> Move(const Repository& repository, const Request& request) {
    const gate::EnvironmentBranch* const environment = Find(request.said.environment);
    if (environment == nullptr)
      return Usage("no recorder is told of it (sluice hook set REPO environments=…)");
    const Result<Oid> commit = Oid::FromHex(request.said.commit);
    if (!commit) return commit.error();
    const Result<Oid> before = repository->ResolveRef(environment->ref);
    if (!before) return before.error();
    const Result<bool> holds = git::IsAncestor(*repository, *commit, *before, kMaxAncestry);
    if (!holds) return Usage(request.said.commit.substr(0, 12) + " is not here");
    if (*holds) return true;
    ++tried_;
    const Result<Oid> after = Tip(*repository, *before, *commit, request);
    if (!after) return after.error();
    return JudgeAndMove(request, {*before, *after, environment->ref});
  }

  Result<Oid> Tip(const git::Repository& repository, const Oid& before, const Oid& commit,
                  const Request& request) const {
    const Result<bool> forward = git::IsAncestor(repository, before, commit, kMaxAncestry);
    if (!forward) return forward.error();
    if (*forward) return commit;
    // No push is under way: what is made is git's to collect where it comes to nothing.
    const Result<git::MergedTree> merged = git::MergeTree(
        {.git_dir = places_.git_dir, .objects = places_.objects, .scratch = places_.objects}, before, commit);
    if (!merged) return merged.error();
    if (!merged->conflicts.empty()) return Usage("it conflicts in " + merged->conflicts[0]);
    const std::string message = "Promote " + commit.Hex().substr(0, 7) + " to " + request.said.environment +
                                "\n\nAsked for by " + request.said.person + ".\n";
    const Result<std::string> made =
        git::RunWritingGit(places_.git_dir,
                           {"-c", "user.name=Sluice", "-c", "user.email=sluice", "commit-tree",
                            merged->tree.Hex(), "-p", before.Hex(), "-p", commit.Hex()},
                           message);
    if (!made) return made.error();
    return Oid::FromHex(std::string_view(*made).substr(0, made->find('\n')));
  }

  Result<Answer> Ask(const Request& request, const gate::RefUpdate& update) const {
    Task task;
    task.places = places_;
    task.settings = settings_;
    task.updates = {update};
    task.request = request.ref.name;
    task.deadline = std::chrono::steady_clock::now() + settings_.limits.hook_deadline;
    if (!settings_.floor.repository.empty()) {
      Result<Places> floor = PlacesAt(settings_.floor.repository);
      if (!floor) return floor.error();
      task.floor = *std::move(floor);
    }
    process::Leaving judge;
    return Judge(task, judge);
  }

  Result<bool> JudgeAndMove(const Request& request, const gate::RefUpdate& update) {
    const auto begin = std::chrono::steady_clock::now();
    const Result<Answer> answer = Ask(request, update);
    if (!answer) return answer.error();
    Log(request, *answer, begin);
    if (!answer->accepted) unmet_ = ErrorsIn(answer->words);
    if (!answer->accepted) return false;
    if (Status kept = KeepIntents(places_, answer->intents); !kept) return kept.error();
    const git::RefChange changes[] = {{update.ref, update.old_id, update.new_id},
                                      {request.ref.name, request.ref.id, request.ref.id}};
    const Result<git::RefOutcome> outcome = git::UpdateRefs(places_.git_dir, changes);
    if (!outcome) return outcome.error();
    if (*outcome == git::RefOutcome::kOvertaken) return Usage(update.ref + " was moved meanwhile");
    Say(request, "moved to " + update.new_id.Hex().substr(0, 12));
    out_.words += RecordPush(places_, settings_, std::span(&update, 1));
    out_.moved.push_back(update);
    return true;
  }

  void Log(const Request& request, const Answer& answer, std::chrono::steady_clock::time_point begin) const {
    if (settings_.log.empty()) return;
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - begin;
    const Status logged = WriteLog({.repository = places_.git_dir,
                                    .project = ProjectOf(places_),
                                    .user = request.said.person + " (request)",
                                    .mode = "enforce",
                                    .verdict = answer.verdict,
                                    .rules = answer.rules,
                                    .refs = 1,
                                    .milliseconds = time.count()},
                                   settings_.log);
    static_cast<void>(logged);  // the move is in the ledger
  }

  const Places& places_;
  gate::HookSettings settings_;
  RequestedMoves out_;
  std::string unmet_;  // of the last one that was judged
  std::size_t tried_ = 0;
};

}  // namespace

RequestedMoves MoveRequested(const Places& places, const gate::HookSettings& settings,
                             std::span<const std::string> refs) {
  return Mover(places, settings).Run(refs);
}

}  // namespace sluice::hooks
