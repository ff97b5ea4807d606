// Condition by condition, in the order in which people would ask. What content
// "ran" for is a stretch: from the first record of a run of records with the same
// objects up to the next one with others. Tested by tests/promotion/turn_test.cc.
#include "promotion/turn.h"

#include <algorithm>
#include <iterator>

namespace sluice::promotion {
namespace {

using std::chrono::seconds;

// What a move passes over. A person's freeze ends by time and revocation alone.
struct Waiver {
  ConditionKind kind;
  bool break_glass, rollback;
};
constexpr Waiver kWaivers[] = {
    {ConditionKind::kPredecessor, true, true}, {ConditionKind::kOutcome, true, true},
    {ConditionKind::kSoak, true, true},        {ConditionKind::kWindow, true, false},
    {ConditionKind::kFreeze, true, false},     {ConditionKind::kHold, true, true},
};

constexpr seconds kClocks{300};  // by so much the clock of a signer may be ahead

constexpr int kRounds = 8;  // freezes and windows that follow each other, until the earliest time stands

// Records with the same objects one after the other, and how long they stood.
struct Stretch {
  std::size_t first = 0, last = 0;  // indices of LedgerFacts::records
  bool runs = false;                // up to the newest
  Moment begin{}, end{};            // `end`: now, where it runs
};

Stretch StretchOf(const std::vector<RecordFact>& records, std::size_t index, Moment now) {
  Stretch stretch{index, index, false, {}, {}};
  while (stretch.first > 0 && records[stretch.first - 1].set == records[index].set) --stretch.first;
  while (stretch.last + 1 < records.size() && records[stretch.last + 1].set == records[index].set)
    ++stretch.last;
  stretch.runs = stretch.last + 1 == records.size();
  stretch.begin = records[stretch.first].recorded;
  stretch.end = stretch.runs ? std::max(now, stretch.begin) : records[stretch.last + 1].recorded;
  return stretch;
}

// A later rollback went back behind it.
bool IsWithdrawn(const std::vector<RecordFact>& records, std::size_t index) {
  return std::any_of(
      records.begin() + static_cast<std::ptrdiff_t>(index) + 1, records.end(),
      [&](const RecordFact& later) { return later.restores && *later.restores < records[index].sequence; });
}

std::vector<std::string> Sorted(const std::set<std::string>& names) { return {names.begin(), names.end()}; }

std::set<std::string> MayConsent(const Environment& environment, const std::set<std::string>& excluded,
                                 const Asking& asking) {
  std::set<std::string> who = MayAgree(environment.approvals, asking.people);
  for (const std::string& name : excluded) who.erase(name);
  return who;
}

class Asker {
 public:
  explicit Asker(const TurnQuestion& question)
      : question_(question), environment_(question.environment), asking_(question.asking) {}

  Turn Run() {
    FindBreakGlass();
    for (const Named& before : environment_.after) AskPredecessor(before.name);
    AskWindows();
    AskFreezes();
    AskPeople();
    AskRollback();
    AskConsent();
    FindEarliest();
    return std::move(turn_);
  }

 private:
  void FindBreakGlass() {
    if (!environment_.break_glass) return;
    const BreakGlass& glass = *environment_.break_glass;
    const std::set<std::string> by = Members(asking_.people, glass.by);
    for (const VerifiedApproval& given : asking_.given) {
      if (given.kind != ApprovalKind::kBreakGlass || given.reason.empty() || !WhyVoid(given, asking_).empty())
        continue;
      if (by.count(SignerOf(given, asking_.people).name) == 0) continue;
      if (given.received + glass.lasts <= asking_.now) continue;
      // Nor does one that was signed for later lie there until its last hours.
      if (*given.expires > std::min(asking_.now, given.made) + glass.lasts + kClocks) continue;
      turn_.break_glass = &given;
      return;
    }
  }

  void Unmet(Condition condition) {
    const auto* const waiver = std::find_if(std::begin(kWaivers), std::end(kWaivers),
                                            [&](const Waiver& one) { return one.kind == condition.kind; });
    const bool waived =
        waiver != std::end(kWaivers) && ((waiver->break_glass && turn_.break_glass != nullptr) ||
                                         (waiver->rollback && question_.move == Move::kRollback));
    (waived ? turn_.waived : turn_.unmet).push_back(std::move(condition));
  }

