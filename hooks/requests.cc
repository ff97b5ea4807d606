// The ledger is read anew for each: a record may have been written since, and what was
// asked for before it is over. Tested by tests/push/requests.sh.
#include "hooks/requests.h"

#include <algorithm>
#include <map>

#include "gate/turn.h"
#include "git/listed_refs.h"
#include "git/write_environment.h"
#include "hooks/judge.h"
#include "hooks/operator_log.h"
#include "hooks/record.h"
#include "promotion/given_approvals.h"
#include "promotion/moment.h"
#include "promotion/pending_requests.h"
#include "promotion/reconcile.h"
#include "promotion/record_rules.h"
#include "promotion/trust.h"
#include "report/words.h"

namespace sluice::hooks {
namespace {

using promotion::PendingRequest;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kApprovals = "refs/sluice/approvals/";

// All envelopes below these directories of refs; with `most` one more than that at most.
Result<std::vector<git::ListedRef>> ListEnvelopes(const Places& places,
                                                  const std::vector<std::string>& directories,
                                                  std::size_t most) {
  std::vector<std::string> words = {"for-each-ref", git::kListedRefsFormat};
  if (most > 0) words.push_back("--count=" + std::to_string(most + 1));
  words.insert(words.end(), directories.begin(), directories.end());
  const Result<std::string> listed = git::RunWritingGit(places.git_dir, std::move(words), {});
  return listed ? git::ReadListedRefs(*listed) : listed.error();
}

// By whose rules a request counts: those of the newest record of policy, as the recorder has it.
struct Rules {
  std::shared_ptr<const git::Repository> repository;
  promotion::PromotionSettings settings;
  crypto::AllowedSigners signers;
};

Result<Rules> ReadRules(const Places& places) {
  Rules rules;
  auto repository = git::Open({.git_dir = places.git_dir});
  if (!repository) return repository.error();
  rules.repository = *std::move(repository);
  const auto policy = promotion::ReadPolicyHead(rules.repository);
  if (!policy) return policy.error();
  if (!*policy || (*policy)->policy_tree.IsZero()) return rules;
  auto settings = promotion::ReadRecordedSettings(*git::OpenTree(rules.repository, (*policy)->policy_tree));
  if (!settings) return settings.error();
  rules.settings = *std::move(settings);
  const Result<std::string> text = promotion::ReadCommitFile(
      rules.repository, (*policy)->commit, "policy/%2Esluice/allowed_signers", crypto::kAllowedSignersBytes);
  if (!text && text.error().kind == ErrorKind::kNotFound) return rules;
  if (!text) return text.error();
  auto signers = promotion::ReadPolicySigners("the allowed signers of the newest record of policy", *text);
  if (!signers) return signers.error();
  rules.signers = *std::move(signers);
  return rules;
}

class Trier {
 public:
  explicit Trier(const RequestsToTry& asked)
      : asked_(asked), settings_(asked.settings), until_(Clock::now() + asked.settings.limits.hook_deadline) {
    settings_.mode = gate::Mode::kEnforce;  // what is not accepted is not recorded
    settings_.bypass_by.clear();
  }

  TriedRequests Run() {
    TryWanted();
    return std::move(out_);
  }

 private:
  void TryWanted() {
    const std::vector<gate::EnvironmentBranch>& recorded = settings_.environments;
    if (std::all_of(recorded.begin(), recorded.end(),
                    [](const gate::EnvironmentBranch& one) { return one.folder.empty(); }))
      return;
    const Result<Rules> rules = ReadRules(asked_.places);
    if (!rules) return Fail("requests are not tried: " + rules.error().Text());
    const std::vector<promotion::Environment>& all = rules->settings.environments;
    wanted_ = asked_.environments;
    for (const std::string& name : asked_.followed) WantFollowers(all, name);
    std::vector<gate::EnvironmentBranch> environments;  // predecessors first
    for (const promotion::Environment* one : promotion::InOrder(all))
      if (const gate::EnvironmentBranch* const found = FindMoved(*one)) environments.push_back(*found);
    TellUnknown(*rules, environments);
    const auto is_wanted = [&](const gate::EnvironmentBranch& one) { return wanted_.contains(one.name); };
    if (std::none_of(environments.begin(), environments.end(), is_wanted)) return;
    if (Status listed = List(environments); !listed)
      return Fail("what was asked for cannot be read: " + listed.error().message);
    for (const gate::EnvironmentBranch& one : environments)
      if (is_wanted(one) && TryAll(one)) WantFollowers(all, one.name);
  }

