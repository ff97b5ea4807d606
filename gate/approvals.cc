// In order: whoever pushes; the commits that the branch does not have yet, whose
// authors do not agree to their own; the envelopes for this change; the files that
// differ, by which path rules and owners are asked. All of it is of the policy side,
// as it stood before the push, but for the commits. Tested by tests/push/approvals.sh.
#include "gate/approvals.h"

#include <algorithm>

#include "gate/recorded_change.h"
#include "gate/signers.h"
#include "gate/turn.h"
#include "git/bounds.h"
#include "git/changes.h"
#include "git/objects.h"
#include "promotion/bot.h"
#include "promotion/commit_signer.h"
#include "promotion/folder_paths.h"
#include "promotion/request.h"
#include "promotion/seen.h"
#include "promotion/words.h"

namespace sluice::gate {
namespace {

using promotion::Condition;
using promotion::ConditionKind;
using promotion::Principal;

constexpr std::size_t kMostCommits = 20'000;  // whose authors are looked at
constexpr std::string_view kPolicy = "policy";
constexpr std::size_t kMostTold = 5;  // of envelopes that do not count

bool IsRestedOn(promotion::ApprovalKind kind) {
  using promotion::ApprovalKind;
  return kind != ApprovalKind::kFreeze && kind != ApprovalKind::kHold && kind != ApprovalKind::kRevocation;
}

class People {
 public:
  People(const PeopleAsked& asked, PeopleAnswer& answer)
      : asked_(asked), settings_(asked.side.loaded.configuration.promotion), answer_(answer) {}

  Status Run() {
    const HookSettings& hook = asked_.judges.push.settings;
    pusher_ = promotion::ByLogin(settings_.people, IdentityOf(hook), asked_.judges.push.pusher);
    answer_.by_bot = pusher_.kind == Principal::Kind::kBot;
    Result<crypto::AllowedSigners> signers = SignersOf(asked_.judges, asked_.side);
    if (!signers) return signers.error();
    signers_ = *std::move(signers);
    if (Status read = ReadGiven(); !read) return read;
    if (Status read = ReadCommits(); !read) return read;
    if (Status read = ReadFiles(); !read) return read;
    if (Status read = ReadCodeowners(); !read) return read;
    Ask();
    if (settings_.review.files_signed && asked_.environment.name != kPolicy) LookWhatIsSeen();
    return AskBots();
  }

 private:
  const git::Repository& repository() const { return *asked_.judges.push.repository; }

  Status ReadGiven() {
    if (!asked_.move.policy) return Ok{};  // nothing can be for a repository without an id
    Result<promotion::Given> given = promotion::ReadGiven({repository(),
                                                           asked_.environment.name,
                                                           asked_.move.change,
                                                           {signers_, nullptr},
                                                           asked_.now,
                                                           asked_.since});
    if (!given) return given.error();
    answer_.given = std::move(given->approvals);
    std::erase_if(answer_.given, [&](const promotion::VerifiedApproval& one) { return IsBesideNamed(one); });
    answer_.not_opened = std::move(given->not_opened);
    return &asked_.side == asked_.judges.floor ? KeepRecorded() : Status(Ok{});
  }

  bool IsBesideNamed(const promotion::VerifiedApproval& one) const {
    return std::any_of(asked_.named.begin(), asked_.named.end(), [&](const auto& named) {
      return named.kind == one.kind && named.person == one.person && named.digest != one.digest;
    });
  }

  // A record is verified by the repository's own signers: what it would name, and the
  // floor counts, has to be good by these too. What stops a move no record names.
  Status KeepRecorded() {
    const Result<crypto::AllowedSigners> own = SignersOf(asked_.judges, asked_.judges.own);
    if (!own) return own.error();
    const Result<promotion::Given> given = promotion::ReadGiven({repository(),
                                                                 asked_.environment.name,
                                                                 asked_.move.change,
                                                                 {*own, nullptr},
                                                                 asked_.now,
                                                                 asked_.since});
    if (!given) return given.error();
    std::erase_if(answer_.given, [&](const promotion::VerifiedApproval& one) {
      return IsRestedOn(one.kind) && std::none_of(given->approvals.begin(), given->approvals.end(),
                                                  [&](const promotion::VerifiedApproval& other) {
                                                    return other.digest == one.digest;
                                                  });
    });
    return Ok{};
  }