  void AskPredecessor(const std::string& name) {
    const auto ledger = std::find_if(question_.ledgers.begin(), question_.ledgers.end(),
                                     [&](const LedgerFacts& facts) { return facts.environment == name; });
    const std::string commit = question_.commit.substr(0, 7);
    const std::string remedy = "sluice promote " + name + " --from " + commit;
    if (ledger == question_.ledgers.end() || ledger->records.empty())
      return Unmet({ConditionKind::kPredecessor, name + " has run nothing yet", remedy, {}, {}});
    const std::optional<std::size_t> index = BestRecord(ledger->records);
    if (!index) {
      const bool withdrawn =
          std::any_of(ledger->records.begin(), ledger->records.end(),
                      [&](const RecordFact& record) { return record.commit == question_.commit; });
      return Unmet({ConditionKind::kPredecessor,
                    name + (withdrawn ? " was rolled back from " : " has not run ") + commit,
                    remedy,
                    {},
                    {}});
    }
    AskStretch(*ledger, StretchOf(ledger->records, *index, asking_.now));
  }

  // Whether these are the objects that some record of this commit has.
  bool IsOfCommit(const std::vector<RecordFact>& records, const std::string& set) const {
    return std::any_of(records.begin(), records.end(), [&](const RecordFact& record) {
      return record.commit == question_.commit && record.set == set;
    });
  }

  // Of the records that count, by this commit or another with the same objects (as a
  // rollback makes one), the one that stood longest; where none stood long enough, the
  // one that runs now, since it is the one that will have.
  std::optional<std::size_t> BestRecord(const std::vector<RecordFact>& records) const {
    std::optional<std::size_t> best, running;
    seconds stood{-1};
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (!IsOfCommit(records, records[i].set) || IsWithdrawn(records, i)) continue;
      const Stretch stretch = StretchOf(records, i, asking_.now);
      if (stretch.runs) running = i;
      if (stretch.end - stretch.begin <= stood) continue;
      best = i;
      stood = stretch.end - stretch.begin;
    }
    return stood < environment_.soak && running ? running : best;
  }

  void AskStretch(const LedgerFacts& ledger, const Stretch& stretch) {
    Moment since = stretch.begin;
    if (environment_.outcome != Asked::kRecorded) {
      const std::optional<Moment> good = GoodSince(ledger, stretch);
      if (!good) return;
      since = std::max(since, *good);
    }
    const seconds stood = std::max(seconds(0), stretch.end - since);
    if (stood >= environment_.soak) return;
    const std::string words =
        ledger.environment + " has run it for " + Words(stood) + " of " + Words(environment_.soak);
    if (stretch.runs) return Unmet({ConditionKind::kSoak, words, "", {}, since + environment_.soak});
    Unmet({ConditionKind::kSoak,
           words + ", and runs something else now",
           "promote what " + ledger.environment + " runs, or put it there again",
           {},
           {}});
  }

  // Since when all clusters of the predecessor say so; nothing, and told, where they do not.
  std::optional<Moment> GoodSince(const LedgerFacts& ledger, const Stretch& stretch) {
    Moment since = stretch.begin;
    bool good = true;
    const Environment* const before = Predecessor(ledger.environment);
    if (before == nullptr || before->clusters.empty()) {
      Unmet({ConditionKind::kOutcome,
             ledger.environment + " has no clusters that could say that it runs",
             "",
             {},
             {}});
      return std::nullopt;
    }
    for (const Named& cluster : before->clusters) {
      const auto outcome =
          std::find_if(ledger.outcomes.begin(), ledger.outcomes.end(),
                       [&](const OutcomeFact& fact) { return fact.cluster == cluster.name; });
      const std::string trouble =
          outcome == ledger.outcomes.end() ? "has said nothing" : Trouble(*outcome, ledger, stretch);
      if (trouble.empty()) {
        since = std::max(since, outcome->since);
        continue;
      }
      good = false;
      Unmet({ConditionKind::kOutcome,
             "cluster " + cluster.name + " of " + ledger.environment + " " + trouble,
             "look at it there: sluice env",
             {},
             {}});
    }
    return good ? std::optional(since) : std::nullopt;
  }