  const gate::EnvironmentBranch* FindMoved(const promotion::Environment& environment) const {
    if (!environment.ByRequest()) return nullptr;
    const gate::EnvironmentBranch* const found =
        gate::EnvironmentAt(settings_, environment.Ref(), environment.folder);
    return found != nullptr && found->name == environment.name ? found : nullptr;
  }

  // The gate takes requests by the configuration of the repository, of which nothing may be
  // recorded yet.
  void TellUnknown(const Rules& rules, const std::vector<gate::EnvironmentBranch>& known) {
    for (const gate::EnvironmentBranch& one : settings_.environments) {
      if (std::find(known.begin(), known.end(), one) != known.end()) continue;
      const std::string below = std::string(kApprovals) + one.name + "/";
      if (std::any_of(asked_.came.begin(), asked_.came.end(), [&](const git::ListedRef& ref) {
            return ref.name.starts_with(below) &&
                   promotion::IsRequestInForce(*rules.repository, ref, promotion::Now());
          }))
        out_.words += Line(one.name +
                           " was asked for, and waits for a record of the policy by which it moves by "
                           "request: sluice ledger policy");
    }
  }

  void WantFollowers(const std::vector<promotion::Environment>& all, const std::string& name) {
    for (const promotion::Environment& one : all)
      if (std::any_of(one.after.begin(), one.after.end(),
                      [&](const promotion::Named& before) { return before.name == name; }))
        wanted_.insert(one.name);
  }

  // Where there are so many that nobody reads them while a push waits, those beside which
  // something came.
  Status List(const std::vector<gate::EnvironmentBranch>& environments) {
    std::vector<std::string> all;
    for (const gate::EnvironmentBranch& one : environments)
      all.push_back(std::string(kApprovals) + one.name + "/");
    const std::size_t most = asked_.patient ? 0 : promotion::kMostRead;
    auto refs = ListEnvelopes(asked_.places, all, most);
    if (refs && most > 0 && refs->size() > most) {
      out_.words +=
          Line("there are more envelopes than are read with a push; sluice ledger reconcile tries the rest");
      if (asked_.first.empty()) return Ok{};
      refs = ListEnvelopes(asked_.places, {asked_.first.begin(), asked_.first.end()}, most);
    }
    if (!refs) return refs.error();
    refs_ = *std::move(refs);
    return Ok{};
  }

  // Whether any was recorded.
  bool TryAll(const gate::EnvironmentBranch& environment) {
    bool recorded = false;
    std::map<std::string, std::size_t> of_a_person;
    std::set<std::string> tried, told;
    std::vector<git::ListedRef> refs = refs_;  // of what may wait still: what is over stays so
    while (asked_.patient || (tried.size() < kMostWithAPush && Clock::now() < until_)) {
      const Result<Rules> rules = ReadRules(asked_.places);
      if (!rules) {
        Fail(environment.name + ": requests are not tried: " + rules.error().Text());
        return recorded;
      }
      const std::set<std::string> revokers = gate::RevokersOf(rules->settings);
      const auto pending =
          promotion::FindPending({rules->repository, environment.name, environment.ref, refs,
                                  rules->settings.people, revokers, rules->signers, promotion::Now(),
                                  asked_.first, asked_.patient ? Clock::now() + kSearchOfReconcile : until_});
      if (!pending) {
        Fail(environment.name + ": " + pending.error().message);
        return recorded;
      }
      for (const std::string& untold : pending->untold)
        if (told.insert(untold).second) Fail(environment.name + ": " + untold);
      refs.clear();
      for (const PendingRequest& one : pending->requests) refs.push_back(one.ref);
      const auto person_of = [&](const PendingRequest& one) {
        return promotion::SignerOf(one.given, rules->settings.people).name;
      };
      const auto next =
          std::find_if(pending->requests.begin(), pending->requests.end(), [&](const PendingRequest& one) {
            return !tried.contains(one.ref.name) && of_a_person[person_of(one)] < kMostOfAPerson;
          });
      if (next == pending->requests.end()) return recorded;
      tried.insert(next->ref.name);
      ++of_a_person[person_of(*next)];
      recorded |= Try(environment, *next, pending->recorded);
    }
    if (Clock::now() >= until_ && !refs.empty())
      out_.words += Line(environment.name +
                         ": the time that a push has is over; sluice ledger reconcile tries the rest");
    return recorded;
  }