  bool IsFolder() const { return !asked_.environment.folder.empty(); }
  const std::optional<promotion::RecordHeadOf>& head() const { return asked_.move.head; }

  // Most pushes do not move a folder: of one, all since its newest record are asked for.
  // Of a new branch those that the newest record of policy was not made of already.
  Oid Base() const {
    const RefUpdate& update = asked_.ref.update;
    if (IsFolder() && head()) {
      const Result<Oid> recorded = Oid::FromHex(head()->record.source.commit);
      if (recorded) return *recorded;
    }
    if ((!update.old_id.IsZero() && !IsFolder()) || !asked_.move.policy || !asked_.move.policy->record.source)
      return update.old_id;
    const Result<Oid> source = Oid::FromHex(asked_.move.policy->record.source->commit);
    return source ? *source : update.old_id;
  }

  Status ReadCommits() {
    const Result<std::vector<Oid>> commits =
        git::CommitsSince(repository(), Base(), asked_.ref.update.new_id, kMostCommits);
    if (!commits) return commits.error();
    for (const Oid& id : *commits)
      if (Status read = ReadCommit(id); !read) return read;
    return Ok{};
  }

  Status ReadCommit(const Oid& id) {
    const Result<git::RawObject> raw =
        git::ReadTyped(repository(), id, git::ObjectType::kCommit, git::kMaxCommitBytes);
    if (!raw) return raw.error();
    const Result<git::Commit> commit = git::ParseCommit(id, raw->bytes);
    if (!commit) return commit.error();
    const Result<bool> concerns =
        promotion::ConcernsCommit(repository(), *commit, asked_.environment, settings_.environments,
                                  asked_.judges.push.settings.limits);
    if (!concerns) return concerns.error();
    if (!*concerns) return Ok{};
    commits_.push_back({id.Hex(), git::EmailOf(commit->author),
                        promotion::CommitSigner(raw->bytes, repository().hash(), signers_, settings_.people,
                                                asked_.now.time_since_epoch().count())});
    return Ok{};
  }

  Status ReadFiles() {
    const RefUpdate& update = asked_.ref.update;
    Oid before;
    if (IsFolder()) {
      const Result<Oid> tree = head() ? Oid::FromHex(head()->record.source.tree) : Result<Oid>(Oid());
      if (!tree) return tree.error();
      before = *tree;
    } else if (!update.old_id.IsZero()) {
      const Result<Oid> tree = git::TreeOf(repository(), update.old_id);
      if (!tree) return tree.error();
      before = *tree;
    }
    const Result<Oid> after = git::TreeOf(repository(), update.new_id);
    if (!after) return after.error();
    const Result<std::vector<git::FileChange>> changes =
        git::Changes(repository(), before, *after, asked_.judges.push.settings.limits);
    if (!changes) return changes.error();
    const bool of_policy = asked_.environment.name == kPolicy;
    for (const git::FileChange& change : *changes)
      if (of_policy ? promotion::IsConfigurationPath(change.path)
                    : promotion::Concerns(asked_.environment, settings_.environments, change.path))
        files_.push_back(change.path);
    return Ok{};
  }

  Status ReadCodeowners() {
    for (const std::string_view place : promotion::kCodeownersPlaces) {
      const Result<std::string> text =
          PolicyFileOf(asked_.judges, asked_.side, std::string(place), promotion::kCodeownersBytes);
      if (!text && text.error().kind == ErrorKind::kNotFound) continue;
      if (!text && text.error().kind != ErrorKind::kLimit) return text.error();
      codeowners_ = text ? promotion::ParseCodeowners(*text) : promotion::Codeowners();
      if (!text) codeowners_->unread = text.error().message;
      return Ok{};
    }
    return Ok{};
  }