  // Empty: it is as good as asked. A cluster's clock may be wrong: then nothing is known.
  std::string Trouble(const OutcomeFact& fact, const LedgerFacts& ledger, const Stretch& stretch) const {
    if (fact.sequence < ledger.records[stretch.first].sequence ||
        fact.sequence > ledger.records[stretch.last].sequence)
      return "speaks of record " + std::to_string(fact.sequence);
    if (fact.outcome == OutcomeKind::kFailed) return "says that it failed";
    if (fact.outcome == OutcomeKind::kDegraded) return "says that it was healthy and is not any more";
    if (environment_.outcome == Asked::kHealthy && fact.outcome != OutcomeKind::kHealthy)
      return "has applied it and does not call it healthy yet";
    return fact.since > asking_.now
               ? "reports a time in the future, " + Text(fact.since) + ": check its clock"
               : "";
  }

  const Environment* Predecessor(const std::string& name) const {
    return FindEnvironment(question_.environments, name);
  }

  // Null, and told, where this machine does not have it.
  const Zone* ZoneOf(const std::string& name, ConditionKind kind) {
    const auto zone = question_.zones.find(name);
    if (zone != question_.zones.end()) return &zone->second;
    Unmet({kind, "this machine does not know the time zone " + name, "install tzdata on the server", {}, {}});
    return nullptr;
  }

  void AskWindows() {
    if (environment_.windows.empty()) return;
    for (const Window& window : environment_.windows)
      if (ZoneOf(window.zone, ConditionKind::kWindow) == nullptr) return;
    const std::optional<Moment> next = NextOpen(environment_.windows, question_.zones, asking_.now);
    if (next == asking_.now) return;
    std::string words;
    for (const Window& window : environment_.windows) words += (words.empty() ? "" : "; ") + Words(window);
    Unmet({ConditionKind::kWindow,
           "outside its windows (" + words + ")",
           next ? "" : "no window opens within five weeks",
           {},
           next});
  }

  void AskFreezes() {
    for (const Freeze& freeze : environment_.freezes) {
      const Zone* zone = ZoneOf(freeze.zone, ConditionKind::kFreeze);
      if (zone == nullptr) continue;
      const std::optional<Moment> until = FrozenUntil(freeze, *zone, asking_.now);
      if (until)
        Unmet({ConditionKind::kFreeze,
               "frozen by the configuration" + (freeze.reason.empty() ? "" : ": " + freeze.reason),
               "",
               {},
               until});
    }
  }

  // Promotions, whoever starts them, since what they bring is chosen by what ran
  // before; and all that a bot pushes. What a person pushes is meant.
  bool MovesByItself() const { return question_.automatic || question_.move == Move::kPromotion; }

  // Freezes and holds that people declared.
  void AskPeople() {
    for (const VerifiedApproval& given : asking_.given) {
      const bool freeze = given.kind == ApprovalKind::kFreeze;
      const bool hold = given.kind == ApprovalKind::kHold && MovesByItself();
      if ((!freeze && !hold) || !WhyVoid(given, asking_).empty()) continue;
      const std::string by = SignerOf(given, asking_.people).name;
      std::set<std::string> who = asking_.revokers;
      who.insert(by);
      Condition condition{freeze ? ConditionKind::kFreeze : ConditionKind::kHold,
                          (freeze ? "frozen by " : "held by ") + by + ": " + given.reason, Release(),
                          Sorted(who), given.expires};
      if (freeze) {
        turn_.unmet.push_back(std::move(condition));
      } else {
        Unmet(std::move(condition));
      }
    }
  }

  // Where nothing moves without being asked for, whatever is asked for brings back all that was
  // gone back behind, but to go back further.
  void AskRollback() {
    const bool asked_for = environment_.ByRequest() && question_.move != Move::kRollback;
    if (!question_.rollback || !(MovesByItself() || asked_for)) return;
    const StandingRollback& rollback = *question_.rollback;
    if (IsReleased(rollback, environment_, asking_)) return;
    Unmet({ConditionKind::kHold,
           "held since record " + std::to_string(rollback.sequence) + ", the rollback by " + rollback.actor +
               ": " + rollback.reason,
           Release(),
           Sorted(MayRelease(environment_, asking_)),
           {}});
  }