  bool Try(const gate::EnvironmentBranch& environment, const PendingRequest& request,
           const std::optional<Oid>& recorded) {
    const Result<Oid> commit = Oid::FromHex(request.given.commit);
    if (!commit) return false;
    const gate::RefUpdate update{recorded.value_or(promotion::ZeroLike(*commit)), *commit, environment.ref};
    const Clock::time_point begin = Clock::now();
    const Result<Answer> answer = Ask(environment, request, update);
    if (!answer) return Fails(environment, request, answer.error());
    Log(request, *answer, begin);
    if (!answer->accepted || answer->intents.size() != 1) return Waits(environment, request, answer->words);
    return Record(environment, request, answer->intents.front());
  }

  bool Record(const gate::EnvironmentBranch& environment, const PendingRequest& request,
              const Intent& intent) {
    Result<promotion::RecorderPlace> place = RecorderOf(asked_.places, settings_);
    if (!place) return Fails(environment, request, place.error());
    if (!asked_.patient)
      place->wait = std::clamp(std::chrono::floor<std::chrono::milliseconds>(until_ - Clock::now()),
                               std::chrono::milliseconds(0), place->wait);
    const auto recorded = promotion::RecordRequested(
        *place, {environment.name, environment.ref, environment.folder}, intent.name, intent.text);
    if (!recorded && recorded.error().kind == ErrorKind::kUsage) {  // somebody else was first, as a rule
      out_.words += Line(environment.name + ": " + recorded.error().message);
      return false;
    }
    if (!recorded) return Fails(environment, request, recorded.error());
    out_.words += Line(environment.name + ", as " + request.given.person + " asked, is at record " +
                       std::to_string(recorded->sequence) + ", " + request.given.commit.substr(0, 12));
    promotion::Recording& now = out_.recorded[environment.name];
    now.sequence = recorded->sequence;
    now.written += recorded->written;
    now.recorded = *Oid::FromHex(request.given.commit);
    return recorded->written > 0;
  }

  static std::string ExplainWords(const promotion::VerifiedApproval& request) {
    if (request.kind == promotion::ApprovalKind::kRollback)
      return " --to-record " + std::to_string(request.restores) + " --reason TEXT";
    return " --from " + request.commit.substr(0, 12);
  }

  // Nothing was recorded.
  bool Waits(const gate::EnvironmentBranch& environment, const PendingRequest& request,
             const std::string& lacks) {
    out_.words += Line(environment.name + " waits, as " + request.given.person + " asked:") + lacks +
                  "hint: sluice promote " + environment.name + ExplainWords(request.given) + " --explain\n";
    return false;
  }

  bool Fails(const gate::EnvironmentBranch& environment, const PendingRequest& request, const Error& error) {
    out_.failed = true;
    return Waits(environment, request, "  " + report::Printable(error.Text()) + "\n");
  }

  void Fail(const std::string& words) {
    out_.failed = true;
    out_.words += Line(words);
  }

  static std::string Line(const std::string& words) { return "sluice: " + report::Printable(words) + "\n"; }

  Result<Answer> Ask(const gate::EnvironmentBranch& environment, const PendingRequest& request,
                     const gate::RefUpdate& update) const {
    Task task;
    task.places = asked_.places;
    task.settings = settings_;
    task.updates = {update};
    task.cluster = ClusterProgramOf(settings_);
    task.requested = {environment.name, request.ref.name};
    task.shares_deadline = !asked_.patient;
    task.deadline = asked_.patient ? Clock::now() + settings_.limits.hook_deadline : until_;
    if (!settings_.floor.repository.empty()) {
      Result<Places> floor = PlacesAt(settings_.floor.repository);
      if (!floor) return floor.error();
      task.floor = *std::move(floor);
    }
    process::Leaving judge;
    return Judge(task, judge);
  }

  void Log(const PendingRequest& request, const Answer& answer, Clock::time_point begin) const {
    if (settings_.log.empty()) return;
    const std::chrono::duration<double, std::milli> time = Clock::now() - begin;
    const Status logged = WriteLog({.repository = asked_.places.git_dir,
                                    .project = ProjectOf(asked_.places),
                                    .user = request.given.person + " (request)",
                                    .mode = "enforce",
                                    .verdict = answer.verdict,
                                    .rules = answer.rules,
                                    .refs = 1,
                                    .milliseconds = time.count()},
                                   settings_.log);
    static_cast<void>(logged);  // what moved is in the ledger
  }

  const RequestsToTry& asked_;
  gate::HookSettings settings_;
  const Clock::time_point until_;
  std::set<std::string> wanted_;
  std::vector<git::ListedRef> refs_;
  TriedRequests out_;
};

}  // namespace

TriedRequests TryRequests(const RequestsToTry& asked) {
  return asked.environments.empty() && asked.followed.empty() ? TriedRequests() : Trier(asked).Run();
}

}  // namespace sluice::hooks