  void Ask() {
    const std::set<std::string> revokers = RevokersOf(settings_);
    const std::string& login = asked_.judges.push.pusher;
    const std::string id = asked_.move.policy ? asked_.move.policy->trust.repository : std::string();
    const std::vector<Principal> requesters =
        FindRequesters({id, asked_.environment.name, asked_.move.change, answer_.given, asked_.now,
                        settings_.people, revokers});
    answer_.review = promotion::Ask({.rules = settings_.review,
                                     .approvals = asked_.environment.approvals,
                                     .people = settings_.people,
                                     .codeowners = codeowners_ ? &*codeowners_ : nullptr,
                                     .files = files_,
                                     .pusher = pusher_,
                                     .pusher_login = login,
                                     .requesters = requesters,
                                     .commits = commits_,
                                     .asking = {id, asked_.environment.name, asked_.move.change,
                                                answer_.given, asked_.now, settings_.people, revokers},
                                     .namesakes = promotion::PeopleByLogin(settings_.people, login)});
    for (const promotion::Excluded& excluded : answer_.review.excluded)
      answer_.excluded.insert(excluded.person);
    if (!AsksForPeople(settings_, asked_.environment)) {
      answer_.review.unmet.clear();
    } else {
      CheckChange();
    }
    if (asked_.environment.ByRequest() && !envelope().empty() && answer_.request == nullptr)
      answer_.review.unmet.push_back({ConditionKind::kRequest,
                                      "the request does not count: " + why_not_asked_,
                                      "ask anew: sluice promote " + asked_.environment.name,
                                      {},
                                      {}});
  }

  // What whoever approves signs besides the change.
  void LookWhatIsSeen() {
    std::set<std::string> authors;
    for (const promotion::Authorship& commit : commits_)
      for (const Principal& one : {promotion::ByEmail(settings_.people, commit.email),
                                   promotion::BySignature(settings_.people, commit.signer)})
        if (one.IsPerson()) authors.insert(one.name);
    Result<promotion::Seen> seen =
        promotion::SeenOf(settings_.review, asked_.environment.name, codeowners_ ? &*codeowners_ : nullptr,
                          files_, std::move(authors));
    if (seen) answer_.seen = *std::move(seen);
    if (!seen) answer_.why_unseen = seen.error().message;
  }

  const std::string& envelope() const { return asked_.judges.push.requested.envelope; }

  // Of a request that is tried its signer; else whoever alone asked for the change, since of
  // two who did each may agree to what the other one asked for.
  std::vector<Principal> FindRequesters(const promotion::Asking& asking) {
    std::optional<promotion::Moment> since;
    if (head()) since = promotion::Moment(std::chrono::seconds(head()->record.head.recorded));
    std::set<std::string> names;
    for (const promotion::VerifiedApproval& given : answer_.given) {
      if (!promotion::IsRequest(given.kind)) continue;
      const bool tried = !envelope().empty() && envelope().ends_with("/" + given.digest);
      if (!envelope().empty() && !tried) continue;
      const std::string commit = tried ? asked_.ref.update.new_id.Hex() : given.commit;
      const std::string why = promotion::WhyNotAsked(given, asking, commit, since);
      if (tried) why_not_asked_ = why;
      if (tried && why.empty()) answer_.request = &given;
      if (why.empty()) names.insert(promotion::SignerOf(given, settings_.people).name);
    }
    if (names.size() != 1) return {};
    return {{Principal::Kind::kPerson, *names.begin()}};
  }

  // Nobody can agree to what has no name.
  void CheckChange() {
    promotion::Conditions& unmet = answer_.review.unmet;
    if (!asked_.move.policy)
      unmet.push_back({ConditionKind::kLedger,
                       "approvals name the repository's id, and it has none yet",
                       "on the server: sluice ledger init",
                       {},
                       {}});
    if (const std::string& login = asked_.judges.push.pusher; !login.empty() && !promotion::IsTextLine(login))
      unmet.push_back({ConditionKind::kPusher,
                       "no record can name whoever pushes: their login is not a line of text of at most " +
                           std::to_string(promotion::kTextLineBytes) + " bytes",
                       "push with a shorter key, such as ed25519",
                       {},
                       {}});
    if (asked_.move.intent == nullptr) return;
    for (const promotion::IntentObject& object : asked_.move.intent->objects) {
      if (!object.unknown && !object.plain_secret) continue;
      unmet.push_back({ConditionKind::kApprovals,
                       object.path + " holds values that no record shows: nobody can agree to them",
                       object.unknown ? "write the values into the repository" : "encrypt it",
                       {},
                       {}});
      break;
    }
  }