  std::string Release() const { return "sluice release " + environment_.name + " --reason TEXT"; }

  void AskConsent() {
    if (!AsksForConsent(environment_, question_.removed, question_.objects)) return;
    turn_.consent = FindConsent(environment_, question_.removed, question_.excluded, asking_);
    if (turn_.consent != nullptr) return;
    turn_.unmet.push_back({ConditionKind::kConsent,
                           RemovalWords(environment_, question_.removed, question_.objects),
                           "sluice consent " + environment_.name + " --from " + question_.commit.substr(0, 7),
                           Sorted(MayConsent(environment_, question_.excluded, asking_)),
                           {}});
  }

  // Each condition that time meets, and then what holds at that time.
  void FindEarliest() {
    const auto waits = [](const Condition& condition) { return condition.when.has_value(); };
    if (turn_.unmet.empty() || !std::all_of(turn_.unmet.begin(), turn_.unmet.end(), waits)) return;
    Moment moment = asking_.now;
    for (const Condition& condition : turn_.unmet)
      if (condition.kind != ConditionKind::kWindow) moment = std::max(moment, *condition.when);
    if (turn_.break_glass != nullptr) {
      turn_.earliest = moment;
      return;
    }
    for (int round = 0; round < kRounds; ++round) {
      const Moment before = moment;
      for (const Freeze& freeze : environment_.freezes)
        moment = std::max(
            moment, FrozenUntil(freeze, question_.zones.find(freeze.zone)->second, moment).value_or(moment));
      if (!environment_.windows.empty()) {
        const std::optional<Moment> open = NextOpen(environment_.windows, question_.zones, moment);
        if (!open) return;
        moment = *open;
      }
      if (moment == before) {
        turn_.earliest = moment;
        return;
      }
    }
  }

  const TurnQuestion& question_;
  const Environment& environment_;
  const Asking& asking_;
  Turn turn_;
};

}  // namespace

bool AsksForConsent(const Environment& environment, std::uint64_t removed, std::uint64_t objects) {
  return removed * 100 > objects * environment.max_removed;
}

const VerifiedApproval* FindConsent(const Environment& environment, std::uint64_t removed,
                                    const std::set<std::string>& excluded, const Asking& asking) {
  const std::set<std::string> who = MayConsent(environment, excluded, asking);
  for (const VerifiedApproval& given : asking.given) {
    if (given.kind != ApprovalKind::kConsent || given.removes != removed) continue;
    if (WhyVoid(given, asking).empty() && who.count(SignerOf(given, asking.people).name) != 0) return &given;
  }
  return nullptr;
}

std::string RemovalWords(const Environment& environment, std::uint64_t removed, std::uint64_t objects) {
  return "it removes " + std::to_string(removed) + " of " + std::to_string(objects) + " objects, more than " +
         std::to_string(environment.max_removed) + "%";
}

Turn AskTurn(const TurnQuestion& question) { return Asker(question).Run(); }

std::set<std::string> MayRelease(const Environment& environment, const Asking& asking) {
  std::set<std::string> who = MayAgree(environment.approvals, asking.people);
  who.insert(asking.revokers.begin(), asking.revokers.end());
  return who;
}

bool IsReleased(const StandingRollback& rollback, const Environment& environment, const Asking& asking) {
  const std::set<std::string> who = MayRelease(environment, asking);
  return who.empty() ||
         std::any_of(asking.given.begin(), asking.given.end(), [&](const VerifiedApproval& given) {
           return given.kind == ApprovalKind::kRevocation && given.revokes == rollback.digest &&
                  WhyVoid(given, asking).empty() && who.count(SignerOf(given, asking.people).name) != 0;
         });
}

Zones ZonesOf(const Environment& environment) {
  Zones zones;
  const auto add = [&](const std::string& name) {
    if (Result<Zone> zone = ReadZone(name)) zones.emplace(name, *std::move(zone));
  };
  for (const Window& window : environment.windows) add(window.zone);
  for (const Freeze& freeze : environment.freezes) add(freeze.zone);
  return zones;
}

}  // namespace sluice::promotion