  Status AskBots() {
    if (!answer_.by_bot) return Ok{};
    const auto rule = std::find_if(settings_.bots.begin(), settings_.bots.end(),
                                   [&](const promotion::BotRule& bot) { return bot.name == pusher_.name; });
    if (rule == settings_.bots.end() || asked_.move.next == nullptr) {
      answer_.review.unmet.push_back({ConditionKind::kBot,
                                      "what " + pusher_.name + " changes here cannot be told",
                                      "let a person push it",
                                      {},
                                      {}});
      return Ok{};
    }
    const Result<RecordedChange> change = ChangeOf(
        asked_.judges.push.repository, asked_.move.head ? &*asked_.move.head : nullptr, *asked_.move.next);
    if (!change) return change.error();
    for (Condition& condition :
         promotion::AskBot({*rule, asked_.environment.name, files_, change->differences}))
      answer_.review.unmet.push_back(std::move(condition));
    return Ok{};
  }

  const PeopleAsked& asked_;
  const promotion::PromotionSettings& settings_;
  PeopleAnswer& answer_;
  Principal pusher_;
  crypto::AllowedSigners signers_;
  std::vector<promotion::Authorship> commits_;
  std::vector<std::string> files_;
  std::optional<promotion::Codeowners> codeowners_;
  std::string why_not_asked_ = "its signature does not hold, or it is for another change by now";
};

std::string WhoWords(const Condition& condition) {
  std::string words;
  for (const std::string& name : condition.who) words += (words.empty() ? "" : ", ") + name;
  return words.empty() ? "" : "; may agree: " + words;
}

// Whoever approves needs the commit.
std::string CommandOf(const Condition& condition, const std::string& environment, const Oid& commit) {
  if (condition.remedy != "sluice approve " + environment) return condition.remedy;
  return condition.remedy + " " + commit.Hex().substr(0, 12) +
         " (they need this commit: push it to a branch where it is on none)";
}

}  // namespace

const Rule kApprovalsRule = {
    .id = "promotion/approvals",
    .title = "whoever must agree to a change of an environment has agreed",
    .why =
        "Two people see more than one, and a signature over exactly this change is what an auditor and the "
        "cluster can check.",
    .remedy = "ask those whom the message names to run the command that it names, then push again",
    .fails = {},
    .passes = {},
};

Result<PeopleAnswer> AskPeople(const PeopleAsked& asked) {
  PeopleAnswer answer;
  if (Status ran = People(asked, answer).Run(); !ran) return ran.error();
  return answer;
}

Findings ApprovalFindings(const std::string& environment, const Oid& commit, const PeopleAnswer& answer) {
  Findings findings;
  for (const Condition& condition : answer.review.unmet) {
    const std::string prefix = condition.message.starts_with(environment + " ") ? "" : environment + ": ";
    findings.push_back(MakeFinding(kApprovalsRule, {}, {}, prefix + condition.message + WhoWords(condition)));
    if (!condition.remedy.empty()) findings.back().remedy = CommandOf(condition, environment, commit);
  }
  if (findings.empty()) return findings;
  std::size_t told = 0;
  std::string& remedy = findings.back().remedy;
  for (const promotion::NotCounted& one : answer.review.not_counted)
    if (told++ < kMostTold) remedy += "; not counted: " + one.person + ", since " + one.why;
  for (const promotion::NotOpened& one : answer.not_opened)
    if (told++ < kMostTold) remedy += "; not counted: an envelope, since " + one.why;
  return findings;
}

}  // namespace sluice::gate
